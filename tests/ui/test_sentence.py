"""The Sentence page: what a visitor sees, does, and may give it."""

import json
import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.core import engine
from dynviz.records.pair import Pair
from dynviz.records.schema import from_json, to_json
from dynviz.ui.sentence import text as sentence_text
from dynviz.ui.sentence import text_first
from dynviz.ui.shell import navigation, text
from tests.checkpoints import Spec, build
from tests.ui.conftest import APP, Open
from tests.ui.look import charts, drawn, metric, verdict, well, words

TEXT = "The cast is wonderful, but the plot is dull."
EXIT, TAGGER, DROPPER = "sst2-joint", "pos-tokee", "sst2-ltp"


def forbid(*args: object, **kwargs: object) -> None:
    raise AssertionError("no model may be loaded or run here")


def turn(at: AppTest, value: float) -> AppTest:
    return at.sidebar.slider[0].set_value(value).run()


def test_the_first_screen_is_a_stored_result_and_loads_no_model(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "load", forbid)
    at = opened()
    well(at)
    assert len(charts(at)) == 2
    assert all(chart.alt.count("% of full compute") for chart in charts(at))
    assert "DynViz shows where a language model spends its compute" in words(at)
    assert "no model has run yet" in words(at)
    assert at.selectbox(key="model").value == TAGGER


def test_turning_the_knob_on_the_first_screen_runs_the_same_two_sentences(opened: Open) -> None:
    at = opened()
    before = [drawn(c) for c in charts(at)]
    at = turn(at, 0.0)
    well(at)
    assert [drawn(c) for c in charts(at)] != before
    assert "the same on both" in verdict(at)
    assert text_first.NOTHING in words(at)


def _first(name: str) -> tuple[Pair, ...]:
    found = api.stored_golden(api.find(name))
    return found.first.pairs if found.first else found.pairs[:2]


def test_look_closer_opens_a_stored_sentence(opened: Open) -> None:
    at = opened()
    at.button(key="open-1").click().run()
    well(at)
    assert at.text_area(key="text").value == max(_first(TAGGER), key=lambda pair: pair.trace.share).trace.text
    assert metric(at, "Compute").endswith("%")


@pytest.mark.parametrize("model", ["pos-plain", TAGGER, "sst2-cascade", "sst2-dact", EXIT, DROPPER, "sst2-plain"])
def test_every_model_shows_a_verdict_metrics_and_pictures(opened: Open, model: str) -> None:
    at = opened(model=model, text=TEXT)
    well(at)
    assert "of full compute" in verdict(at)
    assert "full depth" in verdict(at)
    assert metric(at, ("Layers used", "Mean depth")).count(" of ") == 1
    assert metric(at, "Measured time").endswith("ms")
    assert at.get("plotly_chart")[0].proto.alt.startswith(("The sentence", "All", "No token")) or " of " in charts(at)[0].alt
    assert any(c.value.startswith("Trained on") for c in at.sidebar.caption)


@pytest.mark.parametrize(("model", "full", "said"), [(EXIT, "true", True), (EXIT, "", False), ("sst2-plain", "", False)])
def test_where_the_knob_is_off_that_is_said_and_nowhere_else(opened: Open, model: str, full: str, said: bool) -> None:
    at = opened(model=model, text=TEXT, **({"full": full} if full else {}))
    assert any(c.value.startswith(sentence_text.KNOBS_OFF) for c in at.caption) == said


def test_models_that_ship_readings_only_are_not_offered(opened: Open) -> None:
    at = opened(model=EXIT)
    assert at.selectbox(key="model").options == [
        "■ sst2-dact", "■ Entropy exit, joint training", "× LTP", "» CascadeBERT", "○ Plain model",
    ]  # fmt: skip
    assert at.segmented_control(key="task").options == ["Part of speech", "Sentiment"]
    assert at.selectbox(key="model").help.startswith("The sign says what stops: ■ sentence stops, × words dropped, »")
    assert any(c.value.startswith("**Entropy exit, joint training.** ") for c in at.sidebar.caption), "a menu cuts it short"


