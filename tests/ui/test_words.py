"""What the page says of a trace."""

from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.figures.columns import columns
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.ui.parts import words
from dynviz.ui.parts.panels import split, to_csv
from dynviz.ui.shell.shown import plain

TEXT = "The cast is wonderful, but the plot is dull."


@pytest.fixture
def analysed(checkpoints: Path) -> api.Analysis:
    return api.analyse(api.load(checkpoints / "sst2-joint"), TEXT)


def test_the_verdict_names_answer_layers_compute_and_agreement(analysed: api.Analysis) -> None:
    said = words.verdict(analysed.at({"entropy": 1.0}), analysed.full)
    assert said.split(" · ")[0].endswith("after 1 of 4 layers")
    assert said.split(" · ")[2] in ("full depth agrees", f"full depth says {analysed.full.predicted[0]}")


def test_a_trace_without_full_depth_claims_no_agreement(analysed: api.Analysis) -> None:
    assert "full depth" not in words.verdict(analysed.at(), None)


def why(analysed: api.Analysis, trace: Trace) -> words.Why:
    return words.why(trace, columns(trace)[1], analysed.compared(trace), api.card(api.Checkpoint(Path(), analysed.model.config)))


def test_why_names_the_reading_that_crossed_its_limit(analysed: api.Analysis) -> None:
    trace = analysed.at({"entropy": 1.0})
    found = why(analysed, trace)
    value = trace.readings["uncertainty"][1]
    assert found.said.endswith(f"There its uncertainty was {value:.3g}, below 1.")
    assert [row["stops"] for row in found.rows] == ["yes", "not computed", "not computed", "not computed"]


def test_why_says_so_when_no_reading_crossed(analysed: api.Analysis) -> None:
    found = why(analysed, analysed.at({"entropy": 0.01}))
    assert found.said.endswith("Its uncertainty never came below 0.01.")
    assert {row["stops"] for row in found.rows} == {"no"}


@pytest.mark.parametrize(
    ("stops", "strict", "value", "expected"),
    [
        ("below", False, 0.1, True), ("below", False, 0.2, False), ("above", False, 0.3, True), ("above", False, 0.2, True),
        ("above", True, 0.2, False), ("above", True, 0.3, True),
    ],
)  # fmt: skip
def test_at_a_limit_itself_stops_what_comes_from_below_unless_the_rule_is_strict(
    stops: str, strict: bool, value: float, expected: bool
) -> None:
    found = Comparison("x", "x", np.array([value]), np.array([0.2]), stops, strict)  # type: ignore[arg-type]
    assert words.stopping(found, value, 0) is expected


def test_plain_leaves_nothing_for_markdown_to_read() -> None:
    assert plain("**a** <b> [x](y) :red[z] $1$ a\nb") == r"\*\*a\*\* \<b\> \[x\]\(y\) \:red\[z\] \$1\$ a b"


def test_a_finding_is_split_at_its_first_sentence() -> None:
    first, others = "All 6 words went through 1 layer of 6.", "Mean depth 1.0 of 6. 17 % of full compute."
    assert split(f"{first} {others}") == (first, others)


def test_csv_keeps_commas_and_disarms_formulas() -> None:
    assert to_csv([{"word": "a,b", "n": 1}, {"word": "=1+1", "m": -2.5}]).splitlines() == ["word,n,m", '"a,b",1,', "'=1+1,,-2.5"]
