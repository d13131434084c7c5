"""What visitors share: caches that are bounded, models that nobody can change."""

import ast
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st

import dynviz.ui
from dynviz import api
from dynviz.ui.shell import cache

UI = Path(dynviz.ui.__file__).parent
KEEP = cache._keep  # as it is: other tests of the app do without (`conftest.py`)
TEXTS = [f"The cast is {'very ' * i}wonderful, but the plot is dull." for i in range(6)]


def decorators(tree: ast.AST) -> list[ast.expr]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [d for f in functions for d in f.decorator_list if ast.unparse(d).startswith("st.cache")]


def test_caches_live_in_one_file_and_are_bounded() -> None:
    """A lesson's and the stage's stand beside what they keep."""
    for file in UI.rglob("*.py"):
        found = decorators(ast.parse(file.read_text()))
        assert not found or file.name == "cache.py" or file.relative_to(UI).parts[0] in ("learn", "present")
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


def test_a_model_is_loaded_once_for_all_and_the_longest_unused_gives_way(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    st.cache_resource.clear()
    names = [c.name for c in cache.catalogue()[0] if c.runnable]
    loaded: list[str] = []
    load = api.load

    def counted(folder: Path) -> object:
        loaded.append(folder.name)
        return load(folder)

    monkeypatch.setattr(api, "load", counted)
    with ThreadPoolExecutor(8) as pool:
        assert len({id(model) for model in pool.map(cache.model, [names[0]] * 8)}) == 1
    assert loaded == [names[0]]
    first = weakref.ref(cache.model(names[0]))
    monkeypatch.setattr(api, "load", lambda folder: counted(checkpoints / names[1]))
    entry = cache.checkpoint(names[0])
    monkeypatch.setattr(cache, "checkpoint", lambda name: entry)
    for i in range(cache.MODELS - 1):
        cache.model(f"another {i}")
    assert first() is not None
    cache.model("one too many")
    assert first() is None, "an evicted model is freed at once"
    assert len(loaded) == 1 + cache.MODELS
    st.cache_resource.clear()


def test_what_the_models_brought_is_left_out_of_garbage_collections(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    monkeypatch.setattr(cache, "_keep", KEEP)
    st.cache_resource.clear()
    gc.unfreeze()
    cache.model("sst2-joint")
    assert gc.get_freeze_count() > 50_000
    assert len(gc.get_objects()) < gc.get_freeze_count()
    st.cache_resource.clear()
