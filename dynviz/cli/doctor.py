"""dynviz doctor: what is installed, does a model fit, and if not, what to do."""

import argparse
import json
from typing import TYPE_CHECKING

from dynviz.cli.options import Commands

if TYPE_CHECKING:
    from dynviz.records.checks import Step


def add(commands: Commands) -> None:
    """Register the command."""
    said = "Say what is installed, and check a model of your own, step by step: ok, !! look at this, NO, -- not checked."
    command = commands.add_parser("doctor", help="check what is installed, or a model of your own", description=said)
    which = "folder of a checkpoint or Hugging Face model, or a Hub id (default: the first bundled checkpoint)"
    command.add_argument("model", nargs="?", metavar="PATH|HUB_ID", help=which)
    command.add_argument("--json", action="store_true", help="the checks as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the checks; status 0 if all passed, else 2."""
    from dynviz.api.checks import examine, first_bundled, installed

    checks = [installed(), *examine(arguments.model or first_bundled())]
    if arguments.json:
        print(json.dumps([c.__dict__ for c in checks], ensure_ascii=False, indent=1))
    else:
        for check in checks:
            print(f"{_mark(check)}  {check.name}: {check.found}")
            for line in (*check.worries, *filter(None, [check.fix])):
                print(f"    {line.removesuffix('.')}.")
    return 0 if all(check.passed for check in checks) else 2


def _mark(check: "Step") -> str:
    if check.passed:
        return "!!" if check.worries else "ok"
    return "--" if check.passed is None else "NO"
