"""Sweeps and recorded runs as Parquet: numbers only, one row per example, what holds for all of them in the metadata.

Columns of both: id, length (pieces), tags (list), label (list: one class per answer). A recorded run adds `probs` (the (L+1, C)
class probabilities, row by row, NaN where not read) and one column per reading; a sweep adds `predicted` (P x answers), `flops`, `depth`,
`exit` (P each) and `plain_flops`. The metadata key `dynviz` is JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dynviz.errors import InputError
from dynviz.records.cost import LayerSize
from dynviz.records.layout import Ints
from dynviz.records.run import Run
from dynviz.records.sweep import Recorded, Rows, Sweep

VERSION = 1


def write_recorded(recorded: Recorded, about: Mapping[str, Any], file: Path) -> None:
    """Store a recorded run of sentence-level readings. about: model, method, task, split, digest, options."""
    run = recorded.run
    if run.unit != "sentence" or any(v.shape[1] != len(recorded.rows.ids) for v in run.readings.values()):
        raise ValueError("only readings taken once per sentence are stored; store a Sweep instead")
    sentences = len(recorded.rows.ids)
    columns: dict[str, Any] = {"probs": np.moveaxis(run.probs, 1, 0).reshape(sentences, -1).astype(np.float32)}
    columns |= {f"reading.{name}": values.T.astype(np.float32) for name, values in run.readings.items()}
    columns |= {"plain_head": run.plain_head}
    meta = {**about, "kind": "recorded", "sizes": [asdict(s) for s in run.sizes], "classes": run.probs.shape[2]}
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
    """A stored recorded run and what is said about it."""
    columns, meta = _read(file, "recorded")
    rows = _rows(columns)
    sizes = tuple(LayerSize(**s) for s in meta["sizes"])
    probs = columns["probs"].values.reshape(len(rows.ids), len(sizes) + 1, meta["classes"])
    readings = {k.removeprefix("reading."): v.matrix().T.astype(np.float64) for k, v in columns.items() if k.startswith("reading.")}
    run = Run.of_readings(rows.lengths, sizes, readings, np.moveaxis(probs, 0, 1).astype(np.float64), columns["plain_head"])
    return Recorded(rows, run), meta


def read_sweep(file: Path) -> Sweep:
    """A stored sweep."""
    columns, meta = _read(file, "sweep")
    rows, points = _rows(columns), len(meta["knobs"])
    predicted = np.concatenate([p.reshape(points, -1) for p in columns["predicted"].rows()], axis=1)
    names = {key: meta[key] for key in ("model", "method", "task", "split", "digest")}
    return Sweep(
        **names, rows=rows, knobs=tuple(meta["knobs"]), predicted=predicted, flops=columns["flops"].matrix().T,
        plain_flops=columns["plain_flops"], depth=columns["depth"].matrix().T, exits=columns["exit"].matrix().T,
        layers=meta["layers"],
    )  # fmt: skip


def _split(values: Any, owner: Any, sentences: int) -> list[Any]:
    return np.split(values, np.cumsum(np.bincount(owner, minlength=sentences))[:-1])


def _write(rows: Rows, columns: Mapping[str, Any], meta: Mapping[str, Any], file: Path) -> None:
    labels = [x.astype(np.int16) for x in _split(rows.labels, rows.owner, len(rows.ids))]
    data = {"id": list(rows.ids), "length": rows.lengths.astype(np.int32), "tags": [list(t) for t in rows.tags], "label": labels}
    data |= {k: list(v) if getattr(v, "ndim", 1) == 2 or isinstance(v, list) else v for k, v in columns.items()}
    table = pa.table(data).replace_schema_metadata({"dynviz": json.dumps({**meta, "version": VERSION})})
    file.parent.mkdir(parents=True, exist_ok=True)
    floats = [_leaf(field) for field in table.schema if pa.types.is_floating(_inner(field.type))]
    others = [_leaf(field) for field in table.schema if not pa.types.is_floating(_inner(field.type))]
    pq.write_table(table, file, compression="zstd", compression_level=19, use_dictionary=others, use_byte_stream_split=floats)


def _inner(kind: Any) -> Any:
    return kind.value_type if pa.types.is_list(kind) else kind


def _leaf(field: Any) -> str:
    """The name of a column inside the file, where a list's values are columns of their own."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)


def _read(file: Path, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        table = pq.read_table(file)
        meta = json.loads((table.schema.metadata or {})[b"dynviz"])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise InputError(f"{file} cannot be read", f"not a Parquet file written by dynviz ({error})", "Restore the file") from None
    if meta.get("kind") != kind or meta.get("version") != VERSION:
        raise InputError(
            f"{file} holds a {meta.get('kind')} of version {meta.get('version')}",
            f"a {kind} of version {VERSION} is needed",
            "Write it again",
        )
    return {name: _column(table.column(name)) for name in table.column_names}, meta


@dataclass(frozen=True, eq=False)
class Lists:
    """A column of lists. values: (V,) of all rows, one row after the other. counts: (S,) how many each row has."""

    values: NDArray[Any]
    counts: Ints

    def matrix(self) -> NDArray[Any]:
        """(S, k) the rows, where each has as many."""
        return self.values.reshape(len(self.counts), -1)

    def rows(self) -> list[NDArray[Any]]:
        """The values of each row."""
        ends = np.cumsum(self.counts).tolist()
        return [self.values[end - count : end] for end, count in zip(ends, self.counts.tolist(), strict=True)]


def _column(column: Any) -> Any:
    """Numbers as one array, lists as `Lists`."""
    if pa.types.is_list(column.type):
        chunk = column.combine_chunks()
        return Lists(chunk.flatten().to_numpy(zero_copy_only=False), np.diff(np.asarray(chunk.offsets)))
    return column.to_numpy()


def _rows(columns: Mapping[str, Any]) -> Rows:
    ids, label = tuple(columns["id"].tolist()), columns["label"]
    tags = tuple(tuple(row.tolist()) for row in columns["tags"].rows())
    return Rows(ids, columns["length"], tags, label.values, np.repeat(np.arange(len(ids)), label.counts))
