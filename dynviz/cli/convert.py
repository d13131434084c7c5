"""dynviz convert: a pickled model, as most were published before 2023, as safetensors, which can be opened without running code."""

import argparse
from pathlib import Path

from dynviz.cli.options import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Write the tensors of a file that torch.save wrote (pytorch_model.bin, .pt) as safetensors, and copy configuration and tokenizer "
        "from beside it. Only tensors are read, in a process of its own, bounded in time and memory; what asks for more is refused, and "
        "nothing of it runs."
    )
    command = commands.add_parser("convert", help="a pickled model as safetensors", description=about)
    command.add_argument("file", type=Path, metavar="FILE", help="the pickle: pytorch_model.bin, or another that torch.save wrote")
    command.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="folder to write model.safetensors into")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Convert, and say what was written."""
    from dynviz.checkpoint.released.convert import convert

    print(f"{arguments.out}: {', '.join(convert(arguments.file, arguments.out))}.")
    return 0
