"""The numbers that ship with a checkpoint: readings or outcomes over the calibration and the report split, and its knobs.

Knobs are chosen on the calibration split alone: the cheapest setting within half a point of full depth there. The report split is
only measured. No text leaves the data folder: row number, label, length and tags stand for it.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dynviz.checkpoint import golden
from dynviz.checkpoint.config import read_config, write_config
from dynviz.checkpoint.model import Model, load
from dynviz.data import Examples, label_rows
from dynviz.data.pieces import Pieces, cut
from dynviz.data.tags import tags_of
from dynviz.measure import evaluate
from dynviz.measure.analysis import golden_pairs
from dynviz.measure.evaluate import Subject
from dynviz.records import Recorded, Rows, Sweep
from dynviz.records.storage import write_recorded, write_sweep
from dynviz.records.tasks import TASKS, Task

SPLITS = ("calibration", "report")
MOST = {"imdb": {"calibration": 300, "report": 600}}  # rows drawn of each split, where it is large and its texts long
ALLOWED = 0.005  # loss of accuracy, on the calibration split, that the chosen knob may cost
FIXED = ("gate_bert", "dact", "act", "attention_topk", "random_tokens")  # the knob stays where the method or the comparison puts it
POINTS = {
    "tokee": (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.24, 0.28, 0.32, 0.36, 0.4, 0.5, 0.6),
    "ltp": tuple(round(0.2 * i, 2) for i in range(1, 16)),
    "attention_topk": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98),
    "random_tokens": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98),
    "gate_bert": (0.05, 0.25, 0.5, 0.75, 0.95, 1.0),
    "act": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0),
    "calm": (0.1, 0.5, 0.6, 0.65, 0.7, 0.725, 0.75, 0.775, 0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999),
    "content_gate": (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
}
LONG_POINTS = {  # the same for long texts, where a pass takes longer
    "ltp": (0.4, 0.7, 1.0, 1.3, 1.6),
    "attention_topk": (0.7, 0.8, 0.9, 0.95),
    "random_tokens": (0.8, 0.9, 0.95),
}


def examples_of(data: Path, task: Task, purpose: str) -> Examples:
    """The rows of a split that serves a purpose; ids are "<split>-<row number>"."""
    name = task.splits[purpose]
    frame = pd.read_parquet(data / task.folder / f"{name}.parquet")
    if task.unit == "token":
        texts: list[Any] = [tuple(map(str, tokens)) for tokens in frame["tokens"]]
        labels: list[Any] = [tuple(map(str, tags)) for tags in frame["tags"]]
    else:
        most = MOST.get(task.name, {}).get(purpose, len(frame))
        if most < len(frame):
            frame = frame.sample(most, random_state=0).sort_index()
        texts, labels = frame["text"].tolist(), [task.labels[i] for i in frame["label"]]
    ids = tuple(f"{name}-{i}" for i in frame.index)
    return Examples(ids, tuple(texts), tuple(labels), tuple(tags_of(t) for t in texts))


def prepared(model: Model, data: Path, purpose: str) -> tuple[Pieces, Rows]:
    """The split, cut for the model, and its rows as numbers."""
    task = TASKS[model.config.task]
    examples = examples_of(data, task, purpose)
    pieces = cut(model.tokenizer, examples.texts, model.max_length, by_word=task.unit == "token")
    return pieces, label_rows(examples, pieces, task)


def subject_of(model: Model, digest: str = "") -> Subject:
    """The model as `evaluate` takes it."""
    return Subject(model.stages, model.method, model.config.name, model.config.task, digest or model.digest)


def settings_of(model: Model, fine: bool = False) -> list[dict[str, float]]:
    """The knob off, then the settings measured: those listed above, or even steps (all steps, where `fine`)."""
    kind, name = type(model.method), model.config.method
    points = {**POINTS, **LONG_POINTS} if model.config.task in MOST else POINTS
    if name not in points or not kind.knobs:
        return evaluate.settings(kind, 1000 if fine else 41, model.config.knobs)
    rest = {**kind.defaults(), **model.config.knobs}
    return [kind.off(), *({**rest, kind.knobs[0].name: value} for value in points[name])]


def choose(sweep: Sweep, allowed: float = ALLOWED) -> int:
    """The cheapest point that loses at most `allowed` of full depth's accuracy, here."""
    good = np.flatnonzero(sweep.accuracy >= sweep.accuracy[0] - allowed)
    return int(good[sweep.share[good].argmin()])


