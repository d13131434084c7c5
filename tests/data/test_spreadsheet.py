"""Texts that a spreadsheet would take for formulas are written as text, everywhere, and nothing else is changed."""

import ast
import csv
import io
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

import dynviz
from dynviz.data.spreadsheet import RESULTS, cell, read_back, text, to_csv

ROOT = Path(dynviz.__file__).parent
FORMULAS = (
    "=1+1", "+1", "-1+2", "@SUM(A1)", "-", "\t", "\r1", "\n;", "  =1+1", "\u00a0=1", "\ufeff=1", "\u200b=1",
    "＝1+1", "＋1", "－1", "＠A1",
    "　＝1", "'=1", "''+1", "\x00=1",
)  # fmt: skip
WITHIN = {
    "fine;=1+1;end": "fine;'=1+1;end", "fine\t-1": "fine\t'-1", "a|@b": "a|'@b", "x\n=1;y": "x\n'=1;y", "x\r\n- 1": "x\r\n'- 1",
    "\t=1": "'\t'=1", "\n=1": "'\n'=1", "; \u200b＝1": ";' \u200b＝1", " ;=1": " ;'=1", "  \t=1": "  \t'=1", ";;=1;+2": ";;'=1;'+2",
    ";'=1": ";''=1", "=1;=2": "'=1;'=2", ';"=1+1': ";'\"=1+1", ';""\t"=1': ";\"\"\t'\"=1", "a;\t=1": "a;\t'=1",
}  # fmt: skip
TEXTS = (
    "A fine film.", "", " ", "a=b", "x\n1", "a; b", "; a-b", "a - b", "a, -b", "e|",
    "'tis fine", "'", "''", "10", "−1", "–", "(=1)", '"=1"', "#1", "é = è",
)  # fmt: skip


@pytest.mark.parametrize("given", FORMULAS)
def test_what_a_spreadsheet_would_compute_is_led_by_an_apostrophe(given: str) -> None:
    assert cell(given) == f"'{given}"


@pytest.mark.parametrize("given", WITHIN)
def test_so_is_what_follows_a_sign_at_which_one_may_split(given: str) -> None:
    assert cell(given) == WITHIN[given]


PARTS = (";", "\t", "|", "\r", "\n", ",", '"', "'", " ", "=", "-", "a")


@pytest.mark.parametrize("split", [*";\t|,"])
def test_wherever_a_spreadsheet_splits_no_cell_is_a_formula_and_every_text_comes_back(split: str) -> None:
    given = ["".join(parts) for parts in product(PARTS, repeat=4)]
    for some in zip(*[iter(given)] * 6, strict=True):
        names = dict(zip("abcdef", some, strict=True))
        out = io.BytesIO()
        pyarrow.csv.write_csv(pa.table({name: [cell(value)] for name, value in names.items()}), out)
        for written in (to_csv([names]), out.getvalue().decode()):
            cells = [cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=split) for cell in row]
            assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "-")], written
    assert [text(cell(value)) for value in given] == given


@pytest.mark.parametrize("given", TEXTS)
def test_other_texts_stay(given: str) -> None:
    assert cell(given) == given


@pytest.mark.parametrize("given", [*FORMULAS, *TEXTS, *WITHIN, *WITHIN.values(), *(f"'{t}" for t in FORMULAS)])
def test_every_text_comes_back(given: str) -> None:
    assert text(cell(given)) == given


@pytest.mark.parametrize("number", [-0.5, -3, 0, 1e-9, True, None])
def test_numbers_stay_numbers(number: object) -> None:
    assert cell(number) is number


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_names_and_texts_of_every_column_are_escaped_and_lines_stay_in_their_cells(end: str) -> None:
    rows = [{"=name": "-", "n": -0.5}, {"=name": "a\rb", "more": "@x,y"}]
    written = to_csv(rows, end)
    assert written.endswith(end)
    found = list(csv.reader(io.StringIO(written, newline="")))
    assert found == [["'=name", "n", "more"], ["'-", "-0.5", ""], ["a\rb", "", "'@x,y"]]
    assert '"a\rb"' in written
    assert to_csv([]) == "\r\n"


def test_only_the_apps_own_results_are_read_back() -> None:
    own = {name: ["'=1", "'tis", "'-", "-"] for name in RESULTS}
    assert read_back(own) == {name: ["=1", "'tis", "-", "-"] for name in RESULTS}
    assert read_back({"text": ["'=1"], "label": ["'-"]}) == {"text": ["'=1"], "label": ["'-"]}


def test_no_csv_is_written_in_another_way() -> None:
    """Python's own writer is used in one file (in one more it quotes an option of the command line, which is no file), pandas' in none,
    pyarrow's in one, which escapes by the same function."""
    found = {"csv.writer": set(), "csv.DictWriter": set(), "to_csv": set(), "write_csv": set()}  # type: ignore[var-annotated]
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                for name in (node.attr, f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""):
                    found.get(name, set()).add(str(file.relative_to(ROOT)))
    assert found.pop("csv.writer") <= {"data/spreadsheet.py", "data/doubts.py"}
    assert found == {"csv.DictWriter": set(), "to_csv": set(), "write_csv": {"ui/data/export.py"}}
    assert "cell(" in (ROOT / "ui/data/export.py").read_text(encoding="utf-8")
