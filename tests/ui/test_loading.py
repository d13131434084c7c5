"""The layers that several models share: loaded when something is computed and not before, once for everybody, with progress; a load that
failed is said in a sentence, and tried again."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dynviz import api
from dynviz.checkpoint import base
from dynviz.checkpoint.golden import LESSONS
from dynviz.data import lesson_texts
from dynviz.errors import InputError, NoMemory
from dynviz.measure import insights
from dynviz.records import zoo as zoo_file
from dynviz.runtime import Progress
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.shell import cache, loads, text
from tests import bases
from tests import checkpoints as tiny
from tests.ui.conftest import Open

NAME, PLAIN, TEXT = "sst2-12-joint", "sst2-12-plain", "the film is not good"
SMALL = ("pos-tokee", "sst2-joint", "sst2-ltp", "sst2-plain")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two backbones; the models of the deeper share its layers, and come with traces of the texts of lessons."""
    root = tiny.build(tmp_path_factory.mktemp("shared"), [s for s in tiny.SPECS if s.name in SMALL], sentences=12)
    bases.base(root, tiny.known_words())
    with pytest.MonkeyPatch.context() as patch:
        for seed, (name, method) in enumerate(((NAME, "entropy_exit"), (PLAIN, "plain"))):
            patch.setitem(LESSONS, name, tuple(lesson_texts()))
            tiny.readings(bases.on_base(root, name, seed=seed, method=method), 12)
    zoo_file.write(insights.compute(root), root / zoo_file.FILE)
    return root


@pytest.fixture(scope="module")
def checkpoints(shelf: Path) -> Path:
    return shelf


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bases that are read from now on; none is there yet."""
    found: list[str] = []
    reads = base._read

    def counted(folder: Path, progress: Progress) -> object:
        found.append(folder.name)
        return reads(folder, progress)

    monkeypatch.setattr(base, "_read", counted)
    monkeypatch.setattr(base, "_held", {})
    monkeypatch.setattr(loads, "_loads", {})
    return found


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("", {}), ("tradeoff", {}), ("methods", {}), ("methods", {"view": "zoo"}), ("learn", {}), ("compare", {}), ("data", {}),
        ("present", {}),
    ],
)  # fmt: skip
def test_what_is_stored_is_drawn_before_the_layers_are_there(opened: Open, read: list[str], page: str, given: dict[str, str]) -> None:
    at = opened(page=page, model=NAME, **given)
    assert not at.exception
    assert not at.error
    assert read == []


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_a_lesson_begins_before_the_layers_are_there(opened: Open, read: list[str], lesson: object) -> None:
    at = opened(page="learn", lesson=str(lesson.number), model=NAME)  # type: ignore[attr-defined]
    assert not at.exception
    assert read == []


def test_a_typed_text_loads_them_and_the_next_model_finds_them_there(opened: Open, read: list[str]) -> None:
    for name in (NAME, PLAIN, NAME):
        at = opened(model=name, text=TEXT)
        assert not at.exception
        assert not at.error
    assert read == ["mpnet"]


def test_all_who_ask_at_once_wait_for_one_load(shelf: Path, here: None, read: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(cache.model, [NAME, PLAIN] * 4))
    assert len({id(model) for model in models}) == 2
    assert read == ["mpnet"]


def test_who_waits_sees_how_far_it_is(opened: Open, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen, go, load = [], threading.Event(), api.load_base

    def slow(folder: Path, progress: Progress) -> None:
        progress(1, 4)
        assert go.wait(60)
        load(folder, progress)

    def drawn(place: DeltaGenerator, share: float, words: str) -> DeltaGenerator:
        seen.append((share, words))
        if share:
            go.set()
        return place

    monkeypatch.setattr(api, "load_base", slow)
    monkeypatch.setattr(DeltaGenerator, "progress", drawn)
    at = opened(model=NAME, text=TEXT)
    assert not at.exception
    assert (0.25, text.LOADING_BASE.format(layers=bases.LAYERS)) in seen
    told = len(seen)
    at.run()
    assert len(seen) == told, "once it is there nobody waits"


def test_a_damaged_file_is_one_sentence_and_the_next_try_succeeds(opened: Open, read: list[str], shelf: Path, tmp_path: Path) -> None:
    file = shelf / "mpnet" / "layers-03-03.safetensors"
    kept = shutil.copy(file, tmp_path)
    file.write_bytes(file.read_bytes()[:-100])
    try:
        at = opened(model=NAME, text=TEXT)
        assert [error.value for error in at.error], "it is said"
        assert all("cannot be shown here" in error.value and str(shelf) not in error.value for error in at.error)
    finally:
        shutil.copy(kept, file)
    at.run()
    assert not at.error
    assert not at.exception


def test_a_full_memory_is_no_fault_of_the_files(here: None, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, progress: Progress) -> None:
        raise NoMemory("mpnet cannot be loaded")

    with monkeypatch.context() as patch:
        patch.setattr(api, "load_base", full)
        with pytest.raises(InputError, match="no memory left"):
            cache.model(NAME)
    assert cache.model(NAME).config.name == NAME, "tried again"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    st.cache_resource.clear()
