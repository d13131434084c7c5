"""What the page says of a trace."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.data.spreadsheet import to_csv
from dynviz.figures.columns import columns
from dynviz.figures.depths import agreement, depth_sentences
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.ui.parts import words
from dynviz.ui.parts.panels import split
from dynviz.ui.sentence import said
from dynviz.ui.shell.shown import plain
from tests.figures.build import trace

TEXT = "The cast is wonderful, but the plot is dull."


@pytest.fixture
def analysed(checkpoints: Path) -> api.Analysis:
    return api.analyse(api.load(checkpoints / "sst2-joint"), TEXT)


def test_the_verdict_names_answer_layers_compute_and_agreement(analysed: api.Analysis) -> None:
    verdict = words.verdict(analysed.at({"entropy": 1.0}), analysed.full)
    assert verdict.split(" · ")[0].endswith("after 1 of 4 layers")
    assert verdict.split(" · ")[2] in ("full depth agrees", f"full depth says {analysed.full.predicted[0]}")


def test_a_trace_without_full_depth_claims_no_agreement(analysed: api.Analysis) -> None:
    assert "full depth" not in words.verdict(analysed.at(), None)


def why(analysed: api.Analysis, found: Trace) -> words.Why:
    return words.why(found, columns(found)[1], analysed.compared(found), api.card(api.Checkpoint(Path(), analysed.model.config)))


def test_why_names_the_reading_that_crossed_its_limit(analysed: api.Analysis) -> None:
    early = analysed.at({"entropy": 1.0})
    found = why(analysed, early)
    value = early.readings["uncertainty"][1]
    assert found.said.endswith(f"There its uncertainty was {value:.3g}, below 1.")
    assert [row["stops"] for row in found.rows] == ["yes", "not computed", "not computed", "not computed"]


def test_why_says_so_when_no_reading_crossed(analysed: api.Analysis) -> None:
    found = why(analysed, analysed.at({"entropy": 0.01}))
    assert found.said.endswith("Its uncertainty was never below 0.01.")
    assert {row["stops"] for row in found.rows} == {"no"}


# what stops and why, on hand-made runs of three layers

NAN = np.nan


def run(exit_after: int) -> Trace:
    """A sentence that left after this layer, always "negative" at 90 %."""
    probs = np.full((4, 1, 2), NAN)
    probs[1 : exit_after + 1, 0] = (0.9, 0.1)
    return trace(["a"], depth=[exit_after] * 3, unit="sentence", kind="exit", labels=("negative", "positive"), probs=probs, readings={})


def sure(*values: float, limit: float = 0.1, group: str = "") -> Comparison:
    return Comparison("u", "uncertainty (entropy / ln C)", np.array([NAN, *values]), np.full(4, limit), "below", group)


def counted(*values: float, limit: float = 2, group: str = "") -> Comparison:
    return Comparison("c", "counter", np.array([NAN, *values]), np.full(4, limit), "at least", group)


def reasons(exit_after: int, *compared: Comparison) -> words.Why:
    found = run(exit_after)
    return words.why(found, columns(found)[1], compared, None)


def steps(exit_after: int, layer: int, *compared: Comparison) -> str:
    return " ".join(said.step(run(exit_after), layer, compared))


def test_a_counter_that_reaches_its_limit_stops_and_is_said_to() -> None:
    patience = counted(0, 1, 2)
    assert "The counter is 1, not at least 2: it goes on." in steps(3, 2, patience)
    assert "The counter is 2, at least 2: it stops." in steps(2, 2, counted(1, 2, NAN))
    assert (
        reasons(2, counted(1, 2, NAN)).said
        == "The whole text stopped after layer 2 of 3: negative. There its counter was 2, at least 2."
    )


def test_strictly_above_is_told_from_at_least() -> None:
    strict = Comparison("p", "confidence", np.array([NAN, 0.9, 0.95, NAN]), np.full(4, 0.9), "above")
    assert "The confidence is 0.9, not above 0.9: it goes on." in steps(2, 1, strict)
    assert "The confidence is 0.95, above 0.9: it stops." in steps(2, 2, strict)
    at_most = Comparison("u", "uncertainty", np.array([NAN, 0.3, NAN, NAN]), np.full(4, 0.3), "at most")
    assert "The uncertainty is 0.3, at most 0.3: it stops." in steps(1, 1, at_most)


def test_either_of_two_is_enough() -> None:
    rule = (sure(0.4, 0.3, NAN), counted(1, 2, NAN))
    assert "The uncertainty is 0.4, not below 0.1; the counter is 1, not at least 2: it goes on." in steps(2, 1, *rule)
    assert "The uncertainty is 0.3, not below 0.1; the counter is 2, at least 2: one is enough, it stops." in steps(2, 2, *rule)
    found = reasons(2, *rule)
    assert found.said.endswith("There its counter was 2, at least 2.")
    assert [(row["uncertainty"], row["counter"], row["stops"]) for row in found.rows[:2]] == [
        ("0.4, not below 0.1", "1, not at least 2", "no"),
        ("0.3, not below 0.1", "2, at least 2", "yes"),
    ]
    assert reasons(3, sure(0.4, 0.3, 0.2), counted(0, 1, 0)).said.endswith(
        "Its uncertainty was never below 0.1. Its counter was never at least 2."
    )
    assert reasons(2, sure(0.4, 0.05, NAN), counted(1, 2, NAN)).said.endswith(
        "There its uncertainty was 0.05, below 0.1; its counter was 2, at least 2. Either was enough."
    )


def test_a_rule_for_a_whole_sentence_of_tagged_words_is_said_step_by_step_too() -> None:
    tagged = trace(["a"], depth=[2] * 3, kind="exit")
    worst = Comparison("d", "largest uncertainty of the words", np.array([NAN, 0.4, 0.2, NAN]), np.full(4, 0.3), "below")
    assert "The largest uncertainty of the words is 0.4, not below 0.3: it goes on." in said.step(tagged, 1, [worst])
    assert "The largest uncertainty of the words is 0.2, below 0.3: it stops." in said.step(tagged, 2, [worst])


def test_what_is_of_something_is_said_with_its_article() -> None:
    gate = Comparison("keep", "score of the gate (1 keep, 0 delete)", np.array([NAN, 0.4, 0.02, NAN]), np.full(4, 0.3), "below")
    assert reasons(2, gate).said.endswith("There the score of the gate was 0.02, below 0.3.")
    assert reasons(3, replace(gate, values=np.array([NAN, 0.4, 0.5, NAN]))).said.endswith("The score of the gate was never below 0.3.")


def test_words_and_signs_are_as_many_as_there_are_tags() -> None:
    tagged = trace(["so", "#", "good"], depth=[3] * 5)
    said, (same, total) = words.verdict(tagged, tagged), agreement(tagged, tagged)
    assert said.startswith("2 words and 1 sign tagged, ")
    assert same == total == 3


def test_confident_and_patient_must_hold_together() -> None:
    """Confident in layer 1 but not patient, patient in layer 2 but not confident, then both in the same one."""
    rule = (sure(0.05, 0.3, NAN, group="both"), counted(1, 2, NAN, group="both"))
    assert "The uncertainty is 0.05, below 0.1 and the counter is 1, not at least 2: it goes on." in steps(3, 1, *rule)
    assert "The uncertainty is 0.3, not below 0.1 and the counter is 2, at least 2: it goes on." in steps(3, 2, *rule)
    met = (sure(0.3, 0.05, NAN, group="both"), counted(1, 2, NAN, group="both"))
    assert "The uncertainty is 0.05, below 0.1 and the counter is 2, at least 2: it stops." in steps(2, 2, *met)
    found = reasons(2, *met)
    assert found.said.endswith("There its uncertainty was 0.05, below 0.1 and its counter was 2, at least 2.")
    assert [row["stops"] for row in found.rows] == ["no", "yes", "not computed"]


def test_conditions_that_each_held_but_never_together_are_said_to() -> None:
    rule = (sure(0.05, 0.3, 0.3, group="both"), counted(1, 2, 1, group="both"))
    assert reasons(3, *rule).said.endswith("Its uncertainty was below 0.1 and its counter was at least 2, but never after the same layer.")
    assert [row["stops"] for row in reasons(3, *rule).rows] == ["no"] * 3
    half = (sure(0.05, 0.05, 0.3, group="both"), counted(0, 1, 0, group="both"))
    assert reasons(3, *half).said.endswith(": negative. Its counter was never at least 2.")


def test_what_is_shown_for_comparison_only_is_no_reason() -> None:
    found = reasons(2, sure(0.4, 0.05, NAN), counted(1, 1, NAN, limit=NAN))
    assert found.said.endswith("There its uncertainty was 0.05, below 0.1.")
    assert list(found.rows[0]) == ["layer", "answer", "uncertainty", "limit", "stops"]


def test_plain_leaves_nothing_for_markdown_to_read() -> None:
    assert plain("**a** <b> [x](y) :red[z] $1$ a\nb") == r"\*\*a\*\* \<b\> \[x\]\(y\) \:red\[z\] \$1\$ a b"


def test_a_finding_is_split_at_its_first_sentence() -> None:
    first, others = "All 6 words went through 1 layer of 6.", "Mean depth of the words 1.0 of 6. 17 % of full compute."
    assert split(f"{first} {others}") == (first, others)


def test_csv_keeps_commas_and_disarms_formulas() -> None:
    assert to_csv([{"word": "a,b", "n": 1}, {"word": "=1+1", "m": -2.5}]).splitlines() == ["word,n,m", '"a,b",1,', "'=1+1,,-2.5"]


def test_where_tokens_halt_the_answer_comes_after_the_last_layer_that_ran() -> None:
    """Of three layers two: [CLS] and "a" halt after the second, the others after the first."""
    found = trace(["a", "b"], depth=[2, 2, 1, 1], unit="sentence", labels=("bad", "good"))
    assert words.verdict(found, None).startswith("Bad, 90 % sure, after 2 of 3 layers, mean depth of all tokens 1.5 of 3 · ")
    assert depth_sentences(found)[:2] == [
        "2 of 4 tokens are frozen by layer 2: still seen, no longer computed.",
        "Then all others had halted, too: the text had its answer.",
    ]
    through = trace(["a", "b"], depth=[3, 3, 1, 1], unit="sentence", labels=("bad", "good"))
    assert ", after 3 layers, mean depth" in words.verdict(through, None)
    assert not any("halted" in line for line in depth_sentences(through))


def test_a_place_among_others_says_how_many_went_on() -> None:
    """Of four tokens in the first layer the one with the least leaves."""
    read = np.array([[NAN] * 4, [0.9, 0.1, 0.3, 0.2], [0.9, NAN, 0.4, 0.3], [0.9, NAN, 0.2, 0.3]])
    found = trace(["a", "b"], depth=[3, 0, 3, 3], unit="sentence", kind="drop", readings={"received": read})
    ranks = Comparison("received", "attention received", read, np.full(4, NAN), "at least")
    assert words._ranked(found, columns(found)[1], ranks) == [
        "The rule ranks tokens by attention received: it had 0.1, the 4th largest of 4; 3 went on."
    ]


def test_cells_without_a_tag_are_told_of_where_there_are_any() -> None:
    probs = np.full((4, 3, 2), NAN)
    probs[1:, 1] = (0.9, 0.1)
    said = "Without a tag: computed, but the rule did not ask for one there."
    assert said not in words.cells_key(trace(["a"], probs=probs), None)
    probs[1, 1] = NAN
    assert said in words.cells_key(trace(["a"], probs=probs), None)


def test_an_answer_that_changes_in_the_last_layer_settles_nowhere_before(analysed: api.Analysis) -> None:
    found = api.settled(analysed)
    assert found is not None
    last, before = (replace(found, layers=np.full_like(found.layers, layer)) for layer in (4, 3))
    assert said.settled(analysed.full, last).startswith("At full depth the answer is not settled before the last layer")
    assert "never changes after layer 3" in said.settled(analysed.full, before)
    dearer = said.settled(analysed.full, replace(before, share=1.17))
    assert "layer 3 (117 % of full compute: what the method reads and computes beside the layers costs too)." in dearer
