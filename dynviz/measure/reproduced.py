"""What others report of a method, beside what it does here at about the same cost: for every published result on a data set of ours.

A published result is one of a method's `published` with a `Result`. It is held against each model of the method that is offered for the
task, on the deepest backbone that has one, over the evaluation split.

- Setting: the one whose cost, in what they count (layers, or FLOPs where they count FLOPs or time), is nearest to theirs; accuracy has no
  part in the choice.
- Padding: where they pad all texts, what they save is counted without it first: the work of a layer of BERT-base at that length, over its
  mean work at the lengths of our texts. Where nothing is left to save, there is nothing to compare.
- Exits alone: where every sentence leaves after one layer, ours leave after the layer at the same share of the depth.
- Their interval: none is printed. A loss takes at least as many changed answers as it is long, so it cannot be surer than if no other
  answer changed: that least width is counted in.
- Difference: to the model's own full depth, paired; the intervals of all rows of a task hold at once (`records.redraw`). Where not one
  answer changed, redrawing sentences finds no spread: the interval is 3 / n either way (the rule of three).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dynviz import methods
from dynviz.checkpoint.catalogue import Checkpoint, find
from dynviz.checkpoint.catalogue import checkpoints as listed
from dynviz.errors import InputError
from dynviz.measure.shipped import stored_sweep, trained_steps
from dynviz.measure.stored import stored_run
from dynviz.records import Sweep
from dynviz.records.card import Card, Published, Result
from dynviz.records.cost import LayerSize
from dynviz.records.layout import Floats, Ints
from dynviz.records.metric import Scores, right_answers, stacked
from dynviz.records.redraw import simultaneous_differences
from dynviz.records.reproduced import Ours, Reproduced, Row, TaskReproduced, Theirs
from dynviz.records.tasks import Task
from dynviz.records.zoo import Interval, rounded

BERT_BASE = LayerSize("model", 768, 3072)
SENTENCES = {("sst2", "dev"): 872, ("sst2", "test"): 1_821}  # of published splits; where theirs is not named, the larger
THREE = 3.0  # -ln .05: what did not happen in n cases happens in fewer than 3 / n, with 95 % confidence
OPEN: Interval = (0.0, 0.0, 0.0)  # an interval still to come


@dataclass(frozen=True, eq=False)
class Held:
    """A published result beside a model of ours. full, here: what it counts in each sentence, at full depth and at the setting; None where
    nothing is compared."""

    row: Row
    full: Scores | None = None
    here: Scores | None = None


def compute(root: Path | None = None, tasks: Iterable[str] | None = None) -> Reproduced:
    """Of every task that somebody else measured too."""
    found: dict[str, TaskReproduced] = {}
    there = [c for c in listed(root, []) if c.offered and c.measured]
    for name in dict.fromkeys(c.config.task for c in there):
        if tasks is None or name in tasks:
            task = _task([c for c in there if c.config.task == name])
            found |= {name: task} if task.rows else {}
    return found


def _task(checkpoints: list[Checkpoint]) -> TaskReproduced:
    task = checkpoints[0].task
    rows: list[Held] = []
    used: list[Checkpoint] = []
    other: dict[str, str] = {}
    sentences = 0
    for name in dict.fromkeys(c.config.method for c in checkpoints):
        told = methods.card(name)
        models = deepest([c for c in checkpoints if c.config.method == name])
        results = [p for p in told.published if p.result is not None and p.result.task == task.name]
        if not results and told.published:
            other[told.title] = told.published[0].data
        for model in models if results else []:
            sweep = stored_sweep(model, "report")
            if sweep is None:
                continue
            sentences, used = len(sweep.rows.ids), [*used, model]
            rows += [_held(told, model, sweep, task, p) for p in results]
    digests = {c.name: c.digest for c in used}
    return TaskReproduced(task.name, task.splits["report"], sentences, tuple(_with_intervals(rows)), other, digests)


def deepest(models: list[Checkpoint]) -> list[Checkpoint]:
    """Those on the deepest backbone."""
    depth = max(c.layers for c in models)
    backbone = next(c.backbone for c in models if c.layers == depth)
    return [c for c in models if c.backbone == backbone]


def _held(told: Card, model: Checkpoint, sweep: Sweep, task: Task, published: Published) -> Held:
    result = published.result
    assert result is not None
    real = result.share * (padding(result.padded, sweep.rows.lengths) if result.padded else 1.0)
    full = None if result.full is None else rounded(result.full / 100)
    theirs = Theirs(
        published.data, published.backbone, published.source, published.cost, result.counts, rounded(result.score / 100), full,
        rounded(result.share), rounded(real), rounded(least(result)),
    )  # fmt: skip
    row = Row(told.title, model.name, theirs, None, tuple(differences(model, task, result)), result.why)
    if real >= 1:
        return Held(row)
    found = _alone(model, result) if result.after is not None else _nearest(model, sweep, result, real)
    return Held(replace(row, ours=found[0]), found[1], found[2]) if found is not None else Held(row)


def padding(pieces: int, lengths: Ints) -> float:
    """How many times the work of texts of these lengths (S,) is done where all are padded to so many pieces, in layers of BERT-base's size;
    longer texts are cut there."""
    real = np.minimum(lengths, pieces)
    length = np.array([pieces])
    return float(BERT_BASE.flops(length, length, length)[0] / BERT_BASE.flops(real, real, real).mean())


def least(result: Result) -> float:
    """Half of the narrowest 95 % interval that a published loss can have; by the rule of three at least 3 / n."""
    n = max(size for (task, split), size in SENTENCES.items() if task == result.task and result.split in ("", split))
    lost = abs(result.drop or 0.0)
    return max(1.96 * math.sqrt(lost * (1 - lost) / n), THREE / n)


def _nearest(model: Checkpoint, sweep: Sweep, result: Result, real: float) -> tuple[Ours, Scores, Scores]:
    """The operating point whose cost is nearest; of equals the cheaper one."""
    counted = sweep.mean_depth / sweep.layers if result.counts == "layers" else sweep.share
    at = min(range(len(sweep.knobs)), key=lambda i: (round(float(abs(counted[i] - real)), 9), float(counted[i])))
    ours = Ours(
        model.config.title, base(model), dict(sweep.knobs[at]), rounded(sweep.score[0]), rounded(sweep.score[at]),
        rounded(counted[at]), rounded(sweep.share[at]), OPEN,
    )  # fmt: skip
    return ours, sweep.scores.at(0), sweep.scores.at(at)


def _alone(model: Checkpoint, result: Result) -> tuple[Ours, Scores, Scores] | None:
    """The classifier after the same share of the layers, over all sentences; None where its readings do not ship."""
    found = stored_run(model, "report")
    if found is None:
        return None
    recorded = found[0]
    rows, probs = recorded.rows, recorded.run.probs
    layers = len(probs) - 1
    layer = round(result.share * layers)
    if np.isnan(probs[[layer, layers]]).any():
        return None
    scores = right_answers(probs[[layers, layer]].argmax(-1) == rows.labels, rows.owner, len(rows.ids))
    full, score = scores.value
    ours = Ours(model.config.title, base(model), {}, rounded(full), rounded(score), rounded(layer / layers), None, OPEN)
    return ours, scores.at(0), scores.at(1)


def _with_intervals(found: list[Held]) -> Iterator[Row]:
    """The rows, their intervals all at once."""
    compared = [one for one in found if one.here is not None and one.full is not None]
    if compared:
        here, full = (stacked([s for one in compared if (s := getattr(one, side)) is not None]) for side in ("here", "full"))
        intervals = iter(simultaneous_differences(here, full))
    for one in found:
        if one.here is None or one.row.ours is None:
            yield one.row
        else:
            yield replace(one.row, ours=replace(one.row.ours, difference=spread(next(intervals), len(one.here.gained))))


def spread(interval: Floats, sentences: int) -> Interval:
    """An interval as it is stored; where nothing changed in so many sentences, as wide as the rule of three has it."""
    mean, low, high = interval
    half = THREE / sentences if low == high else 0.0
    return rounded(mean), rounded(low - half), rounded(high + half)


def base(model: Checkpoint) -> str:
    """The encoder in a few words: "6 layers of width 384"."""
    stage = model.config.stages[-1]
    size = f"{stage.config['num_hidden_layers']} layers of width {stage.config['hidden_size']}"
    return f"{size} in 4-bit blocks" if stage.base else size


def differences(model: Checkpoint, task: Task, result: Result) -> Iterator[str]:
    """In what, beside the base, their setting and ours differ, as far as figures and checkpoint say it."""
    report = task.splits["report"]
    if result.split != report:
        yield f"{result.split} sentences there, {report} here" if result.split else f"which sentences is not said there, {report} here"
    rank, steps = updated(model), trained_steps(model)
    if rank or steps:
        yield (f"low-rank updates of rank {rank}, " if rank else "") + f"{steps:,} training steps in all here"
    if model.config.options.get("pooling") == "mean":
        yield "[CLS] is read there, the mean of the states here"
    if model.config.options.get("hidden") is False:
        yield "linear classifiers here"
    if result.counts == "running time":
        yield "time is measured there, FLOPs are counted here"


def updated(model: Checkpoint) -> int:
    """Rank of the low-rank updates that a model's encoder was tuned by, or that of the checkpoint whose encoder it is; 0: none."""
    seen: set[str] = set()
    while model.name not in seen:
        seen.add(model.name)
        stage = model.config.stages[-1]
        if stage.lora is not None:
            return stage.lora.rank
        if stage.encoder in ("own", model.backbone):
            return 0
        try:
            model = find(stage.encoder, model.folder.parent)
        except InputError:
            return 0
    return 0
