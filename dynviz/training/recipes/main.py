"""The checkpoints of the main job: plain models, joint and frozen exits, tokens dropped, halted and gated, a cascade, the static line."""

from typing import Any, Literal

from dynviz.core.method import Stage
from dynviz.training.recipes.job import LINEAR, MEAN, Job, of_family


def _cuts(task: str, epochs: float, lr: float, options: dict[str, Any]) -> tuple[Job, ...]:
    """The static line: the first k layers of the pre-trained model, tuned as a plain model of that depth; shipped as readings."""
    stage = (Stage("tune", "all", epochs=epochs, lr=lr),)
    return tuple(
        Job(f"{task}-cut{k}", f"Plain model of {k} layers", "plain", task, depth=k, options=options, stages=stage, readings_only=True)
        for k in range(1, 6)
    )


def _cascade(name: str, title: str, small: Literal["distilled", "first"], weight: float, shipped: bool) -> Job:
    """Two models; the big one is sst2-plain. Without calibration (weight 0) nobody has to be judged."""
    return Job(
        name, title, "cascade", "sst2", encoder="sst2-plain", small=small, judged=weight > 0, options={**MEAN, "weight": weight},
        readings_only=not shipped,
    )  # fmt: skip


def _untrained(name: str, title: str, method: str, task: str, encoder: str) -> Job:
    """A baseline that drops tokens from another checkpoint's model: nothing is trained, nothing stored but the config."""
    return Job(name, title, method, task, encoder=encoder, own=False, options=MEAN, stages=())


MAIN: tuple[Job, ...] = (
    Job("sst2-plain", "Plain model", "plain", "sst2", options=MEAN),
    Job("sst2-joint", "Entropy exit, joint training", "entropy_exit", "sst2", options=MEAN),
    Job("sst2-deebert", "DeeBERT", "deebert", "sst2", encoder="sst2-plain", own=False, options=MEAN),
    Job("pos-tokee", "TOKEE", "tokee", "pos", options=LINEAR),
    Job("sst2-ltp", "LTP", "ltp", "sst2", encoder="sst2-plain", own=False, options={**MEAN, "final": 0.03}),
    _untrained("sst2-attention-topk", "Attention top-k, untrained", "attention_topk", "sst2", "sst2-plain"),
    _untrained("sst2-random-tokens", "Random tokens", "random_tokens", "sst2", "sst2-plain"),
    _cascade("sst2-cascade", "CascadeBERT", "distilled", 0.5, shipped=True),
    _cascade("sst2-cascade-uncalibrated", "CascadeBERT, not calibrated", "distilled", 0.0, shipped=False),
    _cascade("sst2-cascade-cut", "CascadeBERT, small model cut from the big one", "first", 0.5, shipped=False),
    *(of_family("dact", "DACT-BERT", "tau", "tau", tau, "sst2-joint") for tau in (0.03, 0.1, 0.3)),
    *(of_family("gate_bert", "Gate-BERT", "lambda", "weight", weight, "sst2-plain") for weight in (0.03, 0.1, 0.3)),
    Job("sst2-content-gate", "Content gate (ours)", "content_gate", "sst2", encoder="sst2-plain", own=False, rank=8, options=MEAN),
    Job(
        "imdb-plain", "Plain model", "plain", "imdb", encoder="sst2-plain", own=False, options=MEAN, limit=8_000, rank=8,
        stages=(Stage("tune", "lora", epochs=0.4, lr=5e-4, head_lr=2e-4),),
    ),
    Job(
        "imdb-ltp", "LTP", "ltp", "imdb", encoder="imdb-plain", own=False, limit=8_000, rank=8,
        options={**MEAN, "final": 0.012, "temperature": 5e-4},
        stages=(Stage("soft", "lora", epochs=0.12, lr=3e-4, head_lr=2e-4), Stage("hard", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4)),
    ),
    _untrained("imdb-attention-topk", "Attention top-k, untrained", "attention_topk", "imdb", "imdb-plain"),
    _untrained("imdb-random-tokens", "Random tokens", "random_tokens", "imdb", "imdb-plain"),
    Job(
        "pos-plain", "Plain tagger", "plain", "pos", options=LINEAR, stages=(Stage("tune", "all", epochs=1.5, lr=1e-4),),
        readings_only=True,
    ),
    *_cuts("pos", epochs=1.5, lr=1e-4, options=LINEAR),
    *_cuts("sst2", epochs=1, lr=5e-5, options=MEAN),
)  # fmt: skip
