"""The numbers of a job so far, gathered from its parts; and its answers, exits and costs at a knob setting."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dynviz.data import Examples
from dynviz.data.tags import tags_of
from dynviz.jobs.store import About, Store, damaged
from dynviz.records import Floats, Ints, Rows, Run, Sweep
from dynviz.records.cost import LayerSize


@dataclass(frozen=True, eq=False)
class Gathered:
    """The rows read so far, S of them with U answers. rows: labels are -1 where they are not known. words, lost, rank: (S,) words of the
    text, of these not read, and mean rank of its pieces in the vocabulary. columns: the other numbers, by name. layer_answer, layer_sure:
    (L, U) what each layer would have answered at full depth (-1: not read) and how sure it was."""

    about: About
    rows: Rows
    words: Ints
    lost: Ints
    rank: Floats
    sizes: tuple[LayerSize, ...]
    kind: str
    columns: Mapping[str, Any]
    layer_answer: Any
    layer_sure: Any

    @property
    def layers(self) -> int:
        """Layers of all stages on one axis."""
        return len(self.sizes)

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The names of the layers: "layer 1", ...; in a cascade "small 1", ..., "big 1", ..."""
        names = list(dict.fromkeys(size.stage for size in self.sizes))
        if len(names) < 2:
            return tuple(f"layer {i}" for i in range(1, self.layers + 1))
        counted = {name: iter(range(1, self.layers + 1)) for name in names}
        return tuple(f"{size.stage} {next(counted[size.stage])}" for size in self.sizes)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A job at a knob setting. sweep: point 0 is full depth, point 1 the setting. sure: (2, U) probability of the answer given.
    words_depth: (2, U) layers of the word (the sentence, where it is answered as one). kept, layer_flops: (L, S) tokens computed in each
    layer at the setting, and FLOPs spent inside it."""

    sweep: Sweep
    sure: Any
    words_depth: Any
    kept: Any
    layer_flops: Any


def gather(store: Store, about: About, parts: int | None = None) -> Gathered | None:
    """The numbers of a job's first parts; None where there are none yet; an InputError where they are damaged."""
    with damaged():
        found = store.parts()[:parts]
        if not found:
            return None
        table = pa.concat_tables([pq.read_table(file) for _, _, file in found]).combine_chunks()
        meta = json.loads(table.schema.metadata[b"dynviz"])
        columns = {name: _numbers(table.column(name)) for name in table.column_names}
        counts = np.diff(np.asarray(table.column("label").chunk(0).offsets))
        rows = _rows(store.rows(0, found[-1][1]), columns, counts)
        sizes = tuple(LayerSize(**size) for size in meta["sizes"])
        _fit(columns, len(about.labels), len(sizes))
        answers, sure = _layers(columns, meta, len(sizes), len(rows.ids))
        given = {name: columns.pop(name) for name in ("words", "lost", "rank")}
        whole = Gathered(about, rows, **given, sizes=sizes, kind=meta["kind"], columns=columns, layer_answer=answers, layer_sure=sure)
        if whole.kind != "readings":
            _stored(columns, whole.layers)  # all that is needed is there
        return whole


def _fit(columns: Mapping[str, Any], classes: int, layers: int) -> None:
    """A ValueError where numbers are not what their names say."""
    most = {"label": classes - 1, "predicted": classes - 1, "layer_answer": classes - 1, "exits": layers, "words_depth": layers}
    for name, values in columns.items():
        if values.dtype.kind not in "iuf":
            raise ValueError(name)
        top = most.get(name.partition(".")[0], np.inf)
        least = -1 if name.startswith(("label", "layer_answer")) else 0
        if top < np.inf and ((values < least) | (values > top)).any():
            raise ValueError(name)


def _numbers(column: Any) -> Any:
    """A column of numbers, or of lists laid one after the other."""
    whole = column.chunk(0)
    inner = whole.flatten() if pa.types.is_list(whole.type) or pa.types.is_fixed_size_list(whole.type) else whole
    return inner.to_numpy(zero_copy_only=False)


