"""Sweeps and recorded runs as Parquet: numbers only, one row per example, what holds for all of them in the metadata.

Columns of both: id, length (pieces), tags (list), label (list: one class per answer). A recorded run adds `probs` (the (L+1, C)
class probabilities, row by row, NaN where not read; of many classes as `coarse` leaves them) and one column per reading; a sweep adds
`predicted` (P x answers), `flops`, `depth`, `exit` (P each) and `plain_flops`. The metadata key `dynviz` is JSON.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from dynviz.errors import InputError
from dynviz.records import parquet
from dynviz.records.cost import LayerSize
from dynviz.records.files import printable, why_not
from dynviz.records.head import LastHead
from dynviz.records.parquet import FAULTS, Kind, fitting, inner, leaf
from dynviz.records.run import Run
from dynviz.records.sweep import Recorded, Rows, Sweep

VERSION = 1
MAX_COUNT, MAX_CLASSES, MAX_LENGTH = 10**15, 1000, 65_536
ROWS: dict[str, Kind] = {"id": "text", "length": "whole", "tags": "texts", "label": "wholes"}
OF_PROBS = ("uncertainty", "confidence")  # readings that are shares, read where the class probabilities are
Name = Annotated[str, Field(max_length=200)]


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class About(_Told):
    """What is said of stored numbers: whose they are, over what, and the hash of the checkpoint as it was."""

    model: Name
    method: Name
    task: Name
    split: Name
    digest: Name


class Size(_Told):
    """A `LayerSize` as stored."""

    stage: Name
    width: Annotated[int, Field(ge=1, le=100_000)]
    ffn: Annotated[int, Field(ge=1, le=100_000)]
    entry: Annotated[int, Field(ge=0, le=MAX_COUNT)] = 0
    distances: Annotated[int, Field(ge=0, le=100_000)] = 0


class RecordedAbout(About):
    """Of a recorded run. last: the form of the last classifier, where it is not the method's own. points: the settings of the first knob
    that were chosen for its curve."""

    sizes: Annotated[list[Size], Field(min_length=1, max_length=1024)]
    classes: Annotated[int, Field(ge=2, le=MAX_CLASSES)]
    options: dict[str, Any] = {}
    last: LastHead | None = None
    points: list[float] | None = None


class SweepAbout(About):
    """Of a sweep."""

    knobs: Annotated[list[dict[str, float]], Field(min_length=1, max_length=10_000)]
    layers: Annotated[int, Field(ge=1, le=1024)]


def write_recorded(recorded: Recorded, about: Mapping[str, Any], file: Path) -> None:
    """Store a recorded run of sentence-level readings. about: model, method, task, split, digest, options."""
    run = recorded.run
    if run.unit != "sentence" or any(v.shape[1] != len(recorded.rows.ids) for v in run.readings.values()):
        raise ValueError("only readings taken once per sentence are stored; store a Sweep instead")
    sentences = len(recorded.rows.ids)
    columns: dict[str, Any] = {"probs": np.moveaxis(run.probs, 1, 0).reshape(sentences, -1).astype(np.float32)}
    columns |= {f"reading.{name}": values.T.astype(np.float32) for name, values in run.readings.items()}
    columns |= {"plain_head": run.plain_head}
    meta = {**about, "kind": "recorded", "sizes": [s.as_dict() for s in run.sizes], "classes": run.probs.shape[2]}
    _write(recorded.rows, columns, meta, file)


def write_sweep(sweep: Sweep, file: Path) -> None:
    """Store a sweep."""
    per_sentence = _split(sweep.predicted.T.astype(np.int16), sweep.rows.owner, len(sweep.rows.ids))
    columns = {
        "predicted": [block.T.ravel() for block in per_sentence], "flops": sweep.flops.T, "depth": sweep.depth.T.astype(np.float32),
        "exit": sweep.exits.T.astype(np.int8), "plain_flops": sweep.plain_flops,
    }  # fmt: skip
    about = {k: getattr(sweep, k) for k in ("model", "method", "task", "split", "digest", "layers")}
    _write(sweep.rows, columns, {**about, "kind": "sweep", "knobs": [dict(k) for k in sweep.knobs]}, file)


def read_recorded(file: Path) -> tuple[Recorded, dict[str, Any]]:
    """A stored recorded run and what is said about it; an InputError where anything in the file does not fit."""
    with _one_sentence(file):
        columns, raw = _read(file, "recorded")
        about = RecordedAbout.model_validate(raw)
        readings: dict[str, Kind] = {name: "numbers" for name in columns if name.startswith("reading.")}
        fitting(columns, {**ROWS, "probs": "numbers", "plain_head": "whole", **readings})
        rows, sizes = _rows(columns, about.classes), tuple(LayerSize(**s.model_dump()) for s in about.sizes)
        if len(rows.labels) != len(rows.ids):
            raise ValueError("a sentence needs one label each")
        probs = columns["probs"].matrix((len(sizes) + 1) * about.classes).reshape(len(rows.ids), len(sizes) + 1, about.classes)
        _check_probs(probs)
        _within("plain_head", columns["plain_head"], 0, MAX_COUNT)
        read = {name.removeprefix("reading."): columns[name].matrix(len(sizes) + 1).T.astype(np.float64) for name in readings}
        for name, found in read.items():
            _check_reading(name, found, np.isnan(probs).any(-1).T)
        run = Run.of_readings(rows.lengths, sizes, read, np.moveaxis(probs, 0, 1).astype(np.float64), columns["plain_head"])
        return Recorded(rows, run), raw


def read_sweep(file: Path) -> Sweep:
    """A stored sweep; an InputError where anything in the file does not fit."""
    with _one_sentence(file):
        columns, raw = _read(file, "sweep")
        about = SweepAbout.model_validate(raw)
        fitting(columns, {**ROWS, "predicted": "wholes", "flops": "wholes", "depth": "numbers", "exit": "wholes", "plain_flops": "whole"})
        rows, points = _rows(columns, MAX_CLASSES), len(about.knobs)
        found = {name: columns[name].matrix(points).T for name in ("flops", "depth", "exit")}
        if (columns["predicted"].counts != points * columns["label"].counts).any():
            raise ValueError("the answers are not as many as the labels, at each setting")
        predicted = np.concatenate([p.reshape(points, -1) for p in columns["predicted"].rows()], axis=1)
        for name, values, low, high in (
            ("predicted", predicted, 0, MAX_CLASSES - 1), ("flops", found["flops"], 0, MAX_COUNT), ("exit", found["exit"], 0, about.layers),
            ("depth", found["depth"], 0, about.layers), ("plain_flops", columns["plain_flops"], 1, MAX_COUNT),
        ):  # fmt: skip
            _within(name, values, low, high)
        if any(knobs.keys() != about.knobs[0].keys() for knobs in about.knobs):
            raise ValueError("its settings do not all name the same knobs")
        return Sweep(
            about.model, about.method, about.task, about.split, about.digest, rows, tuple(about.knobs), predicted, found["flops"],
            columns["plain_flops"], found["depth"], found["exit"], about.layers,
        )  # fmt: skip


def kind_of(file: Path) -> str:
    """What a file says that it holds, "recorded" or "sweep", or whatever stands there; an InputError where it is no such file."""
    with _one_sentence(file):
        return str(parquet.told(file).get("kind"))


@contextmanager
def _one_sentence(file: Path) -> Iterator[None]:
    """What a file that does not fit raises, as an InputError."""
    try:
        yield
    except InputError:
        raise
    except FAULTS as error:
        what = f"{file} cannot be read"
        raise InputError(what, f"not a Parquet file of numbers as dynviz writes it ({why_not(error)})", "Restore the file") from None


def _within(name: str, values: NDArray[Any], low: float, high: float) -> None:
    """ValueError unless all values lie there, to the last places of single precision; NaN lies nowhere."""
    if not ((values >= low) & (values <= high * (1 + 1e-6))).all():
        raise ValueError(f"the column {name!r} holds values that are not from {low:,} to {high:,}")


def _check_probs(probs: NDArray[Any]) -> None:
    """ValueError unless rows (S, L+1, C) are probabilities, or NaN where nothing was read; after the last layer all are read."""
    unread = np.isnan(probs)
    whole = unread.any(-1) == unread.all(-1)
    sums = np.where(unread.any(-1), 1.0, probs.sum(-1))
    if not whole.all() or unread[:, -1].any() or (probs < -1e-3).any() or (np.abs(sums - 1) > 1e-2).any():
        raise ValueError("the column 'probs' holds no probabilities of the classes")


def _check_reading(name: str, found: NDArray[Any], unread: NDArray[Any]) -> None:
    """ValueError unless values (L+1, S) are numbers, or NaN at layers where nothing was read. unread: where the probabilities are not."""
    if np.isinf(found).any():
        raise ValueError("a reading is infinite")
    lost = np.isnan(found)
    if lost.all() or (lost.any(1) != lost.all(1)).any():
        raise ValueError(f"the column 'reading.{name}' lacks values")
    if name in OF_PROBS and ((lost != unread).any() or (found < -1e-3).any() or (found > 1 + 1e-3).any()):
        raise ValueError(f"the column 'reading.{name}' does not follow from probabilities")


def _split(values: Any, owner: Any, sentences: int) -> list[Any]:
    return np.split(values, np.cumsum(np.bincount(owner, minlength=sentences))[:-1])


def _write(rows: Rows, columns: Mapping[str, Any], meta: Mapping[str, Any], file: Path) -> None:
    labels = [x.astype(np.int16) for x in _split(rows.labels, rows.owner, len(rows.ids))]
    tags = pa.array([list(t) for t in rows.tags], pa.list_(pa.string()))  # told, since no tags at all would be of no type
    data = {"id": list(rows.ids), "length": rows.lengths.astype(np.int32), "tags": tags, "label": labels}
    data |= {k: list(v) if getattr(v, "ndim", 1) == 2 or isinstance(v, list) else v for k, v in columns.items()}
    table = pa.table(data).replace_schema_metadata({"dynviz": json.dumps({**meta, "version": VERSION})})
    file.parent.mkdir(parents=True, exist_ok=True)
    floats = [leaf(field) for field in table.schema if pa.types.is_floating(inner(field.type))]
    others = [leaf(field) for field in table.schema if not pa.types.is_floating(inner(field.type))]
    pq.write_table(table, file, compression="zstd", compression_level=19, use_dictionary=others, use_byte_stream_split=floats)


def _read(file: Path, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    columns, about = parquet.read(file)
    if about.get("kind") != kind or about.get("version") != VERSION:
        held = printable(f"{about.get('kind')} of version {about.get('version')}", 80)
        raise InputError(f"{file} holds a {held}", f"a {kind} of version {VERSION} is needed", "Write it again")
    return columns, about


def _rows(columns: Mapping[str, Any], classes: int) -> Rows:
    ids, label = tuple(columns["id"].tolist()), columns["label"]
    if not ids or not len(label.values):
        raise ValueError("it has no rows, or no answers")
    _within("length", columns["length"], 1, MAX_LENGTH)
    _within("label", label.values, 0, classes - 1)
    tags = tuple(tuple(row.tolist()) for row in columns["tags"].rows())
    return Rows(ids, columns["length"], tags, label.values, np.repeat(np.arange(len(ids)), label.counts))
