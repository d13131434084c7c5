"""The numbers that ship with a checkpoint: readings or outcomes over the calibration and the report split, and its knobs.

One rule sets the knobs of all checkpoints: the cheapest setting that loses at most half a point of full depth's metric (accuracy, or
entity F1) on the calibration split; where there is none, the knob is off. A job that names a reason sets them by hand, and its checkpoint
says so. The report split is only measured. No text leaves the data folder: row number, label, length and tags stand for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dynviz.checkpoint import golden
from dynviz.checkpoint.base_config import is_base
from dynviz.checkpoint.catalogue import Checkpoint, checkpoint_at
from dynviz.checkpoint.config import parts, read_config, write_config
from dynviz.checkpoint.model import Model, load
from dynviz.data import Examples, label_rows
from dynviz.data.cutting import cut_for
from dynviz.data.pieces import Pieces
from dynviz.data.tags import tags_of
from dynviz.measure import evaluate, grid
from dynviz.measure.evaluate import Subject
from dynviz.measure.first import golden_of
from dynviz.measure.shipped import replay_ahead, shipped_point
from dynviz.methods import method_class
from dynviz.records import Recorded, Rows, Sweep
from dynviz.records.coarse import coarse
from dynviz.records.operating import OperatingPoint
from dynviz.records.tasks import TASKS, Task
from dynviz.training.examples import classes, rows_of, texts_of
from dynviz.training.measured import SPLITS, OnSplit, stored
from dynviz.training.recipes.job import ByHand

MOST = {"imdb": {"calibration": 200, "report": 400}}  # rows drawn of each split, where it is large and its texts long
ALLOWED = 0.005  # loss of the metric, on the calibration split, that the chosen knob may cost
FEW, POINTS = 100, 21  # rows on which the settings of a method that is run anew for each are spaced, and how many there are
FEW_LONG, POINTS_LONG = 25, 10  # the same where the texts are long
DEEP = 6  # layers; of a deeper model, a run takes so long that every second setting is left to where compute jumps


def examples_of(data: Path, task: Task, purpose: str) -> Examples:
    """The rows of a split that serves a purpose; ids are "<split>-<row number>"."""
    name = task.splits[purpose]
    frame = rows_of(data, task, purpose)
    if task.unit == "token":
        texts: list[Any] = [tuple(map(str, tokens)) for tokens in frame["tokens"]]
        labels: list[Any] = [tuple(map(str, tags)) for tags in frame["tags"]]
    else:
        most = MOST.get(task.name, {}).get(purpose, len(frame))
        if most < len(frame):
            frame = frame.sample(most, random_state=0).sort_index()
        texts, labels = texts_of(task, frame), [task.labels[i] for i in classes(task, frame["label"])]
    ids = tuple(f"{name}-{i}" for i in frame.index)
    return Examples(ids, tuple(texts), tuple(labels), tuple(tags_of(t) for t in texts))


def prepared(model: Model, data: Path, purpose: str) -> tuple[Pieces, Rows]:
    """The split, cut for the model, and its rows as numbers."""
    task = TASKS[model.config.task]
    examples = examples_of(data, task, purpose)
    pieces = cut_for(task, model.tokenizer, examples.texts, model.max_length)
    return pieces, label_rows(examples, pieces, task)


def subject_of(model: Model, digest: str = "") -> Subject:
    """The model as `evaluate` takes it."""
    return Subject(model.stages, model.method, model.config.name, model.config.task, digest or model.digest)


def settings_of(model: Model, pieces: Pieces, also: Mapping[str, float]) -> list[dict[str, float]]:
    """The knob off, then the settings to run a method at that cannot be replayed: those it names, and more where compute jumps; or, where
    it names none or texts are long, such that compute changes evenly, and the one it suggests. also: one that must be among them."""
    kind, base, subject = type(model.method), model.config.knobs, subject_of(model)
    long = model.config.task in MOST
    few, count = (FEW_LONG, POINTS_LONG) if long else (FEW, POINTS)
    some = pieces.only(np.arange(0, len(pieces.texts), max(len(pieces.texts) // few, 1)))
    if kind.measured_at and not long:
        points = evaluate.filled(subject, some, named(kind.measured_at, model.method.shape.layers), base)
    else:
        points = [*evaluate.spaced(subject, some, count, base), kind.defaults(base)]
    if long and kind.knobs:  # so few settings leave gaps
        points = [points[0], *evaluate.filled(subject, some, [point[kind.knobs[0].name] for point in points[1:]], base)[1:]]
    return grid.merged(points[:1], [*points[1:], {**kind.defaults(base), **also}])


def named(settings: Sequence[float], layers: int) -> Sequence[float]:
    """The settings that a method names, for a model of so many layers: of deep ones every second, the last among them."""
    return settings if layers <= DEEP else settings[::-2][::-1]


def choose(sweep: Sweep, allowed: float = ALLOWED) -> int:
    """The cheapest point that loses at most `allowed` of full depth's metric, here; of equals the best."""
    good = np.flatnonzero(sweep.score >= sweep.score[0] - allowed - 1e-12)
    return int(good[np.lexsort((-sweep.score[good], sweep.share[good]))[0]])


