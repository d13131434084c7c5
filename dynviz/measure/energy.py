"""What exits known in advance are worth to a chip that may slow down: a model of energy, not a measurement. No torch here.

A chip that knows how many layers it still has to compute can lower its clock until it is done just when the plain model would be, and its
voltage with the clock: dynamic energy goes with the square of the voltage. This is the argument of EdgeBERT (Tambe et al., MICRO 2021),
reduced to three lines. (inferred) Voltage falls in proportion with the clock between two limits, 0.5 V and 0.8 V; leakage, the switching
itself, memory and the layer computed before the exit is foreseen are left out.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

SLOWEST, FASTEST = 0.5, 0.8  # volt


def voltage(clock: ArrayLike, slowest: float = SLOWEST, fastest: float = FASTEST) -> NDArray[np.float64]:
    """Volt needed at a clock between 0 (standstill) and 1 (full speed)."""
    return slowest + (fastest - slowest) * np.asarray(clock, np.float64)


def relative_energy(
    computed: ArrayLike, foreseen: ArrayLike, layers: int, slowest: float = SLOWEST, fastest: float = FASTEST
) -> NDArray[np.float64]:
    """Energy of sentences as a share of full depth at full speed: (computed / layers) * (voltage / fastest)^2.

    computed: layers each sentence went through. foreseen: layers it was expected to need, which set the clock to foreseen / layers, so
    that the work takes as long as full depth does; `layers` where nothing was foreseen and everything runs at full speed.
    """
    volt = voltage(np.asarray(foreseen, np.float64) / layers, slowest, fastest)
    return np.asarray(computed, np.float64) / layers * (volt / fastest) ** 2
