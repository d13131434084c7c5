"""dynviz base: make the base of the twelve-layer models again from the files it was published in, and check that it is the same."""

import argparse
from pathlib import Path

from dynviz.cli.options import Commands, add_root, check_root
from dynviz.errors import InputError
from dynviz.records.files import exists


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Make a base from the weights it was published as: checks their SHA-256, rounds them, and compares with the one that ships."
    command = commands.add_parser("base", help="make the base of the twelve-layer models again", description=about)
    published = "folder or Hub id of the published model (default: its Hub id, at its revision); with --check: the folder of a base"
    command.add_argument("published", nargs="?", help=published)
    command.add_argument("--name", default="mpnet", help="which base (default mpnet)")
    command.add_argument("--check", action="store_true", help="only hold the files of the base that lies there against their hashes")
    add_root(command)
    command.add_argument("--out", type=Path, help="folder of checkpoints to write it into; a base that is whole stays (default: --root)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, or make and compare."""
    from dynviz import api
    from dynviz.checkpoint import base_build
    from dynviz.checkpoint.config import digest

    root = check_root(arguments.root) or api.checkpoint_root()
    source = base_build.source_of(arguments.name)
    if arguments.check:
        folder = Path(arguments.published) if arguments.published else root / arguments.name
        print(checked(folder))
        if not arguments.published:  # the base of a shelf, which may be one's own: whole is all it has to be
            return 0
    else:
        folder = (arguments.out or root) / arguments.name
        aside = base_build.set_aside(folder) if exists(folder) else None
        made = base_build.made(arguments.published, folder, source)
        print(f"{folder}: {digest(folder)}, {len(made.files)} files from {source.model} at {source.revision}.")
        if aside is not None:
            print(f"The damaged one lies in {aside}, to be deleted.")
    wanted = base_build.DIGESTS[arguments.name]
    if digest(folder) != wanted:
        raise InputError(f"{folder} is not the base that ships", f"{digest(folder)} and not {wanted}", "Checkpoints on it will refuse it")
    return 0


def checked(folder: Path) -> str:
    """What a folder holds, once its files and those of heads beside them are as their hashes say; an InputError where one is not."""
    from dynviz.checkpoint.base_config import check_files, read_base
    from dynviz.checkpoint.config import digest
    from dynviz.checkpoint.masked_config import check_heads, has_heads, read_masked

    base = read_base(folder)
    check_files(folder, base)
    if heads := has_heads(folder):
        check_heads(folder, read_masked(folder))
    also = ", heads for hidden words among them" if heads else ""
    return f"{folder}: {digest(folder)}, all files as they were stored{also}; from {base.source.model} at {base.source.revision}."
