"""The command line: checkpoints, trace, card, sweep, risk, stream, insights, neighbours, pruned, bench, times, domain,
pooling, doctor, convert, base, masked, validate, viewer, fit, train.

One sub-command a file, each with `add(commands)` and `run(arguments)`; what is heavy is imported in `run`. A user's mistake is one
sentence on stderr and exit status 2; Ctrl-C is status 130.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from dynviz.cli import (
    base,
    bench,
    card,
    checkpoints,
    convert,
    doctor,
    domain,
    fit,
    insights,
    masked,
    neighbours,
    pooling,
    pruned,
    risk,
    stream,
    sweep,
    times,
    trace,
    train,
    validate,
    viewer,
)
from dynviz.errors import InputError

COMMANDS = (
    checkpoints, trace, card, sweep, risk, stream, insights, neighbours, pruned, bench, times, domain, pooling, doctor, convert, base,
    masked, validate, viewer, fit, train,
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"dynviz: {message} (see {self.prog} --help)\n")


def parser() -> Parser:
    """All commands and options."""
    out = Parser("dynviz", description="See how adaptive-compute language models spend their compute.")
    commands = out.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return out


def _run(given: list[str]) -> int:
    if given[:1] == ["train"]:  # its options are those of the training package, which is not imported for the others
        return train.main(given[1:])
    arguments = parser().parse_args(given)
    status: int = arguments.run(arguments)
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for name, value in (("TRANSFORMERS_VERBOSITY", "error"), ("HF_HUB_DISABLE_PROGRESS_BARS", "1"), ("TOKENIZERS_PARALLELISM", "false")):
        os.environ.setdefault(name, value)
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):  # a terminal that cannot show a letter shows its number
            out.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _run(given)
        sys.stdout.flush()
    except InputError as error:
        print(f"dynviz: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("dynviz: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader (head, less) has gone: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status
