"""Tensors from a safetensors file into a module: every one there, no other, finite, and of the right shape. Never pickle."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from dynviz.errors import InputError

MAX_BYTES = 2_000_000_000


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The folder's tensors as stored, or an InputError that names the file."""
    file = folder / "model.safetensors"
    if not file.exists():
        pickles = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt") for p in folder.glob(pattern)]
        why = f"only {pickles[0]} is there, and pickled weights can run code when opened" if pickles else "the weights lie in this file"
        raise InputError(f"{file} is missing", why, "Save the weights with safetensors")
    if file.stat().st_size > MAX_BYTES:
        raise InputError(
            f"{file} is larger than {MAX_BYTES / 1e9:.0f} GB", "no supported encoder needs that", "Check that it is the right file"
        )
    try:
        with safe_open(str(file), framework="pt") as opened:
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read", f"truncated or not safetensors ({error})", "Copy or save the file again") from None
    for key, tensor in tensors.items():
        if not tensor.is_floating_point():
            raise InputError(f"{file}: tensor {key!r} holds {tensor.dtype}", "weights are floating-point numbers", "Save it again")
        if not bool(tensor.isfinite().all()):
            raise InputError(
                f"{file}: tensor {key!r} holds numbers that are not finite", "no answer follows from them", "Train or save it again"
            )
    return tensors


def fill(module: nn.Module, tensors: Mapping[str, Tensor], folder: Path) -> None:
    """Load all tensors of a module; every one must be there, no other, and each of the right shape."""
    wanted, file = module.state_dict(), folder / "model.safetensors"
    for name in wanted.keys() - tensors.keys():
        raise InputError(f"{file} lacks the tensor {name!r}", "the model cannot answer without it", "Save the checkpoint again")
    for name in tensors.keys() - wanted.keys():
        raise InputError(
            f"{file} holds an unknown tensor {name!r}", "the model has no place for it", "Check method and options in config.json"
        )
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise InputError(
                f"{file}: tensor {name!r} has shape {tuple(tensor.shape)}", f"{tuple(wanted[name].shape)} is needed", "Check config.json"
            )
    module.load_state_dict(dict(tensors), assign=True)
