"""The one place where a pickle is opened: tensors alone, by torch's own reader of those, and in a process that does nothing else.

`python -m dynviz.checkpoint.released.unpickled FILE NEW` writes NEW, a safetensors file, and says on standard error why it does not. The
process is given little more memory than the file needs, a time, and a size for what it writes; `convert` starts it.
"""

import contextlib
import os
import pickle
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from dynviz.checkpoint.config import MAX_WEIGHTS
from dynviz.errors import InputError, first_line
from dynviz.records.files import check, printable

ROOM = 500_000_000  # bytes of memory besides three times the file: as read, as changed, as written
SECONDS = 60  # of processor, and one more for each 10 MB
_KINDS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
_LIST = ("state_dict", "model_state_dict", "model")  # where training scripts put the tensors
_ASKED = re.compile(r"GLOBAL ([\w.]+)|Unsupported (?:global|operand|class) ?:? ?([\w. ]+)")


def tensors_of(file: Path) -> dict[str, Tensor]:
    """The floating-point tensors of a file that torch.save wrote, by name, one of those that are the same; InputError where it holds
    anything else. Nothing that it asks for is imported or run."""
    check(file, MAX_WEIGHTS)
    do = "Ask its authors for safetensors, or save the model's state_dict alone"
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(f"{file} holds more than tensors", _asked(str(error)), do) from None
    except MemoryError:
        raise
    except Exception as error:  # torch raises whatever a broken file makes it raise
        raise InputError(f"{file} is not what torch.save writes", first_line(error), "Copy the file again") from None
    return _kept(file, _inner(found), do)


def _asked(said: str) -> str:
    """What a pickle asks for that was refused, as torch says it, without its advice to read it all the same."""
    if asked := _ASKED.search(said):
        return f"it asks for {printable(asked[1] or asked[2], 80)!r}, and nothing was run"
    _, found, reason = said.partition("WeightsUnpickler error: ")
    return first_line(ValueError(reason)) if found else "it cannot be read as tensors alone, and nothing was run"


def _inner(found: Any) -> Any:
    """The table of tensors in what a training script saved."""
    named = isinstance(found, Mapping) and next((key for key in _LIST if isinstance(found.get(key), Mapping)), None)
    return found[named] if named else found


def _kept(file: Path, found: Any, do: str) -> dict[str, Tensor]:
    if not isinstance(found, Mapping) or not found or not all(isinstance(name, str) for name in found):
        held = type(found).__name__ if found or not isinstance(found, Mapping) else "nothing"
        raise InputError(f"{file} holds no table of tensors", f"it holds {held}", do)
    kept, seen = dict[str, Tensor](), set[tuple[Any, ...]]()
    for name, tensor in found.items():
        if not isinstance(tensor, Tensor) or tensor.layout != torch.strided or tensor.dtype not in _KINDS:
            continue
        same = (tensor.data_ptr(), tensor.dtype, tuple(tensor.shape), tensor.stride())
        if tensor.numel() == 0 or same not in seen:
            kept[name] = tensor.detach().contiguous().clone()
            seen.add(same)
    if not kept:
        raise InputError(f"{file} holds no tensors of floating-point numbers", "a model has some", do)
    return kept


def bounded(size: int) -> None:
    """From here on this process has so much memory, time and room for files, where the system can hold it to that."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = (
            int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
            if os.path.exists("/proc/self/statm")
            else ROOM
        )
        seconds = SECONDS + size // 10_000_000
        for kind, most in (
            (resource.RLIMIT_DATA, used + 3 * size + ROOM), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 2 * size + 10_000_000),
            (resource.RLIMIT_CORE, 0),
        ):  # fmt: skip
            resource.setrlimit(kind, (most, most))


def main(given: str, new: str) -> int:
    """Write the file; 2 with a sentence where it cannot be."""
    try:
        bounded(os.path.getsize(given))
        save_file(tensors_of(Path(given)), new, metadata={"format": "pt"})
    except InputError as error:
        print("\n".join((error.what, error.why, error.do)), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
