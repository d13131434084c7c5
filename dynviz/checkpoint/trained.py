"""What a config tells of the training, `trained`: free to hold more than is read here, but of what is read everything has its form."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dynviz.records.files import why_not
from dynviz.records.tasks import Metric

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**15)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class Phase(_Told):
    """One phase of the training: optimizer steps and seconds."""

    steps: Count = 0
    seconds: Annotated[float, Field(ge=0)] = 0


class Scored(_Told):
    """How good answers are: the share of right ones, and the metric of the task, where it is another."""

    accuracy: Share
    metric: Metric = "accuracy"
    score: Share | None = None


class AtKnobs(Scored):
    """What the shipped setting does on a split: the difference of the metric to full depth with an interval, share of the plain compute."""

    share: Annotated[float, Field(ge=0)]
    difference: float
    low: float
    high: float


class Figures(Scored):
    """What was measured on a split: at full depth, over how many sentences and answers; against the plain model, with interval."""

    sentences: Count
    answers: Count | None = None
    at_knobs: AtKnobs | None = None
    to_plain: Annotated[list[float], Field(min_length=3, max_length=3)] | None = None


class Metrics(_Told):
    """The figures of both splits, and by which rule the knobs were set."""

    calibration: Figures | None = None
    report: Figures | None = None
    knobs: dict[str, float] = {}
    knobs_by: str = ""
    knobs_why: str = ""


class Trained(_Told):
    """How a checkpoint was made: from what, on which data, how long, with which seed and versions. readings_only: no weights ship. parts:
    what it was measured with, as `config.parts` says it."""

    start: str = "base"
    stages: dict[str, Phase] = {}
    metrics: Metrics = Metrics()
    versions: dict[str, str] = {}
    seed: Count | None = None
    rows: Count | None = None
    data: str = ""
    data_digest: str = ""
    when: str = ""
    readings_only: bool = False
    parts: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]] = {}


def told(found: dict[str, Any]) -> dict[str, Any]:
    """The same, checked; ValueError that names the key which does not fit."""
    try:
        Trained.model_validate(found)
    except ValidationError as error:
        raise ValueError(why_not(error)) from None
    return found
