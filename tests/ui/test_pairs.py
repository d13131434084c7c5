"""The pages with a model that compares two texts: both are typed in one field, a line each, and a file of pairs is read as pairs."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.data import bundled
from dynviz.ui.data import cache
from dynviz.ui.data import text as data_text
from dynviz.ui.learn.facts import facts
from dynviz.ui.present.cast import candidates
from dynviz.ui.shell import text
from tests.checkpoints import Spec, build
from tests.ui.conftest import APP
from tests.ui.data import fine, given, job, pasted, ran, view
from tests.ui.data import opened as data_page
from tests.ui.look import charts, verdict, words
from tests.ui.tradeoff import opened as tradeoff

SPECS = (
    Spec("mrpc-plain", "plain", "mrpc"),
    Spec("mrpc-joint", "entropy_exit", "mrpc", knobs=(("entropy", 0.6),)),
    Spec("sst2-plain", "plain"),
)
TWO = "The shop closes at six.\nThe store shuts at six."
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("pairs"), SPECS, sentences=12)


def opened(typed: str = "", page: str = "", **more: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=180)
    if page:
        at.switch_page(f"dynviz/ui/pages/{page}.py")
    for name, value in {"model": "mrpc-joint", "text": typed, **more}.items():
        at.query_params[name] = value
    return fine(at.run())


def errors(at: AppTest) -> list[str]:
    """What is said to be wrong, without the signs that keep markdown from reading it."""
    return [e.value.replace("\\", "") for e in at.error]


def test_both_texts_are_typed_in_one_field_and_shown_with_the_border_between() -> None:
    at = opened(TWO)
    field = at.text_area(key="text")
    assert (field.label, field.placeholder, field.value) == (text.PAIR, text.PAIR_HINT, TWO)
    want = api.trace(api.load("mrpc-joint"), TWO)
    assert verdict(at).lower().startswith(want.predicted[0])
    assert "Dashed: where the second text begins." in words(at)
    assert any('"dash":"dash"' in chart.spec.replace('": "', '":"') for chart in charts(at))


def test_one_text_is_answered_by_what_to_write() -> None:
    assert errors(opened("The shop closes.")) == ["This model compares two texts: one line was given. Write each on a line of its own."]


def test_the_examples_are_pairs() -> None:
    at = opened()
    menu = at.selectbox(key="example-mrpc")
    assert menu.options[0] == "plain: The shop closes at six. / The store shuts at six."
    fine(menu.select_index(0).run())
    assert at.text_area(key="text").value == TWO


def test_what_runs_a_text_again_works_on_pairs() -> None:
    shown = {f"see.{name}": "true" for name in ("force", "edit", "search", "steps", "why")}
    at = opened(TWO, **shown)
    assert not at.error
    edited = fine(at.text_area(key="edit").set_value(TWO.replace("shuts", "opens")).run())
    assert not edited.error
    alone = fine(at.text_area(key="edit").set_value("One text alone.").run())
    assert [error.split(":")[0] for error in errors(alone)] == ["This model compares two texts"]


def test_only_models_of_pairs_are_compared_on_pairs() -> None:
    at = opened(TWO, page="compare")
    menu = next(m for m in at.multiselect if m.key == "with-mrpc")
    assert len(menu.options) == 2, "the plain model of pairs, and the same that never stops"
    assert not at.error
    both = opened(TWO, page="compare", compare="texts")
    assert not both.error


def test_the_stored_numbers_of_pairs_are_shown() -> None:
    assert not tradeoff("mrpc-joint").error


def test_a_file_of_pairs_is_read_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    file = b"id,question1,question2,is_duplicate\n0,How do I cook?,How can I learn cooking?,1\n1,What film is good?,Who sang it first?,0\n"
    at = given(monkeypatch, file, model="mrpc-joint")
    assert [at.selectbox(key=key).value for key in ("data.text.f1", "data.second.f1")] == ["question1", "question2"]
    assert at.selectbox(key="data.label.f1.question1.question2").value == "is_duplicate"
    shown = at.dataframe[0].value
    assert list(shown["Text"]) == ["How do I cook?\nHow can I learn cooking?", "What film is good?\nWho sang it first?"]
    assert list(shown["Right answer"]) == ["paraphrase", "different"]
    ran(at)
    assert view(at).sweep.rows.labels.tolist() == [1, 0]
    cache.registry().forget(job(at))


def test_another_column_may_be_the_second_text(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"a,b,c\nHe came home late.,Nobody had seen him.,He was late.\n", model="mrpc-joint")
    assert at.selectbox(key="data.second.f1").value == "b"
    fine(at.selectbox(key="data.second.f1").set_value("c").run())
    assert list(at.dataframe[0].value["Text"]) == ["He came home late.\nHe was late."]


def test_pasted_pairs_are_read_and_the_bundled_ones_offered() -> None:
    at = data_page("mrpc-joint")
    assert list(at.dataframe[0].value["Text"]) == list(bundled("mrpc").texts[:5])
    at.segmented_control(key="rows").set_value("paste").run()
    assert at.info[0].value == data_text.EMPTY_PAIRS["paste"][0]
    fine(pasted(at, at.code[0].value))
    assert next(iter(at.dataframe[0].value["Text"])) == TWO


def test_lessons_and_stage_whose_texts_are_single_take_no_model_that_compares_two() -> None:
    assert facts("mrpc-joint") is None
    assert facts("sst2-plain") is not None
    assert not any(cast.checkpoint.task.pair for cast in candidates())
