"""Who may know whom: the rooms of the house and the direction of imports, held against the code. One test a rule.

An import counts wherever it stands: at the top of a file, inside a function, or for type checking alone.
"""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import dynviz
from dynviz.core.method import Knob, Method, Picture, Reading
from dynviz.measure.grid import FINEST
from dynviz.methods import caption, methods
from tests.lacking import lacking

ROOT = Path(dynviz.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# Every room, and the rooms it may import from besides itself. `errors`, `runtime` and `version` stand at the door: free to all.
FREE = {"errors", "runtime", "version"}
_BELOW_API = {"checkpoint", "core", "data", "measure", "methods", "policies", "records"}
_PARTS = {"api", "data", "figures", "frozen", "measure", "records", "ui.shell"}
_PAGE = _PARTS | {"ui.parts"}
MAY: dict[str, set[str]] = {
    "records": set(),
    "core": {"records"},
    "methods": {"core", "records"},
    "policies": {"records"},
    "data": {"records"},
    "checkpoint": {"core", "methods", "records"},
    "measure": {"checkpoint", "core", "data", "methods", "records"},
    "training": {"checkpoint", "core", "data", "measure", "methods", "records"},
    "fitting": {"checkpoint", "core", "data", "measure", "methods", "records", "training"},
    "figures": {"records"},
    "frozen": {"figures", "records"},
    "viewer": {"figures", "records"},
    "api": _BELOW_API | {"figures", "fitting", "frozen", "training"},
    "jobs": {"api", "checkpoint", "core", "data", "measure", "records"},
    "cli": _BELOW_API | {"api", "figures", "fitting", "training", "viewer"},
    "ui.shell": {"api", "data", "measure", "records"},
    "ui.parts": _PARTS,
    "ui.sentence": _PAGE,
    "ui.compare": _PAGE,
    "ui.tradeoff": _PAGE,
    "ui.data": _PAGE | {"jobs", "ui.tradeoff"},  # what stopping early changes is drawn alike on both
    "ui.methods": _PAGE | {"ui.sentence"},  # a method's pictures are those of a sentence
    "ui.learn": _PAGE,
    "ui.present": _PAGE,
    "ui.yours": _PAGE | {"jobs", "ui.data"},  # rows are read as they are there
    "ui.pages": _PAGE | {"ui.compare", "ui.data", "ui.learn", "ui.methods", "ui.present", "ui.sentence", "ui.tradeoff", "ui.yours"},
}
DOOR = {"__init__": {"api", "records"}, "__main__": {"cli"}, **{name: set() for name in FREE}}  # files at the root
NO_TORCH = {"records", "policies", "data", "figures", "frozen", "viewer", "ui"}  # nor transformers, nor safetensors, anywhere in the file
HEAVY = ("torch", "transformers", "plotly", "streamlit")


def name_of(file: Path) -> str:
    """A file's dotted name: "dynviz.core.engine"; a package's is its folder's."""
    parts = ("dynviz", *file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


MODULES = {name_of(file): file for file in FILES}


def room(module: str) -> str:
    """The room of a dotted name: its folder in the package; in the screen, the folder below; "" for the package itself."""
    parts = module.split(".")[1:]
    return ".".join(parts[:2] if parts[:1] == ["ui"] and len(parts) > 1 else parts[:1])


@cache
def imported(file: Path) -> frozenset[str]:
    """Everything a file imports anywhere; of ours, the module or package a name lies in."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.update(f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in MODULES else str(node.module) for a in node.names)
    return frozenset(found)


def packages(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)}


def ours(file: Path) -> set[str]:
    """Our own modules that a file imports."""
    return {name for name in imported(file) if name.split(".")[0] == "dynviz"}


def complaint(file: Path, about: object) -> str:
    return f"{file.relative_to(ROOT.parent)}: {about}"


def test_every_file_lies_in_a_listed_room() -> None:
    rooms = {room(name): file for name, file in MODULES.items() if "." in name}
    allowed = {*MAY, *DOOR, "ui"}  # "ui" is its own __init__ alone
    assert not [complaint(file, f"the room {r!r} is not listed in MAY") for r, file in rooms.items() if r not in allowed]
    assert not (MAY.keys() - rooms.keys()), "a room that is listed is not there"


def test_imports_point_one_way() -> None:
    wrong = []
    for name, file in MODULES.items():
        own = room(name)
        allowed = MAY.get(own, DOOR.get(own, set())) | FREE | {own}
        reached = {room(other) for other in ours(file)} - ({""} if own in ("ui.data", "ui.pages") else set())
        wrong += [complaint(file, f"{own or 'the root'} may not import {other or 'the package itself'}") for other in reached - allowed]
    assert not wrong


def _cycle(edges: dict[str, set[str]]) -> list[str]:
    """The names that can be reached from themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            new = edges[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    return sorted(name for name in edges if name in reached(name))


def test_no_circle_among_files() -> None:
    assert not _cycle({name: ours(file) & MODULES.keys() for name, file in MODULES.items()})


def test_no_circle_among_rooms() -> None:
    assert not _cycle({name: below & MAY.keys() for name, below in MAY.items()})


def test_no_torch_where_numbers_and_screens_are() -> None:
    heavy = {"torch", "transformers", "safetensors"}
    assert not [complaint(f, packages(f) & heavy) for n, f in MODULES.items() if n.split(".")[1] in NO_TORCH and packages(f) & heavy]


def test_only_figures_draw_and_only_the_screen_is_streamlit() -> None:
    assert not [complaint(f, "plotly") for n, f in MODULES.items() if "plotly" in packages(f) and room(n) != "figures"]
    assert not [complaint(f, "streamlit") for n, f in MODULES.items() if "streamlit" in packages(f) and n.split(".")[1] != "ui"]


def test_only_training_needs_what_training_needs() -> None:
    own = {"tqdm", "sklearn", "datasets"}
    assert not [complaint(f, packages(f) & own) for n, f in MODULES.items() if packages(f) & own and room(n) != "training"]


def test_importing_the_package_and_its_doors_brings_nothing_heavy() -> None:
    code = f"import sys, dynviz, dynviz.api, dynviz.cli, dynviz.jobs; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    assert done.stdout.strip() == "[]"


def test_the_engine_knows_no_method_and_no_method_the_engine() -> None:
    engine = MODULES["dynviz.core.engine"].read_text(encoding="utf-8")
    assert not [name for name in methods() if re.search(rf"\b{name}\b", engine)]
    assert not [complaint(f, "the engine") for n, f in MODULES.items() if room(n) == "methods" and "dynviz.core.engine" in ours(f)]


def test_a_method_is_known_to_its_own_file_alone() -> None:
    """No other room imports a method's file; what several methods share (`_ramps.py`) is no method."""
    files = {f"dynviz.methods.{name}" for name in methods()}
    wrong = [complaint(f, ours(f) & files) for n, f in MODULES.items() if room(n) not in ("methods", "training") and ours(f) & files]
    assert not wrong


def test_every_file_begins_with_what_it_is_for() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in FILES}
    assert not [complaint(f, "no docstring") for f, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]


def _strings(file: Path) -> Iterator[ast.Constant]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


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
    write = lacking(kind)
    assert not write, f"dynviz/methods/{name}.py lacks:\n" + "\n".join(write)


def test_what_a_method_lacks_is_said_in_words_that_say_what_to_write() -> None:
    class Bare(Method):
        knobs = (Knob("tau", "", 0.0, 1.0, 0.1, 0.5, 0.0, "up"),)
        readings = (Reading("doubt", "sentence", ""),)
        measured_at = (2.0,)

    said = lacking(Bare)
    for name in ("title", "kind", "venue", "stops"):
        assert [line for line in said if line.startswith(f"{name}: ClassVar")], name
    assert [line for line in said if line.startswith("help of the knob 'tau': what its ends mean")]
    assert [line for line in said if line.startswith("label of the reading 'doubt'")]
    assert [line for line in said if line.startswith("measured_at: 2 is no setting of its first knob")]
    assert [line for line in said if '"exit": a sentence exits early' in line]

    class Drawn(Bare):
        pictures = (Picture("gates", "gates"), Picture("halting", "outlook"))

    assert [line for line in lacking(Drawn) if line.startswith("outlook: a class method")]
    assert [line for line in lacking(Drawn) if line.startswith("how of the picture 'gates'")]
    assert [line for line in lacking(Drawn) if line.startswith("tensors of the picture 'gates'")]

    class Unknown(Bare):
        kind = "skips"

    assert [line for line in lacking(Unknown) if line.startswith("kind: ClassVar[Kind]")], "a kind that is none"


# The names of methods that other rooms may say, and why. All else that depends on the method stands in its class.
NAMED = {
    "plain": "the model that every other is compared with, and the one made of the models of others; also a word for a text",
    "cascade": "also the name of a kind",
    "act": "also a part of a talk, in the stage's address",
}
NAMING = ("dynviz.training.recipes", "dynviz.checkpoint.released")  # that say which method something is of
# Tests that every method gets: they too know none by name.
CONTRACT = ("tiny.py", "oracle.py", "docs/results.py", "docs/methods.py", "docs/parts.py", "core/test_agreements.py")


def test_no_table_outside_the_methods_knows_one_by_its_name() -> None:
    """Recipes name the method they train, and a family of released files the methods that read it: that is what they are for. Tests of
    one method name it; those of all do not."""
    files = [f for n, f in MODULES.items() if room(n) != "methods" and not n.startswith(NAMING)]
    wrong = [
        complaint(file, f"line {node.lineno} names {node.value!r}: what depends on the method belongs into its class")
        for file in (*files, *(Path(__file__).parent / name for name in CONTRACT))
        for node in _strings(file)
        if node.value in methods() and node.value not in NAMED
    ]
    assert not wrong


@pytest.mark.parametrize("name", methods())
def test_knobs_are_sound(name: str) -> None:
    for knob in methods()[name].knobs:
        assert knob.low <= knob.default <= knob.high
        assert knob.default in knob.points(10_000)
        assert knob.off == knob.checked(knob.off)
        assert knob.points(1_000)[0] == knob.low
        assert knob.points(1_000)[-1] == knob.high
        assert len(knob.points(5)) <= 5
        assert set(knob.points(5)) <= set(knob.points(10_000))
        most = 200 if knob.scale == "log" else FINEST  # there each has a place of the slider
        assert len(knob.points(10_000)) <= most, "a step so small that nobody can turn it"
