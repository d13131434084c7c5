"""How long a model takes on a machine: a line fitted to measured layers, and what follows from it for any batch. No torch.

Measured are seconds of one thread in each layer of real runs (`dynviz.measure.timing`). Fitted to them: a layer over n sentences takes
`call + sentence * n + flop * FLOPs`; what lies outside the layers (embedding, book-keeping) takes `start + each * n`. Derived: the time
of a batch whose sentences leave after given layers and cost given FLOPs, each layer running on those that are still there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynviz.records.layout import Bools, Floats, Ints, floats

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Layered:
    """One layer of one measured run: how many sentences and FLOPs went through it, and its seconds."""

    sentences: int
    flops: int
    seconds: float


@dataclass(frozen=True)
class Measured:
    """A setting at a batch size over the measured sentences: mean seconds of a batch, as measured (the middle of the rounds) and by the
    fitted line. rounds: the same of each round."""

    setting: str
    batch: int
    sentences: int
    seconds: float
    fitted: float
    rounds: tuple[float, ...] = ()

    @property
    def range(self) -> tuple[float, float]:
        """The quickest and the slowest round."""
        return min(self.rounds, default=self.seconds), max(self.rounds, default=self.seconds)


@dataclass(frozen=True)
class Times:
    """Seconds of one thread. call, sentence, flop: of a layer; start, each: outside the layers. runs: what was measured, beside the
    line. machine: what it was measured on; it holds for no other."""

    model: str
    call: float
    sentence: float
    flop: float
    start: float
    each: float
    runs: tuple[Measured, ...]
    machine: Mapping[str, str]

    @property
    def error(self) -> float:
        """The largest share by which the line misses what was measured."""
        return max((abs(run.fitted - run.seconds) / run.seconds for run in self.runs), default=0.0)

    def layer(self, sentences: ArrayLike, flops: ArrayLike) -> Column:
        """Seconds of one layer over so many sentences that cost so many FLOPs in it; nothing where there are none."""
        n = np.asarray(sentences, np.float64)
        return np.where(n > 0, self.call + self.sentence * n + self.flop * np.asarray(flops, np.float64), 0.0)

    def outside(self, sentences: ArrayLike) -> Column:
        """Seconds outside the layers of a batch of so many sentences."""
        return self.start + self.each * np.asarray(sentences, np.float64)

    def per_sentence(self, exits: Ints, flops: Ints, batch: int) -> Column:
        """(P,) milliseconds a sentence, in batches of so many consecutive ones. exits: (P, S) last layer computed; flops: (P, S).

        A batch runs as many layers as its slowest sentence needs; each on the sentences that still need it.
        """
        count = exits.shape[1]
        begins = np.arange(0, count, batch)
        layers = np.maximum.reduceat(exits, begins, axis=1).sum(1)
        inside = self.call * layers + self.sentence * exits.sum(1) + self.flop * flops.sum(1)
        return floats(1000 * (inside + self.start * len(begins) + self.each * count) / count)

    def waiting(self, exits: Ints, flops: Ints, batch: int) -> float:
        """Milliseconds a sentence at one setting where the finished stay until the slowest of their batch is done. exits, flops: (S,)."""
        begins, sizes = np.arange(0, len(exits), batch), batch_sizes(len(exits), batch)
        slowest, own = np.maximum.reduceat(exits, begins), np.add.reduceat(flops / exits, begins)
        inside = slowest * (self.call + self.sentence * sizes + self.flop * own) + self.outside(sizes)
        return float(1000 * inside.sum() / len(exits))

    def by_lot(self, sooner: float, later: float, flops: float, sizes: Ints, part: float) -> float:
        """Milliseconds a sentence to expect where each leaves after the layer `sooner` or, by lot, this part of them `later`.

        flops: a sentence's mean. sizes: of the batches; one needs the later layer unless none of its sentences does.
        """
        layers = sooner + (later - sooner) * (1 - (1 - part) ** sizes)
        mean = sooner + (later - sooner) * part
        each = self.sentence * mean + self.flop * flops + self.each
        return float(1000 * ((self.call * layers + self.start).sum() / sizes.sum() + each))


def batch_sizes(sentences: int, batch: int) -> Ints:
    """Sizes of consecutive batches; the last holds what is left."""
    return np.diff([*range(0, sentences, batch), sentences])


def fitted(columns: Sequence[ArrayLike], seconds: ArrayLike) -> list[float]:
    """Coefficients, none below 0, of the columns whose sum comes nearest to the seconds, in parts of each: a small call counts as much as
    a large one."""
    wanted = np.maximum(np.asarray(seconds, np.float64), 1e-9)
    rows = np.stack([np.asarray(c, np.float64) for c in columns], axis=1) / wanted[:, None]
    scale = np.maximum(np.abs(rows).max(0), 1e-300)  # FLOPs are numbers of another size than sentences
    kept = list(range(rows.shape[1]))
    while kept:
        found = np.linalg.lstsq((rows / scale)[:, kept], np.ones(len(wanted)), rcond=None)[0]
        if (found >= 0).all():
            out = np.zeros(rows.shape[1])
            out[kept] = found / scale[kept]
            return [float(v) for v in out]
        kept.pop(int(found.argmin()))
    return [0.0] * rows.shape[1]


@dataclass(frozen=True, eq=False)
class Flow:
    """A batch of N sentences through L layers: when each layer is done, in milliseconds from the start.

    exits: (N,) last layer each sentence needs. waiting: (L+1,) ends of the layers where finished sentences stay in the batch until its
    slowest is done; leaving: (L+1,) where they leave; row 0: the start, before the first layer. Layers nobody needs take no time.
    whole: milliseconds of the batch at full depth.
    """

    exits: Ints
    waiting: Floats
    leaving: Floats
    whole: float

    @property
    def totals(self) -> tuple[float, float]:
        """Milliseconds of the batch: finished sentences wait, and leave."""
        return float(self.waiting[-1]), float(self.leaving[-1])

    @property
    def saved(self) -> float:
        """The share of the time that leaving saves."""
        wait, leave = self.totals
        return 1 - leave / wait if wait else 0.0


def flow(times: Times, exits: Ints, flops: Ints, plain: Ints, layers: int) -> Flow:
    """The batch of these sentences. flops: (N,) FLOPs of each up to its exit, spread evenly over its layers; plain: (N,) of full depth."""
    steps = np.arange(1, layers + 1)
    needs: Bools = exits[None] >= steps[:, None]  # (L, N)
    own = flops / exits
    n = len(exits)
    runs = steps <= exits.max()
    wait = times.layer(np.where(runs, n, 0), np.where(runs, own.sum(), 0))
    leave = times.layer(needs.sum(1), (needs * own).sum(1))
    outside = float(times.outside(n))
    ends = [1000 * (outside + np.concatenate([[0.0], np.cumsum(row)])) for row in (wait, leave)]
    full = outside + float(times.layer(np.full(layers, n), np.full(layers, plain.sum() / layers)).sum())
    return Flow(exits, floats(ends[0]), floats(ends[1]), 1000 * full)
