"""Pictures of a method, from stored traces and tensors."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from dynviz import api
from dynviz.records.card import card_of
from dynviz.ui.methods import text
from dynviz.ui.parts.panels import split
from dynviz.ui.shell.text import HOW
from tests.ui.methods.look import alts, opened, words


def test_pictures_follow_from_what_is_stored() -> None:
    assert ["rule's condition" in alt for alt in alts(opened("tokee"))] == [False, True]
    assert any("threshold" in alt for alt in alts(opened("ltp")))
    halting = alts(opened("dact"))
    assert len(halting) == 2
    profile = alts(opened("gate_bert"))
    assert any("gates let" in alt for alt in profile)
    assert "same for every sentence" in words(opened("gate_bert"))


def test_gates_are_those_of_the_checkpoint(shelf: Path) -> None:
    stored = load_file(shelf / "sst2-gate" / "model.safetensors")["method.gates"]
    ((picture, found),) = api.learned(api.find("sst2-gate"))
    assert picture.draws == "gates"
    assert np.allclose(found.values[1:], stored)
    assert (found.values[0] == 1).all(), "layer 1 has no gates: it takes every token"
    assert api.learned(api.find("sst2-joint")) == []


def test_halting_bounds_are_the_methods_own() -> None:
    pair = api.stored_pairs(api.find("sst2-dact-a"))[0]
    found = api.halting(pair.full, api.card(api.find("sst2-dact-a")))
    assert found is not None
    left, low, high = found
    assert np.all(np.diff(left) <= 1e-9)
    assert low[-1] == pytest.approx(np.sort(pair.full.answer[0])[-1], abs=1e-6)
    assert np.isnan(high).sum() == 0


def test_no_outlook_is_asked_for_where_the_card_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no torch is imported for it, whatever the readings are called."""
    monkeypatch.setitem(sys.modules, "dynviz.methods", None)  # importing it fails
    pair = api.stored_pairs(api.find("sst2-dact-a"))[0]
    plain = replace(card_of(json.loads((api.find("sst2-dact-a").folder / "golden.json").read_text())["card"]), pictures=())
    assert api.halting(pair.full, plain) is None


def test_what_a_method_learned_beside_its_classifiers_is_shown() -> None:
    assert any("reads layer" in alt for alt in alts(opened("right_tool")))


def test_what_a_knob_asks_for_is_held_against_what_was_got() -> None:
    assert any("right as often as asked" in alt for alt in alts(opened("expected_accuracy")))


@pytest.mark.parametrize("name", ["tokee", "entropy_exit", "ltp", "cascade", "dact", "gate_bert", "right_tool", "plain"])
def test_the_finding_heads_the_card_of_its_picture_and_nothing_is_written_inside(name: str) -> None:
    at = opened(name)
    said = words(at)
    charts = at.get("plotly_chart")
    assert charts
    for chart in charts:
        assert split(chart.proto.alt)[0] in said
        assert not json.loads(chart.proto.spec)["layout"].get("title", {}).get("text")
    assert len([e for e in at.get("popover") if e.proto.popover.label == HOW]) == len(charts)


# What a method that drops tokens must beat


def test_beside_a_method_that_drops_tokens_stand_all_that_it_must_beat() -> None:
    at = opened("ltp")
    chart = next(c for c in at.get("plotly_chart") if "compute" in c.proto.spec and "plain model, full depth" in c.proto.spec)
    grey = {api.card(c).title for c in api.checkpoints() if c.config.task == "sst2" and api.card(c).yardstick}
    assert grey, "a shelf without a baseline that drops tokens"
    for title in (api.find("sst2-ltp").config.title, *grey):
        assert title in chart.proto.spec
    assert text.CURVE in [h.value for h in at.header]


def test_where_nothing_stops_in_any_example_the_card_says_so_and_what_to_do() -> None:
    assert text.NOTHING_STOPS in words(opened("attention_topk")), "it ships with its knob off"
    assert text.NOTHING_STOPS not in words(opened("ltp"))
    assert text.NOTHING_STOPS not in words(opened("plain")), "it has no knob to turn"


@pytest.mark.parametrize("name", ["entropy_exit", "attention_topk"])
def test_what_drops_no_tokens_or_is_a_yardstick_itself_has_no_such_picture(name: str) -> None:
    assert text.CURVE not in [h.value for h in opened(name).header]
