"""Numbers are written one way everywhere."""

import re
from pathlib import Path

import dynviz
from dynviz.figures.wording import count, depth, fine, gap, number, percent, percent1, points

ROOT = Path(dynviz.__file__).parent
ROOMS = ("ui", "figures", "frozen", "cli", "jobs")
BY_HAND = re.compile(r"\* 100:|\{100 \* [^}]*:\.|:\+?\.\d%")  # a percent or a difference in points, formatted in place
ELSEWHERE = {"wording.py"}


def test_shares_differences_and_depths() -> None:
    assert (percent(0.624), percent(0.004), percent(0), percent(1.335)) == ("62 %", "0.4 %", "0 %", "134 %")
    assert (percent1(0.8693), percent1(0.5)) == ("86.9 %", "50.0 %")
    assert (fine(0.0176), fine(0.02)) == ("1.8 %", "2 %")
    assert (points(-0.004), points(0.0312), points(-0.0001)) == ("-0.4", "+3.1", "+0.0")
    assert points((0.8925 + 0.0175) - 0.8925) == points(0.0175) == "+1.8", "one difference, whichever way it was computed"
    assert (gap(-0.0312), gap(0.004)) == ("3.1", "0.4")
    assert (depth(2.96), depth(4)) == ("3.0", "4.0")


def test_a_count_agrees_with_its_noun() -> None:
    assert [count(n, "word") for n in (0, 1, 2, 1630)] == ["0 words", "1 word", "2 words", "1,630 words"]
    assert count(2, "query", "queries") == "2 queries"


def test_no_share_is_formatted_by_hand() -> None:
    files = [f for room in ROOMS for f in sorted((ROOT / room).rglob("*.py")) if f.name not in ELSEWHERE]
    lines = [(f, i, line) for f in files for i, line in enumerate(f.read_text(encoding="utf-8").splitlines(), 1)]
    assert len(lines) > 5000
    assert not [f"{f.relative_to(ROOT)}:{i}: use percent, percent1, points or gap" for f, i, line in lines if BY_HAND.search(line)]


def test_a_number_has_three_digits_and_no_exponent_where_one_can_read_it() -> None:
    """Twelve layers take thousands of MFLOPs for a sentence."""
    values = (0, 0.5, -0.0123456, 299.44, 999.4, 999.5, 2385.4, 9996, 22_180, 1.2e-5, 3.2e8)
    assert [number(value) for value in values] == [
        "0", "0.5", "-0.0123", "299", "999", "1,000", "2,390", "10,000", "22,200", "1.2e-05", "3.2e+08",
    ]  # fmt: skip
