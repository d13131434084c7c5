"""What the operator of this server allows its visitors: one record, made from the arguments and the environment at start.

`streamlit run app.py -- --demo` (or DYNVIZ_DEMO=1) is for a server that strangers reach: the bundled models only, texts of at most
2,000 characters, runs of at most 200 rows, no files and no names of data sets.
"""

import itertools
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dynviz import api
from dynviz.data import MAX_ROWS
from dynviz.errors import InputError
from dynviz.records.files import exists
from dynviz.ui.shell import text

log = logging.getLogger("dynviz.ui")
OFF = ("", "0", "false", "no", "off")


@dataclass(frozen=True)
class Allowed:
    """folders: checkpoints besides the bundled ones. files: uploads, and data sets by name. characters: of one text, also of a row, 0 where
    the model's own limit is enough; pasted: of all pasted lines; rows: of a run."""

    demo: bool = False
    folders: tuple[Path, ...] = ()
    files: bool = True
    characters: int = 0
    pasted: int = 500_000
    rows: int = MAX_ROWS

    def text(self, words: str) -> None:
        """An InputError for a text that is too long to be read here."""
        if self.characters and len(words) > self.characters:
            what, why, do = text.TOO_LONG
            raise InputError(what, why.format(n=len(words), most=self.characters), do)

    def run(self, rows: Sequence[str | tuple[str, ...]]) -> None:
        """An InputError for a run over too many rows, or over one that is too long."""
        if len(rows) > self.rows:
            what, why, do = text.TOO_MANY
            raise InputError(what, why.format(n=len(rows), most=self.rows), do)
        for place, row in enumerate(rows, 1):
            length = len(row if isinstance(row, str) else " ".join(row))
            if self.characters and length > self.characters:
                what, why, do = text.LONG_ROW
                raise InputError(what.format(place=place), why.format(n=length, most=self.characters), do)


DEMO = Allowed(demo=True, files=False, characters=2_000, pasted=50_000, rows=200)


def allowed() -> Allowed:
    """The limits this server was started with."""
    return _read(tuple(sys.argv[1:]), os.environ.get("DYNVIZ_DEMO", ""), os.environ.get("DYNVIZ_MODELS", ""))


@cache
def _read(arguments: tuple[str, ...], demo: str, models: str) -> Allowed:
    found = folders(arguments, models)
    if "--demo" not in arguments and demo.strip().lower() in OFF:
        return Allowed(folders=found)
    if found:
        log.warning(text.LEFT_OUT, ", ".join(map(str, found)))
    return DEMO


def folders(arguments: Sequence[str], variable: str) -> tuple[Path, ...]:
    """Checkpoint folders given at start: `streamlit run app.py -- --model FOLDER`, and $DYNVIZ_MODELS, separated as in PATH.

    A folder may be a checkpoint, or hold checkpoints.
    """
    given = [value for flag, value in itertools.pairwise(arguments) if flag == "--model"]
    given += [a.removeprefix("--model=") for a in arguments if a.startswith("--model=")]
    given += [part for part in variable.split(os.pathsep) if part]
    out: list[Path] = []
    for folder in map(Path, given):
        out += [folder] if exists(folder / "config.json") else api.folders_in(folder) or [folder]
    return tuple(out)
