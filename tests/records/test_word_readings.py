"""Readings of many words as they are stored: whole, or refused with one sentence; and what they claim."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dynviz.errors import InputError
from dynviz.records import word_readings as stored
from tests.figures.test_word_readings import FOUND


def test_what_is_stored_is_read_again(tmp_path: Path) -> None:
    assert stored.read(tmp_path / stored.FILE) is None
    stored.write(FOUND, tmp_path / stored.FILE)
    assert stored.read(tmp_path / stored.FILE) == FOUND
    stored.write(replace(FOUND, back=None), tmp_path / stored.FILE)
    assert stored.read(tmp_path / stored.FILE) == replace(FOUND, back=None)


def test_a_claim_holds_where_its_interval_lies_below_zero() -> None:
    assert FOUND.holds == {"state": True, "back": True, "sure": True}
    for interval in ((-0.5, -1.0, 0.0), (0.5, 0.1, 1.0)):
        assert replace(FOUND, sure=replace(FOUND.sure, less=interval)).holds["sure"] is False, "level, or the other way"
    assert not replace(FOUND, back=None).holds["back"], "what cannot be told does not hold"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda raw: raw.update(schema="dynviz.words/0"), "another version"),
        (lambda raw: raw["words"].update(task="wine"), "not known"),
        (lambda raw: raw["words"].update(state=[]), "no reading of states"),
        (lambda raw: raw["words"].update(layers=0), "no layer"),
        (lambda raw: raw["words"].update(never=1.5), "do not fit"),
        (lambda raw: raw["words"].update(back=[-1.5, -1.6, -1.4]), "do not fit"),
        (lambda raw: raw["words"]["classes"][0].update(state=[13, 12, 14]), "do not fit"),
        (lambda raw: raw["words"]["classes"][0].update(name="WINE"), "word class"),
        (lambda raw: raw["words"]["sure"].update(less=[0.0, 1.0, -1.0]), "ends before it begins"),
        (lambda raw: raw["words"].update(wine=1), "wine"),
        (lambda raw: raw["words"].pop("bound"), "bound"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_command(damage: Callable[[Any], object], said: str, tmp_path: Path) -> None:
    file = tmp_path / stored.FILE
    stored.write(FOUND, file)
    raw = json.loads(file.read_text())
    damage(raw)
    file.write_text(json.dumps(raw))
    with pytest.raises(InputError, match=said) as error:
        stored.read(file)
    assert "python -m dynviz masked --readings --data DATA --write" in str(error.value)
