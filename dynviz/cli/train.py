"""dynviz train: handed on to `dynviz.training`, whose needs (tqdm, the data) are not those of the app."""

import argparse
import importlib
import os
from collections.abc import Sequence
from typing import Any

from dynviz.cli.options import Commands
from dynviz.errors import InputError


def add(commands: Commands) -> None:
    """Register the command; its options are asked of the training package only when it is called (see `main`)."""
    command = commands.add_parser("train", help="train checkpoints")
    command.set_defaults(run=lambda _: main([]))


def main(argv: Sequence[str]) -> int:
    """Train, with the options of the training package.

    Threads that wait sleep: where others compute too, those that spin made a step take ten times as long. Read when torch is imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    training = _training()
    parser = argparse.ArgumentParser("dynviz train", description="Train checkpoints.")
    training.add_arguments(parser)
    return int(training.main(parser.parse_args(argv)) or 0)


def _training() -> Any:
    try:
        return importlib.import_module("dynviz.training.cli")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("dynviz"):
            raise
        raise InputError("Training needs another package", f"{error.name!r} is not installed", f"pip install {error.name}") from None
