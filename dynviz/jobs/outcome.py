"""The numbers of a job so far, gathered from its parts; and its answers, exits and costs at a knob setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from dynviz.data import Examples
from dynviz.data.tags import tags_of
from dynviz.jobs.store import About, Store, damaged
from dynviz.measure.funnels import PLACES
from dynviz.records import Floats, Ints, Rows, Run, Sweep
from dynviz.records.cost import LayerSize
from dynviz.records.storage import Size

_OF_ANSWERS = ("label", "predicted", "sure", "words_depth", "layer_answer", "layer_sure")  # columns with a number for each answer
_UNREAD = ("probs", "reading", "sure", "layer_sure")  # columns in which NaN says that nothing was read
_SLACK = 1e-3  # of single precision


class _Meta(BaseModel):
    """What a part says of its numbers."""

    model_config = ConfigDict(strict=True)
    sizes: Annotated[list[Size], Field(min_length=1, max_length=1024)]
    classes: int
    kind: Literal["readings", "outcomes"]


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
    layer at the setting, and FLOPs spent inside it. placed: (S, L+1, G) the same of the pieces of each group by position, row 0 how many
    there are; ran: (L, U) whether each word was computed; None where the run did not keep them."""

    sweep: Sweep
    sure: Any
    words_depth: Any
    kept: Any
    layer_flops: Any
    placed: Any = None
    ran: Any = None


def gather(store: Store, about: About, parts: int | None = None) -> Gathered | None:
    """The numbers of a job's first parts; None where there are none yet; an InputError where they are damaged."""
    with damaged():
        found = store.parts()[:parts]
        if not found:
            return None
        table = pa.concat_tables([pq.read_table(file) for _, _, file in found]).combine_chunks()
        meta = _Meta.model_validate_json(table.schema.metadata[b"dynviz"])
        read = {name: _numbers(table.column(name)) for name in table.column_names}
        columns, counts = {name: found for name, (found, _) in read.items()}, {name: each for name, (_, each) in read.items()}
        _fit(columns, counts, about, meta)
        rows = _rows(store.rows(0, found[-1][1]), columns, counts["label"])
        sizes = tuple(LayerSize(**size.model_dump()) for size in meta.sizes)
        answers, sure = _layers(columns, meta, len(sizes), len(rows.ids))
        given = {name: columns.pop(name) for name in ("words", "lost", "rank")}
        whole = Gathered(about, rows, **given, sizes=sizes, kind=meta.kind, columns=columns, layer_answer=answers, layer_sure=sure)
        if whole.kind != "readings":
            _stored(columns, whole.layers)  # all that is needed is there
        return whole


def _fit(values: Mapping[str, Any], counts: Mapping[str, Ints], about: About, meta: _Meta) -> None:
    """A ValueError where a column holds more or fewer numbers for a row than its name says, or others. NaN is what was not read."""
    layers, classes = len(meta.sizes), len(about.labels)
    top = {"label": classes - 1, "predicted": classes - 1, "layer_answer": classes - 1, "sure": 1, "layer_sure": 1, "probs": 1}
    top |= {**dict.fromkeys(("exits", "depth", "words_depth"), layers), "ran": 1}
    least = {"label": 0 if about.labelled else -1, "layer_answer": -1, "length": 1, "plain_flops": 1, "reading": -np.finfo(float).max}
    answers = counts["label"] if about.unit == "token" else np.ones_like(counts["label"])
    each = {"probs": (layers + 1) * classes, "reading": layers + 1, **dict.fromkeys(_OF_ANSWERS, answers)}
    each |= {"ran": answers * layers, "placed": (layers + 1) * len(PLACES)}
    for name, found in values.items():
        kind = name.partition(".")[0]
        slack = _SLACK if found.dtype.kind == "f" else 0
        fits = (found >= least.get(kind, 0) - slack) & (found <= top.get(kind, np.finfo(float).max) + slack)
        if not (fits | (np.isnan(found) & (kind in _UNREAD))).all() or (counts[name] != each.get(kind, 1)).any():
            raise ValueError(name)
    if meta.classes != classes or not len(values["label"]):
        raise ValueError("classes")


def _numbers(column: Any) -> tuple[Any, Ints]:
    """A column of numbers, or of lists laid one after the other; and how many each row has."""
    whole = column.chunk(0)
    lists = pa.types.is_list(whole.type) or pa.types.is_fixed_size_list(whole.type)
    inner = whole.flatten() if lists else whole
    if whole.null_count or inner.null_count or not (pa.types.is_integer(inner.type) or pa.types.is_floating(inner.type)):
        raise ValueError(f"no numbers, but {whole.type}")
    counts = pc.list_value_length(whole).to_numpy() if lists else np.ones(len(whole), np.int64)
    return inner.to_numpy(zero_copy_only=False), counts


def _rows(examples: Examples, columns: Mapping[str, Any], counts: Ints) -> Rows:
    """Ids, lengths, labels and tags: the rows' own tags, then those the word rules give."""
    own = zip(examples.texts, examples.tags, strict=True)
    tags = tuple(tuple(dict.fromkeys((*(t for t in given if t != "plain"), *tags_of(text)))) for text, given in own)
    return Rows(examples.ids, columns["length"], tags, columns["label"], np.repeat(np.arange(len(counts)), counts))


def _layers(columns: dict[str, Any], meta: _Meta, layers: int, sentences: int) -> tuple[Any, Any]:
    if meta.kind == "outcomes":
        answers, sure = (np.stack([columns.pop(f"layer_{name}.{i}") for i in range(1, layers + 1)]) for name in ("answer", "sure"))
        return answers, sure
    probs = np.moveaxis(columns["probs"].reshape(sentences, layers + 1, meta.classes), 0, 1)
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
    inside = _inside(gathered.columns, gathered.layers) if gathered.kind == "outcomes" else {}
    return Outcome(sweep, found["sure"], found["words_depth"], found["kept"], found["layer_flops"], **inside)


def _inside(columns: Mapping[str, Any], layers: int) -> dict[str, Any]:
    """What of a text and which of its words were computed in each layer, where it was kept."""
    found = {}
    if "placed" in columns:
        found["placed"] = columns["placed"].reshape(-1, layers + 1, len(PLACES))
    if "ran" in columns:
        found["ran"] = columns["ran"].reshape(-1, layers).T.astype(bool)
    return found


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
