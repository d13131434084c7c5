"""The Data page on tiny checkpoints: rows of every origin are run, nothing is lost, and what is said agrees with the run."""

import io
import re
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from dynviz import api
from dynviz.data import bundled, examples_of, lines_table, open_table
from dynviz.data.spreadsheet import RESULTS
from dynviz.figures.wording import percent, points
from dynviz.jobs import runner
from dynviz.records import Sweep
from dynviz.records.tasks import TASKS
from dynviz.ui.data import beside, empty, export, report, text, tokens
from tests.ui.data import PASTED, fine, finished, job, opened, pasted, ran, shown, view
from tests.ui.look import charts, finding, words

pytestmark = pytest.mark.usefixtures("runs")


def compared(model: str, **knobs: float) -> Sweep:
    return api.compare(api.load(model), bundled(api.find(model).config.task), knobs)


# From rows to a run


def test_nothing_runs_and_no_model_is_loaded_before_the_visitor_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynviz.checkpoint.model.load", lambda *_: pytest.fail("a model was loaded"))
    at = opened()
    assert "151 texts written for DynViz" in words(at)
    assert at.button(key="data.run").label == "Run on 151 rows"
    assert list(at.dataframe[0].value["Text"]) == list(bundled("sst2").texts[:5]), "the first rows are seen before they are run"
    for kind in ("paste", "file", "hub"):
        fine(at.segmented_control(key="rows").set_value(kind).run())
        assert at.info[0].value == text.EMPTY[kind][0], "an empty panel says what to do"
        assert at.code[0].value == empty.example(kind, TASKS["sst2"]), "and shows how"
        assert "stay on this server" in words(at)


@pytest.mark.parametrize("task", ["sst2", "pos", "mrpc"])
def test_the_example_of_an_empty_panel_can_be_read(task: str) -> None:
    tables = (
        lines_table(empty.example("paste", TASKS[task])),
        open_table(empty.example("file", TASKS[task]).encode(), "a.csv"),
    )
    known = bundled(task)
    for table in tables:
        found = examples_of(table, TASKS[task])
        assert set(zip(found.texts, found.labels or (), strict=True)) < set(zip(known.texts, known.labels or (), strict=True))
        assert len(set(found.labels or ())) == 2


def test_a_run_says_what_a_run_at_once_says() -> None:
    at, sweep = ran(opened()), compared("sst2-joint")
    mean, low, high = (points(float(v)) for v in sweep.difference(1))
    assert finding(at) == f"151 rows: {percent(float(sweep.share[1]))} of compute, {mean} points [{low}, {high}]"
    assert at.metric[1].value == f"{sweep.accuracy[1] * 100:.1f} %"
    assert all(chart.alt for chart in charts(at))
    assert len(shown(at)) == 100
    assert at.query_params["job"] == job(at).id


def test_the_knob_moves_what_is_shown_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    at = ran(opened())
    with monkeypatch.context() as patch:
        patch.setattr("dynviz.core.engine.run", lambda *_: pytest.fail("the model ran"))
        fine(at.slider(key="sst2-joint.entropy").set_value(0.9).run())
    assert percent(float(compared("sst2-joint", entropy=0.9).share[1])) in finding(at)


def test_a_method_that_must_run_again_says_so_and_does() -> None:
    at = ran(opened("sst2-ltp"))
    before = finding(at)
    at.slider(key="sst2-ltp.scale").set_value(3.0).run()
    assert "Shown at the setting it was run with (thresholds times 1)" in words(at)
    assert finding(at) == before
    at = finished(fine(at.button(key="data.here").click().run()))
    assert percent(float(compared("sst2-ltp", scale=3.0).share[1])) in finding(at)


@pytest.mark.parametrize(("model", "within"), [("sst2-ltp", True), ("pos-tokee", True), ("sst2-joint", False)])
def test_tokens_computed_in_each_layer_are_drawn_where_something_is_saved_within_a_sentence(model: str, within: bool) -> None:
    at, sweep = ran(opened(model)), compared(model)
    said = [chart.alt for chart in charts(at) if "tokens are computed in the last layer" in chart.alt]
    assert len(said) == within
    table = next(frame.value for frame in at.dataframe if {"Text", "Pieces"} <= set(frame.value.columns))
    every = (sweep.exits[1] == sweep.layers).all()
    assert ("Tokens to the end" in table.columns) == (within and every)
    assert ("Stopped after" in table.columns) == (not within or not every)
    if within:
        assert f" of {sweep.rows.lengths.sum():,} tokens" in said[0]


