"""Two runs word beside word, as the tools show them."""

from dynviz import figures
from dynviz.figures.deltas import deltas_key
from dynviz.records import Trace
from dynviz.ui.parts import picking, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.sentence import text as own
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import text


def panel(name: str, result: Result, after: Trace) -> None:
    """The panel of depths word by word: the run on the page and another one."""
    before, by = result.trace, result.by
    found = figures.deltas_of(before, after, by)
    changed = next((i for i, d in enumerate(found) if d.change or d.replaced or d.answer_changed or d.forced), 0)
    shown = picking.window(len(found), "words" if by == "word" else "pieces", name, changed)
    figure = figures.deltas(before, after, style(), by, shown, title="", subtitle="")
    finding = figures.deltas_finding(before, after, by)
    wide = shown[1] - shown[0] > 12
    draw(
        Panel(
            name, figure, finding, lambda: figures.deltas_table(before, after, by), own.DELTAS_HOW, own.DELTAS_LIMITS, text.MATHS_DEPTH,
            deltas_key(before, after), True, 640 if wide else 0, sources.runs(before, after),
        )
    )  # fmt: skip
