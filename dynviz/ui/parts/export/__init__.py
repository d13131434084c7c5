"""A picture as SVG, PNG and PDF, and its data as CSV: made by the visitor's browser, which has drawn it; with a caption to copy.

No browser, font or printing library is needed on the server, and nothing is sent to it: `export.js` asks plotly for the SVG it shows,
`pdf.js` writes a PDF from it, in which text stays text.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from dynviz.ui.parts.export import text

HERE = Path(__file__).parent


def _file(*names: str) -> str:
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


STYLE = _file("export.css")  # of buttons beside the app's own

# registered once: a name that is registered again is warned of
_files = st.components.v2.component(
    "dynviz_export",
    html='<div class="files" role="group"></div><p class="said" role="status"></p>',
    css=STYLE,
    js=_file("pdf.js", "words.js", "export.js"),
)


@dataclass(frozen=True)
class Words:
    """What stands on the picture that is saved: its finding as title and what more it says, how to read it, what it comes from. caption:
    all of it but how to read it, to be copied."""

    title: str
    said: str
    key: str
    source: str
    caption: str


def offer(name: str, panel: str, words: Words, csv: str) -> None:
    """Buttons for the four files, and the caption. panel: key of the container in which the picture stands."""
    labels = {"label": text.FILES, "done": text.SAVED, "failed": text.FAILED}
    _files(key=f"files-{name}", data={"name": name, "panel": panel, "csv": csv, **asdict(words), **labels})
    st.caption(text.CAPTION)
    st.code(words.caption, language=None, wrap_lines=True)