def test_the_tokens_that_go_are_told_apart_by_place_length_and_right_tag() -> None:
    at = ran(opened("sst2-ltp"))
    found = view(at)
    shares = found.outcome.placed.sum(0)[1:] / found.outcome.placed.sum(0)[0]
    assert np.allclose([g.shares for g in tokens.groups(found, "position")], shares.T, atol=1e-4)
    assert any("Told apart by position, most is left" in chart.alt for chart in charts(at))
    fine(at.segmented_control(key="sort").set_value("length").run())
    assert any("Told apart by length of the row, most" in chart.alt or "by length of the row." in chart.alt for chart in charts(at))
    assert at.query_params["sort"] == "length"
    assert text.NO_SPEECH in words(at)

    at = ran(opened("pos-tokee", sort="tag"))
    found, nouns = view(at), tokens.groups(view(at), "tag")[0]
    which = found.sweep.rows.labels == found.about.labels.index(nouns.name)
    assert nouns.pieces == which.sum()
    assert np.allclose(nouns.shares, found.outcome.ran[:, which].mean(1), atol=1e-4)
    assert any("Told apart by right tag, most is left" in chart.alt for chart in charts(at))
    assert text.NO_SPEECH not in words(at)


def test_another_model_in_the_sidebar_leaves_the_run_as_it_is() -> None:
    at = ran(opened())
    before = finding(at)
    at.selectbox(key="model").set_value("sst2-ltp").run()
    assert "This run is of Entropy exit" in words(at)
    assert finding(at) == before
    fine(at.button(key="data.use").click().run())
    assert at.session_state["model"] == "sst2-joint"


def test_pasted_lines_with_labels_are_read() -> None:
    at = pasted(opened())
    assert "4 rows, with right answers" in words(at)
    at = ran(at)
    assert shown(at) == [line.split("\t")[0] for line in PASTED.split("\n")]
    assert shown(at, "Right") == ["positive", "negative", "positive", "negative"]


def test_without_labels_the_page_compares_with_full_depth() -> None:
    at = ran(pasted(opened(), "One line.\nAnother line, rather longer than the first.\n\n  \nمرحبا بالعالم\n\U0001f600"))
    assert "4 rows" in finding(at)
    assert "answered as at full depth" in finding(at)
    assert at.metric[1].value == "not known"
    for name in text.VIEWS:
        fine(at.segmented_control(key="look").set_value(name).run())
    assert "Right" not in next(d.value for d in at.dataframe if "Stopped after" in d.value.columns).columns


@pytest.mark.parametrize("model", ["pos-tokee", "sst2-cascade", "sst2-plain", "pos-plain", "sst2-dact"])
@pytest.mark.parametrize("labels", [True, False])
def test_every_kind_of_model_shows_every_view(model: str, labels: bool) -> None:
    lines = None if labels else "\n".join(t if isinstance(t, str) else " ".join(t) for t in bundled("pos").texts[:12])
    at = ran(opened(model) if lines is None else pasted(opened(model), lines))
    for name in text.VIEWS:
        fine(at.segmented_control(key="look").set_value(name).run())
        assert not at.error, (name, at.error[0].value)
        assert all(chart.alt for chart in charts(at))


# Cancel, resume, links


def test_cancel_keeps_what_was_read_and_resume_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 20)
    real, go, cancelled = runner.read_part, [], threading.Event()

    def slow(*arguments: Any) -> Any:
        if len(go) == 2:
            cancelled.wait(120)
        go.append(1)
        return real(*arguments)

    monkeypatch.setattr(runner, "read_part", slow)
    at = fine(opened().button(key="data.run").click().run())
    end = time.monotonic() + 120
    while job(at).parts < 2 and time.monotonic() < end:
        time.sleep(0.02)
    fine(at.run())
    assert "Shown so far: 40 rows." in words(at)
    at.button(key="data.cancel").click().run()
    cancelled.set()
    at = finished(fine(at))
    assert "Stopped at 40 of 151 rows" in words(at)
    assert "40 rows: " in finding(at)
    at = finished(fine(at.button(key="data.resume").click().run()))
    assert "151 rows: " in finding(at)
    assert "151 rows read in" in words(at)


