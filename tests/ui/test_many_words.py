"""When many words settle, as it was measured: on the Sentence page and in the lesson of word depth, or nothing of it; and with which model
the lesson answers other questions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.checkpoint.model import load
from dynviz.figures.word_readings import word_readings_finding
from dynviz.measure.first import golden_of
from dynviz.measure.stored_words import bound
from dynviz.records import word_readings as stored
from dynviz.records.word_readings import WordReadings
from dynviz.ui.learn.lessons import word_depth
from dynviz.ui.parts import text_settling as own
from tests import bases
from tests.checkpoints import Spec, build
from tests.figures.test_word_readings import FOUND
from tests.ui.conftest import Open
from tests.ui.learn.test_truths import depths
from tests.ui.look import charts, drawn, well, words
from tests.ui.test_settling import TEXT

LESSON = "3"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger on a base without heads, and one on a base with them, with a model of whole sentences beside it."""
    root = build(tmp_path_factory.mktemp("words"), (Spec("pos-tokee", "tokee", "pos", knobs=(("delta", 0.3),)),), sentences=4)
    bases.heads(bases.base(root))
    bases.on_base(root, "one")
    tagger = bases.on_base(root, "pos-deep", method="tokee", task="pos", delta=0.1)
    golden.write(golden_of(load(tagger)), tagger)
    return root


@pytest.fixture
def measured(checkpoints: Path) -> Iterator[WordReadings]:
    """As if it had been measured of what lies here."""
    found = bound(api.find("pos-deep", checkpoints))
    assert found is not None
    told = replace(FOUND, tagger="pos-deep", layers=12, bound=found)
    stored.write(told, checkpoints / stored.FILE)
    yield told
    (checkpoints / stored.FILE).unlink(missing_ok=True)


def alts(at: Any) -> list[str]:
    return [str(chart.alt) for chart in charts(at)]


def test_below_the_panel_stands_what_was_measured_of_its_base_and_of_no_other(opened: Open, measured: WordReadings) -> None:
    at = opened(model="one", text=TEXT, see="settle")
    well(at)
    assert word_readings_finding(measured) in alts(at)
    assert "Over many words, each question has an order of its own." in [h.value.replace("\\", "") for h in at.subheader]
    assert own.MANY_COMMAND in words(at), "how it was measured"
    for parts, figure in ((at.caption, "70"), (at.markdown, "50")):
        assert any(f"{figure}\N{NO-BREAK SPACE}%" in part.value for part in parts), "a figure and its unit stay on one line"
    other = opened(model="pos-tokee", text=TEXT, see="settle")
    well(other)
    assert word_readings_finding(measured) not in alts(other)


@pytest.mark.parametrize("wrong", ["none", "of another base", "damaged"])
def test_without_numbers_that_fit_nothing_is_said(opened: Open, measured: WordReadings, checkpoints: Path, wrong: str) -> None:
    file = checkpoints / stored.FILE
    if wrong == "none":
        file.unlink()
    elif wrong == "damaged":
        file.write_text("{}")
    else:
        stored.write(replace(measured, bound=replace(measured.bound, base="0" * 12)), file)
    at = opened(model="one", text=TEXT, see="settle")
    well(at)
    assert "Over many words" not in words(at)
    assert not any("Over many words" in alt for alt in alts(at))


@pytest.mark.parametrize("there", [True, False])
def test_the_lesson_asks_where_hidden_words_can_be_read_back(opened: Open, measured: WordReadings, checkpoints: Path, there: bool) -> None:
    if not there:
        (checkpoints / stored.FILE).unlink()
    at = opened(page="learn", lesson=LESSON, model="pos-tokee", step="seen")
    well(at)
    panel = next(chart for chart in charts(at) if "State stays" in drawn(chart))
    assert all(title in drawn(panel) for title in (own.STATE, own.GUESS, own.TAG)), "all three, side by side"
    assert (word_readings_finding(measured) in alts(at)) == there
    assert word_depth.STAYS.split("{")[0] not in words(at), "the other tagger has no more layers"


def test_why_a_lesson_stays_on_fewer_layers_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = replace(depths("The odd case", [1, 2, 3]), model="six")
    pairs = {name: depths("The odd case", depth).main for name, depth in (("alike", [2, 2, 3]), ("turned", [4, 2, 3]), ("so", [1, 4, 3]))}
    monkeypatch.setattr(word_depth.runs, "pair", lambda name, text: pairs[name])
    assert word_depth.stays_on(shown, "alike") is None, "it has no more layers"
    monkeypatch.setattr(word_depth.Shown, "layers", 4)
    assert word_depth.stays_on(shown, "so") is None, "there the story is true as well"
    alike, turned = (word_depth.stays_on(shown, name) for name in ("alike", "turned"))
    assert alike == (
        "**Why the lesson itself has 4 layers, not 6.** On 6 the tags of *The* and *odd* are sure alike, after 2 layers. Lessons take the "
        "deepest model for which their story is true."
    )
    assert turned is not None
    assert "the tag of *The* is sure after 4 layers, that of *odd* after 2 layers." in turned
