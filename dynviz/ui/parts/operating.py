"""An operating point on the screen: its headline, its verdict and its four numbers, the same on every page."""

import numpy as np
import streamlit as st

from dynviz.figures.wording import count, depth, headed, percent, percent1, points, scored
from dynviz.records import Sweep
from dynviz.records.operating import OperatingPoint, point_of, verdict
from dynviz.records.tasks import TASKS
from dynviz.ui.parts import text


def headline(sweep: Sweep, at: int, n: str, labelled: bool = True) -> str:
    """The finding as a title. n: the examples in words; labelled: whether right answers are known."""
    found = point_of(sweep, at, labelled=labelled)
    if (sweep.flops[at] == sweep.flops[0]).all():
        return (text.FULL_HEADLINE if labelled else text.BLIND_FULL).format(n=n, score=scored(found.score, found.metric))
    share = percent(found.share)
    if not labelled:
        return text.BLIND_HEADLINE.format(n=n, share=share, same=percent1(found.agreement))
    mean, low, high = map(points, found.difference)
    words = text.SAME_HEADLINE if found.agreement == 1 else text.HEADLINE
    return words.format(n=n, share=share, difference=mean, low=low, high=high)


def judged(sweep: Sweep, at: int) -> str:
    """What the interval of the difference to full depth allows to say."""
    return text.VERDICTS[verdict(sweep, at)].format(metric=sweep.metric)


def metrics(sweep: Sweep, at: int, labelled: bool = True) -> None:
    """Draw compute, the task's metric, mean depth of all tokens and agreement with full depth, side by side."""
    found = point_of(sweep, at, labelled=labelled)
    grid = st.grid(4, min_column_width=150, key="metrics")
    for (label, value, delta), note in zip(numbers(found, labelled), text.METRICS_HELP, strict=True):
        said = note.format(score=text.SCORES_HELP[found.metric])
        grid.metric(label, value, delta, delta_color="off", delta_arrow="off", help=said, border=True, height="stretch")
    if labelled and found.metric != "accuracy":
        st.caption(beside_f1(sweep, at))


def beside_f1(sweep: Sweep, at: int) -> str:
    """The accuracy of a tagger of names, and why it says little."""
    most = np.bincount(sweep.rows.labels)
    label = TASKS[sweep.task].labels[int(most.argmax())]
    return text.BESIDE_F1.format(share=percent1(most.max() / most.sum()), label=label, accuracy=percent1(sweep.accuracy[at]))


def no_exits(sweep: Sweep, at: int) -> str:
    """What is saved where every text goes through all layers."""
    if (sweep.flops[at] == sweep.flops[0]).all():
        return text.NOTHING_SAVED.format(layers=count(sweep.layers, "layer"))
    return text.NO_EXITS.format(layers=count(sweep.layers, "layer"), depth=depth(sweep.mean_depth[at]))


def numbers(found: OperatingPoint, labelled: bool = True) -> list[tuple[str, str, str | None]]:
    """The four numbers: name, value, and what stands below it. Without labels no accuracy is known."""
    early = found.share != 1 or found.agreement != 1
    right = percent1(found.score) if labelled else text.UNKNOWN
    values = (percent(found.share), right, depth(found.mean_depth), percent1(found.agreement))
    below = (None, f"{points(found.difference[0])} pt" if labelled and early else None, text.OF_LAYERS.format(layers=found.layers), None)
    names = [name.format(metric=headed(found.metric)) for name in text.METRICS]
    return list(zip(names, values, below, strict=True))
