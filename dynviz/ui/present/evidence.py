"""Act 2, the evidence: all sentences of the evaluation split, the fair rival, and the interval in words."""

from functools import partial

import numpy as np
import streamlit as st

from dynviz import figures
from dynviz.figures import Curve
from dynviz.figures.wording import count, hundred, percent, percent1, points
from dynviz.records import Sweep
from dynviz.records.baseline import Baseline
from dynviz.records.layout import floats
from dynviz.ui.parts.panels import style
from dynviz.ui.present import text
from dynviz.ui.present.cast import SPLIT, Cast, candidates
from dynviz.ui.present.html import put
from dynviz.ui.present.picture import Picture, show
from dynviz.ui.present.reference import Reference, beside_plain, reference
from dynviz.ui.shell import cache


def act(cast: Cast, step: int) -> list[Picture]:
    """Draw the act as far as this step; its picture."""
    put("title", title(cast), "h1")
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left, st.container(key="stage-wide"):
        picture = exits(cast) if step == 1 else curve(cast)
        show(picture)
    with right:
        for sentence in filter(None, said(cast)[:step]):
            put("said", sentence)
        if step > 1:
            put("small", text.BAND if step == 2 else text.SURE.format(noun=cast.checkpoint.task.text))
    return [picture]


def title(cast: Cast) -> str:
    """Work and accuracy of the setting it ships with, beside the plain model's."""
    sweep, i, beside = cast.sweep, cast.point, reference(cast)
    share, right, full = percent(float(sweep.share[i])), hundred(float(sweep.score[i])), hundred(beside.score)
    return text.EVIDENCE.format(share=share, right=right, full=full, reference=text.REFERENCE[beside.plain])


def said(cast: Cast) -> list[str]:
    """What each step says."""
    sweep, i = cast.sweep, cast.point
    most = np.bincount(sweep.exits[i], minlength=sweep.layers + 1)
    layer, n = int(most.argmax()), count(len(sweep.rows.ids), cast.checkpoint.task.text)
    leave = text.LEAVE.format(share=percent(most.max() / most.sum()), n=n, layer=f"layer\u00a0{layer}")
    return [leave, rival(cast), f"{interval(reference(cast))} {dearer(sweep, i, cast.checkpoint.task.text)}"]


def interval(beside: Reference) -> str:
    """How far from the reference, in words."""
    _, low, high = (points(value) for value in beside.difference)
    return text.VERDICT[beside.verdict].format(low=low, high=high, reference=text.THE[beside.plain])


def rival(cast: Cast) -> str:
    """The largest plain model with fewer layers that does at most as much work, and how many it has right."""
    static = cache.static_line(cast.checkpoint.task.name, SPLIT, cast.checkpoint.backbone)
    cut = np.flatnonzero(static.share < 1) if static is not None else np.array([], int)
    if static is None or not len(cut):
        return ""
    within = cut[static.share[cut] <= float(cast.sweep.share[cast.point])]
    said, at = (text.RIVAL, int(within[-1])) if len(within) else (text.NO_RIVAL, int(cut[0]))
    layers = count(round(float(static.depth[at])), "layer")
    return said.format(layers=layers, right=hundred(float(static.accuracy[at])), share=percent(float(static.share[at])))


def dearer(sweep: Sweep, point: int, noun: str) -> str:
    """How many texts cost more than on the plain model, and how much at most. noun: what a text is called."""
    ratio = sweep.flops[point] / sweep.plain_flops
    over = part_dearer(sweep, point)
    form = text.DEARER if over else text.NO_DEARER
    return form.format(share=percent1(over), noun=noun, most=percent1(float(ratio.max())))


def part_dearer(sweep: Sweep, point: int) -> float:
    """The share of the sentences that cost more than on the plain model."""
    return float((sweep.flops[point] > sweep.plain_flops).mean())


def exits(cast: Cast) -> Picture:
    """After which layer the sentences leave."""
    sweep, i = cast.sweep, cast.point
    given = sweep.exits[i], sweep.correct[i], sweep.layers
    figure = figures.exit_distribution(*given, None, style(), "", None, noun=cast.checkpoint.task.text)
    return Picture("stage-exits", figure, figures.exit_finding(*given, noun=cast.checkpoint.task.text), partial(figures.exit_table, *given))


def curve(cast: Cast) -> Picture:
    """All settings of the model beside plain models of fewer layers, its own ringed."""
    static = cache.static_line(cast.checkpoint.task.name, SPLIT, cast.checkpoint.backbone)
    curves = [beside_plain(cast), *references(reference(cast), static)]
    at = (cast.title, cast.point)
    figure = figures.tradeoff(curves, at, title="", subtitle="", style=style())
    return Picture("stage-curve", figure, figures.tradeoff_finding(curves, at), partial(figures.tradeoff_table, curves))


def references(beside: Reference, static: Baseline | None) -> list[Curve]:
    """What the model is held against, and plain models of fewer layers, where they ship."""
    full = Curve(text.REFERENCE[beside.plain], "full", np.ones(1), np.array([beside.score]))
    if static is None or not (static.share < 1).any():
        return [full]
    cut = static.share < 1
    return [Curve(text.STATIC, "static", floats(static.share[cut]), floats(static.accuracy[cut])), full]


def source(cast: Cast) -> str:
    """What is shown, for the foot."""
    n = count(len(cast.sweep.rows.ids), cast.checkpoint.task.text)
    chosen = text.FOR_CONTRAST if cast is candidates()[0] else ""
    return text.MEASURED.format(model=cast.title, chosen=chosen, n=n)

