"""Words hidden one by one, where heads lie beside the base: asked by a button alone, bounded, and told as stored."""

from pathlib import Path

import pytest
import streamlit as st

from dynviz import api
from dynviz.checkpoint.masked_config import WEIGHTS
from dynviz.errors import InputError
from dynviz.measure.word_settling import WORDS
from dynviz.ui.parts import settling
from dynviz.ui.parts import text_settling as own
from dynviz.ui.shell import cache
from tests import bases
from tests.ui.conftest import Open
from tests.ui.look import well, words
from tests.ui.test_settling import TEXT, panel


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with heads, and a model on it."""
    root = tmp_path_factory.mktemp("heads")
    bases.heads(bases.base(root))
    bases.on_base(root, "one")
    return root


@pytest.fixture
def checkpoints(shelf: Path) -> Path:
    return shelf


def test_no_word_is_hidden_before_somebody_asks(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[range] = []
    real = api.read_back

    def counted(reader: object, text: str, which: range) -> object:
        asked.append(which)
        return real(reader, text, which)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "read_back", counted)
    at = opened(model="one", text=TEXT, see="settle")
    well(at)
    assert own.NO_TAGGER in words(at)
    assert "not asked yet" in panel(at).alt
    assert not asked
    at.button(key="settle.hide").click().run()
    well(at)
    assert asked == [range(5)]
    assert "not asked yet" not in panel(at).alt
    at.main.slider(key=settling.BAR).set_value(0.7).run()
    assert len(asked) == 1, "another bar hides nothing anew"
    at.text_area(key="text").set_value("The film is bad.").run()
    assert "not asked yet" in panel(at).alt, "another text is not asked by itself"


def test_of_a_long_text_only_the_part_in_sight_is_hidden(opened: Open) -> None:
    at = opened(model="one", text="good film bad " * 60, see="settle")
    many = len(cache.states_near("one", "good film bad " * 60).words)
    at.button(key="settle.hide").click().run()
    well(at)
    ((_, (part,)),) = at.session_state[settling.ASKED].items()
    assert part.start == 0
    assert len(part) <= WORDS < many


def test_what_the_heads_reach_is_told_as_stored(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    st.cache_resource.clear()
    near = cache.states_near("one", TEXT)
    said = " ".join(settling.how(settling.Readings("one", near), 0.5))
    assert "Of 10 words of books" in said
    assert "50 % of the 100 commonest pieces" in said
    st.cache_resource.clear()


def test_a_base_that_vanishes_is_told_without_its_place(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    st.cache_resource.clear()
    cache.model("one")  # whoever was here before loaded it
    file = (shelf / "mpnet" / "base.json").rename(shelf / "away.json")
    try:
        with pytest.raises(InputError) as caught:
            cache.states_near("one", "The film is bad.")
        assert str(shelf) not in str(caught.value)
    finally:
        file.rename(shelf / "mpnet" / "base.json")
        st.cache_resource.clear()


def test_heads_that_are_damaged_are_one_sentence_beside_the_other_readings(opened: Open, checkpoints: Path) -> None:
    """No path of the server in it."""
    file = checkpoints / "mpnet" / WEIGHTS
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    try:
        at = opened(model="one", text=TEXT, see="settle")
        at.button(key="settle.hide").click().run()
        assert not at.exception
        assert [str(checkpoints) in error.value for error in at.error] == [False]
        assert "not asked yet" in panel(at).alt, "the picture of the others stands"
    finally:
        file.write_bytes(whole)
