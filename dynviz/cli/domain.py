"""dynviz domain: what a change of domain does to the bundled models, at the settings they ship with."""

import argparse
import sys
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands, add_root, aligned, check_root


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Run the models of film sentences, at the settings they ship with, on film reviews; some minutes of one thread."
    command = commands.add_parser("domain", help="run all models on texts of another domain", description=about)
    add_root(command)
    command.add_argument("--data", type=Path, required=True, help="folder with imdb/test.parquet")
    command.add_argument("--write", action="store_true", help="store everything as domain.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print a table and what it says, and store."""
    from dynviz import api, figures
    from dynviz.records import domain as stored
    from dynviz.training import domain

    root = check_root(arguments.root) or api.checkpoint_root()
    found = domain.measure(root, arguments.data, lambda name: print(name, file=sys.stderr))
    print(f"{aligned(_rows(figures.domain_table(found)))}\n{figures.domain_finding(found)}")
    if arguments.write:
        file = root / stored.FILE
        stored.write(found, file)
        print(f"Written to {file}.")
    return 0


def _rows(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()} for row in table]
