"""The config.json of our checkpoints: every key, of every type, beside weights that are whole."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from dynviz import api
from dynviz.checkpoint.config import read_config
from tests.fuzz import raw, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import answers, copied

CASE = "case"


@dataclass(frozen=True)
class Shelf:
    """A folder of checkpoints, one of which is broken anew for each case; texts: the sound configs, by name."""

    root: Path
    texts: dict[str, str]


def ground(stock: Path, own: Path) -> Shelf:
    """All checkpoints, whole."""
    root = copied(stock / "ours", own / "shelf")
    answers(api.load(root / "sst2-joint"))  # what is imported on the way is not of a case
    files = {folder.name: folder / "config.json" for folder in sorted(root.iterdir())}
    return Shelf(root, {name: file.read_text(encoding="utf-8") for name, file in files.items() if file.exists()})


def make(shelf: Shelf, rng: Random) -> Path:
    """A checkpoint whose config does not fit."""
    name = rng.choice(list(shelf.texts))
    folder = copied(shelf.root / name, shelf.root / CASE)
    text = shelf.texts[name]
    data = raw.mutated(rng, text.encode()) if rng.random() < 0.15 else values.written(rng, values.mutated(rng, text))
    (folder / "config.json").write_bytes(data)
    return folder


def give(folder: Path) -> None:
    """Read, list and load it; where it is left out of the list of all, the others stay."""
    others = {c.folder.name for c in api.checkpoints(folder.parent, [], repeats=True)} - {CASE}
    if len(others) < 4:
        raise AssertionError(f"only {sorted(others)} are listed beside it")
    read_config(folder)
    found = api.checkpoint_at(folder)
    for look in (api.card, api.default_knobs, api.learned, lambda c: c.digest, lambda c: c.runnable and c.reference):
        look(found)
    answers(api.load(folder))




KIND = Kind(14, ground, make, give)
