"""Labelled examples -> Sweep: run them once (replayable methods) or once per setting, count, compare with baselines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dynviz.core import engine
from dynviz.core.encoder import Encoder
from dynviz.core.heads import HeadForm
from dynviz.core.intervene import exits_at
from dynviz.core.method import Knobs, Method, Shape
from dynviz.data.pieces import Pieces
from dynviz.measure import grid
from dynviz.methods import method_class
from dynviz.records import Ints, Recorded, Rows, Run, Sentences, Sweep
from dynviz.records.baseline import Baseline
from dynviz.runtime import Progress

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

BATCH_TOKENS = 1024  # tokens packed together: larger gains nothing, smaller pays more overhead
CHUNK = 1024  # sentences whose full runs are held at once before replaying


@dataclass(frozen=True)
class Subject:
    """A model under evaluation: a method on its encoders, and its names."""

    stages: tuple[Encoder, ...]
    method: Method
    model: str
    task: str
    digest: str


def subject_of(model: "Model") -> Subject:
    """A loaded checkpoint under evaluation."""
    return Subject(model.stages, model.method, model.config.name, model.config.task, model.digest)


def settings(method: type[Method], points: int, base: Mapping[str, float] | None = None) -> list[dict[str, float]]:
    """The knob off, then `points` even steps of the first knob, the other knobs at their base (by default, default) value."""
    return grid.settings(method, method.knobs[0].points(points) if method.knobs else [], base)


def batches(layout: Sentences, tokens: int = BATCH_TOKENS) -> Iterator[Ints]:
    """Consecutive sentences in batches of at most about so many tokens."""
    start = total = 0
    for s, length in enumerate(layout.lengths):
        if s > start and total + length > tokens:
            yield np.arange(start, s)
            start, total = s, 0
        total += int(length)
    yield np.arange(start, len(layout.lengths))


def run_all(subject: Subject, pieces: Pieces, knobs: Knobs, progress: Progress | None = None) -> Run:
    """Run all texts at one setting, batch by batch."""
    runs = []
    for rows in batches(pieces.sentences):
        part = pieces.only(rows)
        runs.append(engine.run(subject.stages, subject.method, part.ids, part.sentences, knobs))
        if progress:
            progress(int(rows[-1]) + 1, len(pieces.texts))
    return join(runs)


def record(subject: Subject, pieces: Pieces, rows: Rows, progress: Progress | None = None) -> Recorded:
    """One run with the knob off, from which every setting of a replayable method follows."""
    return Recorded(rows, run_all(subject, pieces, subject.method.off(), progress))


def sweep(
    subject: Subject, pieces: Pieces, rows: Rows, points: Sequence[Mapping[str, float]], split: str = "", progress: Progress | None = None
) -> Sweep:
    """All operating points over the texts: one pass for replayable methods, else one per point. points[0] must be off."""
    done, total = 0, len(pieces.texts) * (1 if subject.method.replayable else len(points))
    columns: list[list[dict[str, Any]]] = [[] for _ in points]
    for begin in range(0, len(pieces.texts), CHUNK):
        part = pieces.only(np.arange(begin, min(begin + CHUNK, len(pieces.texts))))
        full: Run | None = None
        for i, knobs in enumerate(points):
            if full is not None and subject.method.replayable:
                run = engine.replay(subject.method, full, knobs)
            else:
                run = run_all(subject, part, knobs, lambda n, _, base=done: progress(base + n, total) if progress else None)  # type: ignore[misc]
                done += len(part.texts)
                full = run if i == 0 else full
            columns[i].append(outcome(run))
    joined = [{k: np.concatenate([c[k] for c in chunks]) for k in chunks[0]} for chunks in columns]
    about = (subject.model, method_name(subject.method), subject.task, split, subject.digest)
    return _sweep(about, rows, points, joined, subject.method.shape.layers)


def spaced(subject: Subject, pieces: Pieces, points: int, base: Knobs) -> list[dict[str, float]]:
    """The knob off, and `points` settings of the first knob between which compute over these texts changes about evenly (`grid.spaced`).

    base: the other knobs' settings. Costs one run for a replayable method, else one a point: give it some of the texts, not all.
    """
    if subject.method.replayable:
        return spaced_replays(subject.method, run_all(subject, pieces, subject.method.off()), points, base)
    return _spaced(subject.method, points, base, lambda knobs: run_all(subject, pieces, knobs))


def spaced_replays(method: Method, full: Run, points: int, base: Knobs) -> list[dict[str, float]]:
    """The same from a run with the knob off, by replay."""
    return _spaced(method, points, base, lambda knobs: engine.replay(method, full, knobs))


def filled(subject: Subject, pieces: Pieces, values: Sequence[float], base: Knobs) -> list[dict[str, float]]:
    """The knob off, these settings of the first knob, and more of them where compute over these texts jumps (`grid.filled`)."""
    kind = type(subject.method)
    share = _share(subject.method, base, lambda knobs: run_all(subject, pieces, knobs))
    return grid.settings(kind, grid.filled(kind.knobs[0], values, share), {**kind.defaults(), **base})


def _spaced(method: Method, points: int, base: Knobs, run: Callable[[Knobs], Run]) -> list[dict[str, float]]:
    kind = type(method)
    if not kind.knobs:
        return [kind.off()]
    return grid.settings(kind, grid.spaced(kind.knobs[0], points, _share(method, base, run)), {**kind.defaults(), **base})


def _share(method: Method, base: Knobs, run: Callable[[Knobs], Run]) -> Callable[[float], float]:
    """Setting of the first knob -> share of compute, the other knobs at their base."""
    kind = type(method)

    def share(value: float) -> float:
        found = run({**kind.defaults(), **base, kind.knobs[0].name: value})
        return float(found.flops.sum() / found.plain_flops.sum())

    return share


def replayed(recorded: Recorded, about: Mapping[str, Any], points: Sequence[Mapping[str, float]]) -> Sweep:
    """The sweep of a stored recorded run: the same `decide` on stored readings, no model needed. points[0] must be off."""
    method = method_of(recorded.run, about)
    outcomes = [outcome(engine.replay(method, recorded.run, knobs)) for knobs in points]
    names = (about["model"], about["method"], about["task"], about["split"], about["digest"])
    return _sweep(names, recorded.rows, points, outcomes, len(recorded.run.sizes))


def method_of(run: Run, about: Mapping[str, Any]) -> Method:
    """The rule, its heads without weights (on the meta device), that fits a stored run: enough to replay it."""
    stages = list(dict.fromkeys(size.stage for size in run.sizes))
    depths = tuple(sum(size.stage == stage for size in run.sizes) for stage in stages)
    widths = tuple(next(size.width for size in run.sizes if size.stage == stage) for stage in stages)
    shape = Shape(widths, depths, run.probs.shape[2], run.unit, last=HeadForm(**about["last"]) if about.get("last") else None)
    with torch.device("meta"):
        return method_class(about["method"])(shape, **about.get("options", {}))


def method_name(method: Method) -> str:
    """The name a method is registered under: its file's."""
    return type(method).__module__.rsplit(".", 1)[-1]


