"""Methods that need nothing but a model's own classifier, as their files say of themselves: read, not imported, since torch would be with
them. On any model of others they run at once."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dynviz.checkpoint.catalogue import Checkpoint, method_files
from dynviz.checkpoint.config import CheckpointConfig
from dynviz.records import Unit
from dynviz.records.card import Kind

PLAIN = "plain"
_SAID = ("title", "kind", "serves", "untrained")


@dataclass(frozen=True)
class Untrained:
    """One of them. options: with which it needs no training; the others as in its class."""

    name: str
    title: str
    kind: Kind
    serves: tuple[Unit, ...]
    options: Mapping[str, Any]


def untrained() -> dict[str, Untrained]:
    """All there are, the plain model among them, by name."""
    found = {name: _read(file) for name, file in method_files().items()}
    return {name: one for name, one in found.items() if one is not None}


@cache
def _read(file: Path) -> Untrained | None:
    """What the class in a method's file says; None where it does not say that it needs no training."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            said = {
                part.target.id: ast.literal_eval(part.value)
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id in _SAID and part.value
            }
            if said.get("untrained") is not None:
                return Untrained(file.stem, said["title"], said["kind"], tuple(said["serves"]), said["untrained"])
    return None


def variants(found: Checkpoint) -> list[Checkpoint]:
    """A model of others under each of these methods that serves it; nothing for any other checkpoint."""
    if found.config.embeddings != "own" or found.config.method != PLAIN:
        return []
    return [Checkpoint(found.folder, under(found.config, one)) for one in untrained().values() if _fits(found, one)]


def _fits(found: Checkpoint, one: Untrained) -> bool:
    return one.name != PLAIN and found.task.unit in one.serves


def under(config: CheckpointConfig, one: Untrained) -> CheckpointConfig:
    """The config of a plain model of others as that of the same model under another method."""
    named = {"name": f"{config.name}-{one.name}", "title": one.title, "method": one.name, "options": dict(one.options)}
    return config.model_copy(update=named)
