"""Tables that stand open on a page, and what was clicked in a picture."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dynviz.data.spreadsheet import to_csv
from dynviz.ui.parts.panels import Rows
from dynviz.ui.shell import address, text

PERCENT = st.column_config.NumberColumn(format="%.1f %%")  # of numbers already in percent
ROW, WRAPPED = 35, 66  # px that Streamlit gives a row of a table, and its head; of a row from which on it breaks long cells into lines
POINTS = st.column_config.NumberColumn(format="%+.1f pt")


def one_of(label: str, names: Mapping[str, str], default: str, key: str, menu: bool = False, **more: Any) -> str:
    """A row of choices, or a menu, names -> what is shown. The URL holds the name under `key`, which `bind` would not do: it holds what is
    shown."""
    if st.session_state.get(key) not in names:
        asked = st.query_params.get(key, default)
        st.session_state[key] = asked if asked in names else default
    shown = {"format_func": lambda n: names[n], "key": key, **more}
    asks = st.selectbox if menu else partial(st.segmented_control, required=True)
    chosen = str(asks(label, list(names), **shown) or default)
    address.write(key, "" if chosen == default else chosen)
    return chosen


def follow(key: str, default: str) -> None:
    """A choice by `one_of` whose default goes with another choice: where that has changed since the last run, it is the default again. What
    the address asks for when the page is opened stays."""
    if st.session_state.setdefault(f"{key}.default", default) != default:
        st.session_state[key] = default
    st.session_state[f"{key}.default"] = default


def some_of(label: str, names: Mapping[str, str], key: str, **more: Any) -> list[str]:
    """Several of a row of choices, all unless the URL says otherwise: it holds the names under `key`."""
    if key not in st.session_state:
        asked = [n for n in st.query_params.get(key, "").split(",") if n in names]
        st.session_state[key] = asked or list(names)
    st.session_state[key] = [n for n in st.session_state[key] if n in names]
    chosen = st.pills(label, list(names), format_func=lambda n: names[n], selection_mode="multi", key=key, **more)
    address.write(key, ",".join(chosen) if len(chosen) < len(names) else "")
    return list(chosen)


def layer_clicked(key: str, names: Sequence[str]) -> str | None:
    """The name of the layer (from 1) that a click on the picture of this key means. What the browser sends is checked."""
    found = next(iter(clicked(key)), None)
    return names[int(found) - 1] if isinstance(found, int | float) and 1 <= int(found) <= len(names) else None


def clicked(key: str) -> list[Any]:
    """The customdata of the point clicked in the picture of this key, as a list; empty where nothing is selected."""
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    data = points[0].get("customdata") if points else None
    return list(data.values()) if isinstance(data, dict) else list(data or [])


def open_table(name: str, rows: Rows, columns: Mapping[str, Any] | None = None) -> None:
    """Rows in sight, and as CSV. columns: Streamlit's settings."""
    st.dataframe(list(rows), key=f"rows-{name}", hide_index=True, column_config=dict(columns or {}), width="stretch")
    as_csv(name, rows)


def lines(key: str, rows: Rows, columns: Mapping[str, Any], alt: str | None = None, row: int = ROW) -> None:
    """A few rows, as high from the first moment as they will be: the browser fetches the code of tables late. columns: as above. row: px of
    one."""
    look: dict[str, Any] = {"column_config": dict(columns), "height": row * len(rows) + ROW + 2, "row_height": row}
    st.dataframe(list(rows), hide_index=True, key=key, width="stretch", alt=alt, **look)


def as_csv(name: str, rows: Rows) -> None:
    """A button that saves the rows as CSV."""
    data, icon = partial(to_csv, rows), ":material/download:"
    st.download_button(text.CSV, data, f"{name}.csv", "text/csv", key=f"csv-{name}", on_click="ignore", type="tertiary", icon=icon)
