"""Whatever model is on the stage, its words follow from its runs and its measured points; a broken file takes away its own model alone."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from dynviz import api
from dynviz.measure.shipped import stored_sweep
from dynviz.records.baseline import Baseline
from dynviz.records.card import Comparison
from dynviz.ui.parts import rules
from dynviz.ui.present import cast as casting
from dynviz.ui.present import evidence, idea, limits, notes, savings, text
from dynviz.ui.present.acts import Place
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.reference import Reference, beside_plain, reference
from dynviz.ui.shell import cache
from tests.ui.present.test_money import KNOWN
from tests.ui.present.test_stage import CHEAP, DEAR, pair


@pytest.fixture(scope="module")
def casts() -> tuple[Cast, ...]:
    return casting.candidates()


def cast_of(casts: Sequence[Cast], name: str) -> Cast:
    return next(cast for cast in casts if cast.checkpoint.name == name)


def test_the_reference_is_the_plain_model_that_was_trained_not_a_full_depth_that_cannot_be_had(casts: tuple[Cast, ...]) -> None:
    for cast in casts:
        trained = api.plain_of(cast.checkpoint)
        assert trained is not None
        plain = stored_sweep(trained, "report")
        assert plain is not None
        found = reference(cast)
        assert found.plain
        assert found.score == plain.score[0]
        assert found.difference[0] == pytest.approx(cast.sweep.accuracy[cast.point] - plain.accuracy[0])
        assert f"plain model {plain.accuracy[0] * 100:.1f}" in evidence.title(cast)


def test_texts_are_called_what_they_are(casts: tuple[Cast, ...]) -> None:
    nouns = {cast.checkpoint.task.name: cast.checkpoint.task.text for cast in casts}
    assert nouns.items() >= {"sst2": "sentence", "clinc150": "request"}.items()
    for cast in casts:
        told = " ".join([*evidence.said(cast), evidence.source(cast), evidence.exits(cast).finding])
        assert len(re.findall(rf"\d {nouns[cast.checkpoint.task.name]}s", told)) == 3, told
        drawn = str(evidence.exits(cast).figure.to_dict())
        assert f"{nouns[cast.checkpoint.task.name]}s" in drawn
        assert ("sentence" in told + drawn) == (nouns[cast.checkpoint.task.name] == "sentence")


def test_no_reference_is_made_up(casts: tuple[Cast, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "catalogue", lambda: ((), 0))
    found = reference(cast_of(casts, "sst2-dact-0.3"))
    assert (found.plain, found.verdict) == (False, "same")
    assert "plain" not in evidence.title(casts[0]) + evidence.interval(found)


@pytest.mark.parametrize(
    ("low", "high", "same", "said"),
    [(-0.04, -0.01, False, "less"), (0.01, 0.02, False, "more"), (-0.01, 0.02, False, "none"), (0.0, 0.0, True, "same")],
)  # fmt: skip
def test_what_is_not_claimed_follows_the_interval(low: float, high: float, same: bool, said: str) -> None:
    beside = Reference(True, 0.9, ((low + high) / 2, low, high), same)
    assert beside.verdict == said
    assert ("No difference" in evidence.interval(beside)) == ("no difference" in text.NOT_GOOD[said])


def test_the_limits_are_those_of_the_model(casts: tuple[Cast, ...]) -> None:
    for cast in casts:
        said = " ".join(limits.of(cast, None))
        assert ("no difference was found" in said) == ("No difference" in evidence.said(cast)[2]), cast.title
        assert ("when it is sure" in said) == (cast.goes_by == "sure"), cast.title
        assert ("costs more than before" in said) == (evidence.part_dearer(cast.sweep, cast.point) > 0), cast.title


def test_why_it_stopped_is_told_in_the_words_of_its_rule(casts: tuple[Cast, ...]) -> None:
    kinds = {cast.checkpoint.name: cast.goes_by for cast in casts}
    assert (kinds["sst2-fastbert"], kinds["sst2-pabee"], kinds["sst2-elbert"]) == ("sure", "patient", "rule")
    for cast in casts:
        said = " ".join(idea.line(cast, step) for step in (1, 2, 3, 4))
        assert ("sure" in said) == (cast.goes_by == "sure"), cast.title
        assert rules.met(cast.cheap), cast.title
        assert "any of them" not in said


def test_what_met_the_rule_is_read_off_the_last_layer() -> None:
    limit, never = np.full(5, 0.5), np.full(5, np.nan)
    one = Comparison("uncertainty", "uncertainty (entropy)", np.array([np.nan, 0.25, 0.9, 0.9, 0.9]), limit, "below")
    shown = Comparison("other", "other", np.array([np.nan, 0.1, 0.1, 0.1, 0.1]), never, "below")
    stopped = replace(CHEAP, compared=(shown, one))
    assert rules.met(stopped) == "uncertainty 0.25, below 0.5"
    assert rules.met(replace(DEAR, compared=(one,))) == "", "the last layer needs no rule"
    assert idea.why("sure", stopped) == "After layer\u00a01 it was 90 % sure, and stopped."
    assert idea.why("rule", stopped).endswith("Its rule: uncertainty 0.25, below 0.5.")
    assert idea.why("sure", CHEAP) == "After layer\u00a01 it stopped.", "no reason is made up"


def test_the_cheap_text_is_the_one_that_stops_first() -> None:
    late, run = pair(0.9, 0.9), CHEAP.trace
    dear = replace(CHEAP, trace=replace(run, extra_flops=run.extra_flops + 2 * late.trace.plain_flops))
    assert casting.widest([late, CHEAP]) == (CHEAP, late)
    assert casting.widest([late, dear]) is None, "the one that stops first costs more"


def test_a_rival_dearer_than_the_model_is_no_fair_one(casts: tuple[Cast, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for shares, said in (
        ((1.0,), ""),
        ((0.9, 1.0), "Even the plain model cut to 2 layers does more work: 90 %."),
        ((0.1, 1.0), "The fair rival"),
    ):
        line = Baseline("x", "static", np.array(shares), np.full(len(shares), 0.8), np.arange(2.0, 2 + len(shares)))
        monkeypatch.setattr(cache, "static_line", lambda *_, line=line: line)
        assert evidence.rival(casts[0]).startswith(said)
        assert bool(evidence.rival(casts[0])) == bool(said)


def test_the_speaker_is_told_nothing_that_is_not_so(casts: tuple[Cast, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "query_params", {"notes": "1"})
    for name, dearer in (("sst2-fastbert", True), ("sst2-palbert", False)):
        assert ("cost more" in notes.say(cast_of(casts, name), Place(2, 3))) == dearer
    assert "sure" not in notes.say(cast_of(casts, "sst2-pabee"), Place(1, 2))
    assert idea.title(casts[0]) in notes.say(casts[0], Place(1, 3))


def test_act_2_says_that_its_model_was_not_chosen_by_its_numbers(casts: tuple[Cast, ...]) -> None:
    assert text.FOR_CONTRAST in evidence.source(casting.candidates()[0])
    assert text.FOR_CONTRAST not in evidence.source(casts[-1]), "the visitor's own choice has reasons of its own"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shelf with two models and the plain one."""
    there = {c.name: c.folder for c in api.checkpoints()}
    for name in ("sst2-fastbert", "sst2-joint", "sst2-plain"):
        shutil.copytree(there[name], tmp_path / name)
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    monkeypatch.undo()
    st.cache_resource.clear()


