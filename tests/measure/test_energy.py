"""The energy model, on numbers that can be checked in the head."""

from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.measure.energy import relative_energy, voltage
from tests.checkpoints import Spec, build


def test_full_depth_is_the_unit() -> None:
    assert relative_energy(12, 12, 12) == 1.0


def test_exits_at_full_speed_save_what_they_do_not_compute() -> None:
    assert relative_energy([3, 6], 12, 12).tolist() == [0.25, 0.5]


def test_voltage_goes_from_its_lower_limit_to_its_upper_one() -> None:
    np.testing.assert_allclose(voltage([0, 0.5, 1], 0.6, 1.0), [0.6, 0.8, 1.0])


def test_energy_goes_with_the_square_of_the_voltage() -> None:
    """Half the work at half the clock: 0.8 of the voltage where 0.6 is the least, half of it where nothing is."""
    assert relative_energy(6, 6, 12, 0.6, 1.0) == pytest.approx(0.5 * 0.8**2)
    assert relative_energy(6, 6, 12, 0.0, 1.0) == 0.5**3


def test_a_sentence_done_before_the_foreseen_layer_ran_at_the_foreseen_voltage() -> None:
    assert relative_energy(3, 6, 12, 0.0, 1.0) == 0.25 * 0.5**2


def test_foreseeing_the_exit_never_costs_energy() -> None:
    exits = np.arange(1, 13)
    slowed, fast = relative_energy(exits, exits, 12), relative_energy(exits, 12, 12)
    assert (slowed[:-1] < fast[:-1]).all()
    assert (np.diff(slowed) > 0).all()


def test_stored_energy_is_that_of_the_layers_foreseen_and_computed(tmp_path: Path) -> None:
    root = build(tmp_path, [Spec("sst2-edge", "edgebert"), Spec("sst2-joint", "entropy_exit"), Spec("sst2-ltp", "ltp")], sentences=12)
    edge = api.find("sst2-edge", root)
    found, sweep = api.stored_energy(edge, "report"), api.stored_sweep(edge, "report")
    assert found is not None
    assert sweep is not None
    assert found == pytest.approx(relative_energy(sweep.exits, sweep.exits, sweep.layers).mean(1))  # no ramp is tested on the way
    assert found[0] == 1
    assert api.stored_energy(api.find("sst2-joint", root), "report") is None
    assert api.stored_energy(api.find("sst2-ltp", root), "report") is None