def test_a_link_opens_the_run_for_another_visitor_and_nobody_else_sees_it() -> None:
    mine = ran(opened())
    other = opened(job=job(mine).id)
    assert finding(other) == finding(mine)
    stranger = opened()
    assert not stranger.header
    assert "job" not in stranger.query_params
    guess = opened(job="A" * 22)
    assert "not kept any more" in guess.warning[0].value
    assert "job" not in guess.query_params


def test_a_deleted_run_is_gone_for_all() -> None:
    at = ran(opened())
    id, folder = job(at).id, job(at).store.folder
    fine(at.button(key="data.delete").click().run())
    assert at.button(key="data.run")
    assert not folder.exists()
    assert "not kept any more" in opened(job=id).warning[0].value


def test_another_page_and_back_shows_the_run_again() -> None:
    at = ran(opened())
    before = finding(at)
    fine(at.switch_page("dynviz/ui/pages/methods.py").run())
    fine(at.switch_page("dynviz/ui/pages/data.py").run())
    assert finding(at) == before


# Closer looks


def test_rows_are_filtered_by_exit_outcome_kind_and_words() -> None:
    at = ran(opened())
    found = view(at)
    layer = found.layers[int(found.sweep.exits[1, 0]) - 1]
    at.selectbox(key="exit").set_value(layer).run()
    assert set(shown(fine(at), "Stopped after")) == {layer}
    at.selectbox(key="exit").set_value("any layer").run()
    at.selectbox(key="outcome").set_value("differs").run()
    assert len(shown(fine(at))) == int(found.differs.sum())
    at.selectbox(key="outcome").set_value("all").run()
    at.selectbox(key="kind").set_value("negation").run()
    assert len(shown(fine(at))) == int(found.sweep.rows.tagged("negation").sum())
    at.text_input(key="find").set_value("NOT").run()
    assert all("not" in t.lower() for t in shown(fine(at)))
    at.text_input(key="find").set_value("no such words anywhere").run()
    assert "No row fits" in words(fine(at))


def test_the_table_turns_pages() -> None:
    at = ran(opened())
    first = shown(at)
    at.number_input(key="rows-page").set_value(2).run()
    assert shown(fine(at)) == list(bundled("sst2").texts[100:])
    assert first == list(bundled("sst2").texts[:100])


