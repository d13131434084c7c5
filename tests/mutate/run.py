"""Making a change in a copy of the tree, and seeing whether its tests fail there. The tree itself is never touched."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

LINKED = "sample_checkpoints"  # large, and never changed: not copied
SKIPPED = shutil.ignore_patterns(".git", LINKED, "__pycache__", ".*_cache", "*.egg-info")

Outcome = Literal["killed", "survived", "broken"]


@dataclass(frozen=True)
class Change:
    """A wrong change: in `file`, `old` (found exactly once) becomes `new`; one of `tests` (files, or node ids) has to fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def found(self, root: Path) -> int:
        """How often the old text stands in its file; it has to be once."""
        file = root / self.file
        return file.read_text().count(self.old) if file.exists() else 0


def changes(file: str, tests: str, *edits: tuple[str, str, str]) -> tuple[Change, ...]:
    """Changes of one file, each a name, an old and a new text, watched by these tests (parted by blanks)."""
    return tuple(Change(name, file, old, new, tuple(tests.split())) for name, old, new in edits)


def copied(root: Path, to: Path) -> Path:
    """A copy of the tree to make changes in."""
    shutil.copytree(root, to, ignore=SKIPPED)
    if (root / LINKED).exists():
        (to / LINKED).symlink_to((root / LINKED).resolve())
    return to


def tested(root: Path, tests: Sequence[str]) -> int:
    """Pytest's status: 0 all passed, 1 some failed; anything else, the tests could not be run."""
    alone = {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}  # no stale bytecode
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=root, env={**os.environ, **alone}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def tried(root: Path, change: Change) -> Outcome:
    """What the tests say of the change, made in this copy and taken back."""
    file = root / change.file
    before = file.read_text()
    file.write_text(before.replace(change.old, change.new))
    try:
        return {0: "survived", 1: "killed"}.get(tested(root, change.tests), "broken")  # type: ignore[return-value]
    finally:
        file.write_text(before)


def all_tried(root: Path, changes: Sequence[Change], work: Path, jobs: int) -> Iterator[tuple[Change, Outcome]]:
    """Every change with what became of it, in order; so many at a time, each in a copy of its own."""
    free: SimpleQueue[Path] = SimpleQueue()
    for number in range(jobs):
        free.put(copied(root, work / str(number)))

    def one(change: Change) -> Outcome:
        place = free.get()
        try:
            return tried(place, change)
        finally:
            free.put(place)

    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(changes, pool.map(one, changes), strict=True)
