"""Making a change in a copy of the tree, and seeing whether its tests fail there. The tree itself is never touched.

Every change has a process of its own, forked from one that has imported the large libraries, which takes longer than the tests.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

import pytest

HEAVY = ["torch", "transformers.models.bert.modeling_bert", "pandas", "plotly.graph_objects", "streamlit.testing.v1", "pytest"]
LINKED = "sample_checkpoints"  # large, and never changed: not copied
SKIPPED = shutil.ignore_patterns(".git", LINKED, ".*_cache", "*.egg-info")
QUIET = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
OURS = ("dynviz", "tests")

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


def all_tried(root: Path, given: Sequence[Change], work: Path, jobs: int) -> Iterator[tuple[Change, Outcome]]:
    """Every change with what became of it, in order; so many at a time. The tree is copied first, so that it may go on changing."""
    clean = copied(root, work)
    context = get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    os.environ.update({"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"})
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool:
        yield from zip(given, pool.map(partial(tried, clean, work), given), strict=True)


def copied(root: Path, work: Path) -> Path:
    """A copy of the tree in a folder of its own."""
    copy = shutil.copytree(root, Path(mkdtemp(dir=work)) / "tree", ignore=SKIPPED)
    if (root / LINKED).exists():
        (copy / LINKED).symlink_to((root / LINKED).resolve())
    return copy


def tried(root: Path, work: Path, change: Change) -> Outcome:
    """What the tests say of the change, made in a copy. Leaves this process in the copy."""
    copy = copied(root, work)
    file = copy / change.file
    file.write_text(file.read_text().replace(change.old, change.new))
    status = tested(copy, change.tests)
    shutil.rmtree(copy)
    return "survived" if status == 0 else "killed" if status == 1 else "broken"


def tested(copy: Path, tests: Sequence[str]) -> int:
    """Pytest's status there: 0 all passed, 1 some failed; anything else, the tests could not be run."""
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    with silence():
        return int(pytest.main([*QUIET, *tests]))


@contextmanager
def silence() -> Iterator[None]:
    """What is printed meanwhile, by whomever, is not seen."""
    kept = [os.dup(number) for number in (1, 2)]
    with open(os.devnull, "w") as nowhere:
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
        yield
    for number, before in zip((1, 2), kept, strict=True):
        os.dup2(before, number)
