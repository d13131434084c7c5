"""Stored numbers from elsewhere: bounded by what they decode to, every value of its kind, anything else one sentence."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dynviz.errors import InputError
from dynviz.records.cost import LayerSize
from dynviz.records.run import Run
from dynviz.records.storage import read_recorded, read_sweep, write_recorded, write_sweep
from dynviz.records.sweep import Recorded, Rows, Sweep

ROWS = Rows(("a", "b", "c"), [5, 7, 9], (("negation",), (), ("long", "negation")), [0, 1, 1], [0, 1, 2])
ABOUT = {"model": "m", "method": "entropy_exit", "task": "sst2", "split": "report", "digest": "d", "options": {}}
Change = Callable[[pa.Table, dict[str, Any]], tuple[pa.Table, Any]]


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Readings of three sentences after two layers."""
    probs = np.full((3, 3, 2), 0.5)
    probs[0] = np.nan
    readings = {"uncertainty": np.array([[np.nan] * 3, [0.5] * 3, [0.1] * 3])}
    run = Run.of_readings(ROWS.lengths, (LayerSize("model", 4, 8),) * 2, readings, probs, np.array([10, 10, 10]))
    write_recorded(Recorded(ROWS, run), ABOUT, tmp_path / "readings.parquet")
    return tmp_path / "readings.parquet"


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Two settings over the same sentences."""
    found = Sweep(
        "m", "entropy_exit", "sst2", "report", "d", ROWS, ({"k": 0.0}, {"k": 1.0}), np.array([[0, 1, 1], [0, 0, 1]]), np.full((2, 3), 50),
        np.array([50, 50, 50]), np.full((2, 3), 2.0), np.full((2, 3), 2), 2,
    )  # fmt: skip
    write_sweep(found, tmp_path / "sweep.parquet")
    return tmp_path / "sweep.parquet"


def column(name: str, values: Any, kind: Any = None) -> Change:
    def change(table: pa.Table, about: dict[str, Any]) -> tuple[pa.Table, Any]:
        array = values if isinstance(values, pa.Array) else pa.array(values, kind)
        at = table.column_names.index(name) if name in table.column_names else None
        return (table.append_column(name, array) if at is None else table.set_column(at, name, array)), about

    return change


def without(name: str) -> Change:
    return lambda table, about: (table.drop_columns([name]), about)


def said(**changes: Any) -> Change:
    return lambda table, about: (table, {k: v for k, v in {**about, **changes}.items() if v is not ...})


def rewrite(file: Path, change: Change) -> None:
    table = pq.read_table(file)
    table, about = change(table, json.loads(table.schema.metadata[b"dynviz"]))
    text = about if isinstance(about, str) else json.dumps(about)
    pq.write_table(table.replace_schema_metadata({"dynviz": text}), file)


BOTH: dict[str, tuple[Change, str]] = {
    "no metadata": (lambda t, a: (t, ""), "Expecting value"),
    "metadata of a list": (lambda t, a: (t, "[]"), "not written by dynviz"),
    "NaN in the metadata": (lambda t, a: (t, json.dumps(a)[:-1] + ', "x": NaN}'), "not a finite number"),
    "no model": (said(model=...), "model: field required"),
    "a model of 1e6 letters": (said(model="x" * 10**6), "model: string should have at most 200"),
    "a digest that is a number": (said(digest=5), "digest: input should be a valid string"),
    "another version": (said(version=2), "of version 2"),
    "a missing column": (without("length"), "the column 'length' is missing"),
    "one more column": (column("text", ["a", "b", "c"]), "nobody reads the column 'text'"),
    "ids that are numbers": (column("id", [1, 2, 3]), "the column 'id' holds other things than text"),
    "ids that are lists": (column("id", [["a"], ["b"], ["c"]]), "the column 'id' holds other things than text"),
    "an empty id": (column("id", ["a", None, "c"]), "the column 'id' has empty places"),
    "an id of 1,000 letters": (column("id", ["a", "b", "c" * 1000]), "more than 200 characters"),
    "a length of none": (column("length", [5, 0, 9]), "the column 'length' holds values that are not from 1 to 65,536"),
    "a length that is no whole number": (column("length", [5.5, 7, 9]), "the column 'length' holds other things than whole"),
    "lengths of bytes": (column("length", [b"5", b"7", b"9"]), "of type binary"),
    "lengths that are decimal": (column("length", pa.array([5, 7, 9]).cast(pa.decimal128(20, 0))), "of type decimal128"),
    "a label below": (column("label", [[0], [-1], [1]]), "the column 'label' holds values that are not from 0"),
    "a label that is not there": (column("label", [[0], None, [1]]), "has empty places"),
    "tags of tags": (column("tags", [[["a"]], [], []]), "of type list"),
    "no rows": (lambda t, a: (t.slice(0, 0), a), "cannot be read"),
}
RECORDED: dict[str, tuple[Change, str]] = {
    "a label 77 of 2 classes": (column("label", [[0], [77], [1]]), "the column 'label' holds values that are not from 0 to 1"),
    "two labels of a sentence": (column("label", [[0, 1], [1], [1]]), "needs one label each"),
    "probabilities that are text": (column("probs", [["a"] * 6] * 3), "the column 'probs' holds other things than numbers"),
    "too few probabilities": (column("probs", [[0.5] * 4] * 3), "a row has 4 values where 6 are needed"),
    "rows of different lengths": (column("probs", [[0.5] * 6, [0.5] * 5, [0.5] * 7]), "a row has 5 values where 6 are needed"),
    "probabilities above 1": (column("probs", [[2.0, -1.0] * 3] * 3), "no probabilities"),
    "probabilities of half a class": (column("probs", [[np.nan, 0.5] * 3] * 3), "no probabilities"),
    "no answer at full depth": (column("probs", [[0.5] * 4 + [np.nan] * 2] * 3), "no probabilities"),
    "an infinite reading": (column("reading.uncertainty", [[0.0, 1.0, np.inf]] * 3), "a reading is infinite"),
    "a reading that is none": (column("reading.uncertainty", [[np.nan] * 3] * 3), "'reading.uncertainty' lacks values"),
    "a reading of some sentences": (column("reading.uncertainty", [[np.nan, 0.5, 0.1], [np.nan] * 3, [np.nan, 0.5, 0.1]]), "lacks"),
    "a reading where no probability is": (column("reading.uncertainty", [[0.1, 0.5, 0.1]] * 3), "does not follow from probabilities"),
    "a reading that stops too early": (column("reading.uncertainty", [[np.nan, 0.5, np.nan]] * 3), "does not follow from probabilities"),
    "an uncertainty below 0": (column("reading.uncertainty", [[np.nan, -0.5, 0.1]] * 3), "does not follow from probabilities"),
    "an uncertainty above 1": (column("reading.uncertainty", [[np.nan, 0.5, 1.1]] * 3), "does not follow from probabilities"),
    "a reading of a layer too many": (column("reading.uncertainty", [[0.0] * 4] * 3), "a row has 4 values where 3 are needed"),
    "a plain head below 0": (column("plain_head", [10, -10, 10]), "the column 'plain_head'"),
    "no sizes": (said(sizes=[]), "sizes: list should have at least 1 item"),
    "a size below 0": (said(sizes=[{"stage": "m", "width": -4, "ffn": 1, "entry": 0}] * 2), "sizes.0.width"),
    "a size that overflows": (said(sizes=[{"stage": "m", "width": 10**12, "ffn": 1, "entry": 0}] * 2), "sizes.0.width"),
    "a class too many": (said(classes=3), "a row has 6 values where 9 are needed"),
    "1e9 classes": (said(classes=10**9), "classes: input should be less than or equal to 1000"),
    "points that are text": (said(points=["a"]), "points.0: input should be a valid number"),
}
SWEPT: dict[str, tuple[Change, str]] = {
    "flops below 0": (column("flops", [[50, -5]] * 3), "the column 'flops' holds values that are not from 0"),
    "flops of one setting": (column("flops", [[50]] * 3), "a row has 1 values where 2 are needed"),
    "a plain model for nothing": (column("plain_flops", [50, 0, 50]), "the column 'plain_flops' holds values that are not from 1"),
    "a depth that is none": (column("depth", [[2.0, np.nan]] * 3), "the column 'depth' holds values that are not from 0 to 2"),
    "a depth of 7 in 2": (column("depth", [[2.0, 7.0]] * 3), "the column 'depth'"),
    "an exit after the last layer": (column("exit", [[2, 3]] * 3), "the column 'exit'"),
    "answers of one setting": (column("predicted", [[0]] * 3), "the answers are not as many as the labels"),
    "an answer below": (column("predicted", [[0, -1]] * 3), "the column 'predicted'"),
    "no settings": (said(knobs=[]), "knobs: list should have at least 1 item"),
    "one setting": (said(knobs=[{"k": 0.0}]), "a row has 2 values where 1 are needed"),
    "settings of other knobs": (said(knobs=[{"k": 0.0}, {"j": 0.0}]), "do not all name the same knobs"),
    "a setting that is text": (said(knobs=[{"k": "low"}, {"k": 1.0}]), "knobs.0.k"),
    "no layers": (said(layers=0), "layers: input should be greater than or equal to 1"),
}


@pytest.mark.parametrize("kind", [*BOTH, *RECORDED])
def test_readings_that_do_not_fit_are_one_sentence(kind: str, recorded: Path) -> None:
    change, why = {**BOTH, **RECORDED}[kind]
    read_recorded(recorded)
    rewrite(recorded, change)
    with pytest.raises(InputError) as caught:
        read_recorded(recorded)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("kind", [*BOTH, *SWEPT])
def test_operating_points_that_do_not_fit_are_one_sentence(kind: str, sweep: Path) -> None:
    change, why = {**BOTH, **SWEPT}[kind]
    read_sweep(sweep)
    rewrite(sweep, change)
    with pytest.raises(InputError) as caught:
        read_sweep(sweep)
    assert why in str(caught.value)


def expanding(file: Path, name: str, values: Any) -> None:
    """A file of some kilobytes whose one column takes much more."""
    table = pq.read_table(file)
    rows = len(values)
    first = table.take(pa.array(np.zeros(rows, int)))
    columns = {n: first.column(n).combine_chunks() for n in table.column_names}
    pq.write_table(pa.table({**columns, name: values}).replace_schema_metadata(table.schema.metadata), file, compression="zstd")


def test_a_small_file_that_decodes_to_much_is_not_decoded(recorded: Path) -> None:
    """A list that repeats one number ten million times: some kilobytes as stored, and 80 MB as we compute with it."""
    one = pa.array(np.zeros(10_000_001, np.int8))
    expanding(recorded, "label", pa.ListArray.from_arrays(pa.array([0, 10_000_001], pa.int32()), one))
    assert recorded.stat().st_size < 100_000
    begin = pa.total_allocated_bytes()
    tracemalloc.start()
    with pytest.raises(InputError, match="MB when decoded; 80 are read"):
        read_recorded(recorded)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6
    assert pa.total_allocated_bytes() - begin < 50e6, "nothing was decoded"


def test_a_long_text_in_every_row_takes_its_room_once(recorded: Path) -> None:
    """A hundred thousand rows of the same hundred kilobytes would be ten gigabytes."""
    expanding(recorded, "id", pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["x" * 100_000])))
    assert recorded.stat().st_size < 1_000_000
    pool = pa.default_memory_pool()
    before = pool.max_memory()
    with pytest.raises(InputError):
        read_recorded(recorded)
    assert pool.max_memory() - before < 100e6


@pytest.mark.parametrize("cut", [4, 100, -1, -8, -100])
def test_a_file_that_is_cut_off_is_one_sentence(cut: int, recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes()[:cut])
    with pytest.raises(InputError, match="cannot be read"):
        read_recorded(recorded)


def test_every_byte_may_be_wrong(sweep: Path) -> None:
    """Flipped one after the other, in steps: read all the same, or one sentence."""
    whole = sweep.read_bytes()
    for at in range(0, len(whole), 37):
        sweep.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        try:
            read_sweep(sweep)
        except InputError:
            continue
