"""A result from top to bottom: one screen, and the sections below it."""

from dynviz.ui.sentence import screen, sections, steps
from dynviz.ui.sentence.result import Result


def show(result: Result, task: str) -> None:
    """Draw it; the measured time comes last, because measuring takes longest."""
    result, place = screen.head(result, task)
    shown = screen.pager(result)
    picked = screen.chosen(result, shown, place)
    screen.picture(result, picked, shown, steps.looked_at(result))
    time = screen.numbers(result)
    sections.draw(result, picked, shown)
    screen.measured(time, result)
