"""The checkpoints that are installed: folders with a config.json, listed without loading anything."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from dynviz.checkpoint import hf_config
from dynviz.checkpoint.base_config import check_there, is_base
from dynviz.checkpoint.config import MAX_WEIGHTS, CheckpointConfig, check_neighbours, config_of, digest, foreign, neighbour, read_raw
from dynviz.checkpoint.hf_files import check_whole, is_meant
from dynviz.checkpoint.shelf import checkpoint_root
from dynviz.errors import InputError, nearest, refusing
from dynviz.records.files import as_path, check, exists, printable
from dynviz.records.tasks import CUSTOM, TASKS, Task


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder, not loaded."""

    folder: Path
    config: CheckpointConfig

    @property
    def name(self) -> str:
        """The folder's name in its config."""
        return self.config.name

    @property
    def task(self) -> Task:
        """The task it was trained for."""
        return self.config.answers()

    @property
    def layers(self) -> int:
        """How many there are, those of a second encoder after those of the first."""
        return sum(self.stage_layers)

    @property
    def stage_layers(self) -> tuple[int, ...]:
        """How many each encoder has."""
        return tuple(stage.config.get("num_hidden_layers") or stage.config.get("n_layers") or 0 for stage in self.config.stages)

    @cached_property
    def digest(self) -> str:
        """Which checkpoint exactly: a hash over config and weights."""
        return digest(self.folder)

    @property
    def backbone(self) -> str:
        """The pre-trained model it stands on, by the folder of its embeddings, of a model of others its own: only models of one backbone
        share a plain model."""
        return self.folder.name if self.config.embeddings == "own" else self.config.embeddings

    @property
    def base(self) -> Path | None:
        """The folder whose layers it shares with other models; None where its layers are its own or a neighbour's."""
        return neighbour(self.folder, self.config.embeddings) if any(stage.base for stage in self.config.stages) else None

    @property
    def runnable(self) -> bool:
        """Whether weights lie there; otherwise only its readings ship (the static line)."""
        return not self.config.trained.get("readings_only", False)

    @property
    def reference(self) -> bool:
        """Whether it is a point of the static line: a plain model of fewer layers, whose own full compute is only a part of the plain
        model's. It can be loaded, but screens that count in shares of the plain model's compute do not offer it beside others."""
        return self.config.method == "plain" and self.config.family is not None

    @property
    def offered(self) -> bool:
        """Whether it stands in menus and tables of models."""
        return self.runnable and not self.reference

    @property
    def measured(self) -> bool:
        """Whether numbers of its evaluation split ship."""
        return self.recorded("report") is not None or self.outcomes("report") is not None

    def recorded(self, split: str) -> Path | None:
        """The file of shipped readings for a split ("calibration", "report"), from which every setting follows, if there is one."""
        return self._file("readings", split)

    def outcomes(self, split: str) -> Path | None:
        """The file of shipped operating points for a split: as they were run, or, beside readings, replayed from them ahead."""
        return self._file("sweep", split)

    def _file(self, kind: str, split: str) -> Path | None:
        file = self.folder / f"{kind}-{split}.parquet"
        return file if exists(file) else None


def checkpoints(root: str | Path | None = None, problems: list[str] | None = None, repeats: bool = False) -> list[Checkpoint]:
    """All checkpoints of a folder (by default the bundled ones), by task and name. Nothing is loaded.

    problems: where given, a sentence is put here for each folder that cannot be used and is therefore left out.
    repeats: also those that repeat another with a further seed; they are no models of their own, only tell what is noise.
    """
    found = gathered(_folders(None if root is None else as_path(root), problems), problems)
    kept = [c for c in found if repeats or c.config.repeats is None]
    return sorted(kept, key=lambda c: ((*TASKS, *CUSTOM).index(c.config.task), c.name))


def _folders(root: Path | None, problems: list[str] | None) -> list[Path]:
    """The folders of a root, or of the bundled one; where that one lies on the Hub and cannot be had, this is one more problem."""
    try:
        return folders_in(root or checkpoint_root())
    except InputError as error:
        if problems is None:
            raise
        problems.append(str(error))
        return []


def folders_in(root: Path) -> list[Path]:
    """The folders in a folder that hold something called config.json, by name; none where it cannot be looked into."""
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    return [root / name for name in names if os.path.lexists(root / name / "config.json")]


def gathered(folders: Iterable[Path], problems: list[str] | None = None, there: Sequence[Checkpoint] = ()) -> list[Checkpoint]:
    """The checkpoints of these folders, which may have been made by anybody: whatever is wrong with one, the others are found.

    there: those found before. A folder that would take the place of one of them, or of another folder that is called as its checkpoint is,
    is left out. problems: as in `checkpoints`.
    """
    said = [] if problems is None else problems
    read, kept = [], list(there)
    for folder in folders:
        try:
            read.append(checkpoint_at(folder))
        except InputError as error:
            said.append(str(error))
    for checkpoint in sorted(read, key=lambda c: c.folder.name != c.name):
        if taken := _taken(checkpoint, kept):
            said.append(printable(f"{checkpoint.folder} is called {taken}, as another checkpoint is. Give it another name in config.json."))
        else:
            kept.append(checkpoint)
    return kept[len(there) :]


