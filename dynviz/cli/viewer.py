"""dynviz viewer: one HTML file that opens traces and sweeps, offline and without Python."""

import argparse
from pathlib import Path

from dynviz.cli.options import Commands, write
from dynviz.errors import InputError


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Write one HTML file that opens any trace.json or sweep.json in a browser: it needs neither Python nor a network."
    command = commands.add_parser("viewer", help="an HTML file that opens traces and sweeps", description=about)
    command.add_argument("--out", type=Path, required=True, help="the file, .html")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    from dynviz.viewer import page

    if arguments.out.suffix not in (".html", ".htm"):
        raise InputError(f"--out {arguments.out} ends in {arguments.out.suffix or 'nothing'}", "the viewer is HTML", "End it in .html")
    content = page()
    write(arguments.out, content)
    print(f"Written to {arguments.out} ({len(content.encode()) // 1000} KB).")
    return 0
