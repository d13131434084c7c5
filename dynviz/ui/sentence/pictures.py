"""Which tokens are left layer by layer, where a token may stop before its sentence: line by line, counted, and how close the calls were."""

from dynviz import figures
from dynviz.figures.columns import columns
from dynviz.ui.parts.panels import draw, style
from dynviz.ui.parts.picking import LEGIBLE
from dynviz.ui.sentence import forcing
from dynviz.ui.sentence.result import Result


def kept(result: Result, shown: tuple[int, int]) -> None:
    """All three, of the columns shown."""
    _ladder(result, shown)
    _funnel(result)
    _scores(result, shown)


def _ladder(result: Result, shown: tuple[int, int]) -> None:
    trace, by = result.trace, result.by
    figure = figures.ladder(trace, style=style(), by=by, window=shown, title="", subtitle="")
    least = min(160 + 40 * (shown[1] - shown[0]), LEGIBLE)
    panel = result.panel("ladder", figure, figures.ladder_finding(trace), lambda: figures.ladder_table(trace, by), least)
    draw(panel, (lambda: forcing.clicked("ladder", trace, by)) if result.name else None)


def _funnel(result: Result) -> None:
    kept, compute, names = figures.funnel_of(result.trace)
    figure = figures.funnel(kept, compute, names, style=style(), title="", subtitle="")
    draw(result.panel("funnel", figure, figures.funnel_finding(kept, compute), lambda: figures.funnel_table(kept, compute, names)))


def _scores(result: Result, shown: tuple[int, int]) -> None:
    """How close the calls were, where tokens are held against a limit one by one."""
    trace, scored = result.trace, result.scored
    if scored is None:
        return
    limits, cols = scored.limits[1:], columns(trace, result.by)
    pieces = cols[shown[0]].pieces[0], cols[shown[1] - 1].pieces[-1] + 1
    figure = figures.scores(trace, scored.reading, limits, style(), pieces, title="", subtitle="")
    finding = figures.scores_finding(trace, scored.reading, limits)
    least = min(160 + 28 * (pieces[1] - pieces[0]), LEGIBLE)
    draw(result.panel("scores", figure, finding, lambda: figures.scores_table(trace, scored.reading, limits), least))
