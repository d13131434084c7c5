"""dynviz card: a text under a model as one HTML file, whose slider works offline."""

import argparse
from pathlib import Path

from dynviz.cli.options import Commands, add_knobs, add_model, count, knobs, load, write
from dynviz.errors import InputError


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "card", help="one text as an HTML file that works offline", description="Write one text, at every setting of its knob, as HTML."
    )
    command.add_argument("text", metavar="TEXT", help="the text")
    add_model(command)
    add_knobs(command)
    command.add_argument("--points", type=count, default=41, help="settings of the first knob (default 41)")
    command.add_argument("--out", type=Path, required=True, help="the file, .html")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run every setting, and write the file."""
    from dynviz import api

    if arguments.out.suffix not in (".html", ".htm"):
        raise InputError(f"--out {arguments.out} ends in {arguments.out.suffix or 'nothing'}", "a card is HTML", "End it in .html")
    given = knobs(arguments.knob)
    model = load(arguments)
    page = api.frozen_card(model, arguments.text, given, arguments.points)
    write(arguments.out, page)
    print(f"Written to {arguments.out} ({len(page.encode()) // 1000} KB).")
    return 0
