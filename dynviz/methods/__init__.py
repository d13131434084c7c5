"""The methods, one file each. Dropping a file with a `Method` subclass in this folder registers it under the file's name.

Files whose name begins with an underscore hold what several methods share; `_elsewhere.py`, what is told of and not run.
"""

import importlib
import inspect
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from dynviz.errors import InputError, nearest
from dynviz.records.card import Card

if TYPE_CHECKING:  # torch is with it, and `_elsewhere.py` is read where there is none
    from dynviz.core.method import Method


@cache
def methods() -> "dict[str, type[Method]]":
    """All methods by name (the name of the file), in alphabetical order."""
    from dynviz.core.method import Method

    found: dict[str, type[Method]] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        own = [x for _, x in inspect.getmembers(module, inspect.isclass) if issubclass(x, Method) and x.__module__ == module.__name__]
        if len(own) != 1:
            raise TypeError(f"{module.__name__} must define exactly one Method, found {len(own)}")
        found[info.name] = own[0]
    return found


def method_class(name: str) -> "type[Method]":
    """The method of this name, or an InputError that names what comes nearest."""
    if name not in methods():
        use = f"Use one of: {nearest(name, methods())}"
        raise InputError(f"No method is called {name!r}", "methods are the files in dynviz/methods", use)
    return methods()[name]


def caption(method: "type[Method]") -> str:
    """The first line of the docstring of the method's file."""
    return (inspect.getdoc(inspect.getmodule(method)) or "").split("\n", 1)[0]


def card(name: str) -> Card:
    """What the method of this name says of itself, as plain data."""
    kind = method_class(name)
    about = inspect.getdoc(inspect.getmodule(kind)) or ""
    facts = (kind.knobs, kind.readings, kind.replayable, kind.published, kind.deviations, kind.pictures)
    return Card(name, kind.title, kind.kind, kind.venue, kind.stops, about, *facts)
