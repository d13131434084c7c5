"""Which checkpoints are trained, in which order, from what: the queue behind `python -m dynviz train`."""

from dataclasses import dataclass, field
from typing import Any, Literal

from dynviz.method import Stage


@dataclass(frozen=True)
class Job:
    """One checkpoint to train.

    encoder: what each stage's encoder starts from: "base" (the pre-trained model) or the name of a checkpoint. own: whether the
    encoder is stored whole; if not, it is the start's, with low-rank updates where a stage trains "lora". depth: keep the first k
    layers only. small: for a cascade, what its small encoder starts from: "distilled", or "first", the first layers of the pre-trained model.
    judged: the examples are held to be hard or easy by two small models, each judging the other's half. limit: at most so many training rows. stages: instead of the method's own recipe. readings_only: the weights are
    not shipped.
    """

    name: str
    title: str
    method: str
    task: str
    encoder: str = "base"
    own: bool = True
    depth: int | None = None
    small: Literal["distilled", "first"] | None = None
    judged: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    knobs: dict[str, float] = field(default_factory=dict)
    family: tuple[str, str, float] | None = None
    stages: tuple[Stage, ...] | None = None
    limit: int | None = None
    readings_only: bool = False
    rank: int = 16
    seed: int = 0


_MEAN = {"pooling": "mean"}
_LINEAR = {"hidden": False}  # a hidden layer on each word would cost a twelfth of a layer, after every layer
_ON_PLAIN = {"encoder": "sst2-plain", "own": False, "options": _MEAN}


def _cuts(task: str, epochs: float, lr: float, options: dict[str, Any]) -> tuple[Job, ...]:
    """The static line: the first k layers of the pre-trained model, tuned as a plain model of that depth; shipped as readings."""
    stage = (Stage("tune", "all", epochs=epochs, lr=lr),)
    return tuple(
        Job(f"{task}-cut{k}", f"Plain model of {k} layers", "plain", task, depth=k, options=options, stages=stage, readings_only=True)
        for k in range(1, 6)
    )


QUEUE: tuple[Job, ...] = (
    Job("sst2-plain", "Plain model", "plain", "sst2", options=_MEAN),
    Job("sst2-joint", "Entropy exit, joint training", "entropy_exit", "sst2", options=_MEAN),
    Job("sst2-deebert", "DeeBERT", "deebert", "sst2", encoder="sst2-plain", own=False, options=_MEAN),
    Job("pos-tokee", "TOKEE", "tokee", "pos", options=_LINEAR),
    Job("sst2-ltp", "LTP", "ltp", "sst2", encoder="sst2-plain", own=False, options={**_MEAN, "final": 0.03}),
    Job(
        "pos-plain", "Plain tagger", "plain", "pos", options=_LINEAR, stages=(Stage("tune", "all", epochs=3, lr=1e-4),), readings_only=True
    ),
    Job(
        "sst2-cascade", "CascadeBERT", "cascade", "sst2", encoder="sst2-plain", small="distilled", judged=True, options=_MEAN
    ),
    Job(
        "sst2-cascade-uncalibrated", "CascadeBERT, not calibrated", "cascade", "sst2", encoder="sst2-plain", small="distilled",
        options={**_MEAN, "weight": 0.0}, readings_only=True,
    ),
    Job(
        "sst2-cascade-cut", "CascadeBERT, small model cut from the big one", "cascade", "sst2", encoder="sst2-plain", small="first",
        judged=True, options=_MEAN, readings_only=True,
    ),
    *_cuts("pos", epochs=3, lr=1e-4, options=_LINEAR),
    *_cuts("sst2", epochs=1, lr=5e-5, options=_MEAN),
)  # fmt: skip


def job(name: str) -> Job:
    """The job of this name."""
    return next(j for j in QUEUE if j.name == name)
