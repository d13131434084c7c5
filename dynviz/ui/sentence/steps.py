"""Layer by layer: buttons, a slider for the arrow keys, and what happened in the layer as text."""

import streamlit as st

from dynviz.ui.sentence import said, see, text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address
from dynviz.ui.shell.shown import plain

KEY, OF = "layer", "layer-of"
TALL = 132  # px for the text of a step, so that nothing below it moves


def looked_at(result: Result) -> int | None:
    """The layer whose later ones are veiled in the picture; None while the section is closed, and where nothing was computed above.

    It starts where the sentence stops, and does so again for another text, or where another setting stops it elsewhere.
    """
    end = result.trace.exit_layer
    of = (result.trace.text, end, len(result.trace.layers))
    if st.session_state.get(OF) != of or KEY not in st.session_state:
        st.session_state[KEY] = end
    if asked := address.numbers(address.opened("layer")):
        st.session_state[KEY] = min(asked[0], of[2])
    st.session_state[OF] = of
    layer = int(st.session_state[KEY])
    return layer if see.is_open("steps") and layer < end else None


def section(result: Result) -> None:
    """Buttons, slider, and what happened in the layer."""
    layers = len(result.trace.layers)
    st.caption(text.STEPS)
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        back = st.empty()
        layer = int(st.slider(text.LAYER, 0, layers, key=KEY, help=text.LAYER_HELP))
        _button(back, text.BACK, ":material/chevron_left:", layer - 1, layer > 0)
        _button(st.empty(), text.NEXT, ":material/chevron_right:", layer + 1, layer < layers)
    with st.container(height=TALL, border=False, key="step", gap="xsmall"):
        first, *others = said.step(result.trace, layer, result.compared, result.by)
        st.markdown(f"**{plain(first)}**")
        st.markdown(plain(" ".join(others)))
    address.write("layer", "" if layer == result.trace.exit_layer else str(layer))


def _button(place: "st.delta_generator.DeltaGenerator", label: str, icon: str, goal: int, possible: bool) -> None:
    place.button(label, key=f"layer-{icon}", icon=icon, on_click=_move, args=(goal,), disabled=not possible)


def _move(goal: int) -> None:
    st.session_state[KEY] = goal
