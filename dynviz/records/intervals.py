"""How far a share that was counted can be from the true one."""

import numpy as np

from dynviz.records import Floats, Ints

Z = 1.959964  # of 95 %


def wilson(successes: Floats | Ints, counts: Ints) -> tuple[Floats, Floats]:
    """95 % Wilson interval of a share; 0..1 where nothing was counted.

    >>> [round(float(x), 3) for x in wilson(np.array(5), np.array(10))]
    [0.237, 0.763]
    """
    n = np.maximum(counts, 1)
    share = successes / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    some = np.asarray(counts) > 0
    return np.where(some, np.maximum(middle - half, 0), 0.0), np.where(some, np.minimum(middle + half, 1), 1.0)
