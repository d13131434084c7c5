"""How long the layers of a model take on this machine, measured by running it: real runs of the bundled texts, alone and in batches.

A clock stands between the loop and the encoder and notes when each layer begins and ends; heads, gates and the method's decisions lie
inside. Seconds of the computing thread, so that other programs on the machine disturb little; the least of three rounds. What is fitted to
them and derived from them: `dynviz.records.times`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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
    """One batch at one setting: its run; seconds of each layer, outside them, and of the whole, each the least over the rounds."""

    run: Run
    layers: dict[int, float]
    outside: float
    total: float

    def rows(self) -> list[Layered]:
        """Each layer with what went through it."""
        sentences = self.run.sentences
        counts = [sentences.count(mask) for mask in (self.run.attending, self.run.visible, self.run.transformed)]
        flops = layers_flops(self.run.sizes, counts[0], counts[1], counts[2]).sum(1) + self.run.extra_flops[1:].sum(1)
        flops[0] += self.run.extra_flops[0].sum()
        there = sentences.any(self.run.attending).sum(1)
        return [Layered(int(there[i - 1]), int(flops[i - 1]), s) for i, s in self.layers.items()]


def measure(
    model: Model, progress: Callable[[int, int], None] | None = None, clock: Clock = time.thread_time, rounds: int = ROUNDS
) -> Times:
    """Run the model at full depth and at the settings it ships with, alone and in batches of 8 and 32, and fit the line."""
    one_thread()
    pieces = bench.bundled_pieces(model, max(BATCHES.values()))
    off, own = model.method.off(), model.knobs()
    settings = {"full depth": off} if own == off else {"full depth": off, bench.named(own): own}
    jobs = [(name, size) for size in BATCHES for name in settings]
    found: dict[tuple[str, int], list[TimedBatch]] = {}
    for done, (name, size) in enumerate(jobs):
        if progress:
            progress(done, len(jobs))
        parts = [pieces.only(np.arange(a, a + size)) for a in range(0, BATCHES[size], size)]
        found[name, size] = [_timed(model, part, settings[name], clock, rounds) for part in parts]
    batches = [batch for some in found.values() for batch in some]
    rows = [row for batch in batches for row in batch.rows()]
    call, sentence, flop = fitted([[1] * len(rows), [r.sentences for r in rows], [r.flops for r in rows]], [r.seconds for r in rows])
    sizes = [len(b.run.sentences.lengths) for b in batches]
    start, each = fitted([[1] * len(sizes), sizes], [b.outside for b in batches])
    line = Times(model.config.name, call, sentence, flop, start, each, (), bench.machine())
    runs = tuple(_compared(line, name, size, some) for (name, size), some in found.items())
    return Times(line.model, call, sentence, flop, start, each, runs, line.machine)


def _timed(model: Model, part: Pieces, knobs: Mapping[str, float], clock: Clock, rounds: int) -> TimedBatch:
    """One batch, run so many times; the first warms up, and is seldom the least."""
    taken: list[tuple[float, dict[int, float]]] = []
    for _ in range(rounds):
        clocks: list[Clocked] = []

        def watch(source: engine.ReadingSource, kept: list[Clocked] = clocks) -> Clocked:
            kept.append(Clocked(source, clock))
            return kept[0]

        begun = clock()
        run = engine.run(model.stages, model.method, part.ids, part.sentences, knobs, watch)
        taken.append((clock() - begun, clocks[0].seconds()))
    totals, layers = zip(*taken, strict=True)
    outside = min(total - sum(one.values()) for total, one in taken)
    return TimedBatch(run, {layer: min(one[layer] for one in layers) for layer in layers[0]}, outside, min(totals))


def _compared(line: Times, setting: str, size: int, batches: list[TimedBatch]) -> Measured:
    said = [
        sum(float(line.layer(r.sentences, r.flops)) for r in b.rows()) + float(line.outside(len(b.run.sentences.lengths))) for b in batches
    ]
    count = sum(len(b.run.sentences.lengths) for b in batches)
    return Measured(setting, size, count, float(np.mean([b.total for b in batches])), float(np.mean(said)))
