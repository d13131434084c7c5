"""docs/your-model.md: every command and every line of Python in it runs, in its order, on a tiny classifier."""

import contextlib
import csv
import io
import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dynviz.cli import main
from tests import hub
from tests.docs.made import ROOT
from tests.fitting import made

TEXT = (ROOT / "docs" / "your-model.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}python -m dynviz (.*)$", TEXT, re.MULTILINE)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command printed, and the Python ("python"), run in a folder with a classifier and rows."""
    here = tmp_path_factory.mktemp("own")
    hub.save(here / "my_classifier")
    write(here / "rows.csv", ("text", "label"), made.rows(120))
    write(here / "pairs.csv", ("text", "second", "label"), made.pairs())
    assert "\n    mkdir fitted\n" in TEXT[: TEXT.index("--out fitted/")]
    (here / "fitted").mkdir()
    out: dict[str, str] = {}
    with contextlib.chdir(here):
        for command in COMMANDS:
            out[command] = printed(partial(main, shlex.split(command)))
        (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
        out["python"] = printed(lambda: exec(compile(block, "your-model.md", "exec"), {}))
        assert (here / "kept" / "config.json").is_file()
    return out


def write(file: Path, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([names, *rows])


def printed(run: Callable[[], object]) -> str:
    out, problems = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
        assert not run(), problems.getvalue()
    return out.getvalue()


def test_all_commands_are_there() -> None:
    assert [command.split()[0] for command in COMMANDS] == ["doctor", "fit", "fit", "fit", "trace", "risk", "trace"]


def test_fit_says_what_came_out(said: dict[str, str]) -> None:
    first, tuned, second = (said[command] for command in COMMANDS if command.startswith("fit "))
    figures = r"[\d.]+ % right with [\d.]+ % of the compute, on 24 rows kept aside\."
    assert re.search(rf"^DeeBERT on .*my_classifier, at .*: {figures}$", first, re.M)
    assert re.search(r"^The model itself: [\d.]+ %; difference [+-][\d.]+ points \[[+-][\d.]+, [+-][\d.]+\]\.$", first, re.M)
    assert "Entropy exit, joint training on " in tuned
    assert "PABEE on " in second


def test_the_others_say_something(said: dict[str, str]) -> None:
    assert all(said.values())
    risk = next(out for command, out in said.items() if command.startswith("risk"))
    assert "Checked on the evaluation split (24 sentences)" in risk
    assert "drawn by lot, within each label where a text has one, from the rows that the model was fitted with" in risk
    assert re.search(r"^\['(?:no|maybe|yes)', '(?:no|maybe|yes)'\]\n\(1, 3\)$", said["python"], re.M)
