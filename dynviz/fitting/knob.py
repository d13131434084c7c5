"""Which setting of the knob is taken: the best within a budget, the boldest that keeps a promise, or the one that hardly loses."""

from dataclasses import dataclass

from dynviz.errors import InputError
from dynviz.measure.risk import control
from dynviz.records import Sweep
from dynviz.records.card import Knob
from dynviz.training.readings import ALLOWED, choose
from dynviz.training.recipes.job import ByHand


@dataclass(frozen=True)
class Wanted:
    """What is asked of the knob. budget: share of the plain model's compute, at most. risk: share of answers that may differ from full
    depth's, at most, with this confidence. Neither: the cheapest setting that loses half a point of accuracy at most."""

    budget: float | None = None
    risk: float | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """InputError where both are asked for, or what is asked for cannot be."""
        if self.budget is not None and self.risk is not None:
            raise InputError("A budget and a risk were both given", "each by itself chooses the knob", "Give one of them")
        for name, value in (("budget", self.budget), ("risk", self.risk), ("confidence", self.confidence)):
            check_share(name, value)


def check_share(name: str, value: float | None) -> None:
    """InputError unless a number lies between 0 and 1."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (number and 0 < value < 1):
        raise InputError(f"The {name} is {str(value)[:40]}", "it is a share, between 0 and 1", "Give, for example, 0.4")


def taken(sweep: Sweep, knob: Knob, wanted: Wanted) -> tuple[ByHand, tuple[str, ...]]:
    """The setting, and what is to be said of it. sweep: over the rows kept for choosing."""
    if wanted.budget is not None:
        return _within(sweep, wanted.budget)
    if wanted.risk is not None:
        return _promised(sweep, knob, wanted.risk, wanted.confidence)
    point = choose(sweep, ALLOWED)
    said = () if point else (f"No setting loses at most {100 * ALLOWED:g} points of accuracy: the knob is off.",)
    return ByHand(sweep.knobs[point], "", by="calibration" if point else "off"), said


def _within(sweep: Sweep, budget: float) -> tuple[ByHand, tuple[str, ...]]:
    point = sweep.choose(budget)
    share = float(sweep.share[point])
    said = () if share <= budget else (f"No setting spends at most {budget:.0%} of the compute: the cheapest, {share:.1%}, is taken.",)
    return ByHand(sweep.knobs[point], f"the best within {budget:.0%} of the compute on the rows kept for choosing", by="calibration"), said


def _promised(sweep: Sweep, knob: Knob, risk: float, confidence: float) -> tuple[ByHand, tuple[str, ...]]:
    point = control(sweep, knob, risk, 1 - confidence).point
    promise = f"at most {risk:.1%} of the answers differ from full depth's, with {confidence:.0%} confidence"
    rows = len(sweep.rows.ids)
    if point and sweep.share[point] >= sweep.share[0]:
        said, point = f"What keeps the promise that {promise} saves nothing: the knob is off.", 0
    elif point:
        said = f"Promised, by {rows:,} rows kept for choosing: {promise}."
    else:
        said = f"On {rows:,} rows no setting can promise that {promise}: the knob is off; more rows may do."
    return ByHand(sweep.knobs[point], f"promised that {promise}" if point else "", by="calibration" if point else "off"), (said,)
