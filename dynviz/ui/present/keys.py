"""The foot of the stage: which act it is, what it shows, and a button with a key for every move. A clicker's keys are among them."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from dynviz.ui.parts.panels import style
from dynviz.ui.present import html, stage, text
from dynviz.ui.present.acts import Place
from dynviz.ui.shell.text import WITHOUT_SIDEBAR


def foot(
    place: Place, own: Sequence[str], source: str, notes: str = "", more: Callable[[], None] = lambda: None, notice: str = ""
) -> None:
    """Draw it, at the bottom of the window. own: names of the views of one's own. notes: what to say here. more: drawn last. notice: told
    in place of the source, so that the foot covers no more of the act."""
    with st.container(key="stage-foot"):
        with st.container(key="stage-told"):  # always there: else the buttons below would be mounted anew, and a key pressed then lost
            if notes:
                st.html(f'<p class="stage-notes">{escape(notes)}</p>')
        names = act_names(own)
        if own:  # their buttons leave no room beside them
            _where(place, source, notice)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stage-keys"):
            if not own:
                _where(place, source, notice)
            _key(text.BACK, "Left", place.before, text.BACK_HELP)
            _key(text.ON, "Right", place.next, text.ON_HELP)
            for act in range(1, place.acts + 1):
                short = text.SHORT[act - 1] if act <= len(text.SHORT) else text.OWN_SHORT
                _key(short, str(act), place.to(act), text.ACT_HELP.format(n=act, name=names[act - 1]))
            _button(text.NOTES, "stage-notes", "N", stage.notes, (), text.NOTES_HELP)
            _button(text.LEAVE_STAGE, "stage-leave", "Escape", stage.leave, (), text.LEAVE_HELP)
            more()
        with st.container(key="stage-clicker"):
            _key("Space", "Space", place.next)
            _key("PageDown", "PageDown", place.next)
            _key("PageUp", "PageUp", place.before)


def _where(place: Place, source: str, notice: str) -> None:
    """Which act it is, and what it shows."""
    said = f'<b role="status">{escape(notice)}</b>' if notice else escape(source)
    marks = "".join(f"<i{' class=here' if i + 1 == place.act else ''}></i>" for i in range(place.acts))
    st.html(f'<p class="stage-acts">{marks}<span>{said}</span></p>', width="stretch")


def _key(label: str, key: str, there: Place, said: str | None = None) -> None:
    _button(label, f"stage-key-{key}", key, stage.go, (there,), said)


def _button(label: str, name: str, key: str, action: Any, arguments: tuple[Any, ...], said: str | None) -> None:
    st.button(label, key=name, on_click=action, args=arguments, shortcut=key, help=said)


def beside(page: str) -> None:
    """On a page of the app: the button that leads to the stage; where the page stands on the stage, its foot."""
    if page == stage.PAGE:
        return
    if stage.shown(page):
        html.dress(style())
        foot(stage.place(), stage.own_titles(), text.OWN_SOURCE)
    else:
        with st.container(horizontal_alignment="center") if page in WITHOUT_SIDEBAR else st.sidebar:
            stage.button()


def act_names(own: Sequence[str]) -> list[str]:
    """All acts by name, those of one's own last."""
    return [*text.ACTS, *own]
