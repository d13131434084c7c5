"""Who was merged into whom, layer by layer: what must hold of it, and what follows from it.

(L, T) the place where each token's state lies after a layer: its own, until it is merged into another.
"""

import numpy as np

from dynviz.records.layout import Bools, Ints, check_shape, ints


def checked(merged_into: Ints, attending: Bools, visible: Bools, transformed: Bools) -> Ints:
    """These places (L, T), read-only; ValueError where a run of these masks (L, T) cannot have merged so."""
    into = ints(merged_into)
    check_shape("Trace", "merged_into", into, attending.shape)
    own = np.arange(into.shape[1])
    if into.size and (into.min() < 0 or into.max() >= len(own)):
        raise ValueError("Trace.merged_into names a place that is no token's")
    lasting = np.take_along_axis(into, into, 1) == into  # who holds others lies at its own place
    together = np.take_along_axis(into[1:], into[:-1], 1) == into[1:]  # once one, always one
    if not lasting.all() or not together.all():
        raise ValueError("Trace.merged_into takes tokens apart, or merges one into another that is merged itself")
    away = into != own
    if (away & transformed).any() or (away[:-1] & (attending | visible)[1:]).any():
        raise ValueError("Trace.merged_into marks a token as merged that is computed or seen afterwards")
    return into


def merged_at(merged_into: Ints) -> Ints:
    """(T,) the layer (from 1) in which a token was merged into another; 0: it was not."""
    away = merged_into != np.arange(merged_into.shape[1])
    return ints(np.where(away.any(0), away.argmax(0) + 1, 0))


def sizes(merged_into: Ints) -> Ints:
    """(L, T) how many tokens each one stands for after a layer, itself and those merged into it; 0 for those."""
    return ints(np.stack([np.bincount(row, minlength=len(row)) for row in merged_into]))
