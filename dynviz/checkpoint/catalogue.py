"""The checkpoints that are installed: folders with a config.json, listed without loading anything."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dynviz.checkpoint import hf_config
from dynviz.checkpoint.config import CheckpointConfig, digest, is_foreign, read_config
from dynviz.checkpoint.hf_files import check_whole, is_meant
from dynviz.errors import InputError
from dynviz.records.tasks import CUSTOM, TASKS, Task, task_of


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
        return task_of(self.config.task, self.config.labels, self.config.name, self.config.max_length)

    @cached_property
    def digest(self) -> str:
        """Which checkpoint exactly: a hash over config and weights."""
        return digest(self.folder)

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

    def recorded(self, split: str) -> Path | None:
        """The file of shipped readings for a split ("calibration", "report"), from which every setting follows, if there is one."""
        return self._file("readings", split)

    def outcomes(self, split: str) -> Path | None:
        """The file of shipped operating points for a split, where they were run and do not follow from readings."""
        return self._file("sweep", split)

    def _file(self, kind: str, split: str) -> Path | None:
        file = self.folder / f"{kind}-{split}.parquet"
        return file if file.exists() else None


def checkpoint_root() -> Path:
    """Where the bundled checkpoints lie: $DYNVIZ_CHECKPOINTS, or sample_checkpoints beside the package."""
    return Path(os.environ.get("DYNVIZ_CHECKPOINTS") or Path(__file__).parents[2] / "sample_checkpoints")


def checkpoints(root: Path | None = None, problems: list[str] | None = None, repeats: bool = False) -> list[Checkpoint]:
    """All checkpoints of a folder (by default the bundled ones), by task and name. Nothing is loaded.

    problems: where given, a folder that cannot be used is left out and its sentence put here; else it is raised.
    repeats: also those that repeat another with a further seed; they are no models of their own, only tell what is noise.
    """
    found = []
    for folder in sorted(p.parent for p in (root or checkpoint_root()).glob("*/config.json")):
        try:
            found.append(checkpoint_at(folder))
        except InputError as error:
            if problems is None:
                raise
            problems.append(str(error))
    kept = [c for c in found if repeats or c.config.repeats is None]
    return sorted(kept, key=lambda c: ((*TASKS, *CUSTOM).index(c.config.task), c.name))


def repeats(checkpoint: Checkpoint) -> list[Checkpoint]:
    """The same training with other seeds, as far as its readings lie beside the checkpoint, by name."""
    there = checkpoints(checkpoint.folder.parent, [], repeats=True)
    return [c for c in there if c.config.repeats == checkpoint.name and c.config.task == checkpoint.config.task]


def checkpoint_at(folder: Path) -> Checkpoint:
    """The checkpoint of a folder, not loaded, or an InputError that names what does not fit."""
    config = hf_config.in_folder(folder) if is_foreign(folder) else read_config(folder)
    if config.task not in (*TASKS, *CUSTOM):
        raise InputError(f"{folder / 'config.json'} names the task {config.task!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    return Checkpoint(folder, config)


def find(name: str, root: Path | None = None) -> Checkpoint:
    """The checkpoint of this name, or the one in the folder of this path; an InputError that names those there are."""
    beside = (root or checkpoint_root()) / name
    if beside.parent == (root or checkpoint_root()) and (beside / "config.json").exists():
        return checkpoint_at(beside)
    usable = checkpoints(root, [], repeats=True)
    for checkpoint in usable:
        if checkpoint.name == name:
            return checkpoint
    if (Path(name) / "config.json").exists():
        return checkpoint_at(Path(name))
    if is_meant(name):
        check_whole(Path(name))  # says what it is instead, an adapter or a folder without configuration
    known = ", ".join(c.name for c in usable) or "none"
    raise InputError(
        f"No checkpoint is called {name!r}", f"there are: {known}", "Use one of these names, or the path of a checkpoint folder"
    )
