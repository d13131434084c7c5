"""Layer by layer: buttons, a slider for the arrow keys, and what happened in the layer as text."""

import streamlit as st

from dynviz.ui.sentence import said, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell.shown import plain

TALL = 132  # px for the text of a step, so that nothing below it moves


def section(result: Result) -> int | None:
    """The layer looked at; None at the last, where nothing lies above."""
    layers = len(result.trace.layers)
    now = st.session_state.get("layer")
    if isinstance(now, int) and now > layers:
        st.session_state["layer"] = layers
    st.caption(text.STEPS)
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        back = st.empty()
        layer = int(st.slider(text.LAYER, 0, layers, layers, key="layer", bind="query-params", help=text.LAYER_HELP))
        _button(back, text.BACK, ":material/chevron_left:", layer - 1, layer > 0)
        _button(st.empty(), text.NEXT, ":material/chevron_right:", layer + 1, layer < layers)
    with st.container(height=TALL, border=False, key="step", gap="xsmall"):
        first, *others = said.step(result.trace, layer, result.compared, result.by)
        st.markdown(f"**{plain(first)}**")
        st.markdown(plain(" ".join(others)))
    return layer if layer < layers else None


def _button(place: "st.delta_generator.DeltaGenerator", label: str, icon: str, goal: int, possible: bool) -> None:
    place.button(label, key=f"layer-{icon}", icon=icon, on_click=_move, args=(goal,), disabled=not possible)


def _move(goal: int) -> None:
    st.session_state["layer"] = goal
