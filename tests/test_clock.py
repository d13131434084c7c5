"""A limit of time grows with what the machine needs for the same work, and never shrinks."""

import pytest

from tests import clock


@pytest.mark.parametrize(("taken", "limit"), [(4 * clock.QUIET, 8.0), (clock.QUIET / 4, 2.0)])
def test_a_limit_is_that_of_this_machine(taken: float, limit: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "work", lambda: taken)
    assert clock.within(2) == pytest.approx(limit)


def test_the_measure_takes_time_anywhere() -> None:
    assert clock.work() > 0
