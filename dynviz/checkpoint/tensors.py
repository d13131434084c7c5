"""Tensors from a safetensors file into a module: every one there, no other, finite, and of the right shape. Never pickle."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from dynviz.checkpoint.blocks import SCALE, restored
from dynviz.checkpoint.config import MAX_WEIGHTS
from dynviz.errors import InputError, NoMemory
from dynviz.records.files import exists, printable, why_not
from dynviz.records.files import opened as opened_file

WEIGHTS = "model.safetensors"
FLOATS = ("F16", "BF16", "F32", "F64")
MAX_HEADER = 10_000_000  # bytes that name the tensors and say where they lie


def read_tensors(folder: Path, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, Tensor]:
    """The folder's tensors as stored, those in blocks in fp32, or those whose names are wanted; an InputError that names the file where
    they are no weights."""
    file = folder / WEIGHTS
    if not exists(file):
        raise InputError(f"{file} is missing", _instead(folder), "Save the weights with safetensors, in one file")
    return tensors_in(file, wanted)


def tensors_in(file: Path, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, Tensor]:
    """The same of a file. wanted: asked of each before it is read."""
    with _reading(file) as opened:
        names = set(opened.keys())
        return {key: _weights(file, key, opened, key + SCALE in names) for key in _whole(names) if wanted(key)}


def names_in(file: Path) -> list[str]:
    """The names of its tensors; nothing of them is read."""
    with _reading(file) as opened:
        return _whole(set(opened.keys()))


@contextmanager
def _reading(file: Path) -> Iterator[Any]:
    """The file, opened by the library; what that throws becomes one sentence."""
    _check_header(file)
    try:
        with safe_open(str(file), framework="pt") as opened:
            yield opened
    except (SafetensorError, OSError, RuntimeError, TypeError, MemoryError) as error:
        if isinstance(error, MemoryError) or "allocate memory" in str(error):  # torch says so in a RuntimeError
            raise NoMemory(f"{file} cannot be loaded") from None
        raise _unreadable(file, why_not(error)) from None


def _whole(names: set[str]) -> list[str]:
    """Without those that are the scales of another."""
    return sorted(name for name in names if not (name.endswith(SCALE) and name.removesuffix(SCALE) in names))


def _instead(folder: Path) -> str:
    pickles = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt") for p in folder.glob(pattern)]
    parts = [p.name for p in folder.glob("*.safetensors")]
    if pickles:
        return f"only {printable(pickles[0], 80)} is there, and pickled weights can run code when opened"
    return f"{printable(parts[0], 80)} is there, but a checkpoint's weights lie in one file" if parts else "the weights lie in this file"


def _check_header(file: Path) -> None:
    """An InputError where the first eight bytes promise more names than a model has: the library would make room for them."""
    with opened_file(file, MAX_WEIGHTS) as found:
        promised = int.from_bytes(found.read(8), "little")
    if promised > MAX_HEADER:
        raise _unreadable(file, f"its header would have {promised:,} bytes")


def _unreadable(file: Path, why: str) -> InputError:
    return InputError(f"{file} cannot be read", f"truncated or not safetensors ({why})", "Copy or save the file again")


def _weights(file: Path, key: str, opened: Any, in_blocks: bool) -> Tensor:
    """One tensor, if it holds finite numbers in a form that is computed with, and still does in single precision."""
    kind, what = opened.get_slice(key).get_dtype(), f"{file}: tensor {printable(key, 100)!r}"
    if kind in ("I8", "U8") and in_blocks:
        try:
            return _finite(what, restored(opened.get_tensor(key), _weights(file, key + SCALE, opened, False)))
        except ValueError as error:
            raise InputError(f"{what} lacks scales", str(error), "Save it again") from None
    if kind not in FLOATS:
        floats = f"weights are floating-point numbers of 16, 32 or 64 bits ({', '.join(FLOATS)})"
        why = f"{floats}, or whole ones of 8 (I8) or 4 (U8) with scales"
        raise InputError(f"{what} holds {kind}", why, "Save it again as one of these")
    return _finite(what, opened.get_tensor(key))


def _finite(what: str, tensor: Tensor) -> Tensor:
    if not bool(tensor.float().isfinite().all()):
        raise InputError(f"{what} holds numbers that are not finite", "no answer follows from them", "Train or save it again")
    return tensor


def fill(module: nn.Module, tensors: Mapping[str, Tensor], folder: Path, name: str = WEIGHTS) -> None:
    """Load all tensors of a module, which takes them as they are; every one must be there, no other, and each of the right shape. name: of
    the folder's file that is to blame where it is not so."""
    wanted, file = module.state_dict(), folder / name
    for key in wanted.keys() - tensors.keys():
        raise InputError(f"{file} lacks the tensor {key!r}", "the model cannot answer without it", "Save the checkpoint again")
    for key in tensors.keys() - wanted.keys():
        what = f"{file} holds an unknown tensor {printable(key, 100)!r}"
        raise InputError(what, "the model has no place for it", "Check method and options in config.json")
    for key, tensor in tensors.items():
        if tensor.shape != wanted[key].shape:
            do = "Check config.json" if name == WEIGHTS else "Copy the folder again"
            raise InputError(f"{file}: tensor {key!r} has shape {tuple(tensor.shape)}", f"{tuple(wanted[key].shape)} is needed", do)
    module.load_state_dict(dict(tensors), assign=True)
