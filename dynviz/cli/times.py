"""dynviz times: how long the layers of the bundled models take on this machine, stored beside them with its name and the date."""

import argparse
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands, add_root, aligned, check_root, count
from dynviz.records.times import Times


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Time every model of a folder on this machine, one thread, alone and in batches; some minutes. Run it while nothing else runs."
    command = commands.add_parser("times", help="time all models on this machine", description=about)
    add_root(command)
    command.add_argument("--rounds", type=count, default=5, help="rounds; the middle one is reported (default 5)")
    missing = "only models without stored times; the others keep theirs where they are of this machine, its software and this day"
    command.add_argument("--missing", action="store_true", help=missing)
    command.add_argument("--write", action="store_true", help="store everything as times.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Time, print a table, and store."""
    from dynviz import api
    from dynviz.measure import timing
    from dynviz.records import shipped_times

    root = check_root(arguments.root) or api.checkpoint_root()
    there = {c.digest: c for c in api.checkpoints(root) if c.offered}
    found = _kept(root, there) if arguments.missing else {}
    for digest, checkpoint in there.items():
        if digest not in found:
            print(checkpoint.name, file=sys.stderr)
            found[digest] = timing.measure(api.load(checkpoint.folder), rounds=arguments.rounds)
    print(aligned([row for times in found.values() for row in _rows(times)]))
    if arguments.write:
        file = root / shipped_times.FILE
        shipped_times.write(found, file)
        print(f"Written to {file}.")
    return 0


def _kept(root: Path, there: Collection[str]) -> dict[str, Times]:
    """The stored times of these checkpoints; none where another machine, another release or another day measured them."""
    from dynviz.measure.bench import machine
    from dynviz.records import shipped_times

    here, stored = machine(), shipped_times.read(root / shipped_times.FILE)
    return {digest: times for digest, times in stored.items() if digest in there and dict(times.machine) == here}


def _rows(times: Times) -> list[dict[str, Any]]:
    """A row for each run: milliseconds a sentence, of the middle, quickest and slowest round, and by the fitted line."""
    return [
        {
            "model": times.model, "setting": run.setting, "batch": run.batch,
            **{name: 1e3 * seconds / run.batch for name, seconds in zip(
                ("ms", "quickest", "slowest", "by the line"), (run.seconds, *run.range, run.fitted), strict=True)},
        }
        for run in times.runs
    ]  # fmt: skip
