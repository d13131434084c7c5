"""Times that ship: stored and read alike, bound to their checkpoints, and one sentence for a file that does not fit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynviz import api
from dynviz.errors import InputError
from dynviz.records import shipped_times
from dynviz.records.times import Measured, Times

TIMES = Times(
    "sst2-joint", 0.001, 0.0002, 1e-11, 0.0005, 0.0001, (Measured("full depth", 1, 16, 0.012, 0.013, (0.011, 0.012, 0.014)),),
    {"processor": "Abacus 9", "date": "2026-01-02"},
)  # fmt: skip


def test_what_is_stored_is_read_by_digest(tmp_path: Path) -> None:
    file = tmp_path / shipped_times.FILE
    shipped_times.write({"0123": TIMES}, file)
    assert api.stored_times(tmp_path) == {"0123": TIMES}


def test_without_a_file_nothing_is_timed(tmp_path: Path) -> None:
    assert api.stored_times(tmp_path) == {}


BAD: dict[str, tuple[Callable[[Any], object], str]] = {
    "another version": (lambda raw: raw.update(schema="dynviz.times/9"), "another version"),
    "a key too many": (lambda raw: raw["models"]["0123"].update(colour="red"), "colour"),
    "no line": (lambda raw: raw["models"]["0123"].pop("flop"), "flop: field required"),
    "a text for seconds": (lambda raw: raw["models"]["0123"].update(call="quick"), "call"),
    "a negative time": (lambda raw: raw["models"]["0123"].update(flop=-1.0), "negative"),
    "a batch of none": (lambda raw: raw["models"]["0123"]["runs"][0].update(batch=0), "no sentence"),
    "no runs": (lambda raw: raw["models"]["0123"].update(runs=[]), "no run of sst2-joint"),
    "no machine": (lambda raw: raw.update(machine={"date": "2026-01-02"}), "does not tell the processor"),
    "a list": (lambda raw: raw.update(models=[]), "valid dictionary"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_does_not_fit_is_one_sentence(kind: str, tmp_path: Path) -> None:
    file, (change, said) = tmp_path / shipped_times.FILE, BAD[kind]
    shipped_times.write({"0123": TIMES}, file)
    raw = json.loads(file.read_text())
    change(raw)
    file.write_text(json.dumps(raw))
    with pytest.raises(InputError, match=said) as caught:
        shipped_times.read(file)
    assert len(str(caught.value)) < 700


def test_every_model_of_the_menu_ships_with_its_times() -> None:
    found = api.stored_times()
    missing = [c.name for c in api.checkpoints() if c.offered and c.digest not in found]
    assert not missing, f"measure again (python -m dynviz times --write): {missing}"
    for times in found.values():
        assert {(run.batch, run.setting == "full depth") for run in times.runs} >= {(1, True), (32, True)}
        assert all(run.range[0] <= run.seconds <= run.range[1] for run in times.runs)
        assert times.machine["threads"] == "1"
