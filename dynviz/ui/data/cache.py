"""What the Data page keeps, all bounded: the jobs of the server, files as read, and the numbers of the jobs looked at.

A job of 50,000 sentences takes some 40 MB here while it is looked at, and 5 MB for each knob setting; four jobs and eight settings are
kept. A file as read takes at most 200 MB; two are kept.
"""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from dynviz.api import Examples
from dynviz.data import Codebook, Skip, Table, book_of, counted, examples_of, hub_table, lines_table
from dynviz.data.apart import table_apart
from dynviz.data.label_names import by_name
from dynviz.errors import InputError
from dynviz.jobs import Fits, Gathered, Outcome, Registry, at, gather, shelf
from dynviz.records.slices import Slice, by_tag
from dynviz.records.tasks import Task
from dynviz.ui.data import text
from dynviz.ui.shell import cache
from dynviz.ui.shell.cache import Knobs

if TYPE_CHECKING:
    from dynviz.api import Model
    from dynviz.jobs.job import Load


@st.cache_resource(max_entries=1, show_spinner=False)
def registry() -> Registry:
    """The jobs of this server: in a folder that is deleted when it stops, or in $DYNVIZ_JOBS, where they outlive it."""
    given = os.environ.get("DYNVIZ_JOBS")
    return Registry(Path(given) if given else shelf.temporary(), cache.turn)


@st.cache_resource(max_entries=1, show_spinner=False)
def fits() -> Fits:
    """The fits of this server, in a folder beside its runs."""
    return Fits(registry().root / "fits", cache.turn)


def model(name: str) -> "Load":
    """How a job comes by its model, part after part."""

    def load() -> "Model":
        if not cache.known(name):
            raise InputError(*text.NO_MODEL)
        return cache.model(name)

    return load


@st.cache_resource(max_entries=2, show_spinner=text.READING)
def file_table(ident: str, name: str, _data: Any) -> Table:
    """The table of an uploaded file, read in another process; rows that cannot be read are listed in it. ident: the upload's own."""
    return table_apart(_data(), name)


@st.cache_resource(max_entries=2, show_spinner=text.FETCHING, ttl=3600)
def hub(name: str) -> Table:
    """A data set of the Hub."""
    return hub_table(name)


@st.cache_resource(max_entries=4, show_spinner=False)
def lines(pasted: str) -> Table:
    """Pasted lines."""
    return lines_table(pasted, text.PASTED)


@st.cache_resource(max_entries=2, show_spinner=text.READING)
def examples(
    ident: str, task: str, column: str | tuple[str, str], label: str, meanings: tuple[tuple[str, str], ...], _table: Table, _task: Task
) -> tuple[Examples, tuple[Skip, ...]]:
    """The examples in a table, and the rows left out."""
    skipped: list[Skip] = list(_table.skipped)
    found = examples_of(_table, _task, column, label, dict(meanings), skipped)
    return found, tuple(sorted(skipped))


@st.cache_resource(max_entries=4, show_spinner=False)
def book(ident: str, task: str, column: str, _table: Table, _task: Task) -> tuple[Counter[str], Codebook]:
    """The labels or tags in a column, how often each stands there, and what they mean."""
    return counted(_table, _task, by_name(_table, _task, column).values), book_of(_table, _task, column)


@st.cache_resource(max_entries=4, show_spinner=False)
def _gathered(id: str, parts: int) -> Gathered | None:
    job = registry().find(id)
    return None if job is None else gather(job.store, job.about, parts)


def gathered(id: str, parts: int) -> Gathered | None:
    """What a job has found in its first parts."""
    return _gathered(id, parts) if parts else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _outcome(id: str, parts: int, knobs: Knobs) -> Outcome:
    found = gathered(id, parts)
    assert found is not None
    return at(found, dict(knobs))


def outcome(id: str, parts: int, knobs: Mapping[str, float]) -> Outcome:
    """A job at a setting."""
    return _outcome(id, parts, cache.key(knobs))


@st.cache_resource(max_entries=32, show_spinner=False)
def slices(id: str, parts: int, knobs: Knobs, by: str, _sweep: Any) -> tuple[Slice, ...]:
    """Accuracy of every slice, with its interval."""
    return tuple(by_tag(_sweep, 1))
