"""Files that are no files: pipes nobody writes to, devices without end, holes of many GB, folders, links in a circle.

Every such thing in the place of every file that is read.
"""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dynviz import api
from dynviz.data import open_table
from dynviz.errors import InputError
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers

HOLE = 5_000_000_000  # bytes


def hole(file: Path) -> None:
    """A file of many GB that takes no room."""
    with file.open("wb") as opened:
        opened.truncate(HOLE)


def secret(file: Path) -> None:
    """A file nobody may read."""
    file.write_bytes(b"{}")
    file.chmod(0)


THINGS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo, "zeros": lambda f: f.symlink_to("/dev/zero"), "nothing": lambda f: f.symlink_to("/dev/null"), "hole": hole,
    "folder": lambda f: f.mkdir(), "circle": lambda f: f.symlink_to(f), "gone": lambda f: f.symlink_to("/gone"), "secret": secret,
    "empty": lambda f: f.touch(),
}  # fmt: skip
OURS = ("config.json", "model.safetensors", "golden.json", "readings-report.parquet", "readings-calibration.parquet", "../zoo.json",
        "../times.json")  # fmt: skip
BASE = ("../tiny/tokenizer.json", "../tiny/model.safetensors", "../tiny/tokenizer_config.json", "../tiny/config.json")
FOREIGN = ("config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
           "special_tokens_map.json", "added_tokens.json", "generation_config.json", "chat_template.jinja")  # fmt: skip
DATA = ("mine.csv", "mine.tsv", "mine.jsonl", "mine.parquet", "mine.txt", "mine.csv.gz", "mine.xlsx", "mine")
PLACES = [*(("ours", f) for f in (*OURS, *BASE)), *(("foreign", f) for f in FOREIGN), *(("data", f) for f in DATA)]
CASES = list(itertools.product(PLACES, THINGS))


@dataclass(frozen=True)
class Case:
    """What is read: a folder of a model, or a file of data."""

    of: str
    path: Path


def make(ground: Place, rng: Random) -> Case:
    """One of them."""
    (of, name), thing = rng.choice(CASES)
    if of == "data":
        folder = ground.anew()
        folder.mkdir()
    else:
        folder = ground.ours(rng)[0] if of == "ours" else ground.foreign(rng)
    file = folder / name
    if file.exists():
        file.unlink()
    THINGS[thing](file)
    return Case(of, file if of == "data" else folder)


def give(case: Case) -> None:
    """List, look at and load a model, also where one of these is refused; or open a table."""
    if case.of == "data":
        open_table(case.path)
        return
    refused = [error for look in LOOKS if (error := said(look, case.path))]
    if refused:
        raise refused[0]


def said(look: Callable[[Path], object], folder: Path) -> InputError | None:
    """The sentence with which it is refused."""
    try:
        look(folder)
    except InputError as error:
        return error
    return None


LOOKS: tuple[Callable[[Path], object], ...] = (
    lambda folder: api.checkpoints(folder.parent, []), lambda folder: api.stored_pairs(api.checkpoint_at(folder)),
    lambda folder: api.stored_sweep(api.checkpoint_at(folder), "report"), lambda folder: api.zoo(folder.parent),
    lambda folder: api.stored_times(folder.parent),
    lambda folder: api.checkpoint_at(folder).digest, lambda folder: answers(api.load(folder)),
)  # fmt: skip
KIND = Kind(1, Place, make, give)
