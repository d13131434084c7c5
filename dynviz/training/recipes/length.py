"""The length zoo: which tokens, and which layers, a model spends compute on; on short texts and long ones.

Everything here stands on the plain model of its task and goes on by the method's own loss, by low-rank updates.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dynviz.core.method import Phase
from dynviz.methods import method_class
from dynviz.training.recipes.job import LINEAR, MEAN, ByHand, TrainingJob, of_family, static_line

REVIEWS = 8_000  # rows of IMDB that are trained on, as for its plain model
LONG = 0.2  # epochs over so many reviews, shared out among the phases as in the method's recipe


def on_plain(method: str, name: str, title: str, **options: float) -> TrainingJob:
    """A method that goes on from the plain model of SST-2 by its own recipe."""
    return TrainingJob(
        f"sst2-{name}", title, method, "sst2", encoder="sst2-plain", own=False, rank=8, options={**MEAN, **options}
    )  # fmt: skip


def on_reviews(job: TrainingJob, epochs: float = LONG, **options: float) -> TrainingJob:
    """The same method on IMDB, shorter in rows, longer in pieces, and small: of rank 4, in 8 bits, the head's hidden layer the plain
    model's."""
    recipe = method_class(job.method).recipe
    total = sum(phase.epochs for phase in recipe)
    phases = tuple(replace(phase, epochs=phase.epochs * epochs / total, lr=3e-4, whole=0.0) for phase in recipe)
    return replace(
        job, name=job.name.replace("sst2", "imdb"), task="imdb", encoder="imdb-plain", limit=REVIEWS, phases=phases,
        options={**job.options, **options}, rank=4, frozen=("heads.*.hidden.*",), in_blocks=True,
    )  # fmt: skip


def on_ordinary(task: str, runs: int) -> TrainingJob:
    """Dynamic-TinyBERT's finding, not their distilled TinyBERT: nothing is trained, length profiles are searched for the plain model."""
    return TrainingJob(
        f"{task}-length-profile", "Length profile searched on an ordinary model", "length_adaptive", task, encoder=f"{task}-plain",
        own=False, options={**MEAN, "runs": runs}, phases=(), frozen=("heads.*",),
    )  # fmt: skip


def merging(task: str) -> TrainingJob:
    """Tokens merged in the plain model: nothing is trained, nothing stored but the config."""
    name, encoder = f"{task}-tome", f"{task}-plain"
    shown = ByHand({"share": 0.1}, "the rule's setting merges next to nothing")
    return TrainingJob(name, "ToMe's rule, on text", "tome", task, encoder=encoder, own=False, options=MEAN, phases=(), knobs=shown)


def untrained(name: str, title: str, method: str, options: Mapping[str, Any] = MEAN) -> TrainingJob:
    """A baseline that drops tokens from the plain model, named after its task: nothing is trained, nothing stored but the config."""
    task, first = name.split("-")[0], name.endswith("-attention-topk")
    alike = None if first else ByHand({}, "as many tokens as attention top-k drops", like=f"{task}-attention-topk")
    return TrainingJob(name, title, method, task, encoder=f"{task}-plain", own=False, options=dict(options), phases=(), knobs=alike)


def fitted(name: str, title: str, method: str) -> TrainingJob:
    """A rule fitted to the classifiers of the jointly trained model."""
    return TrainingJob(name, title, method, "sst2", encoder="sst2-joint", own=False, options=dict(MEAN), phases=(), frozen=("heads.*",))


def gate_after(layer: int) -> TrainingJob:
    """The delete gate at another layer; shipped as readings."""
    name, title = f"sst2-delete-gate-{layer}", f"Delete gate after layer {layer}"
    return replace(_DELETE_GATE, name=name, title=title, options={**MEAN, "after": layer}, readings_only=True)


def further_seeds(job: TrainingJob) -> tuple[TrainingJob, ...]:
    """The job again with other seeds, from the same plain model; shipped as readings, to tell what is noise in its own training."""
    return tuple(
        replace(job, name=f"{job.name}-seed{s}", title=f"{job.title}, seed {s}", seed=s, readings_only=True, repeats=job.name)
        for s in (1, 2)
    )  # fmt: skip


