"""`dynviz sweep --labels`: what labels mean is refused in a sentence, told, and read as told."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from dynviz.cli import main
from dynviz.cli.options import labels
from dynviz.errors import InputError

STARS = "review,stars\nA fine and warm film.,5\nA dull film.,1\nIt was a film.,3\n"


@pytest.fixture
def sweep(shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Sweep a file of this content; (status, what it said on stderr, the labels as numbers)."""

    def _run(content: str, *more: str) -> tuple[int, str, list[int]]:
        (tmp_path / "a.csv").write_text(content, encoding="utf-8")
        out = tmp_path / "out.json"
        status = main(["sweep", "--model", "sst2-joint", "--root", str(shelf), "--data", str(tmp_path / "a.csv"), "--points", "2",
                       "--out", str(out), *more])  # fmt: skip
        return status, capsys.readouterr().err, json.loads(out.read_text())["examples"]["labels"] if out.exists() else []

    return _run


def test_an_uncertain_meaning_is_refused_with_the_words_that_tell_it(sweep: Any) -> None:
    status, said, _ = sweep(STARS)
    assert (status, said.count("\n")) == (2, 1)
    told = re.search(r"--labels \S+", said)
    assert told is not None
    status, said, found = sweep(STARS, *shlex.split(told[0]))
    assert (status, found) == (0, [1, 0])
    assert "1 row labelled 3 was left out." in said


def test_what_was_assumed_is_said(sweep: Any) -> None:
    status, said, found = sweep("text,label\nA fine film.,pos\nA dull film.,0\n")
    assert (status, found) == (0, [1, 0])
    assert said == "The label 0 was read as negative, pos as positive.\n"


def test_a_meaning_that_is_no_label_of_the_model_is_refused(sweep: Any) -> None:
    status, said, _ = sweep(STARS, "--labels", "1=bad,5=positive")
    assert status == 2
    assert "The label '1' cannot mean 'bad': the task's labels are negative, positive" in said


def test_labels_are_read_from_the_option() -> None:
    assert labels(["1=negative,2=positive", "3="]) == {"1": "negative", "2": "positive", "3": ""}
    assert labels(['"a, b=x", c = y ,d=e=z']) == {"a, b": "x", "c": "y", "d=e": "z"}


@pytest.mark.parametrize(("given", "why"), [("1", "'1' has no '='"), ("1=a,1=b", "'1' is there twice"), ("a=b,,c=d", "'' has no '='")])
def test_an_option_that_cannot_be_read_is_refused(given: str, why: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"--labels {given!r} cannot be read: {why}")):
        labels([given])
