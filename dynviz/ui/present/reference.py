"""What a model on the stage is held against: the plain model trained for its task, where it was measured on the same sentences."""

from contextlib import suppress
from dataclasses import dataclass, replace

from dynviz.api import Checkpoint
from dynviz.errors import InputError
from dynviz.figures import Curve, curve_of
from dynviz.records import Sweep
from dynviz.records.operating import Interval, Verdict
from dynviz.records.redraw import differences
from dynviz.records.slices import against
from dynviz.ui.present.cast import SPLIT, Cast
from dynviz.ui.shell import cache


@dataclass(frozen=True)
class Reference:
    """plain: whether it is the plain model; else the model's own full depth, for want of one: of a rule that cannot be switched off that
    says little. score: its metric. difference: the model's, less that, with its interval. same: the same are right."""

    plain: bool
    score: float
    difference: Interval
    same: bool

    @property
    def verdict(self) -> Verdict:
        """Whether the model is "less" or "more" often right; "same": the same answers are; "none": the interval holds 0."""
        _, low, high = self.difference
        return "same" if self.same else "less" if high < 0 else "more" if low > 0 else "none"


def reference(cast: Cast) -> Reference:
    """The plain model of the task, as deep as this one; where none was measured on these sentences, all layers of the model itself."""
    own, i, plain = cast.sweep, cast.point, measured_plain(cast)
    gap = against(own, plain, i) if plain is not None else None
    other = own if plain is None or gap is None else plain
    mean, low, high = (float(v) for v in (own.differences[i] if gap is None else gap))
    same = bool((own.correct[i] == other.correct[0]).all())
    return Reference(gap is not None, float(other.score[0]), (mean, low, high), same)


def beside_plain(cast: Cast) -> Curve:
    """The model's curve, its band and its differences taken to the plain model where that was measured on these sentences."""
    own, plain = cast.sweep, measured_plain(cast)
    curve = curve_of(own, cast.title)
    if plain is None or not reference(cast).plain:
        return curve
    low, high = (plain.score[0] + differences(own.scores, plain.scores.at(0))[:, 1:]).T
    return replace(curve, low=low, high=high, base=None)


def plain_model(cast: Cast) -> Checkpoint | None:
    """The plain model of the same task and backbone, as deep as this one; None where there is none."""
    own = cast.checkpoint
    wanted = (own.config.task, own.backbone, "plain", own.layers)
    return next((c for c in cache.catalogue()[0] if (c.config.task, c.backbone, c.config.method, c.layers) == wanted), None)


def measured_plain(cast: Cast) -> Sweep | None:
    """The measured points of the plain model."""
    with suppress(InputError):
        return cache.sweep(plain.name, SPLIT) if (plain := plain_model(cast)) else None
    return None
