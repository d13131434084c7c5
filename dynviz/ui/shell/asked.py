"""What an address asks of a knob and does not get: said in a sentence, on every page with knobs that stand in addresses."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from dynviz.records.card import Knob
from dynviz.ui.shell import text
from dynviz.ui.shell.shown import plain


def bound(key: str, knob: Knob, shown: float, there: Sequence[float] | None = None) -> Literal["query-params"] | None:
    """What to bind the slider of this key to, before it is drawn; says so where the address asks for a setting that it cannot stand at.

    shown: where it stands instead. there: the places it can stand at, if only some.
    """
    asked = st.query_params.get(key)
    if asked is None or key in st.session_state or _can(asked, knob, there):
        return "query-params"
    within = _within(asked, knob)
    values = {"name": knob.name, "asked": plain(asked[:40]), "low": f"{knob.low:g}", "high": f"{knob.high:g}", "shown": f"{shown:g}"}
    st.warning((text.KNOB_NO_STEP if within or there else text.KNOB_BEYOND).format(**values))
    if there or not within:
        return "query-params"  # the slider drops it itself
    del st.query_params[key]
    return None  # for this run: bound, it would stand between two of its steps. From the next run on the address follows it again


def _can(asked: str, knob: Knob, there: Sequence[float] | None) -> bool:
    if not _within(asked, knob):
        return False
    value = float(asked)
    return (value.is_integer() or not knob.whole) and (there is None or any(f"{place:g}" == f"{value:g}" for place in there))


def _within(asked: str, knob: Knob) -> bool:
    try:
        return knob.low <= float(asked) <= knob.high
    except ValueError:
        return False
