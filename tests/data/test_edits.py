"""One-word edits: which are tried, what they do, and how they are ranked."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from dynviz import api
from dynviz.data import edits
from dynviz.data.edits import Edit, Effect
from dynviz.data.pieces import words
from dynviz.errors import InputError
from dynviz.records import Interventions
from dynviz.records.alignment import align, word_answers, word_depths, words_of
from dynviz.records.schema import from_json, to_json

TEXT = "The cast is wonderful, but the plot is dull."


def texts(found: Iterable[Edit]) -> list[str]:
    return [e.text for e in found]


def test_every_word_is_deleted_and_no_mark() -> None:
    found = [e for e in edits.candidates("A dull, dull plot.") if e.kind == "deleted"]
    assert texts(found) == ["dull, dull plot.", "A, dull plot.", "A dull, plot.", "A dull, dull."]
    assert [e.place for e in found] == [0, 1, 3, 4]


def test_the_first_word_of_a_line_is_deleted_and_the_line_stays() -> None:
    found = [e.text for e in edits.candidates("A plot.\nNo plot.") if e.kind == "deleted"]
    assert found == ["plot.\nNo plot.", "A.\nNo plot.", "A plot.\nplot.", "A plot.\nNo."]


def test_a_word_that_occurs_twice_is_told_apart() -> None:
    found = [e for e in edits.candidates("A dull, dull plot.") if e.kind == "deleted"]
    assert [(e.old, e.again) for e in found] == [("A", False), ("dull", True), ("dull", True), ("plot", False)]


def test_words_are_replaced_by_their_opposite_and_by_words_of_the_lists() -> None:
    found = {(e.kind, e.new): e.text for e in edits.candidates("Good plot")}
    assert found["opposite", "Bad"] == "Bad plot"
    assert found["negation", "Not"] == "Not plot"
    assert "never" in [e.new for e in edits.candidates("So I say") if e.old == "I"]
    assert found["negation", "not"] == "Good not"
    assert found["intensifier", "very"] == "Good very"
    assert found["neutral", "thing"] == "Good thing"


@pytest.mark.parametrize("budget", [1, 7, 40])
def test_the_budget_bounds_the_candidates_and_deletions_come_first(budget: int) -> None:
    found = edits.candidates(TEXT * 20, budget)
    assert len(found) == budget
    assert found[0].kind == "deleted"
    assert len(set(texts(found))) == budget


@pytest.mark.parametrize("text", ["", "...", "  ", "word", "<b>x</b> & y", "😀 👩‍👩‍👧", "مرحبا بالعالم"])
def test_no_candidate_is_blank_or_the_text_itself(text: str) -> None:
    found = texts(edits.candidates(text))
    assert text not in found
    assert all(t.strip() for t in found)


def test_the_lists_hold_words_of_one_token_each() -> None:
    for kind, found in edits._lists().items():
        for item in found:
            parts = item.split()
            assert len(parts) == (2 if kind == "opposites" else 1), item
            assert all(words(part) == [(0, len(part))] or part == "cannot" for part in parts), item


@pytest.mark.parametrize(("one", "other", "expected"), [("", "abc", 3), ("kitten", "sitting", 3), ("a", "a", 0), ("not", "", 3)])
def test_size_counts_letters(one: str, other: str, expected: int) -> None:
    assert Edit("", 0, one, other, "").size == expected


def edit(new: str = "", flips: int = 0, depth: float = 0, place: int = 0) -> Effect:
    return Effect(Edit(f"{place}{new}", place, "word", new, ""), flips, depth, 0, "", "")


def test_changed_answers_come_before_changed_depths_and_small_edits_before_large() -> None:
    found = [edit(depth=3), edit("wore", 1, 1), edit("other", 1, 1), edit(flips=1, depth=-2), edit()]
    assert edits.ranked(found) == [found[3], found[1], found[2], found[0]]
    assert edits.smallest(found) is found[1]
    assert edits.smallest([edit("ward", depth=1), edit(depth=5), edit()]).edit.new == "ward"  # type: ignore[union-attr]
    assert edits.smallest([edit()]) is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c", "a b c", [(0, 0), (1, 1), (2, 2)]),
        ("a b c", "a c", [(0, 0), (1, None), (2, 1)]),
        ("a c", "a b c", [(0, 0), (None, 1), (1, 2)]),
        ("a b c", "a x c", [(0, 0), (1, 1), (2, 2)]),
        ("the the", "the", [(0, 0), (1, None)]),
        ("", "a", [(None, 0)]),
        ("a b c", "x", [(0, 0), (1, None), (2, None)]),
    ],
)
def test_words_are_aligned(old: str, new: str, expected: list[tuple[int | None, int | None]]) -> None:
    assert align(old.split(), new.split()) == expected


@pytest.mark.parametrize("name", ["sst2-joint", "sst2-ltp", "pos-tokee"])
def test_many_texts_together_are_each_as_alone(shelf: Path, name: str) -> None:
    model = api.load(shelf / name)
    many = [TEXT, "Dull.", *texts(edits.candidates(TEXT, 30))]
    together = api.traces(model, many)
    assert [t.text for t in together] == many
    for text, trace in zip(many, together, strict=True):
        assert trace.same_as(api.trace(model, text), tolerance=1e-5), text
    assert api.traces(model, []) == []
    with pytest.raises(InputError):
        api.traces(model, ["fine", " "])


def test_effects_are_differences_of_two_traces(shelf: Path) -> None:
    for name in ("sst2-joint", "sst2-ltp", "pos-tokee"):
        model = api.load(shelf / name)
        before = api.trace(model, TEXT)
        found = edits.candidates(TEXT, 60)
        for one, after in zip(found, api.traces(model, texts(found)), strict=True):
            effect = edits.effect(one, before, after)
            assert effect.share == after.share - before.share
            if name == "sst2-joint":
                assert effect.depth == after.exit_layer - before.exit_layer
                assert effect.flips == (before.predicted != after.predicted)
            if name == "sst2-ltp":
                assert effect.depth == after.depth.mean() - before.depth.mean()


def test_tags_of_words_that_stayed_are_compared(shelf: Path) -> None:
    model = api.load(shelf / "pos-tokee")
    before = api.trace(model, TEXT)
    one = next(e for e in edits.candidates(TEXT) if e.kind == "deleted" and e.old == "wonderful")
    after = api.trace(model, one.text)
    kept = [i for i in range(len(words_of(before))) if i != 3]
    same = [word_answers(before)[i] == a for i, a in zip(kept, word_answers(after), strict=True)]
    assert edits.effect(one, before, after).flips == same.count(False)
    assert len(word_depths(before)) == len(words_of(before)) == 11


@pytest.mark.parametrize("name", ["sst2-joint", "sst2-ltp", "pos-tokee"])
def test_an_intervened_trace_says_so_and_survives_as_json(shelf: Path, name: str) -> None:
    analysis = api.analyse(api.load(shelf / name), TEXT)
    forced = Interventions(exit=4, keep=((2, 1),))
    trace = api.intervene(analysis, None, forced)
    assert trace.note.startswith("Forced by hand: answer after layer 4; “cast” kept.")
    assert Interventions.from_knobs(from_json(to_json(trace)).knobs) == forced
    assert trace.depth[2] == 4
    assert analysis.compared(trace) is not None
    assert api.intervene(analysis, None, Interventions()).same_as(api.trace(analysis.model, TEXT), tolerance=1e-6)
    with pytest.raises(InputError, match="not there"):
        api.intervene(analysis, None, Interventions(keep=((500, 1),)))


def test_the_settled_layer_is_the_first_from_which_the_answer_stays(shelf: Path) -> None:
    analysis = api.analyse(api.load(shelf / "sst2-joint"), TEXT)
    found = api.settled(analysis)
    assert found is not None
    answers = analysis.full.probs[1:, 0].argmax(-1)
    assert found.answers[:, 0].tolist() == answers.tolist()
    layer = int(found.layers[0])
    assert (answers[layer - 1 :] == answers[-1]).all()
    assert layer == 1 or answers[layer - 2] != answers[-1]
    assert found.share == pytest.approx(api.intervene(analysis, None, Interventions(exit=layer)).share)


def test_words_settle_one_by_one_and_a_model_with_one_answer_has_nothing_to_settle(shelf: Path) -> None:
    analysis = api.analyse(api.load(shelf / "pos-tokee"), TEXT)
    found = api.settled(analysis)
    assert found is not None
    assert ((found.layers > 0) == analysis.full.leads).all()
    assert found.share is None
    assert api.settled(api.analyse(api.load(shelf / "sst2-ltp"), TEXT)) is None
