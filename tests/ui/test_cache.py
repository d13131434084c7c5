"""What visitors share: caches that are bounded, models that nobody can change."""

import ast
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

import dynviz.ui
from dynviz import api
from dynviz.ui import cache

UI = Path(dynviz.ui.__file__).parent
TEXTS = [f"The cast is {'very ' * i}wonderful, but the plot is dull." for i in range(6)]


def decorators(tree: ast.AST) -> list[ast.expr]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [d for f in functions for d in f.decorator_list if ast.unparse(d).startswith("st.cache")]


def test_caches_live_in_one_file_and_are_bounded() -> None:
    for file in UI.rglob("*.py"):
        found = decorators(ast.parse(file.read_text()))
        assert not found or file.name == "cache.py"
        assert all("max_entries=" in ast.unparse(d) for d in found)


def test_many_visitors_at_once_get_what_each_would_alone(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    st.cache_resource.clear()
    names = ("sst2-joint", "sst2-ltp", "pos-tokee")
    with ThreadPoolExecutor(8) as pool:
        jobs = {(n, t): pool.submit(cache.trace, n, t, cache.key(api.default_knobs(api.find(n)))) for n in names for t in TEXTS}
        together = {k: job.result() for k, job in jobs.items()}
    models = {n: api.load(n) for n in names}
    for (name, words), trace in together.items():
        assert trace.same_as(api.trace(models[name], words), tolerance=1e-5), (name, words)
    st.cache_resource.clear()
