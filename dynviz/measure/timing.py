"""How long the layers of a model take on this machine, measured by running it: real runs of the bundled texts, alone and in batches.

A clock stands between the loop and the encoder and notes when each layer begins and ends; heads, gates and the method's decisions lie
inside. Seconds of the computing thread, so that other programs on the machine disturb little; the middle of some rounds, after one that
warms up. What is fitted to them and derived from them: `dynviz.records.times`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from dynviz.checkpoint.model import Model
from dynviz.core import engine
from dynviz.core.method import Moment, Plan
from dynviz.data.pieces import Pieces
from dynviz.measure import bench
from dynviz.records import Bools, Floats, Run
from dynviz.records.cost import layers_flops
from dynviz.records.times import Layered, Measured, Times, fitted
from dynviz.runtime import one_thread

BATCHES = {1: 16, 8: 32, 32: 32}  # batch size -> sentences run
ROUNDS = 3

Clock = Callable[[], float]


@dataclass
class Clocked:
    """A source of readings whose layers are timed. begins: when each layer began; ended: when the last call returned."""

    source: engine.ReadingSource
    clock: Clock
    begins: dict[int, float] = field(default_factory=dict)
    ended: float = 0.0

    def _at(self, layer: int) -> None:
        if layer not in self.begins:
            self.begins[layer] = self.clock()

    def enter(self, stage: int, plan: Plan) -> None:
        """The embedding; before the first layer it lies outside all layers."""
        self.source.enter(stage, plan)

    def attend(self, layer: int, plan: Plan) -> None:
        """Attention of a layer."""
        self._at(layer)
        self.source.attend(layer, plan)

    def transform(self, layer: int, plan: Plan) -> None:
        """Feed-forward block of a layer."""
        self.source.transform(layer, plan)
        self.ended = self.clock()

    def read(self, moment: Moment, layer: int, row: int, asked: Mapping[str, Bools], plan: Plan) -> Mapping[str, Floats]:
        """What the heads say; asked before a layer, it belongs to that layer."""
        self._at(layer)
        found = self.source.read(moment, layer, row, asked, plan)
        self.ended = self.clock()
        return found

    def seconds(self) -> dict[int, float]:
        """Of each layer that ran: until the next began, or the last call returned."""
        layers = sorted(self.begins)
        ends = [*(self.begins[layer] for layer in layers[1:]), self.ended]
        return {layer: end - self.begins[layer] for layer, end in zip(layers, ends, strict=True)}


@dataclass(frozen=True, eq=False)
class TimedBatch:
    """One batch at one setting: its run; seconds of each layer and outside them, the middle of the rounds; of the whole in each round."""

    run: Run
    layers: dict[int, float]
    outside: float
    totals: tuple[float, ...]

    def rows(self) -> list[Layered]:
        """Each layer with what went through it."""
        sentences = self.run.sentences
        counts = [sentences.count(mask) for mask in (self.run.attending, self.run.visible, self.run.transformed)]
        flops = layers_flops(self.run.sizes, counts[0], counts[1], counts[2], sentences.lengths).sum(1) + self.run.extra_flops[1:].sum(1)
        flops[0] += self.run.extra_flops[0].sum()
        there = sentences.any(self.run.attending).sum(1)
        return [Layered(int(there[i - 1]), int(flops[i - 1]), s) for i, s in self.layers.items()]


@dataclass(eq=False)
class Work:
    """A batch at a setting, to be run round after round. taken: seconds of the whole and of each layer, a pair for each round."""

    setting: str
    size: int
    part: Pieces
    knobs: Mapping[str, float]
    taken: list[tuple[float, dict[int, float]]] = field(default_factory=list)
    run: Run | None = None

    def once(self, model: Model, clock: Clock) -> None:
        """Run it."""
        clocks: list[Clocked] = []

        def watch(source: engine.ReadingSource) -> Clocked:
            clocks.append(Clocked(source, clock))
            return clocks[0]

        begun = clock()
        self.run = engine.run(model.stages, model.method, self.part.ids, self.part.sentences, self.knobs, watch)
        self.taken.append((clock() - begun, clocks[0].seconds()))

    def timed(self) -> TimedBatch:
        """What it took, the first round left out: it warms up."""
        assert self.run is not None
        totals, layers = zip(*self.taken[1:], strict=True)
        outside = [total - sum(one.values()) for total, one in self.taken[1:]]
        middle = {layer: float(np.median([one[layer] for one in layers])) for layer in layers[0]}
        return TimedBatch(self.run, middle, float(np.median(outside)), totals)


def measure(
    model: Model, progress: Callable[[int, int], None] | None = None, clock: Clock = time.thread_time, rounds: int = ROUNDS
) -> Times:
    """Run the model at full depth and at the settings it ships with, alone and in batches of 8 and 32, and fit the line.

    A round runs everything once, so that what disturbs a while disturbs all alike.
    """
    one_thread()
    works = _works(model)
    for done in range(rounds + 1):
        if progress:
            progress(done, rounds + 1)
        for work in works:
            work.once(model, clock)
    found: dict[tuple[str, int], list[TimedBatch]] = {}
    for work in works:
        found.setdefault((work.setting, work.size), []).append(work.timed())
    batches = [batch for some in found.values() for batch in some]
    rows = [row for batch in batches for row in batch.rows()]
    call, sentence, flop = fitted([[1] * len(rows), [r.sentences for r in rows], [r.flops for r in rows]], [r.seconds for r in rows])
    sizes = [len(b.run.sentences.lengths) for b in batches]
    start, each = fitted([[1] * len(sizes), sizes], [b.outside for b in batches])
    line = Times(model.config.name, call, sentence, flop, start, each, (), bench.machine())
    return replace(line, runs=tuple(_compared(line, name, size, some) for (name, size), some in found.items()))


def _works(model: Model) -> list[Work]:
    """Every batch of the bundled texts, at full depth and at the model's own setting."""
    pieces = bench.bundled_pieces(model, max(BATCHES.values()))
    off, own = model.method.off(), model.knobs()
    settings = {"full depth": off} if own == off else {"full depth": off, bench.named(own): own}
    return [
        Work(name, size, pieces.only(np.arange(a, a + size)), knobs)
        for size in BATCHES
        for name, knobs in settings.items()
        for a in range(0, BATCHES[size], size)
    ]


def _compared(line: Times, setting: str, size: int, batches: list[TimedBatch]) -> Measured:
    said = [
        sum(float(line.layer(r.sentences, r.flops)) for r in b.rows()) + float(line.outside(len(b.run.sentences.lengths))) for b in batches
    ]
    count = sum(len(b.run.sentences.lengths) for b in batches)
    rounds = np.mean([b.totals for b in batches], axis=0)
    return Measured(setting, size, count, float(np.median(rounds)), float(np.mean(said)), tuple(float(v) for v in rounds))
