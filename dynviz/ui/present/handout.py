"""The hand-out: the three acts on one sheet of A4, with every number, assumption and what is not claimed."""

import streamlit as st

from dynviz.figures.tower import tower, tower_finding, tower_table
from dynviz.figures.wording import count, percent
from dynviz.records.pair import Pair
from dynviz.ui.parts.panels import style
from dynviz.ui.present import evidence, html, idea, limits, savings, text
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.html import put
from dynviz.ui.present.picture import Picture, show
from dynviz.ui.shell.navigation import PAGES
from dynviz.version import __version__

HIGH = 200  # px of a tower, at most


def page(cast: Cast) -> None:
    """Draw the sheet."""
    known = savings.measured(cast)
    values = savings.settings(st.query_params, known)
    picked, noun = count(cast.examples, "example"), cast.checkpoint.task.text
    with st.container(key="sheet"):
        put("sheet-title", text.HAND_TITLE.format(model=cast.title, share=percent(float(cast.sweep.share[cast.point]))), "h1")
        put("sheet-head", f"{text.HAND_IDEA}: {idea.title(cast)}", "h2")
        for place, pair in zip(st.columns(2, gap="medium"), (cast.cheap, cast.dear), strict=True):
            with place:
                _text(pair, "cheap" if pair is cast.cheap else "dear")
        put("sheet-text", f"{idea.line(cast, 4)} {text.HAND_PICKED.format(n=picked)}")
        put("sheet-head", f"{text.HAND_EVIDENCE}: {evidence.title(cast)}", "h2")
        put("sheet-text", " ".join([*evidence.said(cast), text.SURE.format(noun=noun), evidence.source(cast)]))
        put("sheet-head", f"{text.HAND_MONEY}: {savings.title(values, noun)}", "h2")
        savings.draw(cast, values, known, of=False)
        assumed = text.HAND_ASSUMED.format(
            noun=noun, **{name: f"{value:,.10g}" for name, value in values.items() if value is not None and name in savings.GIVEN}
        )
        put("sheet-text", f"{assumed} {savings.assumptions(values, known, cast.checkpoint.task.text)} {text.OWN_TIMES}")
        put("sheet-head", text.NOT_TITLE, "h2")
        st.html(html.items(limits.of(cast, known)))
        put("sheet-small", text.HAND_MADE.format(version=__version__, model=cast.title, digest=cast.checkpoint.digest))
    with st.container(key="sheet-screen", horizontal=True, vertical_alignment="center"):
        st.page_link(PAGES / "present.py", label=text.HAND_BACK, icon=":material/arrow_back:")
        put("small", text.HAND_PRINT)


def _text(pair: Pair, name: str) -> None:
    """A text, what it took, and its tower."""
    trace = pair.trace
    answer, n = trace.predicted[0], count(trace.exit_layer, "layer")
    put("sheet-text", text.HAND_TEXT.format(text=trace.text, answer=answer, n=n, share=percent(trace.share)))
    figure = tower(trace, None, style(), "", "", 10, HIGH)
    show(Picture(f"sheet-{name}", figure, tower_finding(trace), lambda: tower_table(trace)))