def _taken(checkpoint: Checkpoint, kept: Sequence[Checkpoint]) -> str:
    """What it is called that another is called already: its name, its line in the menu, or its step in a family; "" where nothing is."""
    family, line, first = checkpoint.config.family, _line(checkpoint), checkpoint.config.repeats is None
    for other in kept:
        theirs = other.config.family
        if checkpoint.name == other.name:
            return checkpoint.name
        if line == _line(other) and (family is None or theirs is None) and first and other.config.repeats is None:
            return line
        if family and theirs and first and other.config.repeats is None and _step(checkpoint) == _step(other):
            return f"{family.name} {family.value:g}"
    return ""


def _line(checkpoint: Checkpoint) -> str:
    return checkpoint.config.family.name if checkpoint.config.family else checkpoint.name


def _step(checkpoint: Checkpoint) -> tuple[str, str, float]:
    family = checkpoint.config.family
    return checkpoint.config.task, family.name if family else "", family.value if family else 0.0


def method_files() -> dict[str, Path]:
    """The files of the methods there are, by name: not imported, since torch would be with them."""
    package = sys.modules.get("dynviz.methods")  # where it is there already, it says whether files lie elsewhere too
    return _files(tuple(getattr(package, "__path__", ())) or (str(Path(__file__).parents[1] / "methods"),))


@cache
def _files(folders: tuple[str, ...]) -> dict[str, Path]:
    return {f.stem: f for folder in folders for f in sorted(Path(folder).glob("*.py")) if not f.name.startswith("_")}


def repeats(checkpoint: Checkpoint) -> list[Checkpoint]:
    """The same training with other seeds, as far as its readings lie beside the checkpoint, by name."""
    there = checkpoints(checkpoint.folder.parent, repeats=True)
    return [c for c in there if c.config.repeats == checkpoint.name and c.config.task == checkpoint.config.task]


def checkpoint_at(folder: str | Path) -> Checkpoint:
    """The checkpoint of a folder, not loaded, or an InputError that names what does not fit."""
    folder = as_path(folder)
    file = folder / "config.json"
    with refusing(f"{file} cannot be read", "Correct the file"):  # a harm nobody thought of must not take the other checkpoints with it
        raw = read_raw(folder)
        config = hf_config.in_folder(folder) if foreign(raw) else config_of(raw, folder)
    if config.task not in (*TASKS, *CUSTOM):
        raise InputError(f"{file} names the task {config.task[:60]!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    if config.method not in method_files():
        why, use = "methods are the files in dynviz/methods", f"Use one of: {nearest(config.method[:60], method_files())}"
        raise InputError(f"No method is called {config.method[:60]!r}, which {file} names", why, use)
    for weights in folder.glob("*.safetensors"):
        check(weights, MAX_WEIGHTS)
    found = Checkpoint(folder, config)
    if found.runnable:
        check_neighbours(folder, config)
    if found.runnable and found.base is not None:
        for stage in config.stages:
            check_there(found.base, stage.base, folder)
    return found


def find(name: str, root: str | Path | None = None) -> Checkpoint:
    """The checkpoint of this name, or the one in the folder of this path; an InputError that names those there are."""
    if not isinstance(name, str):
        raise InputError("No checkpoint is named", f"a {type(name).__name__} was given", "Pass its name, or its folder as words")
    shelf = checkpoint_root() if root is None else as_path(root)
    if name not in ("", ".", "..") and Path(name).name == name and exists(shelf / name / "config.json"):
        return checkpoint_at(shelf / name)
    usable = checkpoints(root, repeats=True)
    for checkpoint in usable:
        if checkpoint.name == name:
            return checkpoint
    if name and exists(Path(name) / "config.json"):
        return checkpoint_at(Path(name))
    if is_base(shelf / name) or is_base(Path(name)):
        what = f"{printable(Path(name).name, 80)} is no model but a base, on which models stand"
        raise InputError(what, "it has layers and no answer", "Name a model on it (`python -m dynviz checkpoints` lists all)")
    if is_meant(name):
        check_whole(Path(name))  # says what it is instead, an adapter or a folder without configuration
    known = nearest(name[:80], [c.name for c in usable]) or "none"
    do = "Use one of these names (`python -m dynviz checkpoints` lists all), or the path of a checkpoint folder"
    raise InputError(f"No checkpoint is called {printable(name, 80)!r}", f"there are: {known}", do)