def test_a_row_opens_on_the_sentence_page_with_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it leads is noted only: the page itself is opened in a browser test."""
    went: list[str] = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, **_: went.append(Path(page).stem))
    at = ran(opened())
    at.segmented_control(key="task").set_value("pos").run()
    at.selectbox(key="data.open").set_value(7).run()
    fine(at.button(key="data.go").click().run())
    assert went == ["sentence"]
    assert at.session_state["text"] == bundled("sst2").texts[7]
    assert at.session_state["model"] == "sst2-joint"


def test_a_group_of_the_difficulty_explorer_lists_its_sentences() -> None:
    at = ran(opened())
    for by in ("length", "rarity", "kind", "negation", "label"):
        fine(at.segmented_control(key="by").set_value(by).run())
        menu = at.selectbox(key=f"data.group.{by}")
        fine(menu.set_value(menu.options[0].rsplit(" (", 1)[0]).run())
        n = int(re.sub(r"\D", "", menu.options[0].rsplit("(", 1)[1]))
        assert f"of {n} rows" in words(at)


def test_disagreements_are_listed_surest_first() -> None:
    at = ran(opened())
    found = view(at)
    at.segmented_control(key="look").set_value("inbox").run()
    assert f"{int(found.worse.sum())} text" in words(fine(at))
    sure = shown(at, "Sure")
    assert sure == sorted(sure, reverse=True)
    at.segmented_control(key="data.inbox").set_value("avoided").run()
    assert len(shown(fine(at))) == int(found.avoided.sum())
    assert set(shown(at, "Outcome")) <= {"✓ better"}


def test_confidence_is_judged_exit_by_exit() -> None:
    at = ran(opened())
    at.segmented_control(key="look").set_value("trust").run()
    assert "Expected calibration error" in charts(fine(at))[1].alt
    at.selectbox(key="confidence").set_value("layer 2").run()
    assert "At layer 2 the model is" in charts(fine(at))[1].alt
    found, key = view(at), "data.bin.layer 2"
    bins = at.selectbox(key=key)
    index = next(i for i, label in enumerate(bins.options) if label.endswith("100 %"))
    fine(bins.select_index(index).run())
    n = int((found.gathered.layer_sure[1] > 14 / 15).sum())
    assert f"of {n:,} rows" in words(at)


def test_slices_have_intervals() -> None:
    at = ran(opened())
    at.segmented_control(key="look").set_value("kinds").run()
    for by in ("kind", "label", "length"):
        fine(at.segmented_control(key="slices").set_value(by).run())
        table = next(d.value for d in at.dataframe if "Accuracy here" in d.value.columns)
        assert table["Kind"][0] == "all"
        assert (table["From"] <= table["Difference"]).all()
        assert (table["Difference"] <= table["To"]).all()


def test_two_runs_stand_side_by_side() -> None:
    at = ran(opened())
    first = job(at).id
    at.button(key="data.new").click().run()
    at = ran(pasted(fine(at)))
    at.segmented_control(key="look").set_value("beside").run()
    fine(at.selectbox(key="data.other").set_value(first).run())
    table = next(d.value for d in at.dataframe if "The other" in d.value.columns)
    assert table["This run"][0] == "4"
    assert table["The other"][0] == "151"
    assert "Pasted lines" in charts(at)[-1].alt or "The bundled texts" in charts(at)[-1].alt
    assert "Entropy exit" not in charts(at)[-1].alt, "they differ in their rows, not in the model"
    assert "layers" in charts(at)[-1].alt
    fine(at.text_input(key="data.other-link").set_value("http://localhost/data?job=" + "B" * 22).run())
    assert "opens no run" in words(at)


def test_the_interval_of_a_difference_joins_those_of_both() -> None:
    assert beside.between((0.5, 0.4, 0.6), (0.8, 0.5, 0.9)) == pytest.approx((0.3, 0.3 - np.hypot(0.3, 0.1), 0.3 + np.hypot(0.1, 0.1)))


# Taking it along


def test_results_as_parquet_and_csv_hold_every_row_and_layer() -> None:
    at = ran(pasted(opened(), "=1+1 is a formula\tpositive\nA fine film.\tnegative"))
    found = view(at)
    table = pq.read_table(io.BytesIO(export.parquet(found)))
    assert table.column("text").to_pylist() == ["=1+1 is a formula", "A fine film."]
    assert table.column("right").to_pylist() == ["positive", "negative"]
    assert {"answer_layer_1", "sure_layer_4", "flops", "exit_layer"} <= set(table.column_names)
    assert table.schema.metadata[b"checkpoint"] == found.about.digest.encode()
    csv = export.csv(found).decode()
    assert "'=1+1 is a formula" in csv
    assert len(csv.strip().split("\n")) == 3
    again = open_table(export.csv(found), "dynviz-results.csv")
    assert tuple(again.columns)[:4] == RESULTS
    assert again.columns["text"] == table.column("text").to_pylist(), "read here again, texts are as they were"
    assert [len(values) for values in again.columns.values()] == [2] * len(table.column_names)


def test_the_report_is_complete_escaped_and_loads_nothing() -> None:
    at = ran(pasted(opened(), PASTED.replace("A fine film.", "<img src=x onerror=alert(1)> fine.")))
    at.slider(key="sst2-joint.entropy").set_value(0.95).run()
    page = report.html(view(fine(at)))
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"(src|href|url)\s*[=(]\s*[\"']?(http|//)", page.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert "n = 4 rows" in page
    assert job(at).about.digest in page
    assert page.count("<svg") >= 2


@pytest.mark.parametrize("model", ["pos-tokee", "sst2-ltp"])
def test_every_kind_of_run_can_be_taken_along(model: str) -> None:
    at = ran(opened(model))
    found = view(at)
    assert len(pq.read_table(io.BytesIO(export.parquet(found)))) == found.n
    assert "</html>" in report.html(found)


def test_hostile_text_is_shown_as_typed() -> None:
    hostile = "<script>alert(1)</script> [a](javascript:x) **bold** $x^2$ :smile: `code`"
    at = ran(pasted(opened(), f"{hostile}\nplain words"))
    assert shown(at)[0] == hostile
    label = at.selectbox(key="data.open").options[0]
    assert label == f"1: {hostile}"[: len(label)]
