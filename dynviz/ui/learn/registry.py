"""The lessons there are, found by their files."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from dynviz.ui.learn import lessons
from dynviz.ui.learn.lesson import AnyLesson


@cache
def all_lessons() -> tuple[AnyLesson, ...]:
    """Every lesson, by number."""
    found = [import_module(f"{lessons.__name__}.{module.name}").LESSON for module in iter_modules(lessons.__path__)]
    return tuple(sorted(found, key=lambda lesson: lesson.number))


def lesson_of(number: int) -> AnyLesson | None:
    """The lesson of this number; None for no such."""
    return next((lesson for lesson in all_lessons() if lesson.number == number), None)