def finish(folder: Path, data: Path, fp32: Model | None = None, say: Any = print) -> dict[str, Any]:
    """Choose knobs, measure, and write config and Parquet files of a trained checkpoint folder. Returns the metrics.

    fp32: the same model before its weights were rounded to fp16, to tell what rounding costs.
    """
    model = load(folder)
    measured = {purpose: _measure(model, data, purpose) for purpose in SPLITS}
    knobs = model.config.knobs
    if type(model.method).knobs and model.config.method not in FIXED:
        calibration = measured["calibration"][0]
        point = choose(calibration)
        # where nothing but full depth is good enough, the point it was trained for stays
        knobs = dict(calibration.knobs[point]) if point else {**type(model.method).defaults(), **knobs}
    metrics: dict[str, Any] = {"knobs": dict(knobs)}
    for purpose, (sweep, _) in measured.items():
        metrics[purpose] = _numbers(sweep, knobs or dict(type(model.method).defaults()))
        if (start := _accuracy_of_start(model, folder, purpose)) is not None:
            metrics[purpose]["accuracy_of_start"] = start
        if fp32 is not None:
            metrics[purpose]["accuracy_fp32"] = round(_full_accuracy(fp32, data, purpose), 5)
        say(model.config.name, purpose, metrics[purpose], flush=True)
    trained = {**read_config(folder).trained, "metrics": metrics}
    write_config(model.config.model_copy(update={"knobs": dict(knobs), "trained": trained}), folder)
    model = load(folder)
    _store(model, folder, measured)
    if not trained.get("readings_only"):
        golden.write(golden_pairs(model), folder)
    return metrics


def _measure(model: Model, data: Path, purpose: str) -> tuple[Sweep, Recorded | None]:
    """All operating points over a split and, for replayable sentence methods, the recorded run they follow from."""
    pieces, rows = prepared(model, data, purpose)
    split = TASKS[model.config.task].splits[purpose]
    if not (model.method.replayable and model.method.unit == "sentence"):
        return evaluate.sweep(subject_of(model), pieces, rows, settings_of(model), split), None
    recorded = evaluate.record(subject_of(model), pieces, rows)
    return evaluate.replayed(recorded, _about(model, split), settings_of(model, fine=purpose == "calibration")), recorded


def _about(model: Model, split: str) -> dict[str, Any]:
    config = model.config
    return {
        "model": config.name, "method": config.method, "task": config.task, "split": split, "digest": model.digest,
        "options": config.options,
    }  # fmt: skip


def _store(model: Model, folder: Path, measured: dict[str, tuple[Sweep, Recorded | None]]) -> None:
    """Write the Parquet files, under the digest of the folder as it is now."""
    for purpose, (sweep, recorded) in measured.items():
        if recorded is None:
            write_sweep(replace(sweep, digest=model.digest), folder / f"sweep-{purpose}.parquet")
        else:
            write_recorded(recorded, _about(model, sweep.split), folder / f"readings-{purpose}.parquet")


def _numbers(sweep: Sweep, knobs: dict[str, float]) -> dict[str, Any]:
    """Full depth and the chosen setting, in figures, with the paired difference and its interval."""
    out: dict[str, Any] = {"sentences": len(sweep.rows.ids), "answers": len(sweep.rows.labels)}
    out["accuracy"] = round(float(sweep.accuracy[0]), 5)
    if len(sweep.knobs) > 1:
        apart = [sum(abs(setting[k] - v) for k, v in knobs.items()) for setting in sweep.knobs]
        point = int(np.argmin(apart))
        mean, low, high = sweep.difference(point)
        out["at_knobs"] = {
            "accuracy": round(float(sweep.accuracy[point]), 5), "share": round(float(sweep.share[point]), 4),
            "difference": round(mean, 5), "low": round(low, 5), "high": round(high, 5),
            "mean_depth": round(float(sweep.mean_depth[point]), 3),
        }  # fmt: skip
    return out


def _accuracy_of_start(model: Model, folder: Path, purpose: str) -> float | None:
    """Full-depth accuracy of the checkpoint this one stands on, if it does the same task: what low-rank training cost or gained."""
    name = model.config.stages[0].encoder
    if name == "own":
        return None
    start = read_config(folder.parent / name)
    found = start.trained.get("metrics", {}).get(purpose, {}).get("accuracy")
    return float(found) if found is not None and start.task == model.config.task else None


def _full_accuracy(model: Model, data: Path, purpose: str) -> float:
    pieces, rows = prepared(model, data, purpose)
    sweep = evaluate.sweep(subject_of(model, "fp32"), pieces, rows, [type(model.method).off()])
    return float(sweep.accuracy[0])
