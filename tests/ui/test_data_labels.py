"""What the labels of a visitor's file mean: proposed in the menus, asked without an error, and said where something was assumed."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.data import Table
from dynviz.ui.data import source, text
from dynviz.ui.data.columns import Given
from tests.ui.data import fine, given, opened
from tests.ui.look import words

pytestmark = pytest.mark.usefixtures("runs")


def rows(*labels: object, column: str = "label") -> bytes:
    return "".join([f"text,{column}\n", *(f"This is film {i}.,{label}\n" for i, label in enumerate(labels))]).encode()


def menus(at: AppTest) -> dict[str, str | None]:
    """What each label is said to mean."""
    found = [s for s in at.selectbox if str(s.key).startswith("data.means.")]
    return {str(s.key).rsplit(".", 1)[1]: s.value for s in found}


def answers(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["Right answer"])


@pytest.mark.parametrize(
    ("labels", "means", "said"),
    [
        ((2, 1, 2), {"1": "negative", "2": "positive"}, "this looks counted from 1"),
        ((5, 1, 3), {"1": "negative", "3": "", "5": "positive"}, "a scale from 1 to 5"),
        ((0, 4), {"0": "negative", "4": "positive"}, "a scale from 0 to 4"),
        (("★★★★★", "★"), {"★": "negative", "★★★★★": "positive"}, "a scale from 1 to 5"),
        (("down", "up"), {"down": "negative", "up": "positive"}, "this goes by the words alone"),
    ],
)
def test_what_is_likely_is_preselected_and_said(
    monkeypatch: pytest.MonkeyPatch, labels: tuple[object, ...], means: object, said: str
) -> None:
    at = given(monkeypatch, rows(*labels))
    assert menus(at) == means
    assert said in words(at)
    assert not at.error
    assert answers(at)
    assert [b for b in at.button if b.key == "data.run"]


def test_a_proposal_can_be_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, rows(2, 1))
    fine(at.selectbox(key="data.means.f1.label.1").set_value("positive").run())
    assert answers(at) == ["positive", "positive"]


def test_labels_that_say_nothing_are_asked_about_without_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, rows("spam", "ham"))
    assert menus(at) == {"spam": "", "ham": ""}
    assert not at.error
    assert text.NO_MEANING in words(at)
    assert not [b for b in at.button if b.key == "data.run"]
    fine(at.selectbox(key="data.means.f1.label.ham").set_value("positive").run())
    assert answers(at) == ["positive"]
    assert "1 row labelled spam was left out" in words(at)


def test_what_was_assumed_is_said_and_can_be_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, rows(1, 0, -1))
    assert [e.proto.expanded for e in at.expander if e.label == text.ASSUMED] == [True]  # 0 and 1 are easily the other way round
    assert menus(at) == {"1": "positive", "0": "negative", "-1": ""}
    assert "The label 0 was read as negative, 1 as positive. 1 row labelled -1 (no answer) was left out." in words(at)
    at.selectbox(key="data.means.f1.label.1").set_value("negative").run()
    fine(at.selectbox(key="data.means.f1.label.0").set_value("positive").run())
    assert answers(at) == ["negative", "positive"]
    assert "was read as" not in words(at)


def test_class_names_in_the_data_are_matched_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    columns: dict[str, list[Any]] = {"text": ["A fine film.", "A dull film."], "label": [0, 1]}
    table = Table("a", columns, [1, 2], [], classes={"label": ("positive", "negative")})
    monkeypatch.setattr(source, "_file", lambda: Given("f1", "a", table))
    at = opened(rows=text.SOURCES["file"])
    assert answers(at) == ["positive", "negative"]
    assert not menus(at)


@pytest.mark.parametrize(("columns", "said"), [("question1,question2", "question2"), ("#1 String,#2 String", "#2 String")])
def test_a_second_text_is_named(monkeypatch: pytest.MonkeyPatch, columns: str, said: str) -> None:
    at = given(monkeypatch, f"{columns}\nWhat is a film?,Who made a film?\nWhat is it now?,What was it then?\n".encode())
    assert f"Column '{said}' is not read" in words(at)


def test_another_column_that_would_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"text,label,gold\nA fine film.,positive,negative\nA dull film.,negative,positive\n")
    assert at.selectbox(key="data.label.f1.text").value == "label"
    assert "As right answers would also fit: gold." in words(at)
    fine(at.selectbox(key="data.label.f1.text").set_value("gold").run())
    assert answers(at) == ["negative", "positive"]


def test_tags_by_number_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b'{"tokens": ["The", "cat"], "upos": [8, 0]}\n{"tokens": ["Go"], "upos": [16]}', "a.jsonl", "pos-tokee")
    assert menus(at) == {"0": "", "8": "", "16": ""}
    assert text.NO_MEANING in words(at)
    at.selectbox(key="data.means.f1.upos.8").set_value("DET").run()
    fine(at.selectbox(key="data.means.f1.upos.0").set_value("NOUN").run())
    assert answers(at) == ["DET NOUN"]


def test_tags_of_another_kind_are_asked_about_where_none_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b'{"tokens": ["The", "cat"], "pos": ["DT", "NN"]}', "a.jsonl", "pos-tokee")
    assert menus(at) == {"DT": "", "NN": ""}
    assert not at.error
    at.selectbox(key="data.means.f1.pos.DT").set_value("DET").run()
    fine(at.selectbox(key="data.means.f1.pos.NN").set_value("NOUN").run())
    assert answers(at) == ["DET NOUN"]
