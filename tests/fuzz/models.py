"""Models for a case to break, and what is asked of one that was accepted: a few texts, every number of which is looked at."""

import shutil
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from tests.fuzz import bar

TEXTS = ("The film is not good, is it?", "bad")
BASE = "tiny"  # the folder of embeddings and tokenizer that ours share


def answers(model: Any) -> None:
    """Wrong where an answer is none."""
    for text in TEXTS:
        found = api.analyse(model, text)
        bar.sound(found.full)
        bar.sound(found.at())


def copied(folder: Path, into: Path) -> Path:
    """The same folder again, in the place of what was there."""
    if into.exists():
        shutil.rmtree(into)
    return Path(shutil.copytree(folder, into))


class Place:
    """Where the models of a kind are broken, one after the other. Each has a path of its own, by which the code keeps what models share."""

    def __init__(self, stock: Path, own: Path) -> None:
        self.stock, self.own, self.count = stock, own, 0
        for folder in self.sound():
            answers(api.load(folder))  # what is imported on the way is not of a case

    def sound(self) -> list[Path]:
        """Models of the stock that are asked before any is broken."""
        return [self.stock / "ours" / "sst2-joint", *(self.stock / "foreign").iterdir()]

    def anew(self) -> Path:
        """An empty place; what was broken before is gone."""
        shutil.rmtree(self.own / str(self.count), ignore_errors=True)
        self.count += 1
        return self.own / str(self.count)

    def foreign(self, rng: Random) -> Path:
        """A model as others save it."""
        source = rng.choice(sorted((self.stock / "foreign").iterdir()))
        return copied(source, self.anew() / source.name)

    def ours(self, rng: Random) -> tuple[Path, Path]:
        """A checkpoint of ours, and the base it stands on."""
        source = rng.choice(sorted(p for p in (self.stock / "ours").iterdir() if p.name != BASE))
        place = self.anew()
        return copied(source, place / source.name), copied(self.stock / "ours" / BASE, place / BASE)

    def model(self, rng: Random) -> tuple[Path, Path | None]:
        """Either of them; a base where there is one."""
        return self.ours(rng) if rng.random() < 0.6 else (self.foreign(rng), None)
