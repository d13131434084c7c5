"""What an operator allows: the demo takes no folder, file or name of a data set, and bounds texts and runs, whatever a visitor sends."""

import logging
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz.errors import InputError
from dynviz.ui.data import cache as data_cache
from dynviz.ui.data import text as text_data
from dynviz.ui.shell import cache, operator, text
from dynviz.ui.shell.operator import DEMO, allowed, folders
from tests.ui.conftest import Open
from tests.ui.look import verdict, words

LONG = "A long story. " * 200


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_DEMO", "1")


def data_page(at: AppTest) -> AppTest:
    return at.switch_page("dynviz/ui/pages/data.py").run()


def test_folders_come_from_arguments_and_environment(checkpoints: Path, tmp_path: Path) -> None:
    one = checkpoints / "sst2-joint"
    assert folders(["--model", str(one)], "") == (one,)
    assert folders([f"--model={one}"], "") == (one,)
    assert folders(["--other"], f"{one}:{tmp_path}") == (one, tmp_path)
    assert set(folders([], str(checkpoints))) == {p.parent for p in checkpoints.glob("*/config.json")}


@pytest.mark.parametrize(("value", "on"), [("", False), ("0", False), ("off", False), ("False", False), ("1", True), ("yes", True)])
def test_the_environment_switches_the_demo_on(monkeypatch: pytest.MonkeyPatch, value: str, on: bool) -> None:
    monkeypatch.setenv("DYNVIZ_DEMO", value)
    assert allowed().demo is on


def test_the_argument_switches_the_demo_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNVIZ_DEMO", raising=False)
    assert not allowed().demo
    monkeypatch.setattr(sys, "argv", ["app.py", "--demo"])
    assert allowed() == DEMO


def test_the_demo_leaves_the_operators_folders_out_and_logs_it(
    opened: Open, checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("DYNVIZ_MODELS", str(checkpoints / "sst2-joint"))
    assert opened().selectbox(key="model").options
    monkeypatch.setenv("DYNVIZ_DEMO", "1")
    operator._read.cache_clear()
    st.cache_resource.clear()
    with caplog.at_level(logging.WARNING):
        at = opened()
    assert [e.value for e in at.error] == [text.NO_CHECKPOINTS]
    assert "left out" in caplog.text
    assert str(checkpoints / "sst2-joint") in caplog.text


def test_without_the_demo_a_visitor_may_upload_and_read_long_texts(opened: Open) -> None:
    at = opened(model="sst2-joint", text=LONG)
    assert not at.error
    assert at.get("file_uploader")
    assert at.text_area(key="text").max_chars == 0
    assert data_page(at).segmented_control(key="rows").options == list(text_data.SOURCES.values())


def test_the_demo_has_no_upload_and_says_so(opened: Open, demo: None) -> None:
    at = opened(model="sst2-joint", text="A fine film.")
    assert not at.get("file_uploader")
    assert "opens no files" in words(at)
    assert "2,000 characters" in words(at)
    assert "layers" in verdict(at)


def test_the_demo_reads_texts_up_to_its_bound(opened: Open, demo: None) -> None:
    assert not opened(model="sst2-joint", text=LONG[: DEMO.characters]).error
    with pytest.raises(InputError, match="at most 2,000"):
        cache.trace("sst2-joint", LONG, ())


@pytest.mark.parametrize("page", ["compare", "sentence"])
def test_neither_an_address_nor_a_session_carries_a_longer_text_into_the_demo(opened: Open, demo: None, page: str) -> None:
    for given in ("query_params", "session_state"):
        at = opened(model="sst2-joint")
        getattr(at, given)["text"] = LONG
        at.switch_page(f"dynviz/ui/pages/{page}.py").run()
        assert not at.exception
        assert at.text_area
        assert all(len(str(box.value or "")) <= DEMO.characters for box in at.text_area)


def test_the_demo_takes_no_files_and_no_names_of_data_sets(opened: Open, demo: None) -> None:
    at = opened(model="sst2-joint")
    at.query_params["rows"] = "hub"
    data_page(at)
    assert at.segmented_control(key="rows").options == [text_data.SOURCES["bundled"], text_data.SOURCES["paste"]]
    assert at.segmented_control(key="rows").value == "bundled"
    assert "no files" in words(at)
    assert not at.get("file_uploader")
    assert not at.text_input


def test_the_demo_runs_few_rows(opened: Open, demo: None) -> None:
    at = data_page(opened(model="sst2-joint"))
    at.segmented_control(key="rows").set_value("paste").run()
    at.text_area(key="data.paste").set_value("\n".join(f"Film {i} is fine." for i in range(DEMO.rows + 1))).run()
    at.button(key="data.run").click().run()
    assert not at.exception
    assert "at most 200" in words(at)
    assert not data_cache.registry().jobs


def test_the_demo_bounds_each_row(opened: Open, demo: None) -> None:
    at = data_page(opened(model="sst2-joint"))
    at.segmented_control(key="rows").set_value("paste").run()
    at.text_area(key="data.paste").set_value(f"Fine.\n{LONG}").run()
    at.button(key="data.run").click().run()
    assert not at.exception
    assert [e.value for e in at.error]
    assert "Row 2 is too long" in words(at)
    assert not data_cache.registry().jobs
    DEMO.run(("x" * DEMO.characters,))
    with pytest.raises(InputError, match="2,001 characters"):
        DEMO.run((("word",), ("x" * DEMO.characters, "")))
    operator.Allowed().run(("x" * 100_000,))


def test_a_text_at_the_bound_is_read_and_one_beyond_is_not() -> None:
    DEMO.text("x" * DEMO.characters)
    with pytest.raises(InputError, match="2,001 characters"):
        DEMO.text("x" * (DEMO.characters + 1))
    operator.Allowed().text("x" * 100_000)
