"""What a number of sentences costs in core-hours, electricity and money, from milliseconds. Plain arithmetic; every factor is named.

A sentence of t milliseconds keeps one core busy for t milliseconds. So n sentences take n t / 3,600,000 core-hours, those times the watts
of a busy core / 1000 kWh, and those times the price of a core-hour in money. Idle cores, memory, cooling and traffic are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dynviz.records import Sweep
from dynviz.records.times import Measured, Times

MILLION = 1_000_000
_MS_AN_HOUR = 3_600_000
FULL = "full depth"  # what the setting at which nothing stops is called in the measured runs


@dataclass(frozen=True)
class Assumed:
    """What is assumed beside the milliseconds. sentences: a month; watts: of a busy core; price: of a core-hour."""

    sentences: float
    watts: float
    price: float


@dataclass(frozen=True)
class Bill:
    """What some sentences cost."""

    core_hours: float
    kwh: float
    money: float


def bill(milliseconds: float, sentences: float, assumed: Assumed) -> Bill:
    """The bill of so many sentences of so many milliseconds each."""
    hours = sentences * milliseconds / _MS_AN_HOUR
    return Bill(hours, hours * assumed.watts / 1000, hours * assumed.price)


@dataclass(frozen=True)
class Timed:
    """Measured milliseconds a sentence, one at a time on one core, of the plain model and of the one that stops. Each with the quickest and
    the slowest round; sentences: that were timed; machine and date: of the measurement; alike: whether it is of those sentences, and not of
    others by the line fitted to them."""

    plain: float
    adaptive: float
    plain_range: tuple[float, float]
    adaptive_range: tuple[float, float]
    sentences: int
    machine: str
    date: str
    alike: bool = True


def timed(plain_times: Times, own_times: Times) -> Timed | None:
    """What of the times of the plain model and of the one that stops, on one machine, the bill needs; None where either lacks it."""
    plain = _first([run for run in plain_times.runs if run.batch == 1 and run.setting == FULL])
    own = _first([run for run in own_times.runs if run.batch == 1 and run.setting != FULL])
    if plain is None or own is None:
        return None
    ranges = [(1000 * low, 1000 * high) for low, high in (plain.range, own.range)]
    machine, date = (own_times.machine.get(k, "") for k in ("processor", "date"))
    return Timed(1000 * plain.seconds, 1000 * own.seconds, ranges[0], ranges[1], own.sentences, machine, date)


def on_texts(known: Timed, plain: tuple[Times, Sweep], own: tuple[Times, Sweep], at: int) -> Timed:
    """The same for other texts than those that were timed: of each by the line that is fitted to the measured ones, from the layers and
    FLOPs it took. plain, own: the times of a model, and what it did with these texts; at: the setting that stops."""
    flat, stopping = (
        float(times.per_sentence(sweep.exits[[point]], sweep.flops[[point]], 1)[0]) for (times, sweep), point in ((plain, 0), (own, at))
    )
    ranges = [
        (low * to / was, high * to / was)
        for (low, high), was, to in ((known.plain_range, known.plain, flat), (known.adaptive_range, known.adaptive, stopping))
    ]
    return replace(known, plain=flat, adaptive=stopping, plain_range=ranges[0], adaptive_range=ranges[1], alike=False)


def _first(runs: Sequence[Measured]) -> Measured | None:
    return next(iter(runs), None)


def figure(value: float) -> str:
    """An amount as one says it: two digits that count, no exponent: 1.9, 0.10, 1,901."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:#.2g}" if value >= 0.0001 else f"{value:.7f}".rstrip("0").rstrip(".")
