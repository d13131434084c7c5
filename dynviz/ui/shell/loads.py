"""Layers that several models share are loaded once for everybody, in a thread of their own: whoever needs them sees how far they are, and
may leave meanwhile without stopping it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dynviz import api
from dynviz.ui.shell import text

LOOKS = 0.1  # seconds between two looks at how far it is
_begins = threading.Lock()
_loads: "dict[Path, Load]" = {}  # one for each base there is; a failed one is forgotten, so that whoever comes next tries again
_place: "ContextVar[DeltaGenerator | None]" = ContextVar("place", default=None)
_thread = ThreadPoolExecutor(1, "base")


@dataclass(eq=False)
class Load:
    """One load of a base: the share that is read, and its end."""

    share: float = 0.0
    end: "Future[None]" = field(default_factory=Future)

    def tell(self, done: int, total: int) -> None:
        """So many tensors of all are read."""
        self.share = done / total


def base(folder: Path, layers: int) -> None:
    """Return once it is loaded; until then, a bar in the place where the page waits. An InputError where it cannot be loaded."""
    load = _begun(folder)
    if not load.end.done() and get_script_run_ctx(suppress_warning=True):
        _shown(load, text.LOADING_BASE.format(layers=layers))
    load.end.result()


def _begun(folder: Path) -> Load:
    """The load of this base, which the first who asks begins."""
    with _begins:
        if folder in _loads:
            return _loads[folder]
        load = _loads[folder] = Load()
        load.end = _thread.submit(api.load_base, folder, load.tell)
    load.end.add_done_callback(_forgetting(folder))
    return load


def _forgetting(folder: Path) -> "Callable[[Future[None]], None]":
    def ended(end: "Future[None]") -> None:
        if end.exception():
            with _begins:
                _loads.pop(folder, None)

    return ended


@contextmanager
def told_in(place: DeltaGenerator) -> Iterator[None]:
    """Within it, how far a load is stands in this place of the page, not where the page happens to be."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def _shown(load: Load, words: str) -> None:
    place = _place.get() or st.empty()
    while not load.end.done():
        place.progress(load.share, words)
        wait([load.end], LOOKS)
    place.empty()
