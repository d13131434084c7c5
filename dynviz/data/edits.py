"""One-word edits of a text: a bounded list of candidates, and which of them change most with least. Knows no model.

Every word may be deleted, or replaced by its opposite or by a word of a small list (examples/edits.json): negations, intensifiers, words
that say little. What an edit does is read off two traces, one of each text.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dynviz.data.pieces import words
from dynviz.records import Trace
from dynviz.records.alignment import align, word_answers, word_depths, words_of

BUDGET = 160  # runs of the model that a search may take
CLOSING = frozenset(".,;:!?)")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Edit:
    """A word replaced, or deleted (new is ""). text: what comes of it; place: the word's number, from 0; again: whether the word
    occurs more than once."""

    text: str
    place: int
    old: str
    new: str
    kind: str
    again: bool = False

    @property
    def size(self) -> int:
        """Letters added, taken away or changed."""
        return _distance(self.old.lower(), self.new.lower())


@dataclass(frozen=True)
class Effect:
    """The change an edit makes to answers, depth and compute. flips: answers that changed (of words that stayed, where each has one);
    depth: change in layers, of the sentence's exit or, where tokens go their own ways, of the words' mean; share: change in the share of
    compute. before, after: the answers."""

    edit: Edit
    flips: int
    depth: float
    share: float
    before: str
    after: str


@cache
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((files("dynviz.data") / "bundled" / "edits.json").read_text(encoding="utf-8"))
    return found


@cache
def _opposites() -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for pair in _lists()["opposites"]:
        one, other = pair.split()
        out[one] = (*out.get(one, ()), other)
        out[other] = (*out.get(other, ()), one)
    return out


def candidates(text: str, budget: int = BUDGET) -> list[Edit]:
    """The edits to try, at most `budget`: first every deletion and every opposite, then the other lists, one word of each at a time."""
    spans = [(place, a, b) for place, (a, b) in enumerate(words(text)) if _LETTERS.search(text[a:b])]
    seen = Counter(text[a:b].lower() for _, a, b in spans)
    rounds = [("deleted", [""]), ("opposite", [""])]
    lists = [(kind, [word]) for kind in ("negation", "intensifier", "neutral") for word in _lists()[kind]]
    out: dict[str, Edit] = {}
    for kind, news in rounds + lists:
        for place, a, b in spans:
            old = text[a:b]
            for new in _opposites().get(old.lower(), ()) if kind == "opposite" else news:
                edited = _replaced(text, a, b, new)
                if edited.strip() and edited != text and len(out) < budget:
                    out.setdefault(edited, Edit(edited, place, old, _cased(new, old), kind, seen[old.lower()] > 1))
    return list(out.values())


def _cased(new: str, old: str) -> str:
    return new.capitalize() if old[:1].isupper() and old[1:].islower() else new


def _replaced(text: str, a: int, b: int, new: str) -> str:
    if new:
        return text[:a] + _cased(new, text[a:b]) + text[b:]
    before, after = text[:a], text[b:]
    if not before.rpartition("\n")[2].strip():  # a line begins here, and stays one
        return before + after.lstrip()
    return (before.rstrip() if not after or after[0].isspace() or after[0] in CLOSING else before) + after


def effect(edit: Edit, before: Trace, after: Trace) -> Effect:
    """The effect of an edit, from the traces of both texts under the same model and settings."""
    share = after.share - before.share
    if before.unit == "sentence":
        was, now = before.predicted[0], after.predicted[0]
        whole = all(set(t.kept.tolist()) <= {0, len(t.tokens)} for t in (before, after))
        depth = float(after.layers_run - before.layers_run) if whole else float(after.depth.mean() - before.depth.mean())
        return Effect(edit, int(was != now), depth, share, was, now)
    (words_old, old, deep_old), (words_new, new, deep_new) = ((words_of(t), word_answers(t), word_depths(t)) for t in (before, after))
    pairs = [(i, j) for i, j in align(words_old, words_new) if i is not None and j is not None and i != edit.place]
    changed = [f"{words_old[i]}: {old[i]} to {new[j]}" for i, j in pairs if old[i] != new[j]]
    depth = sum(deep_new[j] - deep_old[i] for i, j in pairs) / max(len(pairs), 1)
    return Effect(edit, len(changed), depth, share, "", "; ".join(changed))


def ranked(effects: list[Effect]) -> list[Effect]:
    """The edits that changed an answer or a depth: changed answers first, then the larger change of depth, then the smaller edit."""
    found = [e for e in effects if e.flips or abs(e.depth) > 1e-9]
    return sorted(found, key=lambda e: (-e.flips, -round(abs(e.depth), 6), e.edit.size, e.edit.place, e.edit.text))


def smallest(effects: list[Effect]) -> Effect | None:
    """Of the edits that change an answer (or, where none does, a depth), the one with fewest letters changed."""
    found = [e for e in effects if e.flips] or [e for e in effects if abs(e.depth) > 1e-9]
    return min(found, key=lambda e: (e.edit.size, -e.flips, -abs(e.depth), e.edit.place), default=None)


def _distance(one: str, other: str) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]
