"""A worker: cases come in on its standard input, and what became of them goes out, a line each.

`python -m tests.fuzz.worker STOCK`. It imports torch only if a case needs it. When it has grown, it ends; another takes its place.
"""

import gc
import json
import os
import sys
import tempfile
import time
import traceback
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from dynviz.errors import InputError
from tests.fuzz import bar
from tests.fuzz.kind import Kind, Outcome, Said

KINDS = (
    "files", "traces", "configs", "tensors", "bases", "sides", "tokenizers", "folders", "released", "stands_on", "pickles", "links",
    "texts", "devices",
)  # fmt: skip
GROWN = 150  # MB above what it had after its first case of the kind
LINES = 6  # of a traceback


@cache
def kind(name: str) -> Kind:
    """The kind of this name: `KIND` in its file."""
    found: Kind = import_module(f"tests.fuzz.{name}").KIND
    return found


class Worker:
    """What a process needs for all of its cases. stock: the folder of sound things; own: an empty one."""

    def __init__(self, stock: Path, own: Path) -> None:
        self.stock, self.own = stock, own
        self.grounds: dict[str, Any] = {}
        self.idle = 0

    def ground(self, name: str) -> Any:
        """What the cases of a kind share."""
        if name not in self.grounds:
            folder = self.own / name
            folder.mkdir()
            self.grounds[name] = kind(name).ground(self.stock, folder)
            gc.collect()
            gc.freeze()
            bar.limited()
            self.idle = bar.held()
        return self.grounds[name]

    def tried(self, name: str, seed: int) -> Outcome:
        """Make the case and give it to the code, watched."""
        try:
            thing = kind(name).make(self.ground(name), Random(f"{name}:{seed}"))
        except Exception as error:  # a mistake of this tool, which is no reason to stop
            return Outcome(name, seed, "failed", f"it could not be made: {type(error).__name__}: {error}")
        before, clock = bar.held(), time.process_time()
        bar.armed()
        said, what, trace = answered(kind(name), thing, str(self.own))
        bar.disarmed()
        processor, memory = time.process_time() - clock, (bar.most() - before) / 1e6
        over = [f"over {bar.MEMORY} MB of memory"] if memory > bar.MEMORY else []
        over += [f"over {bar.PROCESSOR:.0f} s of processor"] if processor > bar.PROCESSOR else []
        if over:
            said, what = "failed", ", ".join(over)
        return Outcome(name, seed, said, what, trace, processor, memory)

    @property
    def grown(self) -> bool:
        """Whether it has come to hold so much that a case's own memory would not show."""
        return (bar.held() - self.idle) / 1e6 > GROWN


def answered(of: Kind, thing: Any, own: str) -> tuple[Said, str, str]:
    """What the code says to it: (accepted, refused or failed; the sentence, or what went wrong; where)."""
    try:
        of.give(thing)
    except InputError as error:
        if found := bar.fault(error, own if of.visitors else ""):
            return "failed", f"{found}: {str(error)[:2000]}", shown(error)
        return "refused", str(error), ""
    except bar.Wrong as error:
        return "failed", f"accepted, but {error}", shown(error)
    except BaseException as error:  # a panic of a library in Rust is no Exception
        return "failed", f"{type(error).__name__}: {str(error)[:500]}", shown(error)
    return "accepted", "", ""


def shown(error: BaseException) -> str:
    """The last places of a traceback, ours and those of libraries."""
    found = traceback.extract_tb(error.__traceback__)
    places = [f"{'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in found if "tests/fuzz" not in f.filename]
    return " < ".join(reversed(places[-LINES:]))


def main(stock: str) -> None:
    """Answer every line until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "w") as nowhere:
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
    with tempfile.TemporaryDirectory(dir=Path(stock).parent) as own:
        worker = Worker(Path(stock), Path(own))
        for line in sys.stdin:
            name, seed = line.split()
            print(json.dumps(asdict(worker.tried(name, int(seed)))), file=answers, flush=True)
            if worker.grown:
                break


if __name__ == "__main__":
    main(*sys.argv[1:])
