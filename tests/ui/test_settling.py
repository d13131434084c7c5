"""The panel of three readings, on the Sentence page and in the lesson of word depth: what is asked, when, and what is said of it."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch

from dynviz import api
from dynviz.checkpoint.base_config import sha256
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.masked import base_encoder, save_heads, write_masked
from dynviz.checkpoint.masked_config import WEIGHTS, Fitted, HeldOut, MaskedConfig, Reached
from dynviz.core.masked import MaskedHeads
from dynviz.figures.settling import Question
from dynviz.ui.learn.lessons import word_depth
from dynviz.ui.parts import settling
from dynviz.ui.parts import text_settling as own
from dynviz.ui.shell import cache
from tests import bases
from tests.checkpoint.test_base import made
from tests.ui.conftest import Open
from tests.ui.look import charts, drawn, well, words

TEXT = "The film is good."
NAME = "settling"


def panel(at: object) -> object:
    """The picture of the readings."""
    return next(chart for chart in charts(at) if "State stays" in drawn(chart))  # type: ignore[arg-type]


def test_a_tagger_is_its_own_and_the_bar_turns_its_states_alone(opened: Open) -> None:
    at = opened(model="pos-tokee", text=TEXT, see="settle")
    well(at)
    assert own.NO_HEADS in words(at)
    near = api.states_near(api.load("pos-tokee"), TEXT)
    shown = drawn(panel(at))
    assert "Guessable" not in shown
    at.main.slider(key=settling.BAR).set_value(0.9).run()
    well(at)
    high = near.settled(0.9)
    assert f"At a bar of 0.90 the words settle between layers {high.min()} and {high.max()}" in words(at)
    for layer in near.settled(0.9).tolist():
        assert f'"{layer} "' in drawn(panel(at)) or f'" {layer}"' in drawn(panel(at))


def test_beside_a_model_of_whole_sentences_stands_the_tagger_on_its_base(opened: Open) -> None:
    at = opened(model="sst2-joint", text=TEXT, see="settle")
    well(at)
    assert "Tag is sure" in drawn(panel(at))
    assert own.NO_TAGGER not in words(at)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with heads, and a model on it."""
    root = tmp_path_factory.mktemp("heads")
    folder = bases.base(root)
    made(root, "one", "mpnet", 1)
    encoder = base_encoder(folder)
    heads = MaskedHeads((2, 3), encoder.width, 4, encoder.config.vocab_size)
    torch.manual_seed(0)
    for parameter in heads.parameters():
        torch.nn.init.normal_(parameter, std=2.0)
    save_heads(heads, folder)
    reached = Reached(words=10, right=[0.1, 0.2], likely=[0.25, 0.5])
    fitted = Fitted(books=1, passages=1, pieces=1, hidden=0.2, steps=1, seconds=1.0, seed=0, versions={})
    held = HeldOut(books=1, commonest=100, all=reached, common=reached, others=reached)
    write_masked(
        MaskedConfig(format=1, base=digest(folder), sha256=sha256(folder / WEIGHTS), layers=[2, 3], rank=4, fitted=fitted, held_out=held),
        folder,
    )
    return root


@pytest.fixture
def checkpoints(shelf: Path) -> Path:
    return shelf


class TestWithHeads:
    """Where heads lie beside the base."""

    def test_no_word_is_hidden_before_somebody_asks(self, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[range] = []
        real = api.read_back

        def counted(reader: object, text: str, which: range) -> object:
            asked.append(which)
            return real(reader, text, which)  # type: ignore[arg-type]

        monkeypatch.setattr(api, "read_back", counted)
        at = opened(model="one", text=TEXT, see="settle")
        well(at)
        assert own.NO_TAGGER in words(at)
        assert "not asked yet" in panel(at).alt  # type: ignore[attr-defined]
        assert not asked
        at.button(key="settle.hide").click().run()
        well(at)
        assert asked == [range(5)]
        assert "not asked yet" not in panel(at).alt  # type: ignore[attr-defined]
        at.main.slider(key=settling.BAR).set_value(0.7).run()
        assert len(asked) == 1, "another bar hides nothing anew"
        at.text_area(key="text").set_value("The film is bad.").run()
        assert "not asked yet" in panel(at).alt, "another text is not asked by itself"  # type: ignore[attr-defined]

    def test_a_long_text_says_how_many_words_were_hidden(self, opened: Open) -> None:
        at = opened(model="one", text="good film bad " * 60, see="settle")
        at.button(key="settle.hide").click().run()
        well(at)
        assert len(cache.states_near("one", "good film bad " * 60).words) > 28

    def test_what_the_heads_reach_is_told_as_stored(self, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
        st.cache_resource.clear()
        near = cache.states_near("one", TEXT)
        said = " ".join(settling.how(settling.Readings("one", near), 0.5))
        assert "Of 10 words of books" in said
        assert "50 % of the 100 commonest pieces" in said
        st.cache_resource.clear()


def ask(title: str, *settled: int | None) -> Question:
    return Question(title, title, 12, settled, ("",) * len(settled))


def test_the_lesson_says_where_questions_turn_two_words_round() -> None:
    them = ("The", "odd", "end")
    turned = word_depth.said_of(them, [ask("State", 9, 8, 3), ask("Hidden", 4, 0, 2), ask("Tag", 2, 2, 1)])
    assert turned[0].startswith("**So which of the two is deeper?")
    assert "State: *The* layer 9, *odd* layer 8." in turned[0]
    assert "Hidden: *The* layer 4, *odd* never." in turned[0]
    alike = word_depth.said_of(them, [ask("State", 3, 8, 3), ask("Hidden", None, None, None), ask("Tag", 2, 2, 1)])
    assert alike[0].startswith("**Here no question turns")
    assert "Hidden" not in alike[0], "what was not asked says nothing"
    assert word_depth.said_of(("odd", "the"), [ask("State", 1, 1)]) == []


def test_what_other_bars_would_say_stands_below() -> None:
    near = settling.StatesNear(("a", "b"), np.array([[0.2, 0.6], [0.8, 0.65], [1, 1]]))
    said = settling.own_bars(near, 0.5)
    assert said.startswith("At a bar of 0.50 the words settle between layers 1 and 2, 1.5 on average")
    assert "; at 0.70 between 2 and 3" in said
    assert "; at 0.50" not in said
