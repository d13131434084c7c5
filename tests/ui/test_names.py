"""A setting has one name on every page: the words of its knob. Its name in code stands in brackets, and only where one types it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.figures import captions
from dynviz.methods import methods
from dynviz.ui.parts import naming
from dynviz.ui.shell import cache
from tests.checkpoints import SPECS
from tests.figures.build import trace
from tests.ui.conftest import Open
from tests.ui.look import words

KNOBS = {knob.name: knob for kind in methods().values() for knob in kind.knobs}
LABELS = sorted({knob.label for kind in methods().values() for knob in kind.knobs}, key=len, reverse=True)
STEPS = [said for _, name, value in (s.family for s in SPECS if s.family) for said in (f"{name} {value:g}", f", {name}:")]
PAGES = ("sentence", "compare", "tradeoff", "data", "methods")


def texts(found: Any) -> Iterator[str]:
    """Every text in what JSON holds."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for part in found.values() if isinstance(found, dict) else found:
            yield from texts(part)


def shown(at: AppTest) -> list[str]:
    """All that is written on a page: text, tables, pictures, and what can be chosen."""
    out = words(at).split("\n")
    out += [f"{name} {value}" for frame in at.dataframe for row in frame.value.to_dict("records") for name, value in row.items()]
    out += [text for chart in at.get("plotly_chart") for text in (chart.proto.alt, *texts(json.loads(chart.proto.spec)))]
    return out + [str(option) for menu in (*at.selectbox, *at.select_slider, *at.pills, *at.multiselect) for option in menu.options]


def in_code(text: str) -> list[str]:
    """Knobs that a text names as code does, with a number behind. Steps of training ("tau 0.1"), formulas and readings have names of
    their own."""
    if text.endswith(tuple(f"depth {i} of 4" for i in range(5))):  # what a pointer reads on a cell
        return []
    for other in (*map(re.escape, LABELS), r"\$[^$]*\$", *map(re.escape, STEPS)):
        text = re.sub(other, "", text, flags=re.IGNORECASE)
    return [name for name in KNOBS if re.search(rf"(?<![\w(]){name}\s*[=:]?\s+-?\d", text)]


@pytest.mark.parametrize("model", ["pos-tokee", "sst2-ltp", "sst2-dact-b"])
def test_no_page_names_a_knob_as_code_does(opened: Open, model: str) -> None:
    at = opened(model=model, text="A warm film.")
    for page in PAGES:
        at.switch_page(f"dynviz/ui/pages/{page}.py").run()
        assert not at.exception
        assert not [(page, text, names) for text in shown(at) if (names := in_code(text))]


def test_a_setting_is_read_as_a_phrase_wherever_it_stands(opened: Open) -> None:
    at = opened(model="pos-tokee")
    at.switch_page("dynviz/ui/pages/tradeoff.py").run()
    assert "TOKEE, a word halts below uncertainty 0.1" in words(at) or "TOKEE, a word halts below uncertainty 0.3" in words(at)
    assert any("a word halts below uncertainty 0" in text for text in shown(at) if "accuracy" in text), "what a pointer reads"


def test_a_caption_has_the_words_and_what_is_typed_to_make_it_again() -> None:
    made = trace(["a", "b"])
    names = {made.model: {"delta": "a word halts below uncertainty"}}
    assert "(delta) = " in captions.of_runs([made], names=names) or "delta" not in made.knobs
    assert captions.of_policy("p", {"delta": 0.5, "other": 1.0}, "dev", {"delta": "below"})[1] == "knobs below (delta) = 0.5, other = 1"


def test_layers_that_all_models_of_a_list_have_are_not_said_in_each_name() -> None:
    assert naming.unlayered(["TOKEE, 12 layers", "PABEE, 12 layers"]) == ["TOKEE", "PABEE"]
    assert naming.unlayered(["TOKEE, 12 layers", "PABEE"]) == ["TOKEE, 12 layers", "PABEE"]
    assert naming.unlayered([]) == []
    zoo, pruned = naming.zoo(api.zoo()["sst2/mpnet"]), naming.pruned(api.pruned()["sst2/mpnet"])
    assert not [one.title for one in (*zoo.contenders, *pruned.droppers) if "layers" in one.title]


def test_a_model_that_is_not_here_keeps_the_names_of_its_knobs(opened: Open) -> None:
    opened()
    assert cache.knob_names("nobody") == {}
    for checkpoint in api.checkpoints():
        assert cache.knob_names(checkpoint.name) == {knob.name: knob.label for knob in api.card(checkpoint).knobs}


def test_where_no_card_is_stored_the_methods_file_names_its_knobs(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    st.cache_resource.clear()
    monkeypatch.setattr(api, "stored_card", lambda _: None)
    assert cache.knob_names("pos-tokee")["delta"] == "a word halts below uncertainty"


@pytest.mark.parametrize("name", methods())
def test_a_number_can_follow_the_words_of_a_knob(name: str) -> None:
    for knob in methods()[name].knobs:
        assert not knob.label.endswith(("this", ".", ":"))
        assert knob.label == knob.label.strip()
        assert not re.search(r"\bthis\b", knob.label), "what is meant by it stands behind it"