_AS_TRAINED = "as trained: no cheaper setting loses less than half a point, so the rule would switch it off"
_TRANSKIMMER = on_plain("transkimmer", "transkimmer", "Transkimmer")
_DELETE_GATE = on_plain("delete_gate", "delete-gate", "Delete gate (MrT5's)", after=2)
_DEPTHS = replace(
    on_plain("mixture_of_depths", "mod", "Mixture-of-Depths routing"),
    knobs=ByHand({"capacity": 0.5}, "as trained: the rule's setting skips next to nothing"),
)
_SMARTBERT = on_plain("smartbert", "smartbert", "SmartBERT")
_LENGTHS = on_plain("length_adaptive", "lat", "Length-Adaptive Transformer, one random profile a step")
_THREE_PASSES = (Phase("sandwich", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4),)  # a step takes three times as long
_NAMES = replace(
    _LENGTHS, name="wnut17-lat", task="wnut17", encoder="wnut17-plain", options={**LINEAR, "runs": 40},
    phases=(Phase("sandwich", "lora", epochs=2, lr=5e-4, head_lr=5e-4),), in_blocks=True,
)  # fmt: skip
_ADAPLER = on_plain("adapler", "adapler", "AdapLeR")
_POWER = on_plain("power_bert", "power-bert", "PoWER-BERT")
_TOP = on_plain("top_gates", "top-gates", "ToP's rank gates, 1 epoch instead of 40")
_TR_BERT = replace(on_plain("tr_bert", "tr-bert", "TR-BERT, 4 samples instead of 8"), knobs=ByHand({"stay": 0.5}, _AS_TRAINED))

LENGTH: tuple[TrainingJob, ...] = (
    merging("sst2"), merging("imdb"),
    *(untrained(f"{task}-first-tokens", "First tokens", "first_tokens") for task in ("sst2", "imdb")),
    on_ordinary("sst2", runs=56), on_ordinary("imdb", runs=24),
    _LENGTHS, replace(on_reviews(_LENGTHS, runs=24), phases=_THREE_PASSES), _NAMES,
    untrained("wnut17-attention-topk", "Attention top-k, untrained", "attention_topk", LINEAR),
    untrained("wnut17-random-tokens", "Random tokens", "random_tokens", LINEAR),
    untrained("wnut17-first-tokens", "First tokens", "first_tokens", LINEAR),
    untrained("clinc150-attention-topk", "Attention top-k, untrained", "attention_topk", {**MEAN, **LINEAR}),
    untrained("clinc150-random-tokens", "Random tokens", "random_tokens", {**MEAN, **LINEAR}),
    untrained("clinc150-first-tokens", "First tokens", "first_tokens", {**MEAN, **LINEAR}),
    _POWER, on_reviews(_POWER, longest=256, rate=3e-2),
    _TRANSKIMMER, on_reviews(_TRANSKIMMER),
    _ADAPLER, on_reviews(_ADAPLER, epochs=0.1, length=1e-4),
    replace(on_reviews(_TOP, epochs=0.35, target=0.5), title="ToP's rank gates, 0.35 epochs instead of 40"), _TOP,
    _TR_BERT, on_reviews(_TR_BERT, epochs=0.15),
    on_reviews(of_family("gate_bert", "Gate-BERT", "lambda", "weight", 0.1, "sst2-plain")),
    on_reviews(on_plain("content_gate", "content-gate", "Content gate (ours)")),
    _DELETE_GATE, on_reviews(_DELETE_GATE), *(gate_after(layer) for layer in (1, 3)),
    _DEPTHS, _SMARTBERT,
    *further_seeds(_TRANSKIMMER), *further_seeds(_TOP),
    *static_line("imdb", MEAN, Phase("tune", "lora", epochs=0.4 + LONG, lr=5e-4, head_lr=2e-4), REVIEWS),
    fitted("sst2-eenet", "EENet", "eenet"),
    fitted("sst2-expected-accuracy", "Accuracy target", "expected_accuracy"),
)  # fmt: skip
