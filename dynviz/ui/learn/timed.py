"""Steps and time of models at the settings they ship with, as shares of the plain model's on the same sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from dynviz.figures.pairs import Timed
from dynviz.records import Sweep
from dynviz.records.times import Times
from dynviz.ui.shell import cache, state

BATCH = 32


@dataclass(frozen=True, eq=False)
class Measured:
    """Models beside each other. bars: each with its shares; names: of the checkpoints. milliseconds: of the plain model, a sentence alone
    and in a batch. layers: how many it has; called: in how many of them, on average, each model computed anything. sentences: how many.
    processor, date: on what it was measured, and when. here: on this machine, since the server began. error: the largest share by which
    the fitted line misses what was measured."""

    bars: tuple[Timed, ...]
    names: tuple[str, ...]
    plain: str
    milliseconds: tuple[float, float]
    layers: int
    called: tuple[float, ...]
    sentences: int
    processor: str
    date: str
    here: bool
    error: float


def measured(plain: str, names: Sequence[str], titles: Sequence[str]) -> Measured | None:
    """These models beside the plain one; None where the times or the stored sweeps of any are missing."""
    every = (plain, *names)
    times, sweeps = cache.times_alike(every), {name: _shipped(name) for name in every}
    found = {name: sweep for name, sweep in sweeps.items() if sweep is not None}
    if len(times) < len(every) or len(found) < len(every):
        return None
    alone, batch = ({name: _milliseconds(times[name], found[name], size) for name in every} for size in (1, BATCH))
    bars = [
        Timed(title, float(found[name].share[-1]), alone[name] / alone[plain], batch[name] / batch[plain])
        for name, title in zip(names, titles, strict=True)
    ]
    machine = times[plain].machine
    return Measured(
        tuple(bars), tuple(names), plain, (alone[plain], batch[plain]), found[plain].layers,
        tuple(float(found[name].exits[-1].mean()) for name in names), len(found[plain].rows.ids), str(machine.get("processor", "")),
        str(machine.get("date", "")), all(cache.times_here(name) is not None for name in every), max(one.error for one in times.values()),
    )  # fmt: skip


def _shipped(name: str) -> Sweep | None:
    """The evaluation split at the settings the model ships with: its last point."""
    return cache.at(name, "report", cache.key(state.defaults(cache.checkpoint(name), cache.card(name))))


def _milliseconds(times: Times, sweep: Sweep, batch: int) -> float:
    return float(times.per_sentence(sweep.exits[-1:], sweep.flops[-1:], batch)[0])
