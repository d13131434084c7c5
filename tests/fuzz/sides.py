"""What lies beside a checkpoint's weights: golden traces, readings and sweeps in Parquet, and what commands say of all of them: what
methods reach (zoo.json), how long they take (times.json), whether dropped tokens matter (pruned.json), another domain (domain.json), what
others report (reproduced.json), what [CLS] and the mean hold (pooling.json), what holds on another backbone (backbones.json), when many
words settle (words.json)."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dynviz import api
from dynviz.errors import InputError
from dynviz.figures.backbones import backbones_bought, backbones_findings, backbones_table
from dynviz.figures.word_readings import word_readings as picture
from dynviz.figures.word_readings import word_readings_finding, word_readings_table
from dynviz.records import Sweep, backbones, domain, pooling, pruned, reproduced, shipped_times, word_readings, zoo
from tests.figures.test_backbones import FOUND as BACKBONES
from tests.figures.test_pooling import FOUND as POOLING
from tests.figures.test_reproduced import FOUND as REPRODUCED
from tests.figures.test_word_readings import FOUND as WORDS
from tests.fuzz import bar, raw, values
from tests.fuzz.arrays import STRANGE
from tests.fuzz.kind import Kind
from tests.fuzz.models import copied

CASE = "case"
INTERVAL = [0.1, 0.0, 0.2]
ZOO = {
    "task": "sst2", "calibration": "c", "report": "dev", "sentences": 12, "answers": 12, "plain": "sst2-plain", "plain_accuracy": 0.9,
    "plain_seeds": [0.9], "static": [[0.5, 0.8], [1.0, 0.9]], "grid": [0.5, 1.0], "digests": {"sst2-joint": "0123456789ab"},
    "contenders": [{"name": "j", "title": "J", "method": "entropy_exit", "kind": "exit", "members": ["sst2-joint"], "seeds": []}],
    "budgets": [{"budget": 0.5, "leader": "j", "missing": [], "chosen": [{
        "contender": "j", "checkpoint": "sst2-joint", "knobs": {"entropy": 0.5}, "calibration_share": 0.4, "calibration_accuracy": 0.9,
        "share": 0.4, "accuracy": 0.9, "full": INTERVAL, "leader": INTERVAL, "front": True, "behind": INTERVAL, "seeds": [0.9]}]}],
    "scores": [{"contender": "j", "score": INTERVAL, "points": 2, "seeds": []}],
    "changes": [{"contender": "j", "checkpoint": "sst2-joint", "knobs": {"entropy": 0.5}, "share": 0.4, "answers": 12, "worse": 1,
                 "avoided": 1, "other": 0, "difference": INTERVAL}],
    "trust": [{"contender": "j", "checkpoint": "sst2-joint", "accuracy": [0.5, None], "ece": [0.1, None], "probability": [0.5, None],
               "signal": "entropy", "own": [0.5, None]}],
}  # fmt: skip

TIMES = json.dumps({"schema": shipped_times.SCHEMA, "machine": {"processor": "Abacus 9", "date": "2026-01-02"}, "models": {"0123456789ab": {
    "model": "sst2-joint", "call": 0.001, "sentence": 0.001, "flop": 1e-11, "start": 0.001, "each": 0.001, "runs": [{
        "setting": "full depth", "batch": 1, "sentences": 16, "seconds": 0.01, "fitted": 0.01, "rounds": [0.01]}]}}})  # fmt: skip

HELD = {"own": 0.8, "chance": 0.7, "more": INTERVAL, "sentences": 12}
PRUNED = json.dumps({"schema": pruned.SCHEMA, "tasks": {"sst2": {
    "task": "sst2", "split": "dev", "sentences": 12, "seed": 0, "draws": 2, "edits": 1, "plain": "sst2-plain", "tagger": "pos-tokee",
    "digests": {"sst2-plain": "0123456789ab"}, "left_out": {"sst2-joint": "it drops nothing"}, "droppers": [{
        "model": "sst2-ltp", "title": "LTP", "digest": "0123456789ab", "knobs": {"scale": 0.9}, "kept": [0.7, 0.5],
        "held": dict.fromkeys(pruned.MEASURES, HELD),
        "funnels": {name: [{"name": "a", "pieces": 5, "shares": [1.0, 0.5]}] for name in pruned.GROUPINGS}}]}}})  # fmt: skip
PLACE = {"share": 0.5, "accuracy": 0.8, "full": 0.9, "difference": INTERVAL}
DOMAIN = json.dumps({"schema": domain.SCHEMA, "domain": {
    "home": "sst2", "away": "imdb", "split": "test", "sentences": 12, "pieces": 256, "native": 0.9,
    "models": {"0123456789ab": {"model": "sst2-ltp", "title": "LTP", "home": PLACE, "away": PLACE}}}})  # fmt: skip
TOLD = {
    zoo.FILE: json.dumps({"schema": zoo.SCHEMA, "tasks": {"sst2": ZOO}}), shipped_times.FILE: TIMES, pruned.FILE: PRUNED,
    domain.FILE: DOMAIN, reproduced.FILE: json.dumps({"schema": reproduced.SCHEMA, "tasks": {"sst2": asdict(REPRODUCED)}}),
    backbones.FILE: json.dumps({"schema": backbones.SCHEMA, "comparisons": {"sst2/mpnet": asdict(BACKBONES)}}),
    pooling.FILE: json.dumps({"schema": pooling.SCHEMA, "pooling": asdict(POOLING)}),
    word_readings.FILE: json.dumps({"schema": word_readings.SCHEMA, "words": asdict(WORDS)}),
}  # fmt: skip


class Shelf:
    """Our checkpoints, whole; broken: where the file that a case broke is put beside one of them."""

    def __init__(self, stock: Path, own: Path) -> None:
        self.root = copied(stock / "ours", own / "shelf")
        give(self.root / "sst2-joint")  # what is imported on the way is not of a case
        self.files = sorted(f for f in self.root.rglob("*") if f.name == "golden.json" or f.suffix == ".parquet")


def make(shelf: Shelf, rng: Random) -> Path:
    """A checkpoint with one broken file beside it."""
    for name in TOLD:
        (shelf.root / name).unlink(missing_ok=True)
    if rng.random() < 0.3:
        name = rng.choice(tuple(TOLD))
        (shelf.root / name).write_bytes(json_of(rng, TOLD[name]))
    source = rng.choice(shelf.files)
    folder = copied(source.parent, shelf.root / CASE)
    broken = folder / source.name
    broken.write_bytes(json_of(rng, source.read_text(encoding="utf-8")) if source.suffix == ".json" else table_of(rng, source))
    return folder


def json_of(rng: Random, text: str) -> bytes:
    return raw.mutated(rng, text.encode()) if rng.random() < 0.15 else values.written(rng, values.mutated(rng, text))


def table_of(rng: Random, file: Path) -> bytes:
    """The table with other values, columns, types or metadata."""
    if rng.random() < 0.2:
        return raw.mutated(rng, file.read_bytes())
    table, out = pq.read_table(file), io.BytesIO()
    for _ in range(rng.choice((1, 1, 2))):
        table = rng.choice((described, described, retyped, renamed, shorter, mixed, dropped))(rng, table)
    try:
        pq.write_table(table, out)
    except pa.ArrowException:  # not every type can be stored
        return raw.mutated(rng, file.read_bytes())
    return out.getvalue()


def described(rng: Random, table: Any) -> Any:
    meta = values.mutated(rng, (table.schema.metadata or {}).get(b"dynviz", b"{}").decode("utf-8", "replace"))
    return table.replace_schema_metadata({"dynviz": values.written(rng, meta)})


def retyped(rng: Random, table: Any) -> Any:
    at = rng.randrange(table.num_columns)
    return table.set_column(at, table.column_names[at], rng.choice(STRANGE)(rng, ["a"] * table.num_rows))


def renamed(rng: Random, table: Any) -> Any:
    names = table.column_names
    names[rng.randrange(len(names))] = rng.choice((*names, "reading.x", "reading.", ""))
    return table.rename_columns(names)


def shorter(rng: Random, table: Any) -> Any:
    return table.slice(rng.choice((0, 1)), rng.choice((0, 1, 5)))


def dropped(rng: Random, table: Any) -> Any:
    return table.remove_column(rng.randrange(table.num_columns)) if table.num_columns > 1 else table


def mixed(rng: Random, table: Any) -> Any:
    """Some values of a column: absent, far off, or in lists of other lengths."""
    at = rng.randrange(table.num_columns)
    cells = table.column(at).to_pylist()
    for _ in range(rng.choice((1, 1, 50)) if cells else 0):
        i = rng.randrange(len(cells))
        cell, odd = cells[i], rng.choice((None, 77, -1, 0, 2**15, float("nan"), float("inf"), -1e30, 1e30))
        if isinstance(cell, list) and cell:
            place = rng.randrange(len(cell))
            cells[i] = rng.choice((None, [], cell[:-1], cell + cell, [*cell[:place], odd, *cell[place + 1 :]]))
        else:
            cells[i] = odd
    try:
        return table.set_column(at, table.column_names[at], pa.array(cells, table.column(at).type))
    except (pa.ArrowException, TypeError, OverflowError):
        return table


def give(folder: Path) -> None:
    """Look at everything that the screens show of it; what is refused is refused, and the rest still has to be sound."""
    found = api.checkpoint_at(folder)
    refused = [error for look in LOOKS if (error := said(look, found))]
    if refused:
        raise refused[0]


def said(look: Any, checkpoint: api.Checkpoint) -> InputError | None:
    """The sentence with which it is refused."""
    try:
        look(checkpoint)
    except InputError as error:
        return error
    return None


def pairs(checkpoint: api.Checkpoint) -> None:
    for pair in api.stored_pairs(checkpoint):
        bar.sound(pair.trace)
        bar.sound(pair.full)


def sweeps(checkpoint: api.Checkpoint) -> None:
    for split in ("calibration", "report"):
        for found in (api.stored_sweep(checkpoint, split), api.stored_sweep(checkpoint, split, 3)):
            if found is not None:
                sound(found)


def sound(sweep: Sweep) -> None:
    if not all(np.isfinite(x).all() for x in (sweep.accuracy, sweep.mean_depth, sweep.flops, sweep.plain_flops)):
        raise bar.Wrong("a sweep holds NaN")
    if not ((sweep.accuracy >= 0) & (sweep.accuracy <= 1)).all():
        raise bar.Wrong("an accuracy lies outside 0 to 1")


def points(checkpoint: api.Checkpoint) -> None:
    for split in ("calibration", "report"):
        api.shipped_point(checkpoint, split)
        api.stored_baselines(checkpoint, split)
        api.stored_energy(checkpoint, split)


def streams(checkpoint: api.Checkpoint) -> None:
    if api.streamable(checkpoint):
        api.stream(checkpoint, seeds=[0])


def backbones_told(checkpoint: api.Checkpoint) -> None:
    """Also what is said of them, whatever checkpoints are there."""
    for one in backbones.read(checkpoint.folder.parent / backbones.FILE).values():
        backbones_findings(one)
        backbones_table(one)
        backbones_bought(one)


def words(checkpoint: api.Checkpoint) -> None:
    """No base with heads lies on the shelf, so that what can be read is looked at as if it were shown."""
    root = checkpoint.folder.parent
    api.stored_words(root)
    if (found := word_readings.read(root / word_readings.FILE)) is not None:
        picture(found)
        word_readings_finding(found)
        word_readings_table(found)


LOOKS = (
    pairs, sweeps, points, streams, api.card, api.learned, lambda c: api.zoo(c.folder.parent),
    lambda c: api.stored_times(c.folder.parent), lambda c: api.pruned(c.folder.parent),
    lambda c: api.stored_domain(c.folder.parent), lambda c: api.stored_reproduced(c.folder.parent),
    lambda c: api.stored_pooling(c.folder.parent), backbones_told, words,
    lambda c: api.static_line(c.config.task, "report", c.folder.parent, c.backbone),
)  # fmt: skip

KIND = Kind(8, Shelf, make, give)
