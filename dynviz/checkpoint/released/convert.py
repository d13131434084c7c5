"""A pickled model as safetensors: in a process of its own, bounded in time and memory, and never when a model is loaded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dynviz.checkpoint.config import MAX_WEIGHTS, TOKENIZER
from dynviz.errors import InputError, refusing
from dynviz.records.files import check, exists

WAIT = 600  # seconds by the clock, and one more for each MB
_BESIDE = ("config.json", *TOKENIZER)
_MOST = 60_000_000  # bytes of a file that is copied
_LINES = 3  # of a refusal


def convert(file: Path, folder: Path) -> list[str]:
    """Write `folder`/model.safetensors from a file that torch.save wrote, and copy configuration and tokenizer from beside it; the names of
    what was written. InputError where the file holds more than tensors, or takes more time or memory than it should."""
    new = folder / "model.safetensors"
    if exists(new):
        raise InputError(f"{new} is there already", "weights are not written over", "Name another folder with --out")
    check(file, MAX_WEIGHTS)
    with refusing(f"The folder {folder} cannot be written to", "Check the path and its permissions"):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / ".model.safetensors.part"
    try:
        _run(file, part)
        os.replace(part, new)
    finally:
        part.unlink(missing_ok=True)
    return [new.name, *_copied(file.parent, folder)]


def _run(file: Path, part: Path) -> None:
    """The other process, and what became of it."""
    command = [sys.executable, "-m", "dynviz.checkpoint.released.unpickled", str(file), str(part)]
    root = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        wait = WAIT + os.path.getsize(file) / 1e6
        done = subprocess.run(command, capture_output=True, text=True, timeout=wait, env={**os.environ, "PYTHONPATH": path})
    except subprocess.TimeoutExpired:
        raise _given_up(file, "it took too long") from None
    said = done.stderr.strip().split("\n")
    if done.returncode == 2 and len(said) == _LINES:
        raise InputError(*said)
    if done.returncode or not exists(part):
        raise _given_up(file, "it took more time, memory or room than a file of its size needs")


def _given_up(file: Path, why: str) -> InputError:
    return InputError(f"{file} was not converted", why, "Ask its authors for safetensors")


def _copied(source: Path, folder: Path) -> list[str]:
    """The names of the files of configuration and tokenizer that were copied; those that are there stay."""
    names = []
    for file in sorted({file for pattern in _BESIDE for file in source.glob(pattern)}):
        if not exists(folder / file.name):
            check(file, _MOST)
            shutil.copyfile(file, folder / file.name)
            names.append(file.name)
    return names