def _rows(examples: Examples, columns: Mapping[str, Any], counts: Any) -> Rows:
    """Ids, lengths, labels and tags: the rows' own tags, then those the word rules give."""
    own = zip(examples.texts, examples.tags, strict=True)
    tags = tuple(tuple(dict.fromkeys((*(t for t in given if t != "plain"), *tags_of(text)))) for text, given in own)
    return Rows(examples.ids, columns["length"], tags, columns["label"], np.repeat(np.arange(len(counts)), counts))


def _layers(columns: dict[str, Any], meta: Mapping[str, Any], layers: int, sentences: int) -> tuple[Any, Any]:
    if meta["kind"] == "outcomes":
        answers, sure = (np.stack([columns.pop(f"layer_{name}.{i}") for i in range(1, layers + 1)]) for name in ("answer", "sure"))
        return answers, sure
    probs = np.moveaxis(columns["probs"].reshape(sentences, layers + 1, meta["classes"]), 0, 1)
    columns["probs"] = probs
    unread = np.isnan(probs[1:]).any(-1)
    filled = np.where(np.isnan(probs[1:]), 0.0, probs[1:])
    answers = np.where(unread, -1, filled.argmax(-1)).astype(np.int16)
    return answers, np.where(unread, np.nan, filled.max(-1)).astype(np.float32)


def at(gathered: Gathered, knobs: Mapping[str, float]) -> Outcome:
    """Answers, exits and costs at these settings: replayed from the readings, or as it was run (then the settings are the job's own)."""
    with damaged():
        found = _replayed(gathered, knobs) if gathered.kind == "readings" else _stored(gathered.columns, gathered.layers)
    about = gathered.about
    settings: tuple[Mapping[str, float], ...] = ({}, dict(knobs if gathered.kind == "readings" else about.knobs))
    sweep = Sweep(
        about.checkpoint, about.method, about.task, about.title, about.digest, gathered.rows, settings, found["predicted"], found["flops"],
        found["plain_flops"], found["depth"], found["exits"], gathered.layers,
    )  # fmt: skip
    return Outcome(sweep, found["sure"], found["words_depth"], found["kept"], found["layer_flops"])


def _stored(columns: Mapping[str, Any], layers: int) -> dict[str, Any]:
    names = ("predicted", "flops", "depth", "exits", "sure", "words_depth")
    inside = {n: np.stack([columns[f"{n}.{i}"] for i in range(1, layers + 1)]) for n in ("kept", "layer_flops")}
    return {"plain_flops": columns["plain_flops"], **inside, **{n: np.stack([columns[f"{n}.0"], columns[f"{n}.1"]]) for n in names}}


def _replayed(gathered: Gathered, knobs: Mapping[str, float]) -> dict[str, Any]:
    from dynviz.core import engine
    from dynviz.measure import evaluate

    run = _run(gathered)
    method = evaluate.method_of(run, {"method": gathered.about.method, "options": gathered.about.options})
    runs = [engine.replay(method, run, settings) for settings in (method.off(), {**method.off(), **knobs})]
    full, here = map(_told, runs)
    inside = {"kept": runs[1].kept, "layer_flops": runs[1].layer_flops}
    return {**{k: np.stack([full[k], here[k]]) for k in full}, **inside, "plain_flops": full["plain_flops"]}


def _told(run: Run) -> dict[str, Any]:
    from dynviz.measure import evaluate

    return {**evaluate.outcome(run), "sure": run.answer.max(-1).astype(np.float32), "words_depth": run.exit_layer}


def _run(gathered: Gathered) -> Run:
    """What was recorded, as replay takes it."""
    readings = {
        name.removeprefix("reading."): values.reshape(len(gathered.rows.ids), gathered.layers + 1).T
        for name, values in gathered.columns.items()
        if name.startswith("reading.")
    }
    return Run.of_readings(gathered.rows.lengths, gathered.sizes, readings, gathered.columns["probs"], gathered.columns["plain_head"])
