"""Who may know whom: the table of imports, held against the code; and what every method file must say."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

import dynviz
from dynviz.methods import caption, methods

ROOT = Path(dynviz.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# A room may import from those named, and from itself; `errors`, `runtime` and `version` are free to all.
FREE = {"errors", "runtime", "version", "__init__"}
MAY: dict[str, set[str]] = {
    "records": set(),
    "core": {"records"},
    "methods": {"core", "records"},
    "policies": {"records"},
    "data": {"records"},
    "checkpoint": {"core", "methods", "records"},
    "figures": {"records"},
}
NO_TORCH = {"records", "jobs", "figures", "policies", "ui", "data", "errors"}


def part(file: Path) -> str:
    """The part of the house a file belongs to: its folder in the package, or its own name."""
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def imported(file: Path) -> frozenset[str]:
    """All modules a file imports anywhere, except for type checking alone."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.update({f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)})
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(found)


def packages(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)}


def parts(file: Path) -> set[str]:
    """The parts of our own house a file imports from."""
    known = {part(f) for f in FILES}
    own = {name.split(".")[1] for name in imported(file) if name.startswith("dynviz.") and name.count(".")}
    return own & known


def named(*wanted: str) -> list[Path]:
    return [f for f in FILES if part(f) in wanted]


def ident(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", named(*NO_TORCH), ids=ident)
def test_no_torch_where_numbers_and_screens_are(file: Path) -> None:
    assert not packages(file) & {"torch", "transformers", "safetensors"}


@pytest.mark.parametrize("file", FILES, ids=ident)
def test_only_figures_draw_and_only_the_app_is_streamlit(file: Path) -> None:
    assert "plotly" not in packages(file) or part(file) == "figures"
    assert "streamlit" not in packages(file) or part(file) == "ui"


@pytest.mark.parametrize("file", named(*MAY), ids=ident)
def test_imports_point_one_way(file: Path) -> None:
    own = part(file)
    assert parts(file) - {own} - FREE <= MAY[own]


@pytest.mark.parametrize("file", [f for f in FILES if part(f) not in {"ui"}], ids=ident)
def test_nothing_knows_the_screen(file: Path) -> None:
    assert "ui" not in parts(file)


@pytest.mark.parametrize("file", [f for f in FILES if part(f) not in {"training", "cli"}], ids=ident)
def test_only_the_command_line_knows_training(file: Path) -> None:
    assert "training" not in parts(file)
    assert not packages(file) & {"tqdm", "sklearn", "datasets"}


def test_the_engine_knows_no_method_and_no_method_the_engine() -> None:
    names = set(methods())
    engine = (ROOT / "core" / "engine.py").read_text(encoding="utf-8")
    assert "methods" not in parts(ROOT / "core" / "engine.py")
    assert not [name for name in names if re.search(rf"\b{name}\b", engine)]
    assert not [f for f in named("methods") if "dynviz.core.engine" in imported(f)]


def test_the_screen_comes_through_the_api() -> None:
    """Pages ask `api` (and draw `figures` of `records`); they never run an engine or open a checkpoint themselves."""
    for file in named("ui"):
        assert not parts(file) & {"core", "methods"}, file


@pytest.mark.parametrize("name", methods())
def test_a_method_file_says_what_it_is(name: str) -> None:
    kind = methods()[name]
    module = inspect.getmodule(kind)
    lines = (inspect.getdoc(module) or "").split("\n")
    assert 20 <= len(lines[0]) <= 140
    assert lines[0].endswith(".")
    assert lines[1] == "", "a blank line after the caption"
    assert len(lines) > 2, "paper, what stops, what the knob means"
    assert caption(kind) == lines[0]
    assert kind.title
    assert kind.stops
    assert kind.__doc__
    assert all(knob.help and knob.label for knob in kind.knobs)
    assert all(reading.label for reading in kind.readings)


@pytest.mark.parametrize("name", methods())
def test_knobs_are_sound(name: str) -> None:
    for knob in methods()[name].knobs:
        assert knob.low <= knob.default <= knob.high
        assert knob.default in knob.points(10_000)
        assert knob.off == knob.checked(knob.off)
        assert knob.points(1_000)[0] == knob.low
        assert knob.points(1_000)[-1] == knob.high
        assert len(knob.points(5)) <= 5


@pytest.mark.parametrize("file", FILES, ids=ident)
def test_every_file_begins_with_what_it_is_for(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))
