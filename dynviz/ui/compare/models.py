"""One text under several models."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import streamlit as st

from dynviz import api
from dynviz.data.pieces import as_typed
from dynviz.errors import InputError
from dynviz.records.card import off_settings
from dynviz.records.contrast import plain_of
from dynviz.records.pair import Pair
from dynviz.ui.compare import lanes, said, text
from dynviz.ui.compare.lanes import Side
from dynviz.ui.parts import heading, inputs
from dynviz.ui.parts.bought import bought
from dynviz.ui.parts.panels import waiting
from dynviz.ui.shell import backbones, cache, state
from dynviz.ui.shell.shown import guarded, plain

MOST = 3
PLAIN = "plain"  # in the address: the model of the sidebar, never stopping
BESIDE = {"pos": (PLAIN, "pos-sentee", "pos-calm-softmax"), "sst2": ("sst2-joint", "sst2-ltp", "sst2-cascade")}


def section(chosen: state.Choice) -> None:
    """The text, the models, and what they made of it."""
    st.caption(text.INTRO_MODELS)
    with st.columns(1)[0]:  # where it stands beside a second text: a bound widget that is drawn in another place is lost to the address
        typed = inputs.text_and_examples(chosen.checkpoint.task)
    others = _pick(chosen, typed)
    if not others:
        return
    with waiting():
        sides = [_side(chosen, typed)]
        for name in others:
            with guarded():  # one that cannot be used takes no other with it
                sides.append(_other(chosen, name, typed))
    if len(sides) == 1 and chosen.card.knobs and not chosen.full:  # what is chosen is shown all the same, beside itself
        sides.append(_other(chosen, PLAIN, typed))
    if len(sides) == 1:
        return
    if not typed.strip():
        st.caption(plain(text.STORED.format(noun=chosen.checkpoint.task.text, text=as_typed(sides[0].pair.trace.text.split()))))
    traces = [side.pair.trace for side in sides]
    used = {trace.model for trace in traces}
    alike = len({c.backbone for c in cache.catalogue()[0] if c.name in used}) < 2
    heading.title(said.of_models([s.label for s in sides], traces, alike))
    if not alike:
        st.caption(f"{text.BACKBONES} {bought(chosen.checkpoint.config.task)}")
    lanes.side_by_side(sides, text.COLUMNS["model"])
    lanes.run_race(sides)
    lanes.depths(sides)
    lanes.staircases(sides)


def _pick(chosen: state.Choice, typed: str) -> list[str]:
    """The menu of other models. It shows titles, but the URL holds names: so it is tied to the URL here, and not by `bind`."""
    task, own = chosen.checkpoint.config.task, chosen.checkpoint.name
    alike = [c for c in cache.catalogue()[0] if c.config.task == task and c.task.pair == chosen.checkpoint.task.pair]  # read the same text
    there = [c for c in alike if c.offered and c.name != own]
    able = {c.name: backbones.titled(c) for c in sorted(there, key=lambda c: c.backbone != chosen.checkpoint.backbone)}
    if chosen.card.knobs and not chosen.full:
        able = {PLAIN: text.PLAIN, **able}
    if not able:
        st.info(text.NONE, icon=":material/info:")
        return []
    key = f"with-{task}"
    if key not in st.session_state:
        asked = [name for name in st.query_params.get("with", "").split(",") if name in able]
        st.session_state[key] = asked[:MOST] or _beside(chosen, _near(chosen, able), typed)
    st.session_state[key] = [name for name in st.session_state[key] if name in able]
    picked = st.multiselect(text.WITH, list(able), format_func=lambda n: able[n], key=key, max_selections=MOST, help=text.WITH_HELP)
    st.query_params["with"] = ",".join(picked)
    if not picked:
        st.info(text.PICK, icon=":material/info:")
    return picked


def _beside(chosen: state.Choice, able: Collection[str], typed: str) -> list[str]:
    """The others where the visitor has named none: some that can be used. Beside a model that drops tokens, two others that do, and the
    same that never stops."""
    alike = [name for name in able if name != PLAIN and cache.card(name).kind == "tokens"] if chosen.card.kind == "tokens" else []
    usual = [name for name in BESIDE.get(chosen.checkpoint.config.task, ()) if name in able] or able
    with waiting():
        found = list(islice(_serving(chosen, alike, typed), MOST - 1))
        rest = ([PLAIN] if PLAIN in able else []) if found else usual
        return [*found, *islice(_serving(chosen, rest, typed), MOST - len(found))]


def _serving(chosen: state.Choice, names: Iterable[str], typed: str) -> Iterator[str]:
    return (name for name in names if _serves(chosen, name, typed))


def _near(chosen: state.Choice, able: Collection[str]) -> Collection[str]:
    """Those on the same backbone, whose shares of compute compare; all where there are none."""
    return [name for name in able if name == PLAIN or cache.checkpoint(name).backbone == chosen.checkpoint.backbone] or able


def _serves(chosen: state.Choice, name: str, typed: str) -> bool:
    try:
        _other(chosen, name, typed)
    except InputError:
        return False
    return True


def _side(chosen: state.Choice, typed: str) -> Side:
    name = chosen.checkpoint.name
    stored = _stored(name) if not typed.strip() and chosen.untouched else None
    if stored is None:
        words = typed if typed.strip() else _fallback(name)
        stored = Pair(cache.trace(name, words, cache.key(chosen.settings)), cache.trace(name, words, cache.key(chosen.off)))
    return Side(backbones.titled(chosen.checkpoint), stored)


def _other(chosen: state.Choice, name: str, typed: str) -> Side:
    """Another model, at the settings it ships with; or the plain one: the same that never stops."""
    if name == PLAIN:
        plain_run = plain_of(_side(chosen, typed).pair.full)
        return Side(text.PLAIN, Pair(plain_run, plain_run))
    checkpoint, card = cache.checkpoint(name), cache.card(name)
    stored = None if typed.strip() else _stored(name)
    if stored is None:
        words = typed if typed.strip() else _fallback(name)
        off = off_settings(card.knobs)
        here, full = (cache.trace(name, words, cache.key(knobs)) for knobs in (state.defaults(checkpoint, card), off))
        stored = Pair(here, full)
    return Side(backbones.titled(checkpoint), stored)


def _stored(name: str) -> Pair | None:
    """The stored hard sentence of a checkpoint: the second, as on the first screen."""
    pairs = cache.stored_pairs(name)
    return pairs[min(1, len(pairs) - 1)] if pairs else None


def _fallback(name: str) -> str:
    return api.first_texts(cache.checkpoint(name).task.name)[1]
