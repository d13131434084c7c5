"""What others report of a method beside what was found here: a picture and a table, for each task that somebody else measured too."""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import streamlit as st

from dynviz.figures.reproduced import drawn, reproduced, reproduced_finding, reproduced_key, reproduced_table
from dynviz.records.reproduced import TaskReproduced
from dynviz.records.tasks import TASKS
from dynviz.ui.methods import facts
from dynviz.ui.methods import text_reproduced as text
from dynviz.ui.parts import heading, sources
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache
from dynviz.ui.shell.shown import plain

LEAST, WIDE = 600, 1000  # px: of the picture and of the table


def section() -> None:
    """Nothing where nothing was compared."""
    found = cache.reproduced()
    if not found:
        return
    heading.section(text.HEAD)
    for task in found.values():
        _task(task)


def _task(task: TaskReproduced) -> None:
    st.markdown(text.INTRO.format(title=plain(TASKS[task.task].title)))
    finding, rows = reproduced_finding(task), partial(reproduced_table, task)
    if drawn(task):
        source = sources.reproduced(task, text.SETTINGS)
        name, fig, key = f"reproduced-{task.task}", reproduced(task, style()), reproduced_key(task)
        draw(Panel(name, fig, finding, rows, text.HOW, text.LIMITS, key=key, headed=True, least=LEAST, source=source))
    else:
        st.markdown(plain(finding))
    table = reproduced_table(task)
    facts.written([_cells(row, above) for above, row in pairwise([{}, *table])], WIDE)
    st.caption(text.NOTE)


def _cells(row: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, str]:
    """A row as it is read: what is printed there in one cell, and nothing said again that stands in the row above, of the same model."""
    said = {key: plain(str(value)) for key, value in row.items()}
    said["there"] = text.THERE.format(published=said["published"], setting=said["setting there"], source=said["printed in"])
    new = row["checkpoint"] != above.get("checkpoint")
    said["method"] = text.CHECKPOINT.format(method=said["method"], checkpoint=row["checkpoint"]) if new else ""
    said["parts"] = "  \n".join(said[key] for key in ("apart", "why") if row[key] and (new or row[key] != above[key]))
    return {head: said[key] for key, head in text.COLUMNS.items()}