def test_of_many_models_a_group_can_be_chosen_which_opens_one_of_its_own(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "FEW", 2)
    at = opened(model=EXIT)
    kinds = at.selectbox(key="menu.stops")
    assert kinds.options == ["Anything (5)", "■ Sentence stops (2)", "× Words dropped (1)", "» Small, then big (1)", "○ Baseline (1)"]
    kinds.set_value("Words dropped").run()
    well(at)
    assert at.session_state["choice"].checkpoint.name == "sst2-ltp"
    assert at.selectbox(key="model").options == ["× LTP"]
    at.segmented_control(key="task").set_value("pos").run()
    well(at)
    assert len(at.selectbox(key="model").options) > 1, "another task shows all its models"


def test_a_task_opens_with_its_default_or_a_model_that_adapts_and_keeps_the_models_idea_in_sight(opened: Open) -> None:
    at = opened()
    assert any(c.value.startswith("Each word stops at its own layer") for c in at.sidebar.caption)
    at.segmented_control(key="task").set_value("sst2").run()
    well(at)
    assert at.session_state["choice"].checkpoint.name == "sst2-dact-a"
    assert at.query_params["model"] == "sst2-dact"
    at.segmented_control(key="task").set_value("pos").run()
    assert at.session_state["choice"].checkpoint.name == TAGGER
    assert "model" not in at.query_params


def test_the_numbers_are_those_of_the_trace(opened: Open, checkpoints: Path) -> None:
    at = opened(model=EXIT, text=TEXT, **{f"{EXIT}.entropy": "0.6"})
    trace = api.trace(api.load(EXIT), TEXT, entropy=0.6)
    ran = f"{100 * trace.answer.max():.0f} % sure, after {trace.exit_layer} of 4 layers"
    assert verdict(at).startswith(f"{trace.predicted[0].capitalize()}, {ran} · {trace.share * 100:.0f} %")
    assert metric(at, "Layers used") == f"{trace.exit_layer} of 4"


