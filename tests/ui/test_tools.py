"""Badges, steps, interventions, edits and the search on the Sentence page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.core import engine
from dynviz.records import Interventions
from dynviz.records.schema import from_json
from dynviz.ui.sentence import searching, text
from tests.ui.conftest import Open
from tests.ui.look import charts, drawn, verdict, well, words
from tests.ui.test_sentence import DROPPER, EXIT, HOSTILE, TAGGER, TEXT, forbid

MODELS = [EXIT, TAGGER, DROPPER]


def chart(at: AppTest, begins: str) -> str:
    """What the picture holds whose accessible name has this in it."""
    return next(drawn(c) for c in charts(at) if begins in c.alt)


def labels(at: AppTest) -> list[str]:
    """The badges, as said."""
    return [m.value for m in at.markdown if "-badge[" in m.value]


# badges and the true answer


def test_without_a_true_answer_the_badge_says_whether_full_depth_agrees(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT)
    full = api.analyse(api.load(EXIT), TEXT)
    same = full.at().predicted == full.full.predicted
    assert len(labels(at)) == 1
    assert (text.AGREES if same else "Full depth says") in labels(at)[0]


def test_the_true_answer_of_a_bundled_example_is_known(opened: Open) -> None:
    for model, task in ((EXIT, "sst2"), (TAGGER, "pos")):
        at = opened(model=model, text=api.examples(task)[0].text)
        well(at)
        assert text.TRUTH_KNOWN in words(at)
        assert any(word in " ".join(labels(at)) for word in ("right", "wrong"))


@pytest.mark.parametrize(("knob", "label"), [("0.0", "positive"), ("0.0", "negative"), ("1.0", "positive"), ("1.0", "negative")])
def test_a_visitor_gives_the_true_label_and_the_link_holds_it(opened: Open, knob: str, label: str) -> None:
    at = opened(model=EXIT, text=TEXT, truth=label, **{f"{EXIT}.entropy": knob})
    analysis = api.analyse(api.load(EXIT), TEXT)
    here, full = analysis.at({"entropy": float(knob)}).predicted[0], analysis.full.predicted[0]
    kinds = {(True, True): text.BOTH_RIGHT, (False, False): text.BOTH_WRONG if here == full else text.NEITHER}
    kinds |= {(False, True): text.WORSE, (True, False): text.AVOIDED}
    assert kinds[here == label, full == label] in labels(at)[0]
    menu = next(s for s in at.selectbox if s.label == text.TRUTH_LABEL)
    assert menu.value == label
    menu.set_value("").run()
    assert "truth" not in at.query_params
    assert kinds[here == label, full == label] not in labels(at)[0]


def test_a_true_tag_is_given_word_by_word(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT)
    trace = api.trace(api.load(TAGGER), TEXT)
    at.selectbox(key="truth-word").set_value(2).run()
    menu = next(s for s in at.selectbox if s.label.startswith("The true tag of"))
    assert "is" in menu.label
    menu.set_value(trace.predicted[3]).run()
    well(at)
    assert any("1 tag right" in b for b in labels(at)) or any("1 tag overthinking" in b for b in labels(at))


def test_one_visitors_labels_are_not_anothers(opened: Open) -> None:
    first = opened(model=EXIT, text=TEXT, truth="negative")
    assert "right" in labels(first)[0] or "wrong" in labels(first)[0] or "Worse" in labels(first)[0]
    second = opened(model=EXIT, text=TEXT)
    assert not any(word in labels(second)[0] for word in ("right", "wrong", "Worse"))


def test_what_was_left_on_the_table_is_said(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, **{f"{EXIT}.entropy": "0.0"})
    found = api.settled(api.analyse(api.load(EXIT), TEXT))
    assert found is not None
    said = words(at)
    early = f"never changes after layer {found.layers[0]} ({(found.share or 0) * 100:.0f} %"
    assert (early if found.layers[0] < 4 else text.SETTLED_LAST) in said
    later = 4 - int(found.layers[0])
    assert (f"{later} layer{'s' if later > 1 else ''} later" if later else text.SETTLED_EXACT) in said
    assert '"answer settled"' in drawn(charts(at)[0])
    assert " could have been avoided" in words(opened(model=TAGGER, text=TEXT))
    assert "never changes" not in words(opened(model=DROPPER, text=TEXT))


# word pieces, and what the link holds


def test_pieces_are_shown_on_request_everywhere(opened: Open) -> None:
    given = "Zqzq is fine."
    at = opened(model=TAGGER, text=given)
    assert "‿" not in drawn(charts(at)[0])
    count = len(at.selectbox(key="word").options)
    at.toggle(key="pieces").set_value(True).run()
    well(at)
    assert "‿" in drawn(charts(at)[0])
    assert len(at.selectbox(key="word").options) == count + 3
    assert "‿" in drawn(charts(opened(model=DROPPER, text=given, pieces="true"))[0])


def test_a_text_without_parted_words_has_no_switch(opened: Open) -> None:
    assert not [t for t in opened(model=TAGGER, text="The cast is dull.").toggle if t.key == "pieces"]


def test_the_word_looked_at_stays_the_same_when_pieces_are_shown(opened: Open) -> None:
    at = opened(model=TAGGER, text="Zqzq is fine.", word="2")
    assert "“is” " in words(at)
    at.toggle(key="pieces").set_value(True).run()
    assert at.session_state["word"] == 5
    assert "“is” " in words(at)
    at.toggle(key="pieces").set_value(False).run()
    assert at.session_state["word"] == 2


def test_the_link_holds_word_and_layer(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, word="3", layer="2", see="steps")
    well(at)
    assert "“is” " in words(at)
    assert at.main.slider[0].value == 2
    assert "Layer 2" in words(at)


@pytest.mark.parametrize("nonsense", ["x", "-1", "999", "1e9", "", "²"])
def test_nonsense_in_the_link_is_passed_over(opened: Open, nonsense: str) -> None:
    own = dict.fromkeys(("word", "layer", "pair", "keep", "stop", "exit"), nonsense)
    at = opened(model=TAGGER, text=TEXT, see=" ".join(text.SECTIONS), **own)
    assert not at.exception
    assert not at.error
    assert not opened(model=TAGGER, text=TEXT, **{"see.edit": nonsense}).session_state["see.edit"]


# steps


@pytest.mark.parametrize("model", [*MODELS, "sst2-cascade", "sst2-dact", "pos-plain"])
def test_every_layer_is_told(opened: Open, model: str) -> None:
    at = opened(model=model, text=TEXT, see="steps")
    slider = at.main.slider[0]
    for layer in range(int(slider.max) + 1):
        at.main.slider[0].set_value(layer).run()
        well(at)
        assert ("Before layer 1" if not layer else "ayer" if model != "sst2-cascade" else ("Small", "Big")[layer > 2]) in words(at)


def test_buttons_step_and_stop_at_the_ends(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, layer="1", see="steps")
    back, forward = (next(b for b in at.main.button if b.label == name) for name in (text.BACK, text.NEXT))
    assert not back.disabled
    back.click().run()
    assert at.main.slider[0].value == 0
    assert next(b for b in at.main.button if b.label == text.BACK).disabled
    forward.click().run()
    assert at.main.slider[0].value == 1
    at.main.slider[0].set_value(4).run()
    assert next(b for b in at.main.button if b.label == text.NEXT).disabled


def test_a_step_names_what_was_dropped_and_what_was_asked(opened: Open) -> None:
    trace = api.trace(api.load(DROPPER), TEXT)
    layer = int(trace.dropped_at.max())
    at = opened(model=DROPPER, text=TEXT, layer=str(layer), see="steps")
    assert "Dropped here: “" in words(at)
    at = opened(model=EXIT, text=TEXT, layer="1", see="steps", **{f"{EXIT}.entropy": "1.0"})
    assert "Asked here, the model says" in words(at)
    assert "below 1: it stops." in words(at)
    assert "not computed. The answer was given after layer 1." in words(at.main.slider[0].set_value(3).run())


def test_the_picture_veils_the_layers_to_come(opened: Open) -> None:
    assert '"shapes": [{' not in drawn(charts(opened(model=EXIT, text=TEXT))[0])
    stepped = opened(model=EXIT, text=TEXT, layer="1", see="steps", **{f"{EXIT}.entropy": "0.0"})
    assert drawn(charts(stepped)[0]).count('"type": "rect"') == 2
    assert '"type": "rect"' not in drawn(charts(opened(model=EXIT, text=TEXT, layer="1"))[0]), "the section is closed"


def test_a_larger_layer_of_another_model_is_brought_into_range(opened: Open) -> None:
    at = opened(model="sst2-cascade", text=TEXT, layer="6", see="steps")
    at.selectbox(key="model").set_value(EXIT).run()
    well(at)
    assert at.main.slider[0].value <= 4


# interventions


def test_nothing_runs_before_something_is_forced(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "intervene", forbid)
    for model in MODELS:
        at = opened(model=model, text=TEXT, see="force")
        well(at)
        assert text.FORCE_NOTHING in words(at)


def test_an_answer_is_forced_at_a_layer(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, see="force", **{f"{EXIT}.entropy": "1.0"})
    menu = at.selectbox(key="force-exit")
    assert menu.options[0] == text.FORCE_RULE
    assert menu.options[-1] == "layer 4 (full depth)"
    menu.set_value(3).run()
    well(at)
    analysis = api.analyse(api.load(EXIT), TEXT)
    after = api.intervene(analysis, {"entropy": 1.0}, Interventions(3))
    assert "it came after layer 3 instead of layer 1" in words(at)
    assert f"to {after.share * 100:.0f} % of full" in words(at)
    assert verdict(at).split(" · ")[0].endswith("after 1 of 4 layers"), "the run on the page is not touched"
    assert at.query_params["exit"] == "3"


def test_a_dropped_word_is_kept_and_what_follows_is_shown(opened: Open) -> None:
    trace = api.trace(api.load(DROPPER), TEXT)
    gone = int((trace.dropped_at > 0).nonzero()[0][0])
    at = opened(model=DROPPER, text=TEXT, see="force")
    at.multiselect(key="force-keep").set_value([gone]).run()
    well(at)
    analysis = api.analyse(api.load(DROPPER), TEXT)
    after = api.intervene(analysis, api.knobs_of(analysis.model), Interventions(keep=((gone, 1),)))
    assert "changed depth" in words(at)
    assert f"{trace.depth[gone]} to 4" in words(at)
    assert f"to {after.share * 100:.0f} % of full" in words(at)
    assert "◆" in chart(at, "changed depth")


def test_keeping_all_is_full_depth(opened: Open) -> None:
    at = opened(model=DROPPER, text=TEXT, see="force")
    at.toggle(key="force-all").set_value(True).run()
    well(at)
    assert "to 100 % of full" in words(at)
    assert at.query_params["all"] == "1"
    next(b for b in at.button if b.label == text.FORCE_RESET).click().run()
    assert text.FORCE_NOTHING in words(at)
    assert "all" not in at.query_params


def test_words_of_a_tagger_halt_and_go_on_by_hand(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, see="force", stop="2", **{"from": "1"})
    well(at)
    trace = api.trace(api.load(TAGGER), TEXT)
    assert f"“cast” {trace.depth[2]} to 1" in words(at) or trace.depth[2] == 1
    assert not [m for m in at.multiselect if m.label == text.FORCE_DROP]
    assert "◆ cast" in chart(at, "Compute went from")


def test_every_word_stops_where_its_tag_settles(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, see="force")
    at.toggle(key="force-all").set_value(True).run()
    well(at)
    assert "Compute went from" in words(at)


def test_a_click_on_a_struck_word_keeps_it_and_on_another_drops_it_from_that_layer_on(opened: Open) -> None:
    from dynviz.ui.sentence import forcing

    trace = api.trace(api.load(DROPPER), TEXT)
    gone = int((trace.dropped_at > 0).nonzero()[0][0])
    kept = int((trace.dropped_at == 0).nonzero()[0][1])
    at = opened(model=DROPPER, text=TEXT)

    def click(place: object, layer: object = 2) -> dict[str, Any]:
        import streamlit as st

        found = {"selection": {"points": [{"customdata": {"0": place, "1": layer}}]}}
        state: dict[str, Any] = {"ladder": found}
        original, st.session_state = st.session_state, state  # type: ignore[assignment]
        try:
            forcing.clicked("ladder", trace, "word")
        finally:
            st.session_state = original
        return {key: value for key, value in state.items() if key.startswith("force-")}

    well(at)
    assert click(gone) == {"force-keep": [gone]}
    assert click(kept, 3) == {"force-stop": [kept], "force-layer": 3}
    for nonsense in ((-1, 2), (999, 2), ("x", 2), (True, 2), (None, 2), (kept, 0), (kept, 99), (kept, "x"), (0, 2)):
        assert click(*nonsense) == {}


def test_another_text_begins_anew(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, see="force", exit="3", stop="2")
    assert at.multiselect(key="force-stop").value == [2]
    at.text_area(key="text").set_value("A quiet little film.").run()
    well(at)
    assert text.FORCE_NOTHING in words(at)


def test_the_forced_run_is_a_record_that_opens_again(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, see="force", exit="2")
    assert {b.proto.label for b in at.get("download_button")} >= {text.FORCE_SAVE}
    analysis = api.analyse(api.load(EXIT), TEXT)
    from dynviz.records.schema import to_json

    raw = to_json(api.intervene(analysis, None, Interventions(2)))
    at = opened()
    at.file_uploader(key="upload").upload("trace.json", raw.encode(), "application/json")
    at.run()
    well(at)
    assert "Forced by hand: answer after layer 2." in words(at)
    assert "◆ layer 2" in drawn(charts(at)[0])
    assert from_json(raw).exit_layer == 2


def test_a_trace_from_a_file_can_be_stepped_but_not_run_again(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from dynviz.records.schema import to_json

    raw = to_json(api.trace(api.load(TAGGER), TEXT)).encode()
    monkeypatch.setattr(api, "load", forbid)
    for do in ("force", "edit", "search"):
        at = opened(see=do)
        at.file_uploader(key="upload").upload("trace.json", raw, "application/json")
        at.run()
        well(at)
        assert text.NEEDS_MODEL in words(at)
    at = opened(see="steps", layer="1")
    at.file_uploader(key="upload").upload("trace.json", raw, "application/json")
    at.run()
    assert "Layer 1: every token is computed." in words(at)


# edits


@pytest.mark.parametrize("model", MODELS)
def test_an_edit_stands_beside_the_text(opened: Open, model: str) -> None:
    at = opened(model=model, text=TEXT, see="edit")
    well(at)
    assert at.text_area(key="edit").value == TEXT
    assert text.EDIT_SAME in words(at)
    at.text_area(key="edit").set_value(TEXT.replace("dull", "fresh")).run()
    well(at)
    assert "Compute went from" in words(at)
    if model != EXIT:
        assert "<s>dull</s>" in chart(at, "Compute went from")
    assert at.query_params["edit"] == TEXT.replace("dull", "fresh")
    at.text_area(key="text").set_value("A quiet little film.").run()
    assert at.text_area(key="edit").value == "A quiet little film."
    assert "edit" not in at.query_params


def test_an_edit_becomes_the_text(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, see="edit", edit="The cast is fine.")
    assert at.text_area(key="edit").value == "The cast is fine."
    next(b for b in at.button if b.label == text.EDIT_OPEN).click().run()
    well(at)
    assert at.text_area(key="text").value == "The cast is fine."
    assert text.EDIT_SAME in words(at)


@pytest.mark.parametrize("given", ["", "  ", "\u200b\u200b"])
def test_an_edit_that_leaves_nothing_is_a_sentence(opened: Open, given: str) -> None:
    at = opened(model=EXIT, text=TEXT, see="edit")
    at.text_area(key="edit").set_value(given).run()
    assert not at.exception
    assert text.EDIT_BLANK in words(at) or ["The text holds nothing to read" in e.value for e in at.error] == [True]
    assert charts(at), "the page goes on"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("given", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_edits_are_shown_as_typed(opened: Open, given: str, model: str) -> None:
    at = opened(model=model, text=TEXT, see="edit")
    at.text_area(key="edit").set_value(f"{given} dull").run()
    well(at)
    assert "<script" not in "".join(map(drawn, charts(at)))
    assert not any(m.allow_html for m in at.markdown)
    at.text_area(key="text").set_value(given).run()
    at.session_state["see.force"] = True
    at.run()
    well(at)


# the search


@pytest.mark.parametrize("model", MODELS)
def test_the_search_finds_ranks_and_opens_edits(opened: Open, model: str) -> None:
    at = opened(model=model, text="The plot is dull, not good.", see="search")
    assert "at most 160 runs" in words(at)
    at.button(key="search-run").click().run(timeout=120)
    well(at)
    assert "Smallest: “" in words(at)
    rows = next(d.value for d in at.dataframe if text.COLUMNS["edit"] in d.value)
    assert {text.COLUMNS[k] for k in ("edit", "kind", "depth", "share", "size")} <= set(rows.columns)
    pick = at.selectbox(key="search-pick")
    assert len(pick.options) == len(rows)
    pick.set_value(1).run()
    next(b for b in at.button if b.label == text.SEARCH_OPEN_BUTTON).click().run()
    well(at)
    assert at.session_state["see.edit"]
    assert at.text_area(key="edit").value != "The plot is dull, not good."
    assert "Compute went from" in words(at)


def test_a_row_of_the_search_opens_by_a_click(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"search-rows": {"selection": {"rows": [0]}}}
    monkeypatch.setattr(searching.st, "session_state", state)
    from dynviz.data.edits import Edit, Effect

    searching._open_row("a b", [Effect(Edit("a", 1, "b", "", "deleted"), 1, 0, 0, "", "")])
    assert state["edit"] == "a"  # type: ignore[comparison-overlap]
    assert state["see.edit"]


def test_what_a_search_found_before_it_was_stopped_stays(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(model=EXIT, text=TEXT, see="search")
    at.button(key="search-run").click().run(timeout=120)
    found = at.session_state[searching.FOUND]
    assert found.done == found.total
    found.done = 32
    found.effects = found.effects[:32]
    at.run()
    assert f"Stopped after 32 of {found.total} edits." in words(at)
    at.sidebar.slider[0].set_value(0.9).run()
    assert "Stopped after" not in words(at), "other settings, another search"


def test_a_long_text_keeps_to_the_budget(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    traces = api.traces
    monkeypatch.setattr(api, "traces", lambda model, texts, knobs: (seen.append(len(texts)), traces(model, texts, knobs))[1])
    at = opened(model=TAGGER, text=TEXT * 30, see="search")
    monkeypatch.setattr(searching.edits, "BUDGET", 160)
    at.button(key="search-run").click().run(timeout=240)
    well(at)
    assert sum(seen) == 160
    assert max(seen) == searching.TOGETHER


def test_tools_run_engines_only_when_used(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(model=EXIT, text=TEXT, see="steps")
    monkeypatch.setattr(engine, "run", forbid)
    monkeypatch.setattr(api.Analysis, "milliseconds", lambda *a, **k: 1.0)
    for layer in (0, 2, 4):
        at.main.slider[0].set_value(layer).run()
        well(at)
    for name in text.SECTIONS:
        at.session_state[f"see.{name}"] = name != "settle"  # which asks other models, and is opened for that
        well(at.run())
