"""The curve of a method that drops tokens, and beside it what it must beat: the plain model, cut ones, rules that nobody trained."""

from functools import partial

import numpy as np

from dynviz import figures
from dynviz.api import Checkpoint
from dynviz.figures import Curve
from dynviz.records import Sweep
from dynviz.ui.methods import text
from dynviz.ui.parts import heading, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache, state

SPLIT = "report"
LEAST = 440  # px


def section(checkpoint: Checkpoint) -> None:
    """The picture, where operating points of the checkpoint ship; nothing for what does not save token by token, for a yardstick itself,
    and for depths of words where no yardstick ships."""
    card, own = cache.card(checkpoint.name), cache.sweep(checkpoint.name, SPLIT)
    beside = _yardsticks(checkpoint) if card.by_token else {}
    if own is None or not (beside or card.kind == "tokens"):
        return
    heading.section(text.CURVE)
    title = checkpoint.config.title
    used = title, own.nearest(state.defaults(checkpoint, card))
    curves = [figures.curve_of(own, title, names=cache.knob_names(checkpoint.name)), *_curves(beside), *_references(checkpoint)]
    figure = figures.tradeoff(curves, used, title="", subtitle="", style=style())
    finding, table = figures.tradeoff_finding(curves, used), partial(figures.tradeoff_table, curves)
    key, source = text.CURVE_KEY.format(n=f"{len(own.rows.ids):,}"), sources.sweeps([own, *beside.values()], used[1])
    draw(Panel("method-curve", figure, finding, table, text.CURVE_HOW, text.CURVE_LIMITS, "", key, True, LEAST, source))


def _yardsticks(checkpoint: Checkpoint) -> dict[str, Sweep]:
    """Of the same task and backbone the baselines that drop tokens, by their titles."""
    own = checkpoint.config.task, checkpoint.backbone
    there = [c for c in cache.catalogue()[0] if (c.config.task, c.backbone) == own and cache.card(c.name).yardstick]
    found = {cache.card(c.name).title: cache.sweep(c.name, SPLIT) for c in there}
    return {title: sweep for title, sweep in found.items() if sweep is not None}


def _curves(beside: dict[str, Sweep]) -> list[Curve]:
    return [Curve(title, "random", sweep.share, sweep.score, metric=sweep.metric) for title, sweep in beside.items()]


def _references(checkpoint: Checkpoint) -> list[Curve]:
    """The plain model cut at each depth and tuned there, and at full depth; none where none ships."""
    static = cache.static_line(checkpoint.config.task, SPLIT, checkpoint.backbone)
    if static is None:
        return []
    share, score = (np.asarray(x, np.float64) for x in (static.share, static.accuracy))
    cut = [Curve(static.name, "static", share, score)] if len(share) > 1 else []
    return [*cut, Curve(text.FULL, "full", share[-1:], score[-1:])]
