"""Which tokens are left layer by layer, where a token may stop before its sentence: line by line, counted, and how close the calls were."""

from dataclasses import replace

from dynviz import figures
from dynviz.figures.columns import columns
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.parts.picking import LEGIBLE
from dynviz.ui.sentence import forcing, text
from dynviz.ui.sentence.result import Result


def kept(result: Result, shown: tuple[int, int]) -> None:
    """All three, of the columns shown."""
    _ladder(result, shown)
    _funnel(result)
    cols = columns(result.trace, result.by)
    panel = calls(result, (cols[shown[0]].pieces[0], cols[shown[1] - 1].pieces[-1] + 1))
    if panel is not None:
        draw(panel)


def _ladder(result: Result, shown: tuple[int, int]) -> None:
    trace, by = result.trace, result.by
    figure = figures.ladder(trace, style=style(), by=by, window=shown, title="", subtitle="", told=result.told)
    least = min(160 + 40 * (shown[1] - shown[0]), LEGIBLE)
    panel = result.panel("ladder", figure, figures.ladder_finding(trace), lambda: figures.ladder_table(trace, by), least)
    if result.name:
        told = replace(panel, key=f"{panel.key} {text.FORCE_BY_CLICK}")
        draw(told, lambda: forcing.clicked("ladder", trace, by))
    else:
        draw(panel)


def _funnel(result: Result) -> None:
    kept, compute, names = figures.funnel_of(result.trace)
    figure = figures.funnel(kept, compute, names, style=style(), title="", subtitle="")
    draw(result.panel("funnel", figure, figures.funnel_finding(kept, compute), lambda: figures.funnel_table(kept, compute, names)))


def calls(result: Result, pieces: tuple[int, int] | None = None) -> Panel | None:
    """How close the calls were: tokens held against a limit one by one, or ranked; None where neither. pieces: (start, stop) shown."""
    trace, scored, ranked = result.trace, result.scored, result.ranked
    start, stop = pieces or (0, len(trace.tokens))
    least = min(160 + 28 * (stop - start), LEGIBLE)
    if scored is not None:
        figure, finding = figures.scores(trace, scored, style(), pieces, title="", subtitle=""), figures.scores_finding(trace, scored)
        return result.panel("scores", figure, finding, lambda: figures.scores_table(trace, scored), least)
    if ranked is not None:
        figure, finding = figures.ranks(trace, ranked, style(), pieces, title="", subtitle=""), figures.ranks_finding(trace, ranked)
        return result.panel("ranks", figure, finding, lambda: figures.ranks_table(trace, ranked), least)
    return None
