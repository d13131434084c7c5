"""dynviz doctor: what is installed, does a model fit, and if not, what to do."""

import argparse
import json

from dynviz.cli.options import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    said = "Say what is installed, and check a model of your own, step by step."
    command = commands.add_parser("doctor", help="check what is installed, or a model of your own", description=said)
    which = "folder of a checkpoint or Hugging Face model, or a Hub id (default: the first bundled checkpoint)"
    command.add_argument("model", nargs="?", metavar="PATH|HUB_ID", help=which)
    command.add_argument("--json", action="store_true", help="the checks as JSON")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the checks; status 0 if all passed, else 2."""
    from dynviz.cli.checks import examine, first_bundled, installed

    checks = [installed(), *examine(arguments.model or first_bundled())]
    if arguments.json:
        print(json.dumps([c.__dict__ for c in checks], ensure_ascii=False, indent=1))
    else:
        for check in checks:
            print(f"{'ok ' if check.passed else '-- ' if check.passed is None else 'NO '} {check.name}: {check.found}")
            if check.fix:
                print(f"    {check.fix}.")
    return 0 if all(check.passed for check in checks) else 2
