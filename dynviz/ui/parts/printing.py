"""A button that prints the page: the browser's own dialogue, which also makes a PDF."""

import streamlit as st

from dynviz.ui.parts.export import STYLE

# registered once: a name that is registered again is warned of
_print = st.components.v2.component(
    "dynviz_print",
    html='<button type="button"></button>',
    css=STYLE,
    js="""export default function ({ data, parentElement }) {
      const button = parentElement.querySelector("button");
      button.textContent = data.label;
      button.onclick = () => window.print();
    }""",
)


def button(label: str) -> None:
    """The button."""
    _print(key="print", data={"label": label})
