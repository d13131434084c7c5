"""`python -m dynviz risk` on numbers a reader checks in the head: which settings pass, which one fails, and what is promised."""

import argparse
from types import SimpleNamespace
from typing import Literal

import numpy as np
import pytest

from dynviz import api
from dynviz.cli import risk
from dynviz.records import Sweep
from dynviz.records.card import Knob
from tests.figures.build import sweep
from tests.figures.test_findings import in_order

KNOB = Knob("entropy", "exit below", 0.0, 1.0, 0.1, 0.3, 0.0, "up", "")


def losing(*lost: int) -> Sweep:
    """A thousand answers, all right at full depth, of which so many differ at each setting; settings cost 100, 80, 60, 40 %."""
    right = np.ones((len(lost), 1000), int)
    for row, many in zip(right, lost, strict=True):
        row[:many] = 0
    return sweep(right, [1.0, 0.8, 0.6, 0.4], [0.0, 0.1, 0.2, 0.3])


def said(
    delta: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loss: Literal["differs", "harm"] = "differs"
) -> str:
    there, here = losing(0, 0, 10, 200), losing(0, 0, 30, 200)
    monkeypatch.setattr(api, "find", lambda *_: SimpleNamespace(name="m", task=SimpleNamespace(name="sst2", unit="sentence")))
    monkeypatch.setattr(api, "card", lambda *_: SimpleNamespace(knobs=(KNOB,), title="M"))
    monkeypatch.setattr(api, "fitted_on", lambda _: None)
    monkeypatch.setattr(api, "stored_sweep", lambda _, split: there if split == "calibration" else here)
    assert risk.run(argparse.Namespace(model="m", root=None, delta=delta, confidence=0.95, loss=loss)) == 0
    return capsys.readouterr().out


def test_settings_pass_until_the_first_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(0.05, monkeypatch, capsys)
    assert [line.split()[-1] for line in out.splitlines() if line.split() and line.split()[0] in ("0.1", "0.2", "0.3")] == [
        "accepted",
        "accepted",
        "failed",
    ]
    assert in_order(out, "at most 5", "answers differ from full depth", "entropy 0.2", "60", "calibration", "1,000")
    assert in_order(out, "Checked on the evaluation split (1,000 sentences)", "3 %", "60 %", "lies within the limit of 5 %", "exchangeable")


def test_where_none_passes_only_full_depth_is_promised(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(0.001, monkeypatch, capsys)
    assert "accepted" not in out
    assert in_order(out, "failed", "only full depth does", "already fails", "nothing to check")


def test_what_is_lost_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "answers are wrong where full depth is right" in said(0.05, monkeypatch, capsys, "harm")
