"""Class probabilities of many classes in coarse steps, so that what ships of them is small."""

import numpy as np

from dynviz.records.layout import Floats, floats

MANY = 20  # classes from which on probabilities are stored in steps: most of them are next to nothing
STEPS = 2**12


def coarse(probs: Floats) -> Floats:
    """(..., C) probabilities in steps of 1 / 4,096: each within one step, rows sum to one, and the same class leads.

    The steps that rounding down leaves over go to the largest remainders, one each (Hamilton's method of apportionment). A row is left as
    it is where a step would change its leader; NaN, where nothing was read, stays.
    """
    if probs.shape[-1] < MANY:
        return probs
    whole = np.floor(probs * STEPS)
    left = np.round(STEPS - whole.sum(-1, keepdims=True))
    order = np.argsort(np.argsort(whole - probs * STEPS, axis=-1, kind="stable"), axis=-1)
    stepped = (whole + (order < left)) / STEPS
    same = stepped.argmax(-1, keepdims=True) == probs.argmax(-1, keepdims=True)
    return floats(np.where(same, stepped, probs))
