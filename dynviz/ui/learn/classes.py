"""A class that guesses together. Nobody has opened one: everything here does nothing."""

from collections.abc import Sequence


def entrance() -> None:
    """On the list of lessons: open a class, or what there is to say of the one that is open."""


def bar(questions: Sequence[tuple[str, str, Sequence[str]]]) -> None:
    """Above a lesson, for whoever teaches: the live counts of its questions (name, label, stops)."""


def guessed(question: str, stop: int) -> None:
    """Count a guess: the place of the stop chosen."""


def histogram(question: str, stops: Sequence[str], own: int | None, truth: Sequence[int]) -> None:
    """What the class guessed, drawn with the reveal; own: the stop that this visitor chose; truth: those that are right."""
