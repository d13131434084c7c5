"""dynviz doctor: does a model fit, and if not, what to do."""

import argparse
import json

from dynviz.cli.options import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("doctor", help="check a model of your own", description="Check a model of your own, step by step.")
    command.add_argument("model", metavar="PATH|HUB_ID", help="folder of a checkpoint or Hugging Face model, or a Hub id")
    command.add_argument("--json", action="store_true", help="the checks as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the checks; status 0 if all passed, else 2."""
    from dynviz.cli.checks import examine

    checks = examine(arguments.model)
    if arguments.json:
        print(json.dumps([c.__dict__ for c in checks], ensure_ascii=False, indent=1))
    else:
        for check in checks:
            print(f"{'ok ' if check.passed else '-- ' if check.passed is None else 'NO '} {check.name}: {check.found}")
            if check.fix:
                print(f"    {check.fix}.")
    return 0 if all(check.passed for check in checks) else 2