def finish(folder: Path, data: Path, fp32: Model | None = None, say: Any = print, hand: ByHand | None = None) -> dict[str, Any]:
    """Choose knobs, measure, and write config and Parquet files of a trained checkpoint folder. Returns the metrics.

    fp32: the same model before its weights were rounded to fp16, to tell what rounding costs. hand: knobs that are not chosen here.
    """
    model = load(folder)
    measured = _measure(model, data, _by_hand(folder, hand))
    rounding = {purpose: _full_accuracy(fp32, data, purpose) for purpose in SPLITS} if fp32 is not None else {}
    metrics = settle(folder, measured, hand)
    for purpose, accuracy in rounding.items():
        metrics[purpose]["accuracy_fp32"] = round(accuracy, 5)
    _write_metrics(folder, metrics)
    say(model.config.name, metrics, flush=True)
    if not read_config(folder).trained.get("readings_only"):
        golden.write(golden_of(load(folder)), folder)
    return metrics


def settle(folder: Path, measured: dict[str, OnSplit], hand: ByHand | None = None) -> dict[str, Any]:
    """Set a checkpoint's knobs by the rule, store what was measured with exactly that setting in it, and return its metrics.

    Everything follows from what was measured: on stored readings it comes out the same without the model and the data.
    """
    config, there = read_config(folder), measured["calibration"]
    kind = method_class(config.method)
    knobs, by = dict(kind.defaults()), ""
    if kind.knobs and hand is not None:
        knobs, by = {**knobs, **_by_hand(folder, hand)}, hand.by
    elif kind.knobs:
        point = choose(there.fine(config))
        knobs, by = dict(there.fine(config).knobs[point]), "calibration" if point else "off"
    knobs = {name: float(value) for name, value in knobs.items()}
    write_config(config.model_copy(update={"knobs": knobs}), folder)
    points = there.points(knobs, config)
    for purpose, one in measured.items():
        one.store(folder, purpose, points)
    replay_ahead(checkpoint_at(folder))
    metrics: dict[str, Any] = {"knobs": knobs, **({"knobs_by": by} if by else {}), **({"knobs_why": hand.why} if hand and hand.why else {})}
    for purpose in measured:
        metrics[purpose] = _numbers(checkpoint_at(folder), purpose)
        if (start := _accuracy_of_start(folder, purpose)) is not None:
            metrics[purpose]["accuracy_of_start"] = start
    _write_metrics(folder, metrics)
    return metrics


def _by_hand(folder: Path, hand: ByHand | None) -> dict[str, float]:
    """The knobs that no rule chooses."""
    if hand is None:
        return {}
    return {**(read_config(folder.parent / hand.like).knobs if hand.like else {}), **hand.knobs}


