"""dynviz base: make the base of the twelve-layer models again from the files it was published in, and check that it is the same."""

import argparse
from pathlib import Path

from dynviz.cli.options import Commands, add_root, check_root
from dynviz.errors import InputError


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Make a base from the weights it was published as: checks their SHA-256, rounds them, and compares with the one that ships."
    command = commands.add_parser("base", help="make the base of the twelve-layer models again", description=about)
    command.add_argument("published", nargs="?", help="folder or Hub id of the published model (default: its Hub id, at its revision)")
    command.add_argument("--name", default="mpnet", help="which base (default mpnet)")
    command.add_argument("--check", action="store_true", help="only hold the files that ship against their hashes")
    add_root(command)
    command.add_argument("--out", type=Path, help="folder of checkpoints to write it into; what is there already stays (default: --root)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, or make and compare."""
    from dynviz import api
    from dynviz.checkpoint import base_build
    from dynviz.checkpoint.base_config import check_files, read_base
    from dynviz.checkpoint.config import digest
    from dynviz.checkpoint.masked_config import check_heads, has_heads, read_masked

    root = check_root(arguments.root) or api.checkpoint_root()
    source = base_build.source_of(arguments.name)
    folder = root / arguments.name
    if arguments.check:
        check_files(folder, read_base(folder))
        if heads := has_heads(folder):
            check_heads(folder, read_masked(folder))
        also = ", heads for hidden words among them" if heads else ""
        print(f"{folder}: {digest(folder)}, all files as they were stored{also}; from {source.model} at {source.revision}.")
        return 0
    out = (arguments.out or root) / arguments.name
    if out.exists():
        raise InputError(f"{out} is there already", "a base is not written over", "Name another folder with --out, or check it: --check")
    made = base_build.made(arguments.published, out, source)
    print(f"{out}: {digest(out)}, {len(made.files)} files from {source.model} at {source.revision}.")
    wanted = base_build.DIGESTS[arguments.name]
    if digest(out) != wanted:
        raise InputError(f"{out} is not the base that ships", f"{digest(out)} and not {wanted}", "Checkpoints on it will refuse it")
    return 0
