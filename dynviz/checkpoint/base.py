"""The weights of a base, which all models on it share: read once, held against their hashes, in fp32 from then on."""

from functools import lru_cache
from pathlib import Path

from torch import Tensor

from dynviz.checkpoint.base_config import check_files, read_base
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.tensors import tensors_in
from dynviz.errors import InputError


def weights(folder: Path, part: str) -> dict[str, Tensor]:
    """The tensors of a base whose names begin with `part`, without it; the same memory whoever asks, never to be written to."""
    return {name.removeprefix(part): tensor for name, tensor in _weights(folder.resolve(), digest(folder)).items() if name.startswith(part)}


@lru_cache(maxsize=2)
def _weights(folder: Path, which: str) -> dict[str, Tensor]:
    """All tensors. which: the base's digest, so that another base in the same place is read anew."""
    base = read_base(folder)
    check_files(folder, base)
    out: dict[str, Tensor] = {}
    for name in base.weights:
        found = tensors_in(folder / name)
        if twice := out.keys() & found.keys():
            raise InputError(f"{folder / name} holds {min(twice)!r} again", "another of the files holds it too", "Copy the folder again")
        out |= {key: tensor.float() for key, tensor in found.items()}
    return out
