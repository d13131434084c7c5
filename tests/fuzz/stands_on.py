"""Checkpoints that `fit` made, which stand on a model of others: the key `stands_on`, low-rank updates, and the model itself.

In half of the cases the SHA-256 of the model is made to name the new one, as somebody would who means it.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from dynviz.checkpoint.standing import sha_of
from dynviz.errors import InputError
from tests.fuzz import raw, tensors, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers, copied
from tests.fuzz.stock import EXITS, STANDING

WHERE: tuple[Any, ...] = (
    "..", ".", "/", "../..", "", " ", "~", "\0", "a/../bert", "../bert", "bert/", "bert/..", "/dev/zero", "/proc/self/fd/0", "/dev",
    "a" * 300, "a" * 5000, "\ud800", "a\nb", "\u202e", f"bert{EXITS}", f"roberta{EXITS}", "bert", "roberta",
    "http://bert", "file:///etc", None, 5, ["bert"],
)  # fmt: skip
HUB: tuple[Any, ...] = ("nobody/nothing", "../..", "a/b", "..", "a", "", "-/-", "a/b/c", "x" * 150 + "/y", None, 5)
FORMS: tuple[Any, ...] = ({"activation": "relu"}, {"hidden": False}, {"norm": 1e-5}, {"hidden": None}, {"activation": "exec"}, {"more": 1})


@dataclass(frozen=True)
class Case:
    """A checkpoint, and the model beside it."""

    folder: Path
    base: Path


class Standing(Place):
    """Where they are broken."""

    def sound(self) -> list[Path]:
        """All that stand on something."""
        return [self.stock / "standing" / f"{family}{EXITS}" for family in STANDING]


def make(place: Standing, rng: Random) -> Case:
    """A folder with a checkpoint, and what it stands on, one of the two broken."""
    family = rng.choice(sorted(STANDING))
    root = copied(place.stock / "standing", place.anew())
    case = Case(root / f"{family}{EXITS}", root / family)
    change = rng.choice((config, named, named, moved, weights, weights, base, base, another, gone))
    change(rng, case, place)
    if change in (base, another) and rng.random() < 0.5:
        refitted(case)
    return case


def edited(case: Case, change: Callable[[dict[str, Any]], None], rng: Random) -> None:
    file = case.folder / "config.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    change(told)
    file.write_bytes(values.written(rng, told))


def config(rng: Random, case: Case, _: Place) -> None:
    """Anything in its config."""
    file = case.folder / "config.json"
    text = file.read_text(encoding="utf-8")
    file.write_bytes(raw.mutated(rng, text.encode()) if rng.random() < 0.15 else values.written(rng, values.mutated(rng, text)))


def named(rng: Random, case: Case, _: Place) -> None:
    """What it says that it stands on."""

    def change(told: dict[str, Any]) -> None:
        on, what = told["stands_on"], rng.randrange(6)
        if what == 0:
            told["stands_on"] = values.mutated(rng, json.dumps(on))
        elif what <= 2:
            where = rng.choice(WHERE)
            on["folder"] = str(case.base.parent / where) if isinstance(where, str) and rng.random() < 0.3 else where
        elif what == 3:
            on.update(folder=rng.choice((None, None, "bert")), hub=rng.choice(HUB), revision=rng.choice(("0" * 40, "main", None, "../x")))
        elif what == 4:
            on["last"].update(rng.choice(FORMS))
        else:
            stage = told["stages"][0]
            stage["lora"] = rng.choice((None, {"rank": rng.choice((0, 1, 8, 10**9)), "alpha": rng.choice((16.0, 0.0, -1.0, 1e300))}))

    edited(case, change, rng)


def moved(rng: Random, case: Case, _: Place) -> None:
    """Both were elsewhere: the model is found beside the checkpoint."""
    edited(case, lambda told: told["stands_on"].update(folder=f"{rng.choice(('/gone', '/proc', '../..', ''))}/{case.base.name}"), rng)


def weights(rng: Random, case: Case, _: Place) -> None:
    """What was added to the model."""
    file = case.folder / tensors.FILE
    file.write_bytes(tensors.mutated(rng, file.read_bytes()))


def base(rng: Random, case: Case, _: Place) -> None:
    """A file of the model is another, empty, twice, or gone."""
    file = rng.choice(sorted(case.base.iterdir()))
    what = rng.randrange(5)
    if what == 0:
        file.unlink()
    elif what == 1:
        file.write_bytes(rng.choice((b"", b"{}", b"\0", b"null")))
    elif file.suffix == ".safetensors":
        file.write_bytes(tensors.mutated(rng, file.read_bytes()))
    elif what == 2:
        file.write_bytes(raw.mutated(rng, file.read_bytes()))
    else:
        file.write_bytes(values.written(rng, values.mutated(rng, file.read_text(encoding="utf-8"))))


def another(rng: Random, case: Case, place: Place) -> None:
    """A model of another family, head or kind lies there, or a checkpoint of ours."""
    places = [*(place.stock / "foreign").iterdir(), *(place.stock / "released").iterdir(), *(place.stock / "ours").iterdir(), case.folder]
    copied(rng.choice(sorted(places)), case.base)


def gone(rng: Random, case: Case, _: Place) -> None:
    """The model's folder is missing, a file, a pipe, a loop, a device, or has one for a file."""
    what = rng.randrange(7)
    if what == 0:
        config = case.base / "config.json"
        config.unlink()
        config.mkdir()
        return
    shutil.rmtree(case.base)
    if what == 1:
        case.base.write_bytes(b"\0" * 100)
    elif what == 2:
        os.mkfifo(case.base)
    elif what >= 3:
        case.base.symlink_to((case.base.name, "/dev/zero", "nothing", case.folder.name)[what - 3])


def refitted(case: Case) -> None:
    """The SHA-256 made to fit what lies there, and the labels, as far as that can be told."""
    try:
        found = sha_of(case.base)
        told = json.loads((case.base / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, InputError):  # it is what was broken
        return
    names = told.get("id2label") if isinstance(told, dict) else None
    file = case.folder / "config.json"
    own = json.loads(file.read_text(encoding="utf-8"))
    own["stands_on"]["sha256"] = found
    if isinstance(names, dict) and all(isinstance(name, str) for name in names.values()):
        own["labels"] = list(names.values())
    file.write_text(json.dumps(own), encoding="utf-8")


def give(case: Case) -> None:
    """List what lies there, look at it, load it, and ask it."""
    api.checkpoints(case.folder.parent, [])
    found = api.find(case.folder.name, case.folder.parent)
    for look in (api.card, api.default_knobs, api.learned):
        look(found)
    answers(api.load(found))


KIND = Kind(4, Standing, make, give)
