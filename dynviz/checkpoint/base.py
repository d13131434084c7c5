"""The weights of a base, which all models on it share: read once, held against their hashes, in fp32 from then on.

In memory alone: numbers of 4 bits are made whole again in about a second, which a copy in fp32 on disk would hardly shorten, and it would
take 440 MB there.
"""

import threading
from itertools import count
from pathlib import Path

from torch import Tensor

from dynviz.checkpoint.base_config import check_files, read_base
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.tensors import names_in, tensors_in
from dynviz.errors import InputError
from dynviz.runtime import Progress

MOST = 2  # bases that are kept
_once = threading.Lock()  # who comes while it is being read waits, and has the same memory
_held: dict[tuple[Path, str], dict[str, Tensor]] = {}  # by folder and digest: another base in the same place is read anew


def weights(folder: Path, part: str, progress: Progress | None = None) -> dict[str, Tensor]:
    """The tensors of a base whose names begin with `part`, without it; the same memory whoever asks, never to be written to. progress: told
    how many of all tensors are read, where they are not there yet."""
    which = folder.resolve(), digest(folder)
    with _once:
        if which not in _held:
            found = _read(which[0], progress or _untold)
            while len(_held) >= MOST:
                _held.pop(next(iter(_held)))
            _held[which] = found
        every = _held[which]
    return {name.removeprefix(part): tensor for name, tensor in every.items() if name.startswith(part)}


def _read(folder: Path, progress: Progress) -> dict[str, Tensor]:
    """All tensors."""
    base = read_base(folder)
    check_files(folder, base)
    total, done = sum(len(names_in(folder / name)) for name in base.weights), count(1)

    def told(name: str) -> bool:
        progress(next(done), total)
        return True

    out: dict[str, Tensor] = {}
    for name in base.weights:
        found = tensors_in(folder / name, told)
        if twice := out.keys() & found.keys():
            raise InputError(f"{folder / name} holds {min(twice)!r} again", "another of the files holds it too", "Copy the folder again")
        out |= {key: tensor.float() for key, tensor in found.items()}
    return out


def _untold(done: int, total: int) -> None:
    """For those who do not ask how far it is."""
