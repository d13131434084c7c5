"""The list of wrong changes fits the tree as it is, and the tool that tries them tells noticed from unnoticed ones."""

from pathlib import Path

import pytest

from tests.mutate import CHANGES, run
from tests.mutate import __main__ as tool
from tests.mutate.run import Change, all_tried


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_what_is_changed_stands_exactly_once_in_its_file(change: Change) -> None:
    assert change.found(tool.ROOT) == 1, (
        f"{change.old!r} stands {change.found(tool.ROOT)} times in {change.file}: mend the list in tests/mutate"
    )
    assert change.new != change.old
    assert all((tool.ROOT / test.split("::")[0]).exists() for test in change.tests)


def test_names_are_told_apart() -> None:
    assert len({change.name for change in CHANGES}) == len(CHANGES)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sum with a test of its own."""
    monkeypatch.setattr(run, "HEAVY", [])
    root = tmp_path / "tree"
    root.mkdir()
    (root / "sums.py").write_text("def add(a, b):\n    return a + b\n")
    (root / "test_sums.py").write_text("from sums import add\n\n\ndef test_add():\n    assert add(2, 2) == 4\n")
    return root


def test_a_change_is_killed_survives_or_breaks_the_tests_and_the_tree_is_not_touched(tree: Path, tmp_path: Path) -> None:
    minus, times, nonsense = (Change(new, "sums.py", "a + b", new, ("test_sums.py",)) for new in ("a - b", "a * b", "a +"))
    found = list(all_tried(tree, [minus, times, nonsense], tmp_path, jobs=2))
    assert [(change.new, outcome) for change, outcome in found] == [("a - b", "killed"), ("a * b", "survived"), ("a +", "broken")]
    assert "a + b" in (tree / "sums.py").read_text()


def test_a_survivor_or_a_stale_change_is_a_failure(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tool, "ROOT", tree)
    minus, times = (Change(name, "sums.py", "a + b", new, ("test_sums.py",)) for name, new in (("minus", "a - b"), ("times", "a * b")))
    monkeypatch.setattr(tool, "CHANGES", (minus, times))
    assert tool.main(["--only", "minus"]) == 0
    assert "1 changes: 1 killed" in capsys.readouterr().out
    assert tool.main(["--only", "times"]) == 1
    assert "survived  times" in capsys.readouterr().out
    assert tool.main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines() == ["minus  (sums.py)", "times  (sums.py)"]
    monkeypatch.setattr(tool, "CHANGES", (Change("gone", "sums.py", "a / b", "", ("test_sums.py",)),))
    assert tool.main([]) == 1
    assert "stands 0 times" in capsys.readouterr().out


def test_tests_that_fail_anyway_prove_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "test_sums.py").write_text("def test_add():\n    assert False\n")
    monkeypatch.setattr(tool, "ROOT", tree)
    monkeypatch.setattr(tool, "CHANGES", (Change("minus", "sums.py", "a + b", "a - b", ("test_sums.py",)),))
    assert tool.main([]) == 1
    assert "fail before anything is changed" in capsys.readouterr().out
