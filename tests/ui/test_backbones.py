"""A task whose models stand on two backbones: every page holds a model against those on its own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from dynviz import api
from dynviz.checkpoint.golden import LESSONS
from dynviz.figures.backbones import backbones_bought, backbones_findings
from dynviz.measure import backbones as held
from dynviz.measure import insights
from dynviz.records import backbones as held_file
from dynviz.records import zoo as zoo_file
from dynviz.ui.compare import said
from dynviz.ui.learn import facts, pick, shop
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.methods import text
from dynviz.ui.present import cast, reference
from dynviz.ui.shell import backbones, cache, state
from dynviz.ui.shell.shown import plain, unbroken
from tests.benchmarks import savings
from tests.checkpoints import DEEPER, SPECS, build
from tests.docs import benchmarks as made
from tests.figures.build import trace
from tests.ui.conftest import Open

CHOSEN = ("pos-tokee", "sst2-joint", "sst2-ltp", "sst2-plain", "sst2-plain-2")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build(tmp_path_factory.mktemp("both"), (*(s for s in SPECS if s.name in CHOSEN), *DEEPER), sentences=24)
    found = insights.compute(folder)
    zoo_file.write(found, folder / zoo_file.FILE)
    held_file.write(held.compute(found, folder), folder / held_file.FILE)
    return folder


@pytest.fixture(scope="module")
def checkpoints(shelf: Path) -> Path:
    return shelf


@pytest.fixture
def there(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    monkeypatch.delenv("DYNVIZ_MODELS", raising=False)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def test_backbones_are_called_by_their_layers_where_there_are_several(there: None) -> None:
    assert backbones.of_task("sst2") == {"tiny": "4 layers", "deep": "6 layers"}
    assert [backbones.said(cache.checkpoint(name)) for name in ("sst2-joint", "sst2-6-joint", "pos-tokee")] == ["4 layers", "6 layers", ""]
    assert backbones.titled(cache.checkpoint("sst2-6-ltp")) == "LTP, 6 layers"


def test_a_task_opens_on_its_lightest_backbone_and_a_group_on_that_in_use(there: None) -> None:
    opened = state.opens("sst2")
    assert opened is not None
    assert opened.backbone == "tiny"
    stops = state.entries()["sst2-6-joint"].stops
    found = [state.opens("sst2", stops, backbone) for backbone in (None, "tiny", "deep")]
    assert [entry and entry.name for entry in found] == ["sst2-joint", "sst2-joint", "sst2-6-joint"]


def test_the_menu_holds_one_backbone_and_the_choice_keeps_the_method(opened: Open) -> None:
    at = opened(model="sst2-ltp", page="methods")
    control = at.sidebar.segmented_control(key="menu.backbone")
    assert (list(control.options), control.value) == (["4 layers", "6 layers"], "tiny")
    assert at.sidebar.selectbox(key="model").options == ["■ Entropy exit, joint training", "× LTP", "○ Plain model"]
    control.set_value("deep").run()
    assert not at.exception
    assert at.session_state["model"] == "sst2-6-ltp"
    at.sidebar.segmented_control(key="task").set_value("pos").run()
    assert not [c for c in at.sidebar.segmented_control if c.key == "menu.backbone"], "one backbone is no choice"


def test_the_backbone_in_use_is_kept_over_a_task_that_has_no_model_on_it(opened: Open) -> None:
    at = opened(model="sst2-6-ltp", page="methods")
    for task, model in (("pos", "pos-tokee"), ("sst2", "sst2-6-joint")):
        at.sidebar.segmented_control(key="task").set_value(task).run()
        assert at.session_state["model"] == model
    at.sidebar.segmented_control(key="menu.backbone").set_value("tiny").run()
    for task, model in (("pos", "pos-tokee"), ("sst2", "sst2-joint")):
        at.sidebar.segmented_control(key="task").set_value(task).run()
        assert at.session_state["model"] == model


@pytest.mark.parametrize(("model", "own", "other"), [("sst2-joint", "4 layers", "6 layers"), ("sst2-6-joint", "6 layers", "4 layers")])
def test_the_trade_off_page_draws_one_backbone_and_says_so(opened: Open, model: str, own: str, other: str) -> None:
    at = opened(page="tradeoff", model=model)
    assert not at.exception
    note = " ".join(caption.value for caption in at.caption)
    assert f"the backbone of {own}" in note
    assert f"Those of {other} have another" in note
    assert "One of the 6 layers takes 25 % of the work of the whole model of 4, all of them 1.5 times its work" in note
    menu = at.selectbox(key="tradeoff.line")
    assert len(menu.options) == 2, "the exit and the one that drops tokens, once each"


def test_the_stage_and_the_lesson_of_budgets_hold_a_model_against_its_own_plain_model(there: None) -> None:
    casts = {one.checkpoint.name: one for one in cast.candidates()}
    for name, one in casts.items():
        plain = reference.plain_model(one)
        assert plain is not None
        assert plain.name == ("sst2-6-plain" if "-6-" in name else "sst2-plain"), "not the one of four layers on the other backbone"
    for task in cache.zoo().values():
        drawn = shop.shop(task, task.budgets[-1])
        assert [c.x.tolist()[-1] for c in drawn.curves if c.kind == "static"] == [1.0]
        depths = {"sst2-plain": {2}, "sst2-6-plain": {4}}[task.plain]
        assert drawn.cut is None or {drawn.cut.layers} == depths


def test_facts_tell_the_backbone(there: None) -> None:
    found = {name: facts.facts(name) for name in ("sst2-joint", "sst2-6-joint")}
    assert {name: one and one.ground for name, one in found.items()} == {
        "sst2-joint": ("sst2", "tiny"), "sst2-6-joint": ("sst2", "deep"),
    }  # fmt: skip


@pytest.mark.parametrize(("true_of", "taken"), [((4, 6), "sst2-6-joint"), ((4,), "sst2-joint"), ((), "sst2-6-joint")])
def test_a_lesson_takes_the_deepest_model_for_which_its_story_is_true(there: None, true_of: tuple[int, ...], taken: str) -> None:
    (lesson,) = (one for one in all_lessons() if one.name == "stopping")
    told = replace(lesson, story=lambda shown: shown.layers in true_of)
    assert pick.model_for(told, "") == taken
    assert pick.model_for(told, "sst2-joint") == "sst2-joint", "asked for by its name"


def test_what_lessons_show_on_six_layers_is_stored_on_twelve() -> None:
    """Texts of which no trace is stored are shown with a model that has one: the deepest would never be taken."""
    six = {id for name, ids in LESSONS.items() if "-12-" not in name for id in ids}
    twelve = {id for name, ids in LESSONS.items() if "-12-" in name for id in ids}
    assert twelve == six


def test_shares_of_two_plain_models_are_not_compared(opened: Open) -> None:
    at = opened(page="compare", model="sst2-joint", **{"with": "sst2-ltp,sst2-6-joint"})
    assert not at.exception
    assert [option.endswith("6 layers") for option in at.multiselect[0].options] == [False] * 3 + [True] * 3, "its own first"
    (told,) = (caption.value for caption in at.caption if "different backbones" in caption.value)
    assert "One of the 6 layers takes 25 % of the work" in told
    assert "MFLOPs" in said.of_models(["a", "b"], [trace(["a", "b"]), trace(["a", "b"])], False)


def test_the_methods_page_has_a_comparison_for_each(opened: Open, shelf: Path) -> None:
    at = opened(page="methods", view="zoo")
    assert not at.exception
    names = list(json.loads((shelf / zoo_file.FILE).read_text(encoding="utf-8"))["tasks"])
    assert names == ["sst2", "sst2/deep"]
    control = at.segmented_control(key="zoo.task")
    assert list(control.options) == ["Sentiment, 4 layers", "Sentiment, 6 layers"]
    found = held_file.read(shelf / held_file.FILE)["sst2/deep"]
    told = [f"- {text.HELD_SIGNS[one.side]} {unbroken(plain(one.said))}" for one in backbones_findings(found)]
    for name in names:
        control.set_value(name).run()
        assert not at.exception
        assert "\n".join(told) in [part.value for part in at.markdown]
        alts = [chart.proto.alt for chart in at.get("plotly_chart") if chart.key.startswith("held-")]
        assert alts[0] == backbones_bought(found)
        assert len(alts) == 3


def test_the_comparison_goes_with_the_model_in_use_unless_the_address_or_a_click_asks_for_another(opened: Open) -> None:
    at = opened(page="methods", view="zoo", model="sst2-6-joint")
    assert at.session_state["zoo.task"] == "sst2/deep"
    at.sidebar.segmented_control(key="menu.backbone").set_value("tiny").run()
    assert at.session_state["zoo.task"] == "sst2"
    at.segmented_control(key="zoo.task").set_value("sst2/deep").run()
    at.sidebar.selectbox(key="model").set_value("sst2-ltp").run()
    assert at.session_state["zoo.task"] == "sst2/deep", "another model on the same backbone takes nothing back"
    assert opened(page="methods", view="zoo", model="sst2-6-joint", **{"zoo.task": "sst2"}).session_state["zoo.task"] == "sst2"


def test_a_card_pictures_its_method_on_the_backbone_in_use_and_says_where_it_cannot(opened: Open) -> None:
    at = opened(page="methods", model="sst2-6-ltp", method="entropy_exit")
    assert at.session_state["checkpoint"] == "sst2-6-joint"
    assert any("of 6" in chart.proto.alt for chart in at.get("plotly_chart"))
    missing = text.OTHER_LAYERS.format(there="4 layers", used="6 layers")
    assert missing not in [caption.value for caption in at.caption]
    at.sidebar.segmented_control(key="menu.backbone").set_value("tiny").run()
    assert at.session_state["checkpoint"] == "sst2-joint"
    asked = opened(page="methods", model="sst2-6-ltp", method="entropy_exit", checkpoint="sst2-joint")
    assert asked.session_state["checkpoint"] == "sst2-joint"
    other = opened(page="methods", model="sst2-6-ltp", method="tokee")
    assert missing in [caption.value for caption in other.caption]


def test_savings_are_measured_on_each_backbone_against_its_own_plain_model(shelf: Path) -> None:
    found = savings.chosen(api.checkpoints(shelf))
    assert {where: [c.name for c in some] for where, some in found.items()} == {
        ("tiny", "sst2"): ["sst2-joint", "sst2-ltp"], ("deep", "sst2"): ["sst2-6-joint", "sst2-6-ltp"], ("tiny", "pos"): ["pos-tokee"],
    }  # fmt: skip
    depths = {where: len(savings.plain_of(api.load(some[0])).model.stages[0].layers) for where, some in found.items()}
    assert depths == {("tiny", "sst2"): 4, ("deep", "sst2"): 6, ("tiny", "pos"): 4}


def test_the_docs_have_a_table_of_savings_for_each_backbone(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    about = {"batch": "1", "setting": "25 pieces, entropy = 0.5", "what": "savings"}
    rows = [
        {**about, "model": name, "measure": m, "value": f"{i}"} for name in ("sst2-6-joint", "sst2-joint") for i, m in enumerate(made.SAVED)
    ]
    rows += [
        {**about, "model": "", "setting": f"25 pieces, sst2, {name}", "measure": "", "value": value}
        for name, value in (("tiny", "0.5"), ("deep", "0.3"))
    ]
    parts = made._savings(rows)
    assert [part.split()[1:4] for part in parts[1:]] == [["4", "layers", "(tiny)"], ["6", "layers", "(deep)"]]
    assert ["*a*: 0.5 at 25 pieces, sst2." in parts[1], "*a*: 0.3 at 25 pieces, sst2." in parts[2]] == [True, True]
    assert ["`sst2-joint`" in part for part in parts] == [False, True, False]
    assert made._savings([]) == []
