"""Five hundred mutated inputs: each is read, or refused with one sentence; and the tool that says so notices what is planted."""

from pathlib import Path
from random import Random

import pytest

from tests.fuzz import planted, stock
from tests.fuzz.__main__ import main, shared, told
from tests.fuzz.kind import Outcome
from tests.fuzz.watch import watched
from tests.fuzz.worker import KINDS, kind

CASES, FIRST = 500, 0


@pytest.fixture(scope="module")
def sound(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stock.made(tmp_path_factory.mktemp("fuzz") / "stock", shelf)


def test_whatever_comes_in_is_read_or_refused_with_one_sentence(sound: Path) -> None:
    found = list(watched(shared(KINDS, CASES, FIRST), sound))
    failed = [o for o in found if o.said == "failed"]
    assert not failed, "\n".join(told(found))
    for name in KINDS:  # neither is of any worth alone
        assert {o.said for o in found if o.kind == name} >= {"accepted"}, name
    assert len(found) >= CASES - len(KINDS)


def test_what_is_planted_is_noticed_and_the_next_case_is_none_the_worse(sound: Path) -> None:
    seeds = {planted.chosen(Random(f"planted:{seed}")): seed for seed in range(200)}
    assert seeds.keys() == planted.BUGS.keys()
    cases = [case for bug in planted.BUGS for case in (("planted", seeds[bug]), ("traces", 1))]
    found = list(watched(cases, sound))
    for bug, o in zip(planted.BUGS, found[::2], strict=True):
        assert (o.said, o.what.startswith(planted.BUGS[bug])) == ("failed", True), (bug.__name__, o)
    after = {(o.said, o.what) for o in found[1::2]}
    assert len(after) == 1
    assert "failed" not in {said for said, _ in after}


def test_a_failure_is_told_with_what_brings_it_back(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stock, "made", lambda folder: sound)
    seed = next(seed for seed in range(200) if planted.chosen(Random(f"planted:{seed}")) is planted.raises)
    assert main(["--only", f"planted:{seed}"]) == 1
    assert f"planted:{seed} failed" in capsys.readouterr().out
    failed, fine = Outcome("files", 7, "failed", "KeyError: 'x'", "a.py:1 f < b.py:2 g"), Outcome("files", 8, "accepted")
    said = "\n".join(told([failed, fine]))
    assert "python -m tests.fuzz --only files:7" in said
    assert "files              2         1        0       1" in said


def test_a_case_is_the_same_again() -> None:
    for name in ("files", "traces"):
        given = kind(name).ground(Path(), Path()) if name == "files" else ['{"a": [1, 2, {"b": "c"}]}']
        assert kind(name).make(given, Random("17")) == kind(name).make(given, Random("17"))