def test_a_broken_file_takes_its_own_model_off_the_stage_and_no_other(shelf: Path) -> None:
    raw = json.loads((shelf / "sst2-joint/golden.json").read_text())
    raw["first"]["pairs"] = [0, 99]
    (shelf / "sst2-joint/golden.json").write_text(json.dumps(raw))
    assert [cast.checkpoint.name for cast in casting.candidates()] == ["sst2-fastbert"]
    found = casting.chosen("sst2-joint")
    assert found is not None
    assert found.checkpoint.name == "sst2-fastbert"
    assert evidence.rival(found) == "", "there is no plain model of fewer layers"


def test_minus_nothing_is_nothing() -> None:
    values = savings.settings({"plain": "-0", "adaptive": "-0.0"}, KNOWN)
    assert savings.title(values) == text.NO_TIMES
    values = savings.settings({"sentences": "-0", "watts": "-0"}, KNOWN)
    assert not [cell for row in savings.rows(values) for cell in row if cell.startswith("-")]


def test_times_that_no_sentence_takes_are_no_times(casts: tuple[Cast, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "times_alike", lambda names: dict.fromkeys(names, object()))
    monkeypatch.setattr(savings, "on_texts", lambda known, *_: known)
    for milliseconds, known in ((savings.HIGHEST["plain"], True), (5e6, False)):
        monkeypatch.setattr(savings, "timed", lambda *_, ms=milliseconds: replace(KNOWN, plain=ms))
        assert (savings.measured(casts[0]) is not None) == known


def test_the_milliseconds_are_those_of_the_plain_model_and_of_this_one_on_the_texts_of_act_2(casts: tuple[Cast, ...]) -> None:
    cast = cast_of(casts, "sst2-fastbert")
    found, plain = savings.measured(cast), cache.times_shipped("sst2-plain")
    assert found is not None
    assert plain is not None
    texts, own = cache.sweep("sst2-plain", "report"), cache.times_shipped("sst2-fastbert")
    assert texts is not None
    assert own is not None
    assert found.plain == pytest.approx(plain.per_sentence(texts.exits[:1], texts.flops[:1], 1)[0])
    here = cast.sweep.exits[[cast.point]], cast.sweep.flops[[cast.point]]
    assert found.adaptive == pytest.approx(own.per_sentence(*here, 1)[0])
    assert not found.alike


def test_the_curve_is_held_against_the_plain_model_as_the_words_are(casts: tuple[Cast, ...]) -> None:
    cast = cast_of(casts, "sst2-dact-0.3")
    drawn, found = beside_plain(cast), reference(cast)
    assert drawn.low is not None
    assert drawn.high is not None
    i = cast.point
    assert (drawn.low[i], drawn.high[i]) == pytest.approx([found.score + end for end in found.difference[1:]])
    assert drawn.base is None, "not its own full depth"
    assert "against the plain model" in evidence.curve(cast).finding