def again(folder: Path, hand: ByHand | None = None) -> str:
    """Settle a finished checkpoint from its stored numbers, keep what only training knows, and say in a line what it ships with."""
    before = read_config(folder)
    metrics = settle(folder, stored(folder), hand)
    for purpose in SPLITS:
        if (fp32 := before.trained.get("metrics", {}).get(purpose, {}).get("accuracy_fp32")) is not None:
            metrics[purpose]["accuracy_fp32"] = fp32
    _write_metrics(folder, metrics)
    if not before.trained.get("readings_only"):
        golden.write(golden_of(load(folder)), folder)
    at = metrics["report"].get("at_knobs", {})
    return f"{before.name}: {dict(before.knobs)} -> {metrics['knobs']} ({metrics.get('knobs_by', 'no knob')}) {at}"


def _write_metrics(folder: Path, metrics: dict[str, Any]) -> None:
    config = read_config(folder)
    told = {**config.trained, "metrics": metrics, "parts": parts(folder)}
    write_config(config.model_copy(update={"trained": told}), folder)


def _measure(model: Model, data: Path, also: Mapping[str, float]) -> dict[str, OnSplit]:
    """Both splits: for replayable sentence methods the run from which all settings follow, else the same settings on both."""
    out: dict[str, OnSplit] = {}
    settings: list[dict[str, float]] = []
    for purpose in SPLITS:
        pieces, rows = prepared(model, data, purpose)
        split = TASKS[model.config.task].splits[purpose]
        if model.method.replayable and model.method.unit == "sentence":
            recorded = evaluate.record(subject_of(model), pieces, rows)
            run = replace(recorded.run, probs=coarse(recorded.run.probs))  # before a knob is chosen, which then follows from what ships
            out[purpose] = OnSplit(Recorded(rows, run), _about(model, split))
            continue
        settings = settings or settings_of(model, pieces, also)
        out[purpose] = OnSplit(None, {}, evaluate.sweep(subject_of(model), pieces, rows, settings, split))
    return out


def _about(model: Model, split: str) -> dict[str, Any]:
    config = model.config
    return {
        "model": config.name, "method": config.method, "task": config.task, "split": split, "digest": model.digest,
        "options": config.options,
    }  # fmt: skip


def _numbers(checkpoint: Checkpoint, purpose: str) -> dict[str, Any]:
    """Full depth and the setting it ships with, in figures, with the paired differences and their intervals."""
    found = shipped_point(checkpoint, purpose)
    assert found is not None
    out: dict[str, Any] = {"sentences": found.sentences, "answers": found.answers, **_scored(found, found.full_accuracy, found.full)}
    if method_class(checkpoint.config.method).knobs:
        mean, low, high = (round(x, 5) for x in found.difference)
        out["at_knobs"] = {
            **_scored(found, found.accuracy, found.score), "share": round(found.share, 4), "difference": mean, "low": low, "high": high,
            "mean_depth": round(found.mean_depth, 3),
        }  # fmt: skip
    if found.to_plain is not None:
        out["to_plain"] = [round(x, 5) for x in found.to_plain]
    return out


def _scored(found: OperatingPoint, accuracy: float, score: float) -> dict[str, Any]:
    """The accuracy, and the task's metric where it is another."""
    other = {} if found.metric == "accuracy" else {"metric": found.metric, "score": round(score, 5)}
    return {"accuracy": round(accuracy, 5), **other}


def _accuracy_of_start(folder: Path, purpose: str) -> float | None:
    """Full-depth accuracy of the checkpoint this one stands on, if it does the same task: what low-rank training cost or gained."""
    config = read_config(folder)
    name = config.stages[0].encoder
    if name == "own" or is_base(folder.parent / name):
        return None
    start = read_config(folder.parent / name)
    found = start.trained.get("metrics", {}).get(purpose, {}).get("accuracy")
    return float(found) if found is not None and start.task == config.task else None


def _full_accuracy(model: Model, data: Path, purpose: str) -> float:
    pieces, rows = prepared(model, data, purpose)
    sweep = evaluate.sweep(subject_of(model, "fp32"), pieces, rows, [type(model.method).off()])
    return float(sweep.accuracy[0])
