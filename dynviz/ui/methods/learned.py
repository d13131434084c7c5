"""What a method learned beside its classifiers, and what came of what its knob asks for, as its card says that it is worth a picture."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dynviz import figures
from dynviz.api import Checkpoint
from dynviz.figures import kept
from dynviz.figures.counts import counts, counts_table
from dynviz.figures.numbers import numbers, numbers_table
from dynviz.records.card import Learned, Picture
from dynviz.ui.methods import text
from dynviz.ui.parts import sources
from dynviz.ui.parts.panels import Panel, Rows, draw, style
from dynviz.ui.shell import cache


def show(checkpoint: Checkpoint) -> None:
    """A picture for each of them that the checkpoint has."""
    for picture, found in cache.learned(checkpoint.name):
        if picture.draws == "gates":
            _draw(checkpoint, picture, *_gates(found), text.GATES_KEY, 520)
        elif picture.draws == "counts":
            _draw(checkpoint, picture, *_counts(found), text.COUNTS_KEY, 320)
        else:
            _draw(checkpoint, picture, *_numbers(found), text.LEARNED_KEY, 560)
    for picture in cache.card(checkpoint.name).pictures:
        if picture.draws in ("accuracy", "depth"):
            _kept(checkpoint, picture, picture.draws)


def _kept(checkpoint: Checkpoint, picture: Picture, what: kept.What) -> None:
    """What was asked for against what was got, where operating points of both splits ship."""
    report, fitted = (cache.sweep(checkpoint.name, split) for split in ("report", "calibration"))
    if report is None or fitted is None:
        return
    found = kept.kept_of(report, fitted, cache.card(checkpoint.name).knobs[0], what)
    figure, said, source = kept.kept(found, style(), subtitle=""), kept.kept_finding(found), sources.checkpoint(checkpoint)
    table, key = partial(kept.kept_table, found), kept.kept_key(found)
    draw(Panel(f"method-{picture.name}", figure, said, table, picture.how, text.KEPT_LIMITS, "", key, True, 430, source))


def _numbers(found: Learned) -> tuple[Any, str, Callable[[], Rows]]:
    """A row of layers for each name."""
    values, rows = found.values, list(found.rows)
    columns = [f"layer {i}" for i in range(1, values.shape[1] + 1)]
    return numbers(values, rows, columns, style=style(), subtitle=""), found.said, partial(numbers_table, values, rows, columns)


def _counts(found: Learned) -> tuple[Any, str, Callable[[], Rows]]:
    """A bar for each layer."""
    return counts(found.values[0], style()), found.said, partial(counts_table, found.values[0])


def _gates(found: Learned) -> tuple[Any, str, Callable[[], Rows]]:
    """A row of ranks for each layer."""
    values = found.values
    figure = figures.gates(values, style(), title="", subtitle="")
    return figure, found.said or figures.gates_finding(values), partial(figures.gates_table, values)


def _draw(checkpoint: Checkpoint, picture: Picture, figure: Any, said: str, table: Callable[[], Rows], key: str, least: int) -> None:
    source = sources.checkpoint(checkpoint)
    draw(Panel(f"method-{picture.name}", figure, said, table, picture.how, text.LEARNED_LIMITS, "", key, True, least, source))
