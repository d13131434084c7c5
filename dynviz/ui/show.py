"""How every page shows a figure: in the theme's colours, with words for those who see no picture, its table and its CSV."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dynviz.errors import InputError
from dynviz.figures import DARK, LIGHT, Style
from dynviz.ui import text_show as text

CONFIG = {"displayModeBar": False, "showSendToCloud": False, "plotlyServerURL": ""}
Rows = Sequence[Mapping[str, Any]]


def style() -> Style:
    """The colours that fit the page."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def picture(fig: go.Figure, alt: str, key: str, on_select: Callable[[], None] | None = None) -> None:
    """A figure with its accessible name; on_select is called on a click, with the selection in the session under `key`."""
    more: dict[str, Any] = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    st.plotly_chart(fig, key=key, alt=alt, theme=None, config=CONFIG, width="stretch", **more)


def clicked(key: str) -> list[Any]:
    """The customdata of the point clicked in the figure of this key, as a list; empty where nothing is selected."""
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    data = points[0].get("customdata") if points else None
    return list(data.values()) if isinstance(data, dict) else list(data or [])


def table(rows: Rows, name: str, columns: Mapping[str, Any] | None = None, label: str = text.TABLE) -> None:
    """Rows, folded away, and as CSV. name: of the file, and of the widgets. columns: Streamlit's column settings."""
    with st.expander(label, icon=":material/table_rows:"):
        open_table(rows, name, columns)


def open_table(rows: Rows, name: str, columns: Mapping[str, Any] | None = None) -> None:
    """Rows, and as CSV."""
    frame = pd.DataFrame(list(rows))
    st.dataframe(frame, key=f"table.{name}", hide_index=True, column_config=dict(columns or {}), width="stretch")
    file = re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-") + ".csv"
    st.download_button(
        text.CSV, lambda: frame.to_csv(index=False), file, "text/csv", key=f"csv.{name}", on_click="ignore", icon=":material/download:"
    )


def plain(words: str) -> str:
    """Words of others for Markdown: nothing in them is taken for formatting."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:])", r"\\\1", words)


def mistake(error: InputError) -> None:
    """A user's mistake, as a sentence."""
    st.error(plain(str(error)), icon=":material/error:")
