"""dynviz masked: fit the heads that read hidden words back from a base's states, and measure them on other books; and read many words."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynviz.cli.options import Commands, add_root, aligned, check_root, count, seed
from dynviz.errors import InputError

if TYPE_CHECKING:
    from dynviz.checkpoint.masked_config import MaskedConfig


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Fit small heads that read a hidden word back from the frozen states of a base, on passages of books, and measure them on books "
        "they have not seen. A few minutes. --readings: read the words of many texts instead, by these heads, by the base's states and "
        "by a tagger on it; some minutes too."
    )
    command = commands.add_parser("masked", help="fit the heads that tell how guessable a word is", description=about)
    add_root(command)
    command.add_argument("--data", type=Path, help="folder with corpus_books/train.parquet and dev.parquet; for --readings with ud_ewt/")
    command.add_argument("--name", default="mpnet", help="the base whose states are read (default mpnet)")
    command.add_argument("--seed", type=seed, default=0, help="of passages, hidden words and heads, or of texts (default 0)")
    command.add_argument("--out", type=Path, help="folder to write both files into (default: the base's own)")
    command.add_argument("--shown", action="store_true", help="only print what the heads that are there reach")
    command.add_argument("--readings", action="store_true", help="fit nothing: measure when many words settle, by three readings")
    command.add_argument("--texts", type=count, default=120, help="with --readings: so many texts (default 120)")
    command.add_argument("--write", action="store_true", help="with --readings: store everything as words.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit, measure, store and print; or print."""
    from dynviz import api

    root = check_root(arguments.root) or api.checkpoint_root()
    base = root / arguments.name
    if arguments.shown:
        print(aligned(rows(api.guessing(base))))
        return 0
    if arguments.data is None:
        do = "Give the folder that holds ud_ewt" if arguments.readings else "Give the folder that holds corpus_books"
        raise InputError("There is nothing to read" if arguments.readings else "There is nothing to fit on", "--data is missing", do)
    if arguments.readings:
        return readings(arguments, root)
    from dynviz.training import masked

    out = arguments.out or base
    told = masked.fit(arguments.data, base, out, masked.Plan(seed=arguments.seed), lambda line: print(line, file=sys.stderr))
    print(f"{aligned(rows(told))}\nWritten to {out}.")
    return 0


def readings(arguments: argparse.Namespace, root: Path) -> int:
    """Read many words, print means and what they say, and store."""
    from dynviz.figures.word_readings import word_readings_finding, word_readings_table
    from dynviz.records import word_readings as stored
    from dynviz.training import word_readings

    def say(line: str) -> None:
        print(line, file=sys.stderr)

    found = word_readings.measure(root, arguments.data, arguments.name, arguments.texts, arguments.seed, say)
    print(f"{aligned(word_readings_table(found))}\n{word_readings_finding(found)}")
    if arguments.write:
        stored.write(found, root / stored.FILE)
        print(f"Written to {root / stored.FILE}.")
    return 0


def rows(told: "MaskedConfig") -> list[dict[str, Any]]:
    """A row for each layer that is read: which share of held-out words was read back."""
    held = told.held_out
    parts = {"all": held.all, f"{held.commonest} commonest": held.common, "others": held.others}
    return [
        {"layer": layer, **{f"{name} {what}": f"{getattr(part, key)[i]:.3f}" for name, part in parts.items() for what, key in SHOWN}}
        for i, layer in enumerate(told.layers)
    ]


SHOWN = (("right", "right"), (">= 0.5", "likely"))
