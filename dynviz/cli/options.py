"""What several commands share: options, knobs as NAME=VALUE, plain tables, writing a result."""

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dynviz.errors import InputError
from dynviz.records.files import exists
from dynviz.records.tasks import TASKS

Commands = Any  # argparse keeps the type of its sub-commands private


def add_model(command: argparse.ArgumentParser) -> None:
    """--model, --root, --method."""
    command.add_argument(
        "--model", required=True, help="name of a checkpoint, folder of one, or folder or Hub id of a Hugging Face classifier"
    )
    add_root(command)
    command.add_argument("--method", help="for a Hugging Face classifier: plain, or one without training (a wrong name lists them)")


def add_root(command: argparse.ArgumentParser) -> None:
    """--root."""
    command.add_argument("--root", type=Path, help="folder of checkpoints (default: the bundled ones)")


def add_task(command: argparse.ArgumentParser) -> None:
    """--task, any number of times."""
    command.add_argument("--task", action="append", choices=list(TASKS), help="only this task; may be given several times")


def add_knobs(command: argparse.ArgumentParser) -> None:
    """--knob, any number of times."""
    command.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE", help="knob setting; may be given several times")


def knobs(given: Sequence[str]) -> dict[str, float]:
    """Knob settings from NAME=VALUE; whether the model has them is checked with the model."""
    out = {}
    for item in given:
        name, mark, value = item.partition("=")
        try:
            out[name.strip()] = float(value)
        except ValueError:
            why = "a number is needed after '='" if mark else "it has no '='"
            raise InputError(f"--knob {item!r} cannot be read", why, "Write --knob NAME=VALUE, e.g. --knob delta=0.1") from None
    return out


def labels(given: Sequence[str]) -> dict[str, str]:
    """What labels mean, from WORD=LABEL,...; whether the model knows them is checked with the data."""
    out: dict[str, str] = {}
    for item in given:
        for pair in next(csv.reader([item], skipinitialspace=True), []):
            word, mark, label = pair.rpartition("=")
            if not mark or word.strip() in out:
                why = f"{word.strip()!r} is there twice" if mark else f"{pair!r} has no '='"
                do = 'Write --labels WORD=LABEL,..., e.g. --labels 1=negative,2=positive; "A, B=LABEL" where a word has a comma'
                raise InputError(f"--labels {item!r} cannot be read", why, do)
            out[word.strip()] = label.strip()
    return out


def add_label(command: argparse.ArgumentParser) -> None:
    """--label."""
    command.add_argument("--label", help="column of the labels (default: found)")


def count(text: str) -> int:
    """An argparse type: a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def seed(text: str) -> int:
    """An argparse type: a whole number that can begin a random sequence."""
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to {2**32 - 1}")
    return number


def load(arguments: argparse.Namespace) -> Any:
    """The model that --model, --root and --method name; one thread computes."""
    from dynviz import api

    root = check_root(arguments.root)
    api.one_thread()
    if sys.stderr.isatty():
        tell_shared(arguments.model, root)
    return api.load(arguments.model, root, arguments.method)


def tell_shared(name: str, root: Path | None) -> None:
    """A line to who waits at a terminal, where a model's layers are shared ones: making them whole takes seconds."""
    from dynviz import api

    try:
        found = api.find(name, root)
        base = found.base
    except InputError:  # a Hub id; or what loading it will say
        return
    if base is not None:
        print(f"Reading {base.name}, whose {max(found.stage_layers)} layers several models share ...", file=sys.stderr)


def check_root(root: Path | None) -> Path | None:
    """--root as given, if it is a folder."""
    if root is not None and not (exists(root) and root.is_dir()):
        raise InputError(f"--root {root} is not a folder", "checkpoints are looked for in it", "Check the path")
    return root


def aligned(rows: Sequence[Mapping[str, Any]]) -> str:
    """A plain-text table: names above, numbers to the right."""
    if not rows:
        return ""
    names = list(rows[0])
    cells = [names, *([shown(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    right = [all(isinstance(row[name], int | float) or row[name] is None for row in rows) for name in names]
    lines = ("  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)).rstrip() for line in cells)
    return "\n".join(lines)


def shown(value: Any) -> str:
    """A number as a table prints it: up to four significant digits, nothing for None."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def write(file: Path, content: str) -> None:
    """Write a result, or say why it cannot be written; an old file stays whole until the new one is."""
    part = file.with_name(file.name + ".part")
    try:
        part.write_text(content, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written", str(error.strerror), "Check the folder and its permissions") from None
