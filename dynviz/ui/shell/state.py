"""The shared selection: which checkpoint at which knob settings. Bound to the URL, the same on every page.

URL parameters are the widgets' keys: `model`, `full`, `NAME.value` for the step of a family, `NAME.KNOB` for a knob.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import streamlit as st

from dynviz import api
from dynviz.records.card import Card, Knob, default_settings, off_settings
from dynviz.ui.shell import cache, text

DEFAULT = "pos-tokee"
CARRIED = "carried"  # from page to page
LONGEST = 6000  # letters of a text in an address: with the rest it stays below what browsers and proxies take
UNDECIDED = "undecided"  # nobody has chosen a model, so a page may open another (`open_next`)
OPENS_BEST = "tradeoff"  # the page that does; a link to it always names the model
HALF = 0.5  # of full compute
MOST = 200  # places of a slider that has a list of them


@dataclass(frozen=True)
class Entry:
    """One line of the model menu: a checkpoint, or a family of checkpoints that differ in one training knob."""

    name: str
    members: tuple[api.Checkpoint, ...]

    @property
    def parameter(self) -> str:
        """The training knob of a family, "" for a single checkpoint."""
        family = self.members[0].config.family
        return family.parameter if family and len(self.members) > 1 else ""

    @property
    def title(self) -> str:
        """The method."""
        first = self.members[0].config
        return first.family.name if self.parameter and first.family else first.title

    @property
    def task(self) -> str:
        """The task's name."""
        return self.members[0].config.task

    @property
    def backbone(self) -> str:
        """The pre-trained model underneath."""
        return self.members[0].backbone

    @property
    def stops(self) -> str:
        """What stops under it, in a word or two: the group of the menu it stands in."""
        return text.STOPS[cache.kind(self.members[0].name)]


@dataclass(frozen=True)
class Choice:
    """The selection in the sidebar: a checkpoint and its knob settings. full: everything off."""

    entry: Entry
    checkpoint: api.Checkpoint
    card: Card
    knobs: Mapping[str, float]
    full: bool

    @property
    def off(self) -> dict[str, float]:
        """The settings at which nothing stops."""
        return off_settings(self.card.knobs)

    @property
    def settings(self) -> dict[str, float]:
        """The settings in force."""
        return self.off if self.full else dict(self.knobs)

    @property
    def untouched(self) -> bool:
        """Whether the checkpoint stands at the settings it ships with."""
        return not self.full and dict(self.knobs) == defaults(self.checkpoint, self.card)


def defaults(checkpoint: api.Checkpoint, card: Card) -> dict[str, float]:
    """The settings a checkpoint ships with."""
    return default_settings(card.knobs, checkpoint.config.knobs)


def entries() -> dict[str, Entry]:
    """Families and single checkpoints with weights, by name, in the order of the catalogue."""
    grouped: dict[str, list[api.Checkpoint]] = {}
    for checkpoint in cache.catalogue()[0]:
        family = checkpoint.config.family
        if checkpoint.offered:
            grouped.setdefault(family.name if family else checkpoint.name, []).append(checkpoint)
    return {name: Entry(name, tuple(sorted(group, key=_value))) for name, group in grouped.items()}


def menu(task: str) -> dict[str, Entry]:
    """The model menu of a task: by what stops, then in the order of the catalogue."""
    groups = list(text.STOPS.values())
    found = {name: entry for name, entry in entries().items() if entry.task == task}
    return dict(sorted(found.items(), key=lambda item: groups.index(item[1].stops)))


def opens(task: str, stops: str = "", backbone: str | None = None) -> Entry | None:
    """The model that a task is opened with, or a group of its menu: the default, where it is there; else of those that adapt and at their
    own setting spend at most `HALF`, the most accurate on the calibration split; else the first that adapts, or the first.

    backbone: the one to choose on; None: the task's first, which is the quickest to load and to run."""
    every = list(menu(task).values())
    groups = api.by_backbone(c for entry in every for c in entry.members)
    backbone = backbone or next((group[0].backbone for group in groups.values()), None)
    there = [entry for entry in every if stops in ("", entry.stops) and entry.backbone == backbone]
    adapting = [e for e in there if cache.kind(e.members[0].name) not in (None, "baseline")]
    measured = [(score, e) for e in adapting if (score := api.score_within(e.members[0], HALF)) is not None]
    best = max(measured, key=lambda pair: pair[0], default=None)
    return next((e for e in there if e.name == DEFAULT), best[1] if best else next(iter(adapting or there), None))


def open_next(checkpoint: str) -> NoReturn:
    """Run the script again with this model, at the settings in which it is: for a page that opens another than the task does."""
    entry = next(e for e in entries().values() if checkpoint in (c.name for c in e.members))
    step = {value_key(entry): _value(c) for c in entry.members if c.name == checkpoint and entry.parameter}
    st.session_state[CARRIED] = {"model": entry.name, **step}
    st.rerun()


def _value(checkpoint: api.Checkpoint) -> float:
    return checkpoint.config.family.value if checkpoint.config.family else 0.0


