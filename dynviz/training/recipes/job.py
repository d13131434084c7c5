"""What one checkpoint is trained from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dynviz.core.method import Phase

MEAN = {"pooling": "mean"}
LORA_RATE = 5e-4  # of low-rank updates
LINEAR = {"hidden": False}  # a hidden layer on each word would cost a twelfth of a layer, after every layer


@dataclass(frozen=True)
class ByHand:
    """Knobs that are given. why: in words that complete "set by hand: ..."; like: the checkpoint whose setting is taken over; by: what
    chose them, as `trained.metrics.knobs_by` names it."""

    knobs: Mapping[str, float]
    why: str
    like: str | None = None
    by: Literal["hand", "calibration", "off"] = "hand"


@dataclass(frozen=True)
class TrainingJob:
    """One checkpoint to train.

    encoder: what each stage's encoder starts from: "base" (the pre-trained model) or the name of a checkpoint. own: whether the
    encoder is stored whole; if not, it is the start's, with low-rank updates where a phase trains "lora". depth: keep the first k
    layers only. shared: all layers are one, repeated: a layer of the pre-trained model. small: for a cascade, what its small encoder
    starts from: "distilled", or "first", the first layers of the pre-trained model. judged: the examples are held to be hard or easy by
    two small models, each judging the other's half. limit: at most so many training rows. phases: instead of the method's own recipe.
    frozen: names of the method's parameters, as patterns, that are kept as the start's and stored there only.
    updates_of: the encoder, trained whole, ships as low-rank updates of this checkpoint's lower layers: their best approximation.
    knobs: settings that are not chosen by the rule of all, with the reason. readings_only: the weights are not shipped.
    repeats: the job this one repeats with another seed. in_blocks: larger matrices ship in 8 bits, and are measured so;
    large_in_4: those as large as a layer's in 4.
    """

    name: str
    title: str
    method: str
    task: str
    encoder: str = "base"
    own: bool = True
    depth: int | None = None
    shared: bool = False
    small: Literal["distilled", "first"] | None = None
    judged: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    knobs: ByHand | None = None
    family: tuple[str, str, float] | None = None
    phases: tuple[Phase, ...] | None = None
    limit: int | None = None
    frozen: tuple[str, ...] = ()
    updates_of: str | None = None
    readings_only: bool = False
    repeats: str | None = None
    rank: int = 16
    seed: int = 0
    in_blocks: bool = False
    large_in_4: bool = False


def of_family(
    method: str, family: str, knob: str, option: str, value: float, encoder: str, knobs: ByHand | None = None
) -> TrainingJob:
    """A member of a family: SST-2 checkpoints of a method that differ in one training knob alone.

    family, knob: its names on screen. option: the method's argument that the knob sets. encoder: the checkpoint it starts from.
    """
    return TrainingJob(
        f"sst2-{method.replace('_', '-')}-{value:g}", f"{family}, {knob} {value:g}", method, "sst2", encoder=encoder, own=False, rank=8,
        options={**MEAN, option: value}, family=(family, knob, value), knobs=knobs,
    )  # fmt: skip


def static_line(task: str, options: dict[str, Any], tune: Phase, limit: int | None = None) -> tuple[TrainingJob, ...]:
    """The static line of a task but its deepest model: SST-2's cut models, tuned on; as readings.

    tune: as many epochs as its plain model had and then a pruner. limit: of training rows.
    """
    return tuple(
        TrainingJob(
            f"{task}-cut{k}", f"Plain model, cut, layers {k}", "plain", task, encoder=f"sst2-cut{k}", own=False, limit=limit, rank=8,
            options=options, family=("Plain model, cut", "layers", k), phases=(tune,), readings_only=True,
        )
        for k in range(1, 6)
    )  # fmt: skip
