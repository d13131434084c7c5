"""What computes here: on one thread, and with which versions. Torch is imported when it is needed."""

from collections.abc import Callable
from functools import cache
from importlib.metadata import version

from dynviz.version import __version__

Progress = Callable[[int, int], None]  # (done, to do)


def one_thread() -> None:
    """Compute on one thread from here on: for texts this short more threads lose time, and times would not compare."""
    import torch

    torch.set_num_threads(1)


def versions() -> dict[str, str]:
    """What computed a record."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Read once: looking into the packages takes a tenth of a knob tick."""
    return ("dynviz", __version__), *((name, version(name)) for name in ("torch", "transformers"))
