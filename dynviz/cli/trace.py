"""dynviz trace: what a model does to one text."""

import argparse
import sys

from dynviz.cli.options import Commands, add_knobs, add_model, knobs, load


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("trace", help="run one text", description="Run one text and show where the compute went.")
    command.add_argument("text", metavar="TEXT", help="the text, or - to read it from standard input")
    command.add_argument("--pair", metavar="TEXT", help="the second text, for a model that compares two")
    add_model(command)
    add_knobs(command)
    command.add_argument("--full", action="store_true", help="at full depth: every knob off")
    command.add_argument("--json", action="store_true", help="the trace as JSON (schema dynviz.trace/1)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print coloured tokens and a verdict, or JSON."""
    from dynviz import api
    from dynviz.cli.terminal import colours, picture
    from dynviz.errors import InputError
    from dynviz.records.schema import to_json

    given = knobs(arguments.knob)
    if given and arguments.full:
        raise InputError("--full and --knob were both given", "full depth is every knob off", "Leave one of them out")
    text = _stdin() if arguments.text == "-" else arguments.text
    for given_text in (text, *([] if arguments.pair is None else [arguments.pair])):
        api.check_text(given_text)  # before anything is loaded for it
    model = load(arguments)
    api.knobs_of(model, given)  # a mistake in a knob is told before the text is run
    analysis = api.analyse(model, text, arguments.pair)
    trace = analysis.full if arguments.full else analysis.at(given)
    if arguments.json:
        print(to_json(trace))
    else:
        print(picture(trace, analysis.full, colours(sys.stdout)))
    return 0


def _stdin() -> str:
    return sys.stdin.buffer.read(4_000_000).decode("utf-8", errors="replace")
