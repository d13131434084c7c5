"""Where words stand: a page's in its text.py, each sentence once, none that no page says."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import dynviz

ROOT = Path(dynviz.__file__).parent
SAID = ("ui", "figures", "frozen", "cli")  # the rooms that speak to a reader
LONG = 25  # characters from which a sentence may not stand twice
SENTENCE = re.compile(r"(?:[A-Za-z]{2,}\W+){3}[A-Za-z]{2,}")  # four words
BUILDS = {  # ui code that holds sentences of its own, and why
    "ui/parts/words.py": "it puts a trace into words, as a figure's finding does",
    "ui/data/report.py": "HTML",
    "ui/data/export.py": "a media type",
    "ui/parts/export/__init__.py": "HTML",
    "ui/learn/sheet.py": "HTML",
    "ui/parts/export/link.py": "HTML",
    "ui/parts/heading.py": "HTML",
    "ui/parts/printing.py": "HTML",
    "ui/present/html.py": "HTML",
    "ui/present/keys.py": "HTML",
    "ui/present/picture.py": "HTML",
    "ui/shell/styled.py": "HTML",
    "ui/learn/classroom.py": "the words that a class's name is made of",
}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def files(*rooms: str) -> list[Path]:
    return [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]


def is_text(file: Path) -> bool:
    """A lesson is one file with its words."""
    return file.stem.startswith("text") or file.name == "glossary.py" or file.parent.name == "lessons"


def unsaid(module: ast.Module) -> set[int]:
    """Strings that no reader sees: docstrings and annotations."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(n.body[0].value) for n in ast.walk(module) if isinstance(n, kinds) and n.body and isinstance(n.body[0], ast.Expr)}
    types = [a for n in ast.walk(module) for a in (getattr(n, "annotation", None), getattr(n, "returns", None)) if isinstance(a, ast.AST)]
    return docs | {id(part) for a in types for part in ast.walk(a)}


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """Every string of a file that may be shown, with its line; what is filled in as {}."""
    module = tree(file)
    done = unsaid(module)
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            done |= {id(part) for part in ast.walk(node)}
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in done:
            yield node.lineno, node.value


def constants(module: ast.Module) -> list[str]:
    targets = [t for node in module.body if isinstance(node, ast.Assign) for t in node.targets]
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def named(file: Path) -> str:
    return file.relative_to(ROOT.parent).with_suffix("").as_posix().replace("/", ".")


@cache
def used() -> frozenset[tuple[str, str]]:
    """(module, constant) of everything that is read off another module, or imported from it; and what a module reads of its own."""
    found: set[tuple[str, str]] = set()
    for file in ROOT.rglob("*.py"):
        module = tree(file)
        alias: dict[str, str] = {}
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                alias |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
                found |= {(node.module, a.name) for a in node.names}
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add((named(file), node.id))
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in alias:
                found.add((alias[node.value.id], node.attr))
    return frozenset(found)


def test_every_constant_of_a_text_is_said_somewhere() -> None:
    texts = [file for file in files("ui", "frozen") if is_text(file) or file.name == "words.py"]
    assert len(texts) > 8
    spare = [f"{named(file)}.{name}" for file in texts for name in constants(tree(file)) if (named(file), name) not in used()]
    assert not [name for name in spare if not name.endswith(".LESSON")], "which the registry finds by its file"


def test_no_sentence_stands_twice() -> None:
    places = defaultdict(list)
    for file in files(*SAID):
        for line, said in strings(file):
            words = " ".join(said.split())
            if len(words) >= LONG and re.search(r"[a-z]{2,} [a-z]{2,}", words):
                places[words].append(f"{file.relative_to(ROOT)}:{line}")
    assert len(places) > 500
    assert not {words: where for words, where in places.items() if len(where) > 1}


def test_a_pages_sentences_stand_in_its_text() -> None:
    loose = []
    for file in files("ui"):
        if not is_text(file) and file.relative_to(ROOT).as_posix() not in BUILDS:
            loose += [f"{file.relative_to(ROOT)}:{line}: {said[:80]!r}" for line, said in strings(file) if SENTENCE.search(said)]
    assert not loose
