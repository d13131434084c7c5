"""All methods at a glance: a table for each kind, a row for each checkpoint that can run."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.records.card import Card
from dynviz.records.elsewhere import Elsewhere
from dynviz.ui.methods import facts, menu, reproduced, text
from dynviz.ui.methods.entry import MethodEntry
from dynviz.ui.parts import heading
from dynviz.ui.parts.show import as_csv
from dynviz.ui.shell import backbones, state
from dynviz.ui.shell.shown import plain

LEAST = 450  # px


def show(there: Mapping[str, MethodEntry], policies: Mapping[str, Card], elsewhere: Mapping[str, Elsewhere]) -> None:
    """The tables, all rows as CSV, what is told of and not run, and what has no checkpoint."""
    st.caption(text.GLANCE_NOTE)
    every = rows(there, policies)
    for kind, of_kind in groupby(every, lambda row: row["kind"]):
        heading.section(kind)
        facts.written([_cells(row) for row in of_kind], LEAST)
    as_csv("methods", every)
    reproduced.section()
    _elsewhere(elsewhere)
    _missing(there)


def rows(there: Mapping[str, MethodEntry], policies: Mapping[str, Card]) -> list[dict[str, Any]]:
    """A row for each checkpoint that can run, or for a method without one: by kind, then by title."""
    cards = {name: group.card for name, group in there.items()}
    shelves = menu.shelved(cards, {menu.POLICY: policies})
    cards |= policies
    return [
        {"kind": text.KINDS[kind], **row} for kind, names in shelves.items() for name in names for row in _rows(name, cards[name], there)
    ]


def _rows(name: str, card: Card, there: Mapping[str, MethodEntry]) -> list[dict[str, Any]]:
    """Those of one method."""
    about = {"name": name, "method": card.title, "does": card.caption, "stops": card.stops, "venue": card.venue}
    able = [c for c in there[name].checkpoints if c.offered] if name in there else []
    return [{**about, "first": i == 0, **numbers} for i, numbers in enumerate(map(_reported, able))] or [{**about, "first": True}]


def _reported(checkpoint: Checkpoint) -> dict[str, Any]:
    """What a checkpoint reached on the evaluation split."""
    found = next((row for row in facts.metrics(checkpoint) if row["purpose"] == "report"), {})
    on = {"backbone": said} if (said := backbones.said(checkpoint)) else {}
    return {"checkpoint": checkpoint.name, **on, **{k: v for k, v in found.items() if k not in ("name", "purpose")}}


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """A row as it is read: what is the same for all checkpoints of a method is said once."""
    about, does = (
        [_link(row["name"], row["method"]), plain(row["venue"])],
        [plain(row["does"]), f":gray[{plain(row['stops'])}]" if row["stops"] else ""],
    )
    lines = {"method": [*(about if row["first"] else []), f"`{row['checkpoint']}`" if "checkpoint" in row else "", row.get("backbone", "")]}
    lines["does"] = does if row["first"] else []
    numbers = facts.shown(row) if "full" in row else {}
    cells = numbers | {key: "  \n".join(filter(None, parts)) for key, parts in lines.items()}
    return {head: cells.get(key, "") for key, head in text.COLUMNS.items()}


def _link(name: str, title: str) -> str:
    """To a method's card, in a tab of its own: the model in use goes with it."""
    used = state.choice().entry.name
    with_model = {} if used == state.DEFAULT else {"model": used}
    return f"[**{plain(title)}**](?{urlencode({menu.METHOD: name, **with_model})})"


def _elsewhere(there: Mapping[str, Elsewhere]) -> None:
    """What is told of and not run."""
    heading.section(text.KINDS[menu.ELSEWHERE])
    st.caption(text.ELSEWHERE_NOTE)
    rows = [
        {"method": f"{_link(n, e.title)}  \n{plain(e.venue)}", "caption": plain(e.caption), "why": plain(e.why[0])}
        for n, e in there.items()
    ]
    facts.written([{head: row[key] for key, head in text.ELSEWHERE_COLUMNS.items()} for row in rows], LEAST)


def _missing(there: Mapping[str, MethodEntry]) -> None:
    """Methods that are registered but have no checkpoint."""
    found = {name: about.split("\n", 1)[0] for name, about in api.registered().items() if name not in there}
    if found:
        heading.section(text.WITHOUT)
        st.markdown("\n".join(f"- `{name}`: {plain(about)}" for name, about in found.items()))
