"""A few rows -> their numbers: what every layer said at full depth, and, where the method must run again, what it did at the knob chosen.

Two kinds of table. "readings": everything was read once for each sentence and the method can be replayed, so the readings alone are kept
and every knob setting follows from them. "outcomes": answers, depths and costs at full depth (0) and at the setting chosen (1), and, at
full depth, what each layer would have answered and how sure it was, where it was read; at the setting, how many of the pieces of each third
of a text were computed in each layer, and in which layers each word was that has an answer of its own.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dynviz import api
from dynviz.data import Examples
from dynviz.data.cutting import cut_for
from dynviz.data.pieces import Pieces
from dynviz.records import Run
from dynviz.records.tasks import Task

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

Turn = Callable[[], AbstractContextManager[Any]]


def read_part(
    model: "Model", examples: Examples, knobs: Mapping[str, float], turn: Turn, stop: Callable[[], bool], told: Callable[[int], None]
) -> Any:
    """The table of these rows, of the first of them where `stop` says so between two batches; None where it says so at once."""
    from dynviz.measure import evaluate

    pieces = cut_for(model.task, model.tokenizer, examples.texts, model.max_length)
    tables, done = [], 0
    for rows in evaluate.batches(pieces.sentences):
        if stop():
            break
        some = pieces.only(rows)
        with turn():
            api.one_thread()
            columns, meta = _ran(model, some, knobs)
        columns |= _given(some, examples, rows, model.task)
        tables.append(pa.table(columns).replace_schema_metadata({"dynviz": json.dumps(meta)}))
        done = int(rows[-1]) + 1
        told(done)
    return pa.concat_tables(tables) if tables else None


def moves(model: "Model") -> bool:
    """Whether every setting of the knob follows from one run."""
    method = model.method
    return method.replayable and method.unit == "sentence" and all(unit == "sentence" for unit in method.reading_units().values())


def _ran(model: "Model", pieces: Pieces, knobs: Mapping[str, float]) -> tuple[dict[str, Any], dict[str, Any]]:
    from dynviz.core import engine

    method, off = model.method, model.method.off()
    full = engine.run(model.stages, method, pieces.ids, pieces.sentences, off)
    meta = {"sizes": [size.as_dict() for size in full.sizes], "classes": full.probs.shape[2]}
    if moves(model):
        columns = {"probs": _list(np.moveaxis(full.probs, 1, 0).reshape(len(pieces.texts), -1)), "plain_head": full.plain_head}
        columns |= {f"reading.{name}": _list(values.T) for name, values in full.readings.items()}
        return columns, {**meta, "kind": "readings"}
    here = full
    if dict(knobs) != off:
        here = (
            engine.replay(method, full, knobs)
            if method.replayable
            else engine.run(model.stages, method, pieces.ids, pieces.sentences, knobs)
        )
    return _outcomes(pieces, full, here), {**meta, "kind": "outcomes"}


def _outcomes(pieces: Pieces, full: Run, here: Run) -> dict[str, Any]:
    from dynviz.measure import evaluate, funnels

    leads = full.sentences.leads if full.unit == "token" else np.ones(full.answer.shape[0], bool)
    counts = full.sentences.count(full.sentences.leads) if full.unit == "token" else np.ones(len(full.sentences.lengths), np.int64)
    columns: dict[str, Any] = {"plain_flops": full.plain_flops}
    for name, run in (("0", full), ("1", here)):
        found = evaluate.outcome(run)
        columns |= {f"{key}.{name}": found[key] for key in ("flops", "depth", "exits")}
        columns[f"predicted.{name}"] = _ragged(found["predicted"].astype(np.int16), counts)
        columns[f"sure.{name}"] = _ragged(_best(run.answer[leads])[1], counts)
        depth = run.depth[leads] if run.unit == "token" else run.exit_layer
        columns[f"words_depth.{name}"] = _ragged(depth.astype(np.int16), counts)
    for layer, (tokens, spent) in enumerate(zip(here.kept, here.layer_flops, strict=True), 1):
        columns[f"kept.{layer}"], columns[f"layer_flops.{layer}"] = tokens.astype(np.int16), spent
    columns["placed"] = _whole(funnels.placed(pieces, here.transformed))
    if full.unit == "token":
        columns["ran"] = _ragged(here.transformed[:, leads].T.astype(np.int8).ravel(), counts * len(full.sizes))
    for layer in range(1, full.probs.shape[0]):
        answer, sure = _best(full.probs[layer][leads])
        columns[f"layer_answer.{layer}"], columns[f"layer_sure.{layer}"] = _ragged(answer, counts), _ragged(sure, counts)
    return columns


def _best(probs: Any) -> tuple[Any, Any]:
    """(U,) class answered, -1 where nothing was read, and its probability."""
    unread = np.isnan(probs).any(-1)
    filled = np.where(unread[:, None], 0.0, probs)
    return np.where(unread, -1, filled.argmax(-1)).astype(np.int16), np.where(unread, np.nan, filled.max(-1)).astype(np.float32)


def _given(pieces: Pieces, examples: Examples, rows: Any, task: Task) -> dict[str, Any]:
    """What is known of the texts themselves: labels, and what may make them difficult."""
    layout = pieces.sentences
    real = ~layout.special
    total = np.bincount(layout.owner[real], pieces.ids[real], len(layout.lengths))
    counts = layout.count(layout.leads) if task.unit == "token" else np.ones(len(layout.lengths), np.int64)
    given = [examples.texts[i] for i in rows]
    return {
        "length": layout.lengths, "lost": pieces.lost, "rank": total / np.maximum(np.bincount(layout.owner[real], minlength=len(given)), 1),
        "words": np.array([len(t.split()) if isinstance(t, str) else len(t) for t in given]),
        "label": _ragged(_labels(pieces, examples, rows, task, counts), counts),
    }  # fmt: skip


def _labels(pieces: Pieces, examples: Examples, rows: Any, task: Task, counts: Any) -> Any:
    """(U,) classes, -1 where the right answer is not known."""
    if examples.labels is None:
        return np.full(int(counts.sum()), -1, np.int16)
    index = {name: i for i, name in enumerate(task.labels)}
    if task.unit == "sentence":
        return np.array([index[examples.labels[i]] for i in rows], np.int16)
    layout = pieces.sentences
    leads = np.flatnonzero(layout.leads)
    pairs = zip(layout.owner[leads], layout.word[leads], strict=True)
    return np.array([index[examples.labels[rows[s]][w]] for s, w in pairs], np.int16)


def _list(values: Any) -> Any:
    """(S, K) numbers as a column of lists."""
    return pa.FixedSizeListArray.from_arrays(pa.array(values.astype(np.float64).ravel()), values.shape[1])


def _whole(values: Any) -> Any:
    """(S, ...) counts as a column of lists."""
    return pa.FixedSizeListArray.from_arrays(pa.array(values.astype(np.int32).ravel()), values[0].size)


def _ragged(values: Any, counts: Any) -> Any:
    """(U,) numbers as a column of lists, `counts` of them in each row."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))
