"""What is asked for before a talk and seldom in it: another model, a view of one's own, the hand-out."""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from dynviz.errors import InputError
from dynviz.ui.parts.show import as_csv
from dynviz.ui.present import stage, text
from dynviz.ui.present.acts import PINS
from dynviz.ui.present.cast import Cast, candidates
from dynviz.ui.present.picture import Picture
from dynviz.ui.shell import address
from dynviz.ui.shell.shown import plain

MODEL, LINK = "stage-model", "stage-link"


def menu(cast: Cast, pictures: Sequence[Picture]) -> None:
    """The popover. pictures: of the act, whose numbers can be saved."""
    with st.popover(text.MORE, key="stage-more"):
        titles = {c.checkpoint.name: c.title for c in candidates()}
        st.session_state[MODEL] = cast.checkpoint.name
        st.selectbox(text.MODEL, list(titles), format_func=titles.__getitem__, key=MODEL, on_change=_model)
        _views()
        for picture in pictures:
            st.caption(plain(picture.finding))
            as_csv(picture.name, picture.table())
        st.link_button(text.HANDOUT, f"?{_handout()}", icon=":material/print:")


def _model() -> None:
    """The model of the talk, in the address; the first by the rule needs no name there."""
    chosen = str(st.session_state[MODEL])
    address.write("model", "" if chosen == candidates()[0].checkpoint.name else chosen)


def _views() -> None:
    """The views of one's own, and a field for one more."""
    for i, title in enumerate(stage.own_titles()):
        st.button(text.REMOVE.format(title=plain(title)), key=f"stage-remove-{i}", on_click=stage.remove, args=(i,))
    if len(stage.pins()) == PINS:
        st.caption(text.FULL_UP)
        return
    with st.form("stage-add", border=False):
        st.text_input(text.ADD, key=LINK, placeholder=text.ADD_HINT)
        st.form_submit_button(text.ADD_BUTTON, on_click=_add)
    if refused := st.session_state.pop("stage-refused", ""):
        st.error(plain(refused), icon=":material/error:")


def _add() -> None:
    try:
        stage.add(str(st.session_state.get(LINK, "")))
        st.session_state[LINK] = ""
    except InputError as error:
        st.session_state["stage-refused"] = str(error)


def _handout() -> str:
    """The address of the hand-out of this talk."""
    return urlencode([*((n, v) for n, v in st.query_params.items() if n not in ("pin", "act", "step", "notes")), ("handout", "1")])
