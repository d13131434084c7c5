"""Whether compute saved is time saved, for every method: `python -m tests.benchmarks.savings [CHECKPOINT ...]` (nothing is written).

On each backbone, one checkpoint of each method, at the setting it ships with, and the plain model of the same size take turns on the same
texts: one by one
and in batches of 32, of 25 and of 256 pieces (bundled texts joined and cut). The plain model is ours too: the same loop over the whole
encoder, with one classifier at the end. CPU seconds of the thread, all of it: embedding, decisions,
record. A part `a` of the plain model's time does not shrink with the text, as each layer's weights are read however few tokens are left:
a straight line through its times at several lengths says how much. One text can win it only by leaving layers, never by dropping tokens,
so alone its time is held against `a * layers run + (1 - a) * FLOPs`, and in a batch against the FLOPs.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dynviz import api
from dynviz.checkpoint.model import Model
from dynviz.core import engine
from dynviz.core.method import Shape
from dynviz.measure import bench
from dynviz.methods import method_class
from dynviz.records import Ints, Run, Sentences
from dynviz.records.cost import LayerSize
from dynviz.records.times import fitted
from dynviz.runtime import one_thread

Row = dict[str, object]
Work = bench.Work
LENGTHS = (4, 8, 16, 25, 48, 96, 128, 192, 256)  # of the line that says what does not shrink
CELLS = {(1, 25): (8, 11), (1, 256): (2, 7), (32, 25): (32, 7), (32, 256): (32, 3)}  # batch, pieces -> texts, rounds
TURNS = 4  # methods that share the plain model's turn
SOURCE = 64  # bundled texts that are joined


@dataclass(frozen=True, eq=False)
class Subject:
    """A checkpoint at one setting."""

    model: Model
    knobs: dict[str, float]

    def run(self, ids: Ints, sentences: Sentences) -> Run:
        """What it does to texts."""
        return engine.run(self.model.stages, self.model.method, ids, sentences, self.knobs)

    def work(self, length: int, count: int, batch: int) -> Work:
        """So many texts of this length, in batches."""
        parts = [joined(self.model, length, range(first, first + batch)) for first in range(0, count, batch)]
        return lambda: [self.run(*part) for part in parts]


def plain_of(model: Model) -> Subject:
    """The plain model of a checkpoint's (biggest) encoder; what its classifier says does not matter here."""
    big = max(model.stages, key=lambda stage: sum(map(_weights, stage.sizes())))
    shape = Shape((big.width,), (len(big.layers),), model.method.shape.classes, model.method.unit)
    method = method_class("plain")(shape, pooling="mean").eval().requires_grad_(False)
    return Subject(replace(model, stages=(big,), method=method), {})


def _weights(size: LayerSize) -> int:
    return 2 * size.width * (2 * size.width + size.ffn)


def joined(model: Model, length: int, which: Sequence[int]) -> tuple[Ints, Sentences]:
    """Texts of exactly so many pieces: bundled ones, each with those that follow it, cut; in their last word there may be pieces less."""
    pieces = bench.bundled_pieces(model, SOURCE)
    layout = pieces.sentences
    inner = [layout.span(s).start + np.flatnonzero(~layout.special[layout.span(s)]) for s in range(SOURCE)]
    ids, words = [], []
    for begin in which:
        at = np.concatenate([inner[(begin + i) % SOURCE] for i in range(length)])[: length - 2]  # no text is without a piece
        ids.append(np.concatenate([pieces.ids[:1], pieces.ids[at], pieces.ids[layout.lengths[0] - 1 : layout.lengths[0]]]))
        words.append(np.concatenate([[-1], np.cumsum(layout.leads[at]) - 1, [-1]]))
    word = np.concatenate(words)
    return np.concatenate(ids), Sentences(np.full(len(ids), length), word < 0, word)


def constant(plain: Subject) -> dict[int, float]:
    """Text length -> the part of the plain model's time that does not depend on it."""
    works = {f"{length} {i}": plain.work(length, 1, 1) for length in LENGTHS for i in range(2)}
    _, cpu = bench.in_turns(works, 9)
    middle = [float(np.median([cpu[f"{length} {i}"] for i in range(2)])) for length in LENGTHS]
    always, piece = fitted([[1] * len(LENGTHS), LENGTHS], middle)
    return {length: always / (always + piece * length) for length in (25, 256)}


def layers_run(run: Run) -> float:
    """Layers in which anything of a text was computed, over those of the plain model, each as large as its weights."""
    weights = np.array([_weights(size) for size in run.sizes])
    stage = np.array([size.stage for size in run.sizes])
    plain = max(weights[stage == name].sum() for name in set(stage))
    return float((weights @ run.sentences.any(run.attending)).mean() / plain)


def compared(plain: Subject, others: Sequence[Subject], always: dict[int, float]) -> Iterator[Row]:
    """Some checkpoints of one task, in turns with the plain model."""
    for (batch, length), (count, rounds) in CELLS.items():
        works = {"": plain.work(length, count, batch)} | {o.model.config.name: o.work(length, count, batch) for o in others}
        _, cpu = bench.in_turns(works, rounds)
        for one in others:
            run = one.run(*joined(one.model, length, range(count)))
            share = float(run.flops.sum() / run.plain_flops.sum())
            line = always[length] * layers_run(run) + (1 - always[length]) * share
            ratios = cpu[one.model.config.name] / cpu[""]
            time = float(np.median(ratios))
            row = partial(_row, one.model.config.name, batch, f"{length} pieces, {bench.named(one.knobs)}")
            yield row("time over plain", time)
            yield row("quickest round", float(ratios.min()))
            yield row("slowest round", float(ratios.max()))
            yield row("FLOPs over plain", share)
            yield row("the line", line if batch == 1 else share)
            yield row("time over the line", time / (line if batch == 1 else share))


def rows(names: Sequence[str] = ()) -> Iterator[Row]:
    """These checkpoints, by default one of each method on each backbone; each task and backbone has a plain model of its own."""
    one_thread()
    for (backbone, task), some in chosen(api.checkpoints(), names).items():
        always = constant(plain_of(api.load(some[0])))
        for length, part in always.items():
            about = f"{length} pieces, {task}, {backbone}"
            yield _row("", 1, about, "part of the plain model's time that does not shrink", part)
        for at in range(0, len(some), TURNS):
            models = [api.load(c) for c in some[at : at + TURNS]]
            yield from compared(plain_of(models[0]), [Subject(model, model.knobs()) for model in models], always)


def chosen(there: Sequence[api.Checkpoint], names: Sequence[str] = ()) -> dict[tuple[str, str], list[api.Checkpoint]]:
    """What is measured, by backbone and task."""
    offered = [c for c in there if c.config.method != "plain" and c.offered]
    first = {(c.backbone, c.config.method): c for c in reversed(offered)}
    some = [c for c in offered if (c.name in names if names else first[c.backbone, c.config.method] is c)]
    found: dict[tuple[str, str], list[api.Checkpoint]] = {}
    for checkpoint in some:
        found.setdefault((checkpoint.backbone, checkpoint.config.task), []).append(checkpoint)
    return found


def _row(model: str, batch: int, setting: str, measure: str, value: float) -> Row:
    return {"what": "savings", "model": model, "batch": batch, "setting": setting, "measure": measure, "value": value}


def main() -> None:
    """Print what was measured; nothing is written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="CHECKPOINT")
    for row in rows(parser.parse_args().names):
        print(f"{row['model']:24}{row['batch']!s:4}{row['setting']:44}{row['measure']:40}{row['value']:8.3f}", flush=True)


if __name__ == "__main__":
    main()
