"""Runs side by side, whichever they are: their table, the race, their depths word by word, and each staircase."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from dynviz import figures
from dynviz.figures.aligned import Row, aligned, aligned_finding, aligned_table
from dynviz.figures.columns import columns, layer_names, one_decision
from dynviz.figures.depths import mean_depth, mean_of
from dynviz.figures.race import KEY, Lane, race, race_finding, race_table
from dynviz.figures.wording import depth, listing
from dynviz.records import Trace
from dynviz.records.alignment import align, word_depths, words_of
from dynviz.records.contrast import spent_by_layer
from dynviz.records.pair import Pair
from dynviz.ui.compare import text
from dynviz.ui.parts import naming, picking, show, sources, words
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import text as shared
from dynviz.ui.shell.shown import plain

LEGIBLE, NARROW = 38, 24  # px a word needs, upright or slanted
# px of the columns of the table, which fit a window of 1400 px; of a letter, and of the air in a cell, about
WIDTHS = {"model": 200, "settings": 200, "answer": 90, "same": 120, "layers": 120, "share": 85, "flops": 80, "plain": 115}
LETTER, AIR = 5.6, 18
WIDE = 820  # px beyond which a picture is squeezed all the same


@dataclass(frozen=True, eq=False)
class Side:
    """One of the runs compared: its name on the page, its trace and the one at full depth."""

    label: str
    pair: Pair

    @property
    def settings(self) -> str:
        """The knobs it ran at."""
        return naming.setting(self.pair.trace.model, self.pair.trace.knobs) or "-"


def short_answer(trace: Trace) -> str:
    """The answer at the end of a lane: the label, or how many tags."""
    return trace.predicted[0] if trace.unit == "sentence" else f"{sum(map(bool, trace.predicted))} tags"


def side_by_side(sides: Sequence[Side], first_column: str) -> None:
    """A line for each run; before them, what of the texts was not read."""
    for note in dict.fromkeys(side.pair.trace.note for side in sides if side.pair.trace.note):
        whose = [side.label for side in sides if side.pair.trace.note == note]
        said = note if len(whose) == len(sides) else f"{listing(whose, 4)}: {note}"
        st.info(plain(said), icon=":material/content_cut:")
    rows = [_line(side, first_column) for side in sides]
    wide = {first_column: WIDTHS["model"], **{head: WIDTHS[key] for key, head in text.COLUMNS.items() if key != "model"}}
    columns: dict[str, Any] = {head: st.column_config.Column(width=px) for head, px in wide.items()}
    columns[text.COLUMNS["share"]] = {**show.PERCENT, "width": WIDTHS["share"]}
    long = any(LETTER * len(cell) + AIR > wide[head] for row in rows for head, cell in row.items() if isinstance(cell, str))
    show.lines("compare-rows", rows, columns, row=show.WRAPPED if long else show.ROW)


def _line(side: Side, first_column: str) -> Mapping[str, object]:
    trace, full = side.pair.trace, side.pair.full
    whole = one_decision(trace)
    used = f"{trace.layers_run} of {len(trace.layers)}"
    layers = used if whole else f"{depth(mean_depth(trace))} of {len(trace.layers)}, mean of {mean_of(trace)}"
    return {
        first_column: side.label,
        text.COLUMNS["settings"]: side.settings,
        text.COLUMNS["answer"]: short_answer(trace),
        text.COLUMNS["same"]: words.agrees(trace, full),
        text.COLUMNS["layers"]: layers,
        text.COLUMNS["share"]: trace.share * 100,
        text.COLUMNS["flops"]: round(trace.flops / 1e6, 1),
        text.COLUMNS["plain"]: round(trace.plain_flops / 1e6, 1),
    }


def run_race(sides: Sequence[Side]) -> None:
    """The race, with a slider beside its button."""
    lanes = [_lane(side.label, side.pair.trace) for side in sides]
    far = max(lane.total for lane in lanes)
    at = st.session_state.get("spent", 100)
    figure = race(lanes, None if at >= 100 else far * at / 100, style(), title="", subtitle="")
    how = (text.RACE_HOW, text.RACE_LIMITS, shared.MATHS_DEPTH, KEY)
    draw(Panel("race", figure, race_finding(lanes), partial(race_table, lanes), *how, headed=True, least=320, source=_source(sides)))
    st.slider(text.SPENT, 0, 100, 100, 5, key="spent", format="%d %%", bind="query-params")


def _lane(label: str, trace: Trace) -> Lane:
    million = 1e6
    return Lane(label, spent_by_layer(trace) / million, layer_names(trace.layers), short_answer(trace), trace.plain_flops / million)


def _source(sides: Sequence[Side]) -> sources.Provenance:
    return sources.runs(*(side.pair.trace for side in sides))


def depths(sides: Sequence[Side]) -> None:
    """Depths of the same words under each other."""
    rows = rows_of(sides)
    start, stop = picking.window(len(rows[0].depths), "words", "aligned")
    shown = [replace(row, words=row.words[start:stop], depths=row.depths[start:stop]) for row in rows]
    figure = aligned(shown, style(), title="", subtitle="")
    least = 150 + LEGIBLE * (stop - start)
    draw(
        Panel(
            "aligned", figure, aligned_finding(rows), partial(aligned_table, rows), text.ALIGNED_HOW, text.ALIGNED_LIMITS,
            shared.MATHS_DEPTH, text.ALIGNED_KEY, True, min(least, WIDE), _source(sides),
        )
    )  # fmt: skip


def rows_of(sides: Sequence[Side]) -> list[Row]:
    """The runs' words under each other: as they come where all read the same, else aligned (then there are two runs)."""
    typed = [words_of(side.pair.trace) for side in sides]
    depth = [word_depths(side.pair.trace) for side in sides]
    pairs = align(typed[0], typed[-1])
    if all(each == typed[0] for each in typed):
        pairs = [(i, i) for i in range(len(typed[0]))]
    places = [[p[0] for p in pairs], *([p[1] for p in pairs] for _ in sides[1:])]
    return [
        Row(
            side.label, tuple(None if i is None else own[i] for i in at), tuple(None if i is None else deep[i] for i in at),
            len(side.pair.trace.layers),
        )
        for side, own, deep, at in zip(sides, typed, depth, places, strict=True)
    ]  # fmt: skip


def staircases(sides: Sequence[Side]) -> None:
    """One run's staircase, that asked for."""
    names = {str(i): plain(side.label) for i, side in enumerate(sides, 1)}
    i = int(show.one_of(text.EACH, names, "1", "each"))
    trace, full = sides[i - 1].pair.trace, sides[i - 1].pair.full
    shown = picking.window(len(columns(trace, "word")), "words", "stairs")
    figure, finding = figures.staircase(trace, full, None, style(), "word", shown, "", ""), figures.staircase_finding(trace, full)
    table = partial(figures.staircase_table, trace, full)
    how = (shared.HOW_TO["staircase"], shared.DOES_NOT_SHOW["staircase"], shared.MATHS_DEPTH, words.cells_key(trace, full))
    least = min(150 + NARROW * (shown[1] - shown[0]), WIDE)
    draw(Panel(f"each-{i}", figure, finding, table, *how, headed=True, least=least, source=sources.runs(trace)))
