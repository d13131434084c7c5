"""docs/your-model.ipynb: every cell runs, in its order, on a tiny classifier, and shows what its text promises."""

import ast
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from tests import hub
from tests.docs.made import ROOT
from tests.docs.test_your_model import write
from tests.fitting import made

NOTEBOOK = json.loads((ROOT / "docs" / "your-model.ipynb").read_text(encoding="utf-8"))
CODE = {cell["id"]: "".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, str]]:
    """Of each cell the value of its last line, as a notebook shows it, and what it printed."""
    here = tmp_path_factory.mktemp("notebook")
    hub.save(here / "my_classifier")
    write(here / "rows.csv", ("text", "label"), made.rows(120))
    names: dict[str, Any] = {}
    with contextlib.chdir(here):
        return {name: ran(text, name, names) for name, text in CODE.items()}


def ran(text: str, name: str, names: dict[str, Any]) -> tuple[Any, str]:
    tree, out = ast.parse(text), io.StringIO()
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(out):
        exec(compile(tree, name, "exec"), names)
        value = eval(compile(ast.Expression(last.value), name, "eval"), names) if isinstance(last, ast.Expr) else None
    return value, out.getvalue()


def test_it_is_a_notebook_without_stored_results() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code")


def test_each_cell_shows_what_its_text_promises(shown: dict[str, tuple[Any, str]]) -> None:
    assert "right with" in shown["fitted"][1]
    assert "the model itself: " in shown["fitted"][1]
    for name in ("tradeoff", "trace"):
        assert isinstance(shown[name][0], go.Figure)
        assert shown[name][0].data
    assert " of 3 layers" in shown["trace"][1]
    assert set(shown["predicted"][0]) <= {"no", "maybe", "yes"}
    assert shown["kept"][0] == "DeeBERT"


def test_the_guide_leads_to_it() -> None:
    assert "(your-model.ipynb)" in Path(ROOT / "docs" / "your-model.md").read_text(encoding="utf-8")
