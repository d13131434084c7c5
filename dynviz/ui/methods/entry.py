"""One method on the Methods page: the idea, a picture, what was measured and what others report, its knobs, how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dynviz.api import Checkpoint
from dynviz.records.card import Card
from dynviz.ui.methods import curve, docstring, facts, pictures, text
from dynviz.ui.methods.docstring import Words
from dynviz.ui.parts import heading
from dynviz.ui.parts import text as shared
from dynviz.ui.shell import backbones, cache, state
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.shown import guarded, plain


@dataclass(frozen=True)
class MethodEntry:
    """A method and its checkpoints."""

    name: str
    card: Card
    checkpoints: tuple[Checkpoint, ...]

    @property
    def families(self) -> dict[str, list[float]]:
        """Training knobs, and their values, one checkpoint each."""
        found: dict[str, list[float]] = {}
        for family in (c.config.family for c in self.checkpoints if c.config.family):
            found.setdefault(family.parameter, []).append(family.value)
        return found


def groups(checkpoints: Sequence[Checkpoint]) -> dict[str, MethodEntry]:
    """The methods that have checkpoints, by name; plain models last."""
    found: dict[str, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        found.setdefault(checkpoint.config.method, []).append(checkpoint)
    ordered = sorted(found, key=lambda name: (name == "plain", not any(c.runnable for c in found[name])))
    return {name: MethodEntry(name, cache.card(found[name][0].name), tuple(found[name])) for name in ordered}


def show(group: MethodEntry) -> None:
    """The card."""
    card, said = group.card, docstring.of(group.card.about)
    idea(card, said, (text.ONE_RUN, text.ONE_RUN_HELP) if card.replayable else (text.EACH_RUN, text.EACH_RUN_HELP))
    heading.section(text.PICTURE)
    used = state.choice()
    if used.card.knobs and used.checkpoint.name not in [c.name for c in group.checkpoints]:
        st.caption(text.OTHER_KNOBS.format(name=plain(used.checkpoint.config.title)))
    if used.checkpoint.backbone not in {c.backbone for c in group.checkpoints}:
        names = backbones.titles(cache.catalogue()[0])
        there = ", ".join(names[name] for name in dict.fromkeys(c.backbone for c in group.checkpoints))
        st.caption(text.OTHER_LAYERS.format(there=there, used=names[used.checkpoint.backbone]))
    checkpoint = pictures.chosen(group.checkpoints)
    if checkpoint.runnable:
        _links(checkpoint, card)
    pictures.draw_all(checkpoint)
    with guarded():
        curve.section(checkpoint)
    facts.measured(group.checkpoints)
    facts.published(card)
    facts.knobs(card, said.knob, group.families)
    facts.readings(card)
    facts.deviations(card, group.checkpoints)
    facts.checkpoints(group.checkpoints, said.training)


def idea(card: Card, said: Words, runs: tuple[str, str]) -> None:
    """Title, caption, paper, what stops, and the rule point by point. runs: how its settings are run, and what that means."""
    with st.container(border=True, key="method-card"):
        heading.section(card.title)
        st.markdown(f"**{plain(card.caption)}**")
        if source := " ".join(said.source) or plain(card.venue):
            st.caption(source)
        stops = text.STOPS.format(what=plain(card.stops)) if card.stops else ""
        st.markdown("  \n".join(filter(None, [stops, f":blue[{runs[0]}]"])), help=runs[1] or None)
        facts.bullets(said.rule)


def _links(checkpoint: Checkpoint, card: Card) -> None:
    """To the other pages, with this checkpoint as it ships."""
    with st.container(horizontal=True):
        for page, label, icon in (
            ("sentence", shared.OPEN_SENTENCE, ":material/segment:"),
            ("tradeoff", text.OPEN_TRADEOFF, ":material/show_chart:"),
        ):
            there = (PAGES / f"{page}.py", checkpoint.name, state.defaults(checkpoint, card))
            st.button(label, key=f"open-{page}", icon=icon, type="tertiary", on_click=state.travel, args=there)
