"""What is at hand: the classifiers that the operator lets be seen, by their folders' names, and what the doctor says of one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from dynviz import api
from dynviz.errors import InputError
from dynviz.records.checks import Step
from dynviz.ui.parts import heading, show
from dynviz.ui.shell import cache, state
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import plain
from dynviz.ui.yours import text, visit
from dynviz.ui.yours.cache import checked


@dataclass(frozen=True)
class Hand:
    """A classifier that can be driven. name: what it is called here; checkpoint: as the menus have it."""

    name: str
    folder: Path
    checkpoint: api.Checkpoint


def at_hand() -> dict[str, Path]:
    """The classifiers that may be seen, by name; where two folders are called alike, numbered."""
    out: dict[str, Path] = {}
    for folder in api.classifiers(allowed().folders):
        name = folder.name or "model"
        more = sum(known == name or known.startswith(f"{name} (") for known in out)
        out[f"{name} ({more + 1})" if more else name] = folder
    return out


def section() -> Hand | None:
    """Choose one, and read what the doctor says; None where there is none, or where it cannot be driven."""
    if allowed().demo:
        st.info(text.DEMO, icon=":material/lock:")
        return None
    there = at_hand()
    if not there:
        st.info(text.NOTHING, icon=":material/folder_off:")
        return None
    heading.section(text.HAND)
    asked = str(st.query_params.get(visit.CLASSIFIER, ""))
    names = {name: name for name in there}
    chosen = show.one_of(text.MODEL, names, _first(there), visit.CLASSIFIER, menu=True, width=420)
    if asked and asked not in there:
        st.warning(plain(text.UNKNOWN.format(asked=asked[:80], shown=chosen)), icon=":material/search_off:")
    return _looked(chosen, there[chosen])


def _first(there: Mapping[str, Path]) -> str:
    """The first whose configuration does not speak against it; of these, and not of one that is refused, a visitor wants to read."""
    for name, folder in there.items():
        with suppress(InputError):
            api.checkpoint_at(folder)
            return name
    return next(iter(there))


def _looked(name: str, folder: Path) -> Hand | None:
    try:
        steps = checked(str(folder))
    except InputError as error:  # nothing is there any more
        st.error(plain(_named(str(error), name, folder)), icon=":material/error:")
        return None
    heading.section(text.DOCTOR)
    st.markdown(table(steps, name, folder))
    if not all(step.passed for step in steps):
        st.warning(text.NOT_DRIVEN, icon=":material/block:")
        return None
    return Hand(name, folder, api.checkpoint_at(folder))


def as_it_is(hand: Hand) -> bool:
    """Offer to open it without anything fitted; whether exits can be fitted on it, which those that have their own already do not take."""
    found = hand.checkpoint
    if cache.known(found.name):
        go = partial(state.open_on, PAGES / "sentence.py", found.name)
        st.button(text.OPEN_PLAIN, key="yours.plain", on_click=go, icon=":material/arrow_forward:")
    if found.config.method == "plain":
        return True
    st.info(plain(text.HAS_EXITS.format(title=found.config.title)), icon=":material/info:")
    return False


def table(steps: Sequence[Step], name: str, folder: Path) -> str:
    """The checks that were made, as a table in Markdown; the model by its name, never by a path."""
    head = [f"| {' | '.join(text.CHECK_HEAD)} |", "| --- | --- | --- |"]
    lines = []
    for step in (step for step in steps if step.passed is not None):
        said = [step.found, *step.worries, *([step.fix] if step.fix else [])]
        sentences = [_named(line, name, folder).removesuffix(".") for line in said]
        found = plain(". ".join(sentences) + "." * (len(sentences) > 1))
        lines.append(f"| {_mark(step)} | {plain(step.name)} | {found} |")
    return "\n".join([*head, *lines])


def _named(words: str, name: str, folder: Path) -> str:
    """What is said of a folder, by its name and not by its path."""
    return words.replace(str(folder), name)


def _mark(step: Step) -> str:
    kind = "no" if not step.passed else "worry" if step.worries else "ok"
    return text.MARKS[kind] if kind == "ok" else f"**{text.MARKS[kind]}**"
