"""Two words side by side: what the rule read of each, layer by layer, and why one stopped before the other."""

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures.columns import columns
from dynviz.records.card import Comparison
from dynviz.ui.parts import picking, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.sentence import text
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import address

ONE, OTHER, OF = "pair.one", "pair.other", "pair.of"


def conditions(result: Result) -> tuple[Comparison, ...]:
    """What the rule holds against a limit word by word."""
    return tuple(c for c in result.compared if c.values.ndim == 2 and c.decides and np.isfinite(c.values).any())


def section(result: Result, shown: tuple[int, int]) -> None:
    """Two menus, and the panel of both words."""
    cols = columns(result.trace, result.by)
    _restore(result, shown)
    with st.container(horizontal=True):
        for key, label in ((ONE, text.PAIR_ONE), (OTHER, text.PAIR_OTHER)):
            st.selectbox(label, range(len(cols)), format_func=lambda i: picking.named(cols, i), key=key, width=240)
    one, other = int(st.session_state[ONE]), int(st.session_state[OTHER])
    first = _first(result, shown)
    address.write("pair", "" if (one, other) == first else f"{one}.{other}")
    pair, compared = (cols[one], cols[other]), conditions(result)
    figure = figures.couple(result.trace, pair, compared, style())
    finding = figures.couple_finding(result.trace, pair, compared)
    draw(
        Panel(
            "pair", figure, finding, lambda: figures.couple_table(result.trace, pair, compared), text.PAIR_HOW, text.PAIR_LIMITS,
            key=text.PAIR_KEY, headed=True, source=sources.runs(result.trace),
        )
    )  # fmt: skip


def _first(result: Result, shown: tuple[int, int]) -> tuple[int, int]:
    """The pair to look at first: the word that stops first, and that which stays unsure longest."""
    trace, cols = result.trace, columns(result.trace, result.by)
    real = [i for i in range(*shown) if any(map(str.isalnum, cols[i].label)) and not cols[i].special] or list(range(*shown))
    deep = [int(trace.depth[list(cols[i].pieces)].max()) for i in real]
    return real[int(np.argmin(deep))], real[int(np.argmax(deep))]


def _restore(result: Result, shown: tuple[int, int]) -> None:
    """Another text begins anew; a link says which pair."""
    of = (result.trace.text, result.by)
    asked = address.numbers(address.opened("pair"))
    count = len(columns(result.trace, result.by))
    kept = [st.session_state.get(key) for key in (ONE, OTHER)] if st.session_state.get(OF) == of else []
    chosen = next((c for c in (asked, kept) if len(c) == 2 and all(isinstance(i, int) and 0 <= i < count for i in c)), None)
    st.session_state[ONE], st.session_state[OTHER] = chosen or _first(result, shown)
    st.session_state[OF] = of