def outcome(run: Run) -> dict[str, Any]:
    """The arrays a sweep keeps of a run: answers, FLOPs, depths and exits."""
    answers = run.predicted if run.unit == "sentence" else run.predicted[run.sentences.leads]
    return {"predicted": answers, "flops": run.flops, "plain_flops": run.plain_flops, "depth": run.mean_depth, "exits": run.exit_layer}


def _sweep(names: tuple[str, ...], rows: Rows, points: Sequence[Mapping[str, float]], outcomes: list[dict[str, Any]], layers: int) -> Sweep:
    stacked = {k: np.stack([o[k] for o in outcomes]) for k in ("predicted", "flops", "depth", "exits")}
    model, method, task, split, digest = names
    knobs = tuple(dict(p) for p in points)
    return Sweep(model, method, task, split, digest, rows, knobs, plain_flops=outcomes[0]["plain_flops"], layers=layers, **stacked)


def join(runs: Sequence[Run]) -> Run:
    """One record of several runs at the same setting, in order."""
    if len(runs) == 1:
        return runs[0]
    first = runs[0]
    layout = Sentences(*(np.concatenate([getattr(r.sentences, k) for r in runs]) for k in ("lengths", "special", "word")))

    def side_by_side(name: str) -> Any:
        return np.concatenate([getattr(r, name) for r in runs], axis=1)

    readings = {k: np.concatenate([r.readings[k] for r in runs], axis=1) for k in first.readings}
    answer, plain_head = (np.concatenate([getattr(r, name) for r in runs]) for name in ("answer", "plain_head"))
    return Run(
        layout, first.sizes, first.unit, side_by_side("attending"), side_by_side("visible"), side_by_side("transformed"), readings,
        side_by_side("probs"), answer, side_by_side("extra_flops"), plain_head, first.knobs, _merges(runs),
    )  # fmt: skip


def _merges(runs: Sequence[Run]) -> Ints | None:
    """(L, N) where each token's state lies after a layer, in several runs laid one after the other; None where nothing was merged."""
    if all(run.merged_into is None for run in runs):
        return None
    layers, many = len(runs[0].sizes), [run.attending.shape[1] for run in runs]
    apart = [np.tile(np.arange(n), (layers, 1)) for n in many]
    merged = [own if run.merged_into is None else run.merged_into for run, own in zip(runs, apart, strict=True)]
    return np.asarray(np.concatenate(merged, axis=1) + np.repeat(np.cumsum([0, *many[:-1]]), many))


# Baselines that follow from a recorded run of a sentence-exit method.


def forced(recorded: Recorded, method: Method, exits: Ints) -> Run:
    """The replay of a run with the exit of each sentence given: layer exits[s] (S,), whatever the rule says."""
    return exits_at(method, recorded.run, exits)


def by_layer(recorded: Recorded, method: Method) -> tuple[Ints, Ints]:
    """(L, S) class answered, and FLOPs spent, had everybody exited after layer 1..L; -1 where nothing was read yet."""
    runs = [forced(recorded, method, np.full(len(recorded.rows.ids), layer)) for layer in range(1, len(recorded.run.sizes) + 1)]
    return np.stack([r.predicted for r in runs]), np.stack([r.flops for r in runs])


def oracle_exit(recorded: Recorded, method: Method) -> Baseline:
    """Exit at the earliest layer that answers rightly; where none does, at the earliest of all: what no rule can beat."""
    answers, flops = by_layer(recorded, method)
    right = answers == recorded.rows.labels
    readable = (answers >= 0).argmax(0)
    first = np.where(right.any(0), right.argmax(0), readable)
    share = flops[first, np.arange(flops.shape[1])].sum() / recorded.run.plain_flops.sum()
    return Baseline("oracle exit", "oracle", np.array([share]), np.array([right.any(0).mean()]), np.array([first.mean() + 1]), first + 1)


def random_exit(recorded: Recorded, method: Method) -> Baseline:
    """Exits drawn by lot between neighbouring layers: expected accuracy and compute, from the two layers' own."""
    answers, flops = by_layer(recorded, method)
    read = (answers >= 0).all(1)
    share = flops[read].sum(1) / recorded.run.plain_flops.sum()
    accuracy = (answers[read] == recorded.rows.labels).mean(1)
    return Baseline("random exit", "random", share, accuracy, np.flatnonzero(read) + 1.0)
