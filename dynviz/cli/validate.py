"""dynviz validate: whether a file is a trace or a sweep that others can open, and what is wrong with it first."""

import argparse
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands
from dynviz.errors import InputError

LIMIT = 50_000_000  # bytes


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Look through a trace or a sweep, of any model, and name the first thing that is wrong, with its place; then the status is 1."
    command = commands.add_parser("validate", help="what is wrong with a trace or a sweep", description=about)
    command.add_argument("file", metavar="FILE", type=Path, help="a trace or a sweep as JSON, or numbers of a sweep as Parquet")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say what the file holds; or what is wrong, with status 1. A file that is not there is an InputError."""
    from dynviz.records.files import read_bytes

    content = read_bytes(arguments.file, LIMIT)
    try:
        said = _parquet(arguments.file) if content[:4] == b"PAR1" or arguments.file.suffix == ".parquet" else _json(content)
    except InputError as error:
        print(f"dynviz: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.file}: {said}. Nothing is wrong with it.")
    return 0


def _json(content: bytes) -> str:
    from dynviz.records.faults import fault
    from dynviz.records.files import parse
    from dynviz.records.schema import SCHEMA, from_plain

    try:
        raw = parse(content.removeprefix(BOM_UTF8))  # as the app reads it
    except ValueError as error:
        raise InputError("The file is not JSON", str(error), "Write it again") from None
    if found := fault(raw):
        raise InputError("The file does not hold to its schema", found, "Each key is described in docs/traces.md")
    if raw["schema"] == SCHEMA:
        from_plain(raw)  # what opens it has the last word
        return f"a trace ({SCHEMA}) of {_many(raw['tokens'], 'token')} in {_many(raw['layers'], 'layer')}"
    return f"a sweep ({raw['schema']}) of {_many(raw['points'], 'point')}"


def _many(values: list[Any], name: str) -> str:
    return f"{len(values):,} {name}{'' if len(values) == 1 else 's'}"


def _parquet(file: Path) -> str:
    from dynviz.records.storage import kind_of, read_recorded, read_sweep

    if kind_of(file) == "recorded":
        recorded, _ = read_recorded(file)
        return f"readings of {len(recorded.rows.ids):,} examples in {len(recorded.run.sizes)} layers"
    sweep = read_sweep(file)
    return f"a sweep of {len(sweep.knobs):,} points over {len(sweep.rows.ids):,} examples"
