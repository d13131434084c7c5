"""Methods that are told of and not run: every card is whole, leads to a method that is there, and needs no torch."""

import subprocess
import sys

import pytest

from dynviz import api
from dynviz.records.elsewhere import Elsewhere
from dynviz.ui.methods import text
from tests.ui.methods.look import opened, typed, words

TOLD = api.elsewhere()


def every(told: Elsewhere) -> list[str]:
    """All that a card says in sentences."""
    return [told.caption, *told.idea, *told.why, *(near.how for near in told.nearest)]


@pytest.mark.parametrize("name", TOLD)
def test_a_card_is_whole_and_its_nearest_methods_are_registered(name: str) -> None:
    told = TOLD[name]
    assert told.name == name
    assert name not in {*api.registered(), *api.policies()}, "it is run here: its card is to go"
    assert 20 <= len(told.caption) <= 140
    assert all(sentence.rstrip().endswith(".") for sentence in every(told))
    assert told.idea[0].startswith("What stops: ")
    assert told.why
    assert {near.method for near in told.nearest} <= set(api.registered())
    assert told.nearest, "something comes nearest, and be it from afar"
    assert all(part.found and part.source for part in (told.paper, told.code, told.weights))
    assert all(one.source for one in told.published)


def test_the_cards_need_no_torch() -> None:
    code = "import sys; from dynviz import api; print(len(api.elsewhere()), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(TOLD)), "False"]


def test_a_card_says_what_is_public_why_it_is_not_run_and_what_comes_nearest() -> None:
    at, told = opened("token_decay"), TOLD["token_decay"]
    assert not at.error
    said = words(at)
    for sentence in (text.ELSEWHERE, *every(told)):
        assert sentence in said
    assert [h.value for h in at.header] == [told.title, text.PUBLIC, text.WHY_NOT, text.NEAREST, text.PUBLISHED]
    public = at.table[0].value.map(typed)
    assert [list(row) for row in public.itertuples(index=False)] == [
        [what, part.found, part.source]
        for what, part in zip(("Paper", "Code", "Weights"), (told.paper, told.code, told.weights), strict=True)
    ]
    assert not at.get("plotly_chart"), "nothing was measured"


def test_a_click_leads_to_the_nearest_method() -> None:
    at = opened("token_decay")
    assert at.segmented_control(key="methods.kind").value == "elsewhere"
    assert not [b for b in at.button if b.key == "near-adapler"], "no checkpoint of it is on this shelf"
    at.button(key="near-ltp").click().run()
    assert not at.exception
    assert (at.session_state["method"], at.query_params["method"]) == ("ltp", "ltp")
    assert at.segmented_control(key="methods.kind").value == "tokens"


def test_a_method_is_found_by_its_name_whatever_its_kind() -> None:
    at = opened("tokee")
    find = at.selectbox(key="methods.find")
    assert find.options == sorted(find.options, key=str.lower)
    assert {told.title for told in TOLD.values()} < set(find.options)
    find.set_value("cost_eff").run()
    assert not at.exception
    assert at.segmented_control(key="methods.kind").value == "elsewhere"
    assert TOLD["cost_eff"].caption in words(at)


def test_at_a_glance_they_stand_apart_with_the_reason() -> None:
    table = opened(view="all").table[-1].value.map(typed)
    assert list(table.columns) == list(text.ELSEWHERE_COLUMNS.values())
    assert [row[0] for row in table.itertuples(index=False)] == [f"[**{t.title}**](?method={n})  \n{t.venue}" for n, t in TOLD.items()]
    assert [row[2] for row in table.itertuples(index=False)] == [t.why[0] for t in TOLD.values()]
