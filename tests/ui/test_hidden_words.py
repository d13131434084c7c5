"""Words hidden one by one, where heads lie beside the base: asked by a button alone, bounded, and told as stored."""

from pathlib import Path

import pytest
import streamlit as st
import torch

from dynviz import api
from dynviz.checkpoint.base_config import sha256
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.masked import base_encoder, save_heads, write_masked
from dynviz.checkpoint.masked_config import WEIGHTS, Fitted, HeldOut, MaskedConfig, Reached
from dynviz.core.masked import MaskedHeads
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
    folder = bases.base(root)
    bases.on_base(root, "one")
    encoder = base_encoder(folder)
    heads = MaskedHeads((2, 3), encoder.width, 4, encoder.config.vocab_size)
    torch.manual_seed(0)
    for parameter in heads.parameters():
        torch.nn.init.normal_(parameter, std=2.0)
    save_heads(heads, folder)
    reached = Reached(words=10, right=[0.1, 0.2], likely=[0.25, 0.5])
    fitted = Fitted(books=1, passages=1, pieces=1, hidden=0.2, steps=[1, 1], seconds=1.0, seed=0, versions={})
    held = HeldOut(books=1, commonest=100, all=reached, common=reached, others=reached)
    write_masked(
        MaskedConfig(format=1, base=digest(folder), sha256=sha256(folder / WEIGHTS), layers=[2, 3], rank=4, fitted=fitted, held_out=held),
        folder,
    )
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
