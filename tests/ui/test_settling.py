"""The panel of three readings, on the Sentence page and in the lesson of word depth: what is asked, when, and what is said of it."""

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.figures.settling import Question
from dynviz.records.alignment import is_word
from dynviz.ui.learn.lessons import word_depth
from dynviz.ui.parts import settling
from dynviz.ui.parts import text_settling as own
from tests.ui.conftest import Open
from tests.ui.look import charts, drawn, well, words

TEXT = "The film is good."


def panel(at: AppTest) -> Any:
    """The picture of the readings."""
    return next(chart for chart in charts(at) if "State stays" in drawn(chart))


def test_a_tagger_is_its_own_and_the_bar_turns_its_states_alone(opened: Open) -> None:
    at = opened(model="pos-tokee", text=TEXT, see="settle")
    well(at)
    assert own.NO_HEADS in words(at)
    near = api.states_near(api.load("pos-tokee"), TEXT)
    shown = drawn(panel(at))
    assert "Guessable" not in shown
    at.main.slider(key=settling.BAR).set_value(0.9).run()
    well(at)
    high = near.settled(0.9)[[is_word(word) for word in near.words]]
    apart = f"settle between layers {high.min()} and {high.max()}" if high.min() < high.max() else f"all settle after layer {high.max()}"
    assert f"At a bar of 0.90 the words {apart}" in words(at)
    for layer in near.settled(0.9).tolist():
        assert f'"{layer} "' in drawn(panel(at)) or f'" {layer}"' in drawn(panel(at))


def test_beside_a_model_of_whole_sentences_stands_the_tagger_on_its_base(opened: Open) -> None:
    at = opened(model="sst2-joint", text=TEXT, see="settle")
    well(at)
    assert "Tag is sure" in drawn(panel(at))
    assert own.NO_TAGGER not in words(at)


def ask(title: str, *settled: int | None) -> Question:
    return Question(title, title, 12, settled, ("",) * len(settled))


def test_the_lesson_says_where_questions_turn_two_words_round() -> None:
    them = ("The", "odd", "end")
    turned = word_depth.said_of(them, [ask("State", 9, 8, 3), ask("Hidden", 4, 0, 2), ask("Tag", 2, 2, 1)])
    assert turned[0].startswith("**So which of the two is deeper?")
    assert "State: *The* layer 9, *odd* layer 8." in turned[0]
    assert "Hidden: *The* layer 4, *odd* never." in turned[0]
    alike = word_depth.said_of(them, [ask("State", 3, 8, 3), ask("Hidden", None, None, None), ask("Tag", 2, 2, 1)])
    assert alike[0].startswith("**None of these questions puts the two words the other way round")
    assert "Hidden" not in alike[0], "what was not asked says nothing"
    assert word_depth.said_of(("odd", "the"), [ask("State", 1, 1)]) == []


def test_what_other_bars_would_say_stands_below() -> None:
    near = settling.StatesNear(("a", "b"), np.array([[0.2, 0.6], [0.8, 0.65], [1, 1]]))
    said = settling.own_bars(near, 0.5)
    assert said.startswith("At a bar of 0.50 the words settle between layers 1 and 2, 1.5 on average")
    assert "; at 0.70 between 2 and 3" in said
    assert "; at 0.50" not in said
    stopped = settling.StatesNear(("a", "."), np.array([[0.6, 0.1], [1, 1]]))
    said = settling.own_bars(stopped, 0.5)
    assert said.startswith("At a bar of 0.50 the words all settle after layer 1; "), "a full stop is no word"
    assert "; at 0.90 all after 2" in said
