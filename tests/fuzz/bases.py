"""A base whose layers models share, and the heads beside it: base.json, masked.json, and files of tensors in blocks of 8 and 4 bits.

In half of the cases whatever names a hash is made to name the new one, as somebody would who means it.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from dynviz.checkpoint.base_config import sha256
from dynviz.checkpoint.config import BASE, digest
from dynviz.checkpoint.masked_config import CONFIG, WEIGHTS
from tests.fuzz import raw, tensors, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import TEXTS, Place, answers, copied

FOLDER, NAME = "mpnet", "one"


def make(place: Place, rng: Random) -> Path:
    """A folder of a base and a model on it, one file of the base broken."""
    root = copied(place.stock / "based", place.anew())
    folder = root / FOLDER
    file = rng.choice((folder / BASE, folder / CONFIG, *sorted(folder.glob("*.safetensors"))))
    if rng.random() < 0.15:  # another base, whole
        edited(folder / BASE, lambda told: told["source"].update(revision="2"))
        renamed(root, folder / BASE)
        return root
    if file.suffix == ".json":
        text = file.read_text(encoding="utf-8")
        file.write_bytes(raw.mutated(rng, text.encode()) if rng.random() < 0.15 else values.written(rng, values.mutated(rng, text)))
    else:
        file.write_bytes(tensors.mutated(rng, file.read_bytes()))
    if rng.random() < 0.5:
        renamed(root, file)
    return root


def renamed(root: Path, file: Path) -> None:
    """All hashes made to fit what lies there, as far as that can be told."""
    base, heads, model = root / FOLDER / BASE, root / FOLDER / CONFIG, root / NAME / "config.json"
    if file.suffix == ".safetensors" and file.name != WEIGHTS:
        edited(base, lambda told: told["files"].update({file.name: sha256(file)}))
    edited(heads, lambda told: told.update(base=digest(base.parent), sha256=sha256(heads.with_name(WEIGHTS))))
    edited(model, lambda told: told["stages"][0].update(base=digest(base.parent)))


def edited(file: Path, change: Any) -> None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        change(told)
    except (ValueError, KeyError, AttributeError, RecursionError):  # it is what was broken
        return
    file.write_text(json.dumps(told), encoding="utf-8")


def give(root: Path) -> None:
    """List, check, load and ask; hide a word. What is listed is there, or says itself what is wrong with it."""
    api.checkpoints(root, [])
    found = api.find(NAME, root)
    answers(api.load(found))
    if (base := api.hidden_words(found)) is not None:
        told = api.guessing(base)
        if max(told.held_out.all.likely) > 1:
            raise AssertionError("a share is more than the whole")
        api.read_back(api.load_reader(base), TEXTS[0], range(1, 3))


KIND = Kind(6, Place, make, give)
