"""Which checkpoints are trained, in which order, from what: the queue behind `python -m dynviz train`."""

from dataclasses import dataclass, field
from typing import Any

from dynviz.method import Stage


@dataclass(frozen=True)
class Job:
    """One checkpoint to train.

    encoder: what each stage's encoder starts from: "base" (the pre-trained model) or the name of a checkpoint. own: whether the
    encoder is stored whole; if not, it is the start's, with low-rank updates where a stage trains "lora". depth: keep the first k
    layers only. limit: at most so many training rows. stages: instead of the method's own recipe. readings_only: the weights are
    not shipped.
    """

    name: str
    title: str
    method: str
    task: str
    encoder: str = "base"
    own: bool = True
    depth: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    knobs: dict[str, float] = field(default_factory=dict)
    family: tuple[str, str, float] | None = None
    stages: tuple[Stage, ...] | None = None
    limit: int | None = None
    readings_only: bool = False
    rank: int = 16
    seed: int = 0


_MEAN = {"pooling": "mean"}


def _cuts(task: str, epochs: float) -> tuple[Job, ...]:
    """The static line: the first k layers of the pre-trained model, tuned as a plain model of that depth; shipped as readings."""
    stage = (Stage("tune", "all", epochs=epochs),)
    return tuple(
        Job(f"{task}-cut{k}", f"Plain model of {k} layers", "plain", task, depth=k, options=_MEAN, stages=stage, readings_only=True)
        for k in range(1, 6)
    )


QUEUE: tuple[Job, ...] = (
    Job("sst2-plain", "Plain model", "plain", "sst2", options=_MEAN),
    Job("sst2-joint", "Entropy exit, joint training", "entropy_exit", "sst2", options=_MEAN),
    Job("sst2-deebert", "DeeBERT", "deebert", "sst2", encoder="sst2-plain", own=False, options=_MEAN),
    *_cuts("sst2", epochs=1),
)


def job(name: str) -> Job:
    """The job of this name."""
    return next(j for j in QUEUE if j.name == name)
