"""Patterns that a tokenizer searches a text for: told apart by their form alone into those that take linear time, and others."""

import re

MAX_PATTERN = 500  # characters
_WAYS = 3  # parts of one alternative that may be missing: each doubles the ways to try
# One thing to look for: a class, a class of Unicode, a sign with a backslash that names no group, any other sign.
_ATOM = r"(?:\[\^?\]?(?:\\.|[^\]\\\[])+\]|\\[pP]\{\^?\w+\}|\\[^\dkgKGRX]|[^\\\[\](){}*+?|])"
_GROUP = rf"\((?:\?i?:|\?[!=])?{_ATOM}*(?:\|{_ATOM}+)*\)"  # without repetition in it
_PART = re.compile(rf"(?P<thing>{_ATOM}|{_GROUP})(?P<often>[*+]|\{{\d{{0,2}}(?:,\d{{0,2}})?\}})?(?P<maybe>\?)?", re.DOTALL)


def slow(pattern: str) -> bool:
    r"""Whether a search for it may take more than linear time, or is of a form that we cannot tell of.

    Linear are alternatives that repeat one thing at most, at their end: nothing after it can fail and send the search back.

    >>> [slow(p) for p in (" {2,}", r"'s| ?\w+|\s+(?!\S)", "(a+)+$", "a*a*b")]
    [False, False, True, True]
    """
    alternatives = _parts(pattern)
    return len(pattern) > MAX_PATTERN or alternatives is None or any(map(_sent_back, alternatives))


def _parts(pattern: str) -> list[list[re.Match[str]]] | None:
    """The parts of each alternative, or None where there is one of another form."""
    found: list[list[re.Match[str]]] = [[]]
    place = 0
    while place < min(len(pattern), MAX_PATTERN):
        if pattern[place] == "|":
            found.append([])
            place += 1
        elif part := _PART.match(pattern, place):
            found[-1].append(part)
            place = part.end()
        else:
            return None
    return found


def _sent_back(parts: list[re.Match[str]]) -> bool:
    """Whether a search for these parts, one after the other, may try many ways at one place of the text."""
    if parts[1:] and parts[-1][0] == r"(?!\S)" and parts[-2]["thing"] == r"\s":  # behind blanks the first way back fits
        parts = parts[:-1]
    groups = [part for part in parts if part["thing"].startswith("(")]
    choices = sum("|" in part["thing"] for part in groups)
    return any(part["often"] for part in (*parts[:-1], *groups)) or choices > 1 or sum(part["maybe"] is not None for part in parts) > _WAYS
