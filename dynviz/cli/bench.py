"""dynviz bench: how long a model takes beside the plain one."""

import argparse
import sys
from pathlib import Path

from dynviz.cli.options import Commands, add_knobs, add_model, aligned, count, knobs, load, write
from dynviz.data.spreadsheet import to_csv


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "bench", help="time a model beside plain transformers", description="Time a model beside plain transformers, one thread."
    )
    add_model(command)
    add_knobs(command)
    command.add_argument("--rounds", type=count, default=7, help="rounds; the median is reported (default 7)")
    command.add_argument("--sentences", type=count, default=64, help="bundled sentences to run (default 64)")
    command.add_argument("--out", type=Path, help="CSV with machine and versions")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Time, print a table, write CSV."""
    from dynviz import api
    from dynviz.measure import bench

    model = load(arguments)
    settings = api.knobs_of(model, knobs(arguments.knob))
    rows = bench.compare(model, settings, sentences=arguments.sentences, rounds=arguments.rounds, say=lambda s: print(s, file=sys.stderr))
    print(aligned(rows))
    if arguments.out:
        write(arguments.out, to_csv([{**row, **bench.machine()} for row in rows], "\n"))
        print(f"Written to {arguments.out}.")
    return 0
