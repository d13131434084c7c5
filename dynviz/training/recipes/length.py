"""The length zoo: which tokens, and which layers, a model spends compute on; on short texts and long ones.

Everything here stands on the plain model of its task and goes on by the method's own loss, by low-rank updates.
"""

from dataclasses import replace

from dynviz.core.method import Phase
from dynviz.methods import method_class
from dynviz.training.recipes.job import MEAN, TrainingJob

REVIEWS = 8_000  # rows of IMDB that are trained on, as for its plain model
LONG = 0.4  # epochs over so many reviews, shared out among the phases as in the method's recipe


def on_plain(method: str, name: str, title: str, **options: float) -> TrainingJob:
    """A method that goes on from the plain model of SST-2 by its own recipe."""
    return TrainingJob(
        f"sst2-{name}", title, method, "sst2", encoder="sst2-plain", own=False, rank=8, options={**MEAN, **options}
    )  # fmt: skip


def on_reviews(job: TrainingJob, epochs: float = LONG, **options: float) -> TrainingJob:
    """The same method on IMDB, shorter in rows and longer in pieces."""
    recipe = method_class(job.method).recipe
    total = sum(phase.epochs for phase in recipe)
    phases = tuple(replace(phase, epochs=phase.epochs * epochs / total, lr=3e-4, whole=0.0) for phase in recipe)
    return replace(
        job, name=job.name.replace("sst2", "imdb"), task="imdb", encoder="imdb-plain", limit=REVIEWS, phases=phases,
        options={**job.options, **options},
    )  # fmt: skip


def on_ordinary(task: str, runs: int) -> TrainingJob:
    """Dynamic-TinyBERT's finding, not their distilled TinyBERT: nothing is trained, length profiles are searched for the plain model."""
    return TrainingJob(
        f"{task}-length-profile", "Length profile searched on an ordinary model", "length_adaptive", task, encoder=f"{task}-plain",
        own=False, options={**MEAN, "runs": runs}, phases=(), frozen=("heads.*",),
    )  # fmt: skip


_TRANSKIMMER = on_plain("transkimmer", "transkimmer", "Transkimmer")
_DELETE_GATE = on_plain("delete_gate", "delete-gate", "Delete gate (MrT5's)", after=2)
_DEPTHS = on_plain("mixture_of_depths", "mod", "Mixture-of-Depths routing")
_LENGTHS = on_plain("length_adaptive", "lat", "Length-Adaptive Transformer, one random profile a step")
_THREE_PASSES = (Phase("sandwich", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4),)  # a step takes three times as long
_ADAPLER = on_plain("adapler", "adapler", "AdapLeR")

LENGTH: tuple[TrainingJob, ...] = (
    _TRANSKIMMER, on_reviews(_TRANSKIMMER),
    _DELETE_GATE, on_reviews(_DELETE_GATE),
    *(
        replace(
            _DELETE_GATE, name=f"sst2-delete-gate-{k}", title=f"Delete gate after layer {k}", options={**MEAN, "after": k},
            readings_only=True,
        )
        for k in (1, 3)
    ),
    _DEPTHS, on_reviews(_DEPTHS),
    on_ordinary("sst2", runs=56), on_ordinary("imdb", runs=24),
    _LENGTHS, replace(on_reviews(_LENGTHS, runs=24), phases=_THREE_PASSES),
    _ADAPLER, on_reviews(_ADAPLER, epochs=0.17, length=2e-4),
)  # fmt: skip
