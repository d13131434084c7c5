"""Nested lists, as JSON has them, as arrays; ValueError where they hold anything but numbers of the kind that is needed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_COUNT = 10**15
MAX_NAME = 200  # characters
_NULL = type(None)


def leaves(values: Any, kinds: tuple[type, ...], name: str) -> Any:
    """The nested lists as they are, if they hold nothing but values of these kinds: numpy would turn text into numbers, and numbers beside
    a long text into as many long texts."""
    level = [values]
    while level:
        lists = [v for v in level if type(v) is list]
        if any(type(v) not in kinds for v in level if type(v) is not list):
            raise ValueError(f"{name[:MAX_NAME]} holds something else than numbers")
        level = [v for some in lists for v in some]
    return values


def whole(values: Any, name: str) -> NDArray[np.int64]:
    """Whole numbers of at most MAX_COUNT."""
    array = np.array(leaves(values, (int,), name))
    if array.dtype.kind != "i" or np.abs(array).max(initial=0) > MAX_COUNT:
        raise ValueError(f"{name} must hold whole numbers of at most {MAX_COUNT}")
    return array.astype(np.int64)


def floats(values: Any, name: str) -> NDArray[np.float64]:
    """Finite numbers, NaN for null."""
    array = np.array(leaves(values, (int, float, _NULL), name), dtype=np.float64)  # None becomes NaN
    if np.isinf(array).any():
        raise ValueError(f"{name} must be finite")
    return array


def mask(values: Any, name: str) -> Any:
    """Truth values, from zeros and ones."""
    array = np.array(leaves(values, (int, bool), name))
    if array.dtype.kind not in "bi" or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must hold zeros and ones only")
    return array.astype(bool)