def test_the_knob_of_a_replayable_method_redraws_without_loading_or_running_the_model(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(model=EXIT, text=TEXT, **{f"{EXIT}.entropy": "0.0"})
    assert "after 4 of 4 layers" in verdict(at)
    monkeypatch.setattr(engine, "run", forbid)
    monkeypatch.setattr(api, "load", forbid)
    monkeypatch.setattr(api.Analysis, "milliseconds", lambda *a, **k: 1.25)
    at = turn(at, 1.0)
    well(at)
    assert "after 1 of 4 layers" in verdict(at)
    assert metric(at, "Measured time").startswith("1.2 of ")


def test_full_depth_and_reset(opened: Open) -> None:
    at = opened(model=EXIT, text=TEXT, **{f"{EXIT}.entropy": "1.0"})
    assert "after 1 of 4 layers" in verdict(at)
    at.sidebar.toggle(key="full").set_value(True).run()
    assert "after 4 of 4 layers · 101 %" in verdict(at)
    assert at.sidebar.slider[0].disabled
    at.sidebar.button[0].click().run()
    assert not at.sidebar.toggle(key="full").value
    assert at.sidebar.slider[0].value == 0.5


def test_a_family_is_one_entry_with_a_stepped_knob(opened: Open) -> None:
    at = opened(model="sst2-dact", text=TEXT)
    step = at.sidebar.select_slider[0]
    assert step.options == ["0.01", "0.1"]
    assert at.session_state["choice"].checkpoint.name == "sst2-dact-a"
    step.set_value(0.1).run()
    assert at.session_state["choice"].checkpoint.name == "sst2-dact-b"
    well(at)


@pytest.mark.parametrize("asked", ["99", "-1", "nan", "1e309", "<b>much"])
def test_a_setting_that_the_knob_cannot_show_is_said(opened: Open, asked: str) -> None:
    at = opened(model="sst2-joint", text=TEXT, **{"sst2-joint.entropy": asked})
    (said,) = [w.value.replace("\\", "") for w in at.sidebar.warning]
    shown = at.session_state["choice"].settings["entropy"]
    assert said == f"The link asks for entropy = {asked}, and it goes from 0 to 1. Shown instead: {shown:g}."
    assert not at.run().sidebar.warning, "it is said once"
    assert not opened(model="sst2-joint", text=TEXT, **{"sst2-joint.entropy": "0.2"}).sidebar.warning


def test_a_knob_that_counts_does_not_stand_between_two_numbers(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, **{f"{TAGGER}.window": "2.5"})
    (said,) = [w.value.replace("\\", "") for w in at.sidebar.warning]
    assert said.startswith("The link asks for window = 2.5, which is no step from 1 to 9. Shown instead: ")
    shown = at.session_state["choice"].settings["window"]
    assert said.endswith(f": {shown:g}.")
    assert shown == next(s.value for s in at.sidebar.slider if s.key == f"{TAGGER}.window")
    well(at)
    assert at.slider(key=f"{TAGGER}.window").set_value(3.0).run().session_state["choice"].settings["window"] == 3


def test_a_link_holds_text_model_and_knobs(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, **{f"{TAGGER}.delta": "0.05", "full": "true"})
    assert at.text_area(key="text").value == TEXT
    assert at.sidebar.slider[0].value == 0.05
    assert at.sidebar.toggle(key="full").value


def test_nonsense_in_a_link_falls_back_to_the_defaults(opened: Open) -> None:
    at = opened(model="../../etc/passwd", **{f"{TAGGER}.delta": "nan", "full": "perhaps"})
    well(at)
    assert at.selectbox(key="model").value == TAGGER
    assert at.sidebar.slider[0].value == 0.3
    assert "model" not in at.query_params
    said, knob = (w.value for w in at.sidebar.warning if "link" in w.value)
    assert "delta = nan" in knob
    assert r"\.\./\.\./etc/passwd" in said
    assert "TOKEE" in said
    assert not [w for w in at.run().sidebar.warning if "link" in w.value]


def test_a_link_may_name_a_checkpoint_of_a_family(opened: Open) -> None:
    at = opened(model="sst2-dact-b", text=TEXT, full="true")
    assert at.session_state["choice"].checkpoint.name == "sst2-dact-b"
    assert at.sidebar.toggle(key="full").value
    assert not at.sidebar.warning


def test_an_example_fills_the_box_and_says_what_to_look_for(opened: Open) -> None:
    at = opened(model=EXIT)
    example = api.examples("sst2")[3]
    at.selectbox(key="example-sst2").set_value(example.id).run()
    well(at)
    assert at.text_area(key="text").value == example.text
    assert f"What to look for: {example.look_for}" in words(at)


def test_a_word_is_picked_with_the_keyboard_or_by_a_click(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT)
    word = at.selectbox(key="word")
    assert list(word.options[1:4]) == ["The", "cast", "is (3)"]
    at.session_state["word"] = 2
    at.run()
    assert "“cast” " in words(at)
    at.session_state["staircase"] = {"selection": {"points": [{"customdata": {"0": 3, "1": 1}}]}}
    at.session_state["word"] = 3
    at.run()
    well(at)
    assert "“is” " in words(at)


def test_why_a_word_stopped_is_said_with_reading_and_limit(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, see="why")
    said = words(at)
    assert "Its uncertainty was never below 0.3" in said or "There its uncertainty was" in said
    rows = at.table[0].value
    assert list(rows.columns) == ["layer", "answer", "uncertainty", "limit", "stops"]
    assert {str(limit).replace("\\", "") for limit in rows["limit"]} <= {"0.3", ""}


def test_dropped_tokens_get_a_ladder_a_funnel_and_their_scores(opened: Open) -> None:
    at = opened(model=DROPPER, text=TEXT, see="kept")
    names = [c.alt for c in charts(at)]
    assert any("gone by" in n and "Tokens computed of" in n for n in names)
    assert any("tokens are computed in the last layer" in n for n in names)
    assert any("below the layer's threshold" in n for n in names)


def test_the_tags_are_explained_those_that_occur_first(opened: Open) -> None:
    at = opened(model=TAGGER, text=TEXT, see="tags")
    legend = next(e for e in at.expander if e.label == sentence_text.SECTIONS["tags"])
    tags = {m.value for m in legend.markdown}
    assert [c.value for c in legend.caption] == [sentence_text.TAGS_HERE, sentence_text.TAGS_OTHER]
    assert any("determiner" in t for t in tags)


@pytest.mark.parametrize("given", ["", "   ", "\n\t"])
def test_blank_text_shows_the_first_screen_with_its_instruction(opened: Open, given: str) -> None:
    at = opened(model=EXIT)
    at.text_area(key="text").set_value(given).run()
    well(at)
    assert "Type a sentence above" in words(at)


HOSTILE = [
    "<script>alert(1)</script>", "<u>under</u> & <img src=x onerror=alert(1)>", "**stars** _and_ `ticks` [link](http://x) $x^2$ :red[x]",
    "مرحبا بالعالم، هذا نص", "😀 👩‍👩‍👧 🇩🇪 fine",
    "e\u0301a\u0308 combining", "nul \0 byte", "{{7*7}} %s %(x)s \\n", "a" * 300, "'; DROP TABLE users; --",
]  # fmt: skip


@pytest.mark.parametrize("model", [EXIT, TAGGER, DROPPER])
def test_hostile_text_is_shown_as_typed(opened: Open, model: str) -> None:
    at = opened(model=model)
    for given in HOSTILE:
        at.text_area(key="text").set_value(given).run()
        well(at)
        for chart in charts(at):
            assert "<script" not in drawn(chart), given
            assert "<u" not in drawn(chart), given
            assert "<img" not in drawn(chart), given
        assert not any(m.allow_html for m in at.markdown), given


def test_text_that_holds_nothing_to_read_is_a_sentence_not_a_trace(opened: Open) -> None:
    at = opened(model=EXIT)
    at.text_area(key="text").set_value("\u200b\u200b").run()
    assert not at.exception
    assert ["The text holds nothing to read" in e.value for e in at.error] == [True]
    assert at.text_area(key="text").value == "\u200b\u200b"
    at.text_area(key="text").set_value(TEXT).run()
    well(at)


@pytest.mark.parametrize("model", [EXIT, TAGGER, DROPPER])
def test_ten_thousand_words_are_truncated_and_said_so(opened: Open, model: str) -> None:
    at = opened(model=model)
    at.text_area(key="text").set_value("the plot is dull " * 2500).run()
    well(at)
    assert "Only the first 128 pieces were read" in at.info[0].value
    assert at.get("button_group")[0].proto.label == text.PARTS["words"] or model == EXIT


def test_an_unforeseen_failure_is_logged_and_not_shown(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(api, "analyse", fail)
    at = opened(model=EXIT, text=TEXT)
    assert not at.exception
    assert [e.value for e in at.error] == [text.FAILED]
    assert "secret" not in words(at)
    assert "secret inside" in caplog.text
    assert at.text_area(key="text").value == TEXT


def upload(at: AppTest, content: bytes) -> AppTest:
    at.file_uploader(key="upload").upload("trace.json", content, "application/json")
    return at.run()


def test_a_trace_goes_out_as_json_and_in_again_without_a_model(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = api.trace(api.load(TAGGER), TEXT)
    at = opened(model=TAGGER, text=TEXT)
    shown = drawn(charts(at)[0])
    at.session_state["save"] = True
    assert {b.proto.label for b in at.run().get("download_button")} >= {sentence_text.SAVE_TRACE, sentence_text.SAVE_FULL}
    monkeypatch.setattr(api, "load", forbid)
    at = upload(opened(), to_json(trace, 1).encode())
    well(at)
    assert sentence_text.UPLOADED in words(at)
    assert json.loads(shown)["data"][0]["text"] == json.loads(drawn(charts(at)[0]))["data"][0]["text"]
    assert metric(at, "Same answer") == sentence_text.UNKNOWN
    assert metric(at, "Measured time") == sentence_text.TIME_NONE
    assert from_json(to_json(trace)).same_as(trace)


@pytest.mark.parametrize(
    "content",
    [b"", b"no json", b"\xff\xfe\x00", b"[]", b'{"schema": "other/9"}', b'{"schema": "dynviz.trace/1", "pickle": 1}', b"[" * 100_000],
)
def test_a_file_that_is_no_trace_is_one_sentence_and_the_page_goes_on(opened: Open, content: bytes) -> None:
    at = upload(opened(model=EXIT, text=TEXT), content)
    assert not at.exception
    assert len(at.error) == 1
    assert at.error[0].value.startswith("The trace cannot be read")
    assert at.text_area(key="text").value == TEXT


def test_markup_in_an_uploaded_trace_stays_text(opened: Open) -> None:
    raw = json.loads(to_json(api.trace(api.load(EXIT), TEXT)))
    raw |= {"labels": ["<b>x</b>", "[y](javascript:alert)"], "note": "<img src=x onerror=alert(1)>", "model": "<script>"}
    raw["tokens"] = ["<script>" for _ in raw["tokens"]]
    at = upload(opened(model=EXIT), json.dumps(raw).encode())
    well(at)
    assert not any(m.allow_html for m in at.markdown)
    assert "<script" not in "".join(map(drawn, charts(at)))
    assert "](javascript" not in "".join(str(m.value) for m in at.markdown)


def test_the_operators_folders_join_the_menu_and_a_broken_one_is_named_in_the_log(
    opened: Open, checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{")
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path / "none"))
    monkeypatch.setenv("DYNVIZ_MODELS", f"{checkpoints / EXIT}:{broken}")
    at = opened(text=TEXT)
    well(at)
    assert len(at.selectbox(key="model").options) == 1
    assert text.BROKEN[1] in words(at)
    assert str(broken) not in words(at)
    assert f"{broken / 'config.json'} is not JSON" in caplog.text


def test_without_any_checkpoint_the_page_says_what_to_do(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    at = opened()
    assert not at.exception
    assert [e.value for e in at.error] == [text.NO_CHECKPOINTS]


def test_a_checkpoint_whose_weights_are_broken_is_one_sentence(
    opened: Open, checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / EXIT
    folder.mkdir()
    (folder / "config.json").write_bytes((checkpoints / EXIT / "config.json").read_bytes())
    (folder / "model.safetensors").write_bytes((checkpoints / EXIT / "model.safetensors").read_bytes()[:100])
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    at = opened(text=TEXT)
    assert not at.exception
    assert [f"python -m dynviz doctor {EXIT}" in e.value.replace("\\", "") for e in at.error] == [True]
    assert f"{folder / 'model.safetensors'} cannot be read" in caplog.text


def test_broken_golden_traces_are_one_sentence_and_another_model_can_be_chosen(
    opened: Open, checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(checkpoints, root)
    (root / TAGGER / "golden.json").write_text('{"schema": "dynviz.golden/1", "pairs": 3}')
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(root))
    at = opened()
    assert not at.exception
    assert [f"python -m dynviz doctor {TAGGER}" in e.value.replace("\\", "") for e in at.error] == [True]
    at.segmented_control(key="task").set_value("sst2").run()
    at.selectbox(key="model").set_value(EXIT).run()
    well(at)


def test_another_page_can_set_model_and_knob(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(text=TEXT, model=EXIT)
    for key, value in (("model", "sst2-dact"), ("sst2-dact.value", 0.1), ("sst2-dact.slack", 0.4)):
        at.session_state[key] = value
    at.run()
    well(at)
    choice = at.session_state["choice"]
    assert (choice.checkpoint.name, choice.settings) == ("sst2-dact-b", {"slack": 0.4})


def test_what_a_rule_counts_is_drawn_where_it_is_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, (Spec("sst2-pabee", "pabee", knobs=(("patience", 1.0),)),), sentences=4)
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    st.cache_resource.clear()
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["text"], at.query_params["see.why"] = "A warm and funny film.", "true"
    at.run()
    assert not at.exception
    assert any("Patience counter" in c.proto.alt for c in at.get("plotly_chart"))


def test_a_skeleton_stands_where_nothing_is_drawn_yet_and_never_over_what_is(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    real = st.skeleton
    monkeypatch.setattr(st, "skeleton", lambda **given: shown.append(given["height"]) or real(**given))
    at = opened(model="sst2-joint", text=TEXT)
    assert len(shown) == 1
    at.slider(key="sst2-joint.entropy").set_value(1.0).run()
    assert len(shown) == 1
    at.switch_page("dynviz/ui/pages/compare.py").run()
    assert len(shown) == 2
    assert not at.exception