def knob_key(entry: Entry, knob: str) -> str:
    """The widget key, and URL parameter, of a knob."""
    return f"{entry.name}.{knob}"


def value_key(entry: Entry) -> str:
    """The widget key, and URL parameter, of a family's step."""
    return f"{entry.name}.value"


def entry_of(link: str) -> str | None:
    """The line of the menu that a link names, by its name or by a checkpoint's in a family, whose step is then set; None for no such."""
    known = entries()
    if link in known:
        return link
    for name, entry in known.items():
        for member in entry.members:
            if member.name == link:
                _set(value_key(entry), _value(member), _value(entry.members[0]))
                return name
    return None


def choice() -> Choice:
    """The selection of this run of the script, as the sidebar left it."""
    chosen: Choice = st.session_state["choice"]
    return chosen


def undecided() -> bool:
    """Whether nobody has chosen a model yet; asked once."""
    return bool(st.session_state.pop(UNDECIDED, False))


def decide() -> None:
    """The model in use is the visitor's choice from now on."""
    st.session_state.pop(UNDECIDED, None)


def choose(checkpoint: str, knobs: Mapping[str, float]) -> None:
    """Set the shared selection from another panel. Call it in a widget's callback, before the sidebar is drawn."""
    entry = next(e for e in entries().values() if checkpoint in (c.name for c in e.members))
    st.session_state["model"] = entry.name
    decide()
    st.session_state["full"] = False
    member = next(c for c in entry.members if c.name == checkpoint)
    if entry.parameter:
        _set(value_key(entry), _value(member), _value(entry.members[0]))
    shipped = defaults(member, cache.card(checkpoint))
    for knob in cache.card(checkpoint).knobs:
        if knob.name in knobs:
            _set(knob_key(entry, knob.name), _on_scale(knobs[knob.name], knob, shipped[knob.name]), shipped[knob.name])


def travel(page: Path, checkpoint: str, knobs: Mapping[str, float]) -> None:
    """Open another page with this selection. Call it in a widget's callback.

    A switch by code empties the address. It may write what no widget here is bound to; bound values write themselves, set anew on arrival.
    """
    before = choice().entry.name
    choose(checkpoint, knobs)
    entry = entries()[st.session_state["model"]]
    keys = [value_key(entry), *(knob_key(entry, knob) for knob in knobs)]
    if entry.name == before:
        _carry({key: st.session_state[key] for key in keys if key in st.session_state})
        st.switch_page(page, query_params={})
    st.switch_page(page, query_params={key: st.query_params[key] for key in keys if key in st.query_params})


def open_on(page: Path, checkpoint: str) -> None:
    """Open another page with a model as it ships, from a page without the sidebar. Call it in a widget's callback."""
    entry = next(e for e in entries().values() if checkpoint in (c.name for c in e.members))
    st.session_state[CARRIED] = {"model": entry.name, "full": False}
    decide()
    st.switch_page(page, query_params={})


def bring(words: str) -> None:
    """Take a text along to another page, which writes it to the address on arrival; a long one stays in the session alone."""
    st.session_state["text"] = words
    if len(quote(words)) <= LONGEST:
        st.session_state["typed"], st.session_state["typed_on"] = words, None  # no page: so wherever it arrives is another


def _carry(values: Mapping[str, object]) -> None:
    st.session_state[CARRIED] = {**st.session_state.get(CARRIED, {}), **values}


def arrive() -> None:
    """After it, before the sidebar is drawn: what is set anew is written to the address by its widget. A link to what another visitor had
    made lets this one see it."""
    cache.rejoin(st.query_params.get("model", ""))
    for key, value in st.session_state.pop(CARRIED, {}).items():
        st.session_state[key] = value


def wait() -> None:
    """On a page without the sidebar: what was chosen there is kept for the next page that has one."""
    st.session_state.pop("choice", None)
    name = st.session_state.get("model")
    st.session_state[CARRIED] = {
        key: value for key, value in st.session_state.items() if key in ("model", "full") or str(key).startswith(f"{name}.")
    }


def _set(key: str, value: float, default: float) -> None:
    """Set a bound widget; one that is not on the page yet would not write itself to the URL when it appears."""
    if key not in st.session_state and value != default:
        st.query_params[key] = f"{value:g}"
    st.session_state[key] = value


def positions(knob: Knob, shipped: float) -> list[float]:
    """Where the slider of a knob on a log scale can stand: on its points, and where the checkpoint ships."""
    return sorted({*knob.points(MOST), shipped})


def _on_scale(value: float, knob: Knob, shipped: float) -> float:
    """The place on the knob's slider nearest to a value; off its scale, the end at that side."""
    if knob.scale == "log":  # 0, which only off can be, lies a little before the first place
        here, *places = (math.log(max(x, knob.low / 2)) for x in (value, *positions(knob, shipped)))
        return positions(knob, shipped)[min(range(len(places)), key=lambda i: abs(places[i] - here))]
    return float(min(max(value, knob.low), knob.high))
