"""The checkpoints of the main job: plain models, joint and frozen exits, tokens dropped, halted and gated, a cascade, the static line."""

from dataclasses import replace
from typing import Any, Literal

from dynviz.core.method import Phase
from dynviz.training.recipes.job import LINEAR, MEAN, ByHand, TrainingJob, of_family

LOSSLESS = ByHand({}, "no slack: the paper's rule, which cannot change an answer")


def _cuts(task: str, epochs: float, lr: float, options: dict[str, Any], **more: Any) -> tuple[TrainingJob, ...]:
    """The static line: the first k layers of the pre-trained model, tuned as a plain model of that depth, as long as the plain model."""
    about: dict[str, Any] = {"options": options, "phases": (Phase("tune", "all", epochs=epochs, lr=lr),), **more}
    return tuple(
        TrainingJob(
            f"{task}-cut{k}", f"Plain model, cut, layers {k}", "plain", task, depth=k, family=("Plain model, cut", "layers", k), **about
        )
        for k in range(1, 6)
    )  # fmt: skip


def _cascade(name: str, title: str, small: Literal["distilled", "first"], weight: float, shipped: bool) -> TrainingJob:
    """Two models; the big one is sst2-plain. Without calibration (weight 0) nobody has to be judged."""
    return TrainingJob(
        name, title, "cascade", "sst2", encoder="sst2-plain", small=small, judged=weight > 0, options={**MEAN, "weight": weight},
        readings_only=not shipped, in_blocks=shipped,
    )  # fmt: skip


def _untrained(task: str) -> tuple[TrainingJob, ...]:
    """Baselines that drop tokens from the plain model: nothing is trained, nothing stored but the config."""
    name = f"{task}-attention-topk"
    alike = ByHand({}, "as many tokens as attention top-k drops", like=name)
    about: dict[str, Any] = {"task": task, "encoder": f"{task}-plain", "own": False, "options": MEAN, "phases": ()}
    return (
        TrainingJob(name, "Attention top-k, untrained", "attention_topk", **about),
        TrainingJob(f"{task}-random-tokens", "Random tokens", "random_tokens", knobs=alike, **about),
    )


MAIN: tuple[TrainingJob, ...] = (
    TrainingJob("sst2-plain", "Plain model", "plain", "sst2", options=MEAN),
    TrainingJob("sst2-joint", "Entropy exit, joint training", "entropy_exit", "sst2", options=MEAN),
    TrainingJob("sst2-deebert", "DeeBERT", "deebert", "sst2", encoder="sst2-plain", own=False, options=MEAN),
    TrainingJob("pos-tokee", "TOKEE", "tokee", "pos", options=LINEAR, in_blocks=True),
    TrainingJob("sst2-ltp", "LTP", "ltp", "sst2", encoder="sst2-plain", own=False, options={**MEAN, "final": 0.03}),
    *_untrained("sst2"),
    TrainingJob("sst2-saturation", "State saturation, untrained", "saturation", "sst2", encoder="sst2-plain", own=False, options=MEAN),
    _cascade("sst2-cascade", "CascadeBERT", "distilled", 0.5, shipped=True),
    _cascade("sst2-cascade-uncalibrated", "CascadeBERT, not calibrated", "distilled", 0.0, shipped=False),
    _cascade("sst2-cascade-cut", "CascadeBERT, small model cut from the big one", "first", 0.5, shipped=False),
    *(
        replace(of_family("dact", "DACT-BERT", "tau", "tau", tau, "sst2-joint", LOSSLESS), readings_only=tau < 0.3, in_blocks=tau >= 0.3)
        for tau in (0.03, 0.1, 0.3)
    ),
    *(of_family("gate_bert", "Gate-BERT", "lambda", "weight", weight, "sst2-plain") for weight in (0.03, 0.1)),
    replace(of_family("gate_bert", "Gate-BERT", "lambda", "weight", 0.3, "sst2-plain"), readings_only=True),  # drops nothing
    TrainingJob("sst2-content-gate", "Content gate (ours)", "content_gate", "sst2", encoder="sst2-plain", own=False, rank=8, options=MEAN),
    TrainingJob(
        "imdb-plain", "Plain model", "plain", "imdb", encoder="sst2-plain", own=False, options=MEAN, limit=8_000, rank=8,
        phases=(Phase("tune", "lora", epochs=0.4, lr=5e-4, head_lr=2e-4),),
    ),
    TrainingJob(
        "imdb-ltp", "LTP", "ltp", "imdb", encoder="imdb-plain", own=False, limit=8_000, rank=8,
        options={**MEAN, "final": 0.006, "temperature": 2.5e-4},  # of twice the pieces, each receives half the attention
        phases=(Phase("soft", "lora", epochs=0.12, lr=3e-4, head_lr=2e-4), Phase("hard", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4)),
        in_blocks=True,
    ),
    *_untrained("imdb"),
    TrainingJob(
        "pos-plain", "Plain tagger", "plain", "pos", options=LINEAR, phases=(Phase("tune", "all", epochs=1.5, lr=1e-4),),
        readings_only=True,
    ),
    *_cuts("pos", epochs=1.5, lr=1e-4, options=LINEAR, readings_only=True),
    *_cuts("sst2", epochs=2, lr=5e-5, options=MEAN, updates_of="sst2-plain"),
)  # fmt: skip
