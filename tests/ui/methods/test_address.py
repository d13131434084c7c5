"""The address holds the page's whole view: every widget of the page is read from it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.measure import insights
from dynviz.records import zoo as zoo_file
from tests.ui.methods.look import opened

VIEWS = [
    {"view": "zoo", "zoo.task": "pos", "zoo.budget": "70"},
    {"view": "all"},
    {"method": "dact", "checkpoint": "sst2-dact-b", "example.sst2-dact-b": "2"},
    {"method": "ltp", "example.sst2-ltp": "0"},
    {"method": "dpbert"},
    {"method": "ceebert", "ceebert.model": "sst2-dact-b", "ceebert.mu": "0.3", "ceebert.exploration": "0.2"},
]
FOLLOWS = {"methods.kind", "methods.find"}  # from the method
KINDS = ("segmented_control", "pills", "button_group", "selectbox", "slider", "select_slider", "toggle", "checkbox", "radio", "text_input")


@pytest.fixture(autouse=True, scope="module")
def stored(shelf: Path) -> Iterator[None]:
    zoo_file.write(insights.compute(shelf), shelf / "zoo.json")
    yield
    (shelf / "zoo.json").unlink()


def widgets(at: AppTest) -> dict[str, Any]:
    """Those of the page itself, by key."""
    return {str(w.key): w for kind in KINDS for w in at.main.get(kind)}


@pytest.mark.parametrize("asked", VIEWS, ids=lambda asked: "-".join(asked.values()))
def test_every_widget_stands_as_the_address_says(asked: dict[str, str]) -> None:
    at = opened(**asked)
    found = widgets(at)
    for key, wanted in asked.items():
        value = at.session_state[key]
        assert (str(value) if isinstance(value, str) else f"{value:g}") == wanted
    assert set(found) - FOLLOWS - {"view"} == set(asked) - {"view"}, "a widget of which the address says nothing"


@pytest.mark.parametrize("asked", [{"view": "x", "method": "tokee"}, {"method": "dact", "checkpoint": "x", "example.sst2-dact-a": "99"}])
def test_what_the_address_cannot_mean_is_passed_over(asked: dict[str, str]) -> None:
    at = opened(**asked)
    assert not at.error
    assert at.session_state["view"] == "one"
    assert "checkpoint" not in at.query_params
