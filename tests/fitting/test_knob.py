"""Which setting a promise takes, and what is said of it: whether it is kept, and that what saves nothing is off."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dynviz.fitting import knob
from dynviz.fitting.knob import Wanted, taken


@pytest.mark.parametrize(
    ("point", "share", "setting", "by", "said"),
    [
        (1, 0.6, 0.5, "calibration", "Promised, by 100 rows kept for choosing: at most 5.0% of the answers differ from full depth's,"),
        (1, 1.003, 0.0, "off", "What keeps the promise that at most 5.0% of the answers differ from full depth's, with 95%"),
        (0, 0.6, 0.0, "off", "On 100 rows no setting can promise that at most 5.0% of the answers differ"),
    ],
)
def test_a_promise_is_told_and_what_saves_nothing_is_off(
    point: int, share: float, setting: float, by: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knob, "control", lambda *_: SimpleNamespace(point=point))
    rows = SimpleNamespace(ids=tuple(map(str, range(100))))
    sweep: Any = SimpleNamespace(knobs=({"entropy": 0.0}, {"entropy": 0.5}), share=np.array([1.003, share]), rows=rows)
    chosen, told = taken(sweep, SimpleNamespace(), Wanted(risk=0.05))  # type: ignore[arg-type]
    assert (chosen.knobs["entropy"], chosen.by) == (setting, by)
    assert told[0].startswith(said)
    assert bool(chosen.why) == (by == "calibration")
