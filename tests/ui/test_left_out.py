"""A folder or a file that does not fit: the pages are there for all else, the operator's log says why, and no visitor sees a path."""

import json
import logging
import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.ui.shell import cache, state, text
from tests.checkpoint.hostile import SHELF, make
from tests.panicking import panic
from tests.ui.conftest import Open
from tests.ui.look import words

PAGES = ("sentence", "compare", "tradeoff", "data", "methods")


def everything(at: AppTest) -> str:
    """All that is on the screen, errors and warnings among it."""
    return " ".join([words(at), *(e.value for kind in (at.error, at.warning, at.info, at.caption) for e in kind)])


@pytest.fixture
def mine(checkpoints: Path, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkpoints, free to be broken, which the app shows."""
    root = tmp_path / "secret place"
    shutil.copytree(checkpoints, root)
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(root))
    cache.told.cache_clear()
    st.cache_resource.clear()
    return root


def pages(at: AppTest) -> list[AppTest]:
    return [at.switch_page(f"dynviz/ui/pages/{name}.py").run() for name in PAGES]


def test_hostile_folders_leave_every_page_as_it_is(mine: Path, opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    for kind in SHELF:
        make(mine, kind)
    with caplog.at_level(logging.WARNING):
        for at in pages(opened(model="sst2-joint")):
            assert not at.exception
            assert not at.error
            assert "secret place" not in everything(at)
            assert text.BROKEN[2].format(n=len(SHELF)) in [c.value for c in at.sidebar.caption]
    said = [r.getMessage() for r in caplog.records if "left out" in r.getMessage()]
    assert len(said) == len(SHELF), "once each, and not with every page"
    assert all("secret place" in line for line in said)


def test_a_demo_says_nothing_of_folders_that_were_left_out(mine: Path, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    make(mine, "no-json")
    assert text.BROKEN[1] in [c.value for c in opened(model="sst2-joint").sidebar.caption]
    monkeypatch.setenv("DYNVIZ_DEMO", "1")
    assert "left out" not in everything(opened(model="sst2-joint"))


def test_an_operators_folder_does_not_replace_a_bundled_model(
    mine: Path, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = tmp_path / "operator" / "mine"
    shutil.copytree(mine / "sst2-joint", theirs)
    config = json.loads((theirs / "config.json").read_text())
    (theirs / "config.json").write_text(json.dumps({**config, "title": "Replaced"}))
    monkeypatch.setenv("DYNVIZ_MODELS", str(theirs))
    at = opened(model="sst2-joint")
    assert not at.exception
    assert "Replaced" not in str(at.selectbox(key="model").options)
    assert cache.checkpoint("sst2-joint").folder == mine / "sst2-joint"
    assert "is called sst2-joint, as another checkpoint is" in caplog.text


@pytest.fixture
def broken(mine: Path) -> Path:
    """A checkpoint of which no file but the config can be used. Which kinds of harm there are: tests/measure/test_stored.py."""
    for name in ("golden.json", "model.safetensors", "readings-report.parquet", "readings-calibration.parquet"):
        (mine / "sst2-joint" / name).write_bytes(b"{}")
    return mine


def test_bad_files_of_one_checkpoint_leave_the_pages_of_the_others(broken: Path, opened: Open) -> None:
    for at in pages(opened(model="sst2-plain")):
        assert not at.exception
        assert "secret place" not in everything(at)
        assert text.FAILED not in everything(at)


def test_a_model_that_cannot_be_used_is_set_beside_no_other_unasked(broken: Path, opened: Open) -> None:
    """As the others on the Compare page stand those that can be used; one asked for says why it cannot, and the rest is there."""
    at = opened(model="sst2-plain").switch_page("dynviz/ui/pages/compare.py").run()
    picked = at.multiselect[0].value
    assert not at.error
    assert picked == ["sst2-ltp", "sst2-cascade"]
    assert len(at.dataframe[0].value) == 3
    at.multiselect[0].set_value(["sst2-joint", picked[0]]).run()
    assert ["python -m dynviz doctor sst2-joint" in e.value.replace("\\", "") for e in at.error] == [True]
    assert len(at.dataframe[0].value) == 2


def test_its_own_pages_say_a_sentence(broken: Path, opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    for at in [*pages(opened(model="sst2-joint")), opened(model="sst2-joint", text="A fine film.")]:
        assert not at.exception
        assert "secret place" not in everything(at)
        assert text.FAILED not in everything(at)
        if at.text_area:
            assert any("python -m dynviz doctor sst2-joint" in e.value.replace("\\", "") for e in at.error)
    assert "secret place" in caplog.text, "the operator is told which file"


def test_a_zoo_that_does_not_fit_is_a_sentence(mine: Path, opened: Open) -> None:
    (mine / "zoo.json").write_text('{"schema": "dynviz.zoo/2", "tasks": {"sst2": {"plain": NaN}}}')
    at = opened(model="sst2-joint").switch_page("dynviz/ui/pages/methods.py")
    at.query_params["view"] = "zoo"
    at.run()
    assert not at.exception
    assert "secret place" not in everything(at)
    assert any(text.UNREADABLE_ZOO[0] in e.value for e in at.error)


def test_a_library_that_panics_while_a_model_is_loaded_is_a_sentence(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "load", panic)
    at = opened(model="sst2-joint", text="A fine film.")
    assert not at.exception
    assert [e.value for e in at.error] == [text.FAILED]


def test_a_panic_anywhere_else_ends_the_page_and_not_its_thread(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "entries", panic)
    assert len(opened().exception) == 1
