"""Labelled rows in three parts, by lot: those that exits are fitted on, those that choose the knob, and those that it is measured on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dynviz.data import Examples, label_rows
from dynviz.data.cutting import cut_for
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.fitting.base import Base
from dynviz.records import Ints, Rows, Unit

KEPT = 5  # a fifth of the rows chooses the knob, and a fifth measures
LEAST = 2  # rows in each of these two, at least
MOST: dict[Unit, int] = {"sentence": 4_000, "token": 1_000}  # and at most: more would hardly tell more, and their readings lie in memory
PARTS = ("fit", "calibration", "report")


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the rows, cut for a model, and as numbers."""

    pieces: Pieces
    rows: Rows

    @property
    def labels(self) -> Ints:
        """(U,) classes, one for each answer."""
        return self.rows.labels


def parts_of(examples: Examples, base: Base, seed: int) -> tuple[dict[str, Part], tuple[str, ...]]:
    """The three parts by name, and what is to be said of the rows, each a sentence; an InputError where exits cannot be fitted on them."""
    if examples.labels is None:
        label_rows(examples, _cut(examples, base), base.task)  # says so
    if len(examples) < KEPT * LEAST:
        why = f"{'one is' if len(examples) == 1 else f'{len(examples)} are'} there, and a fifth is kept for choosing, a fifth for measuring"
        raise InputError("There are too few rows", why, f"Give {KEPT * LEAST} or more; some hundreds of each label are good")
    drawn = zip(PARTS, split(examples, seed, MOST[base.task.unit]), strict=True)
    found = {name: _part(_only(examples, rows.tolist()), base) for name, rows in drawn}
    return found, _said(found, base)


def split(examples: Examples, seed: int, most: int) -> tuple[Ints, Ints, Ints]:
    """The numbers of the rows of each part: drawn by the seed, and, where a row has one label, each label's share in each part. most: rows
    that are kept to choose, and to measure; all others are fitted on."""
    order = np.random.default_rng(seed).permutation(len(examples))
    labels = np.array([label if isinstance(label, str) else "" for label in examples.labels or ()])
    order = order[np.argsort(labels[order], kind="stable")]
    place = np.arange(len(order)) % KEPT
    aside = [order[place == own] for own in (0, 1)]
    first, second = (part[np.arange(min(len(part), most)) * len(part) // min(len(part), most)] for part in aside)
    return np.setdiff1d(order, np.concatenate([first, second])), np.sort(first), np.sort(second)


def _only(examples: Examples, rows: Sequence[int]) -> Examples:
    """These examples alone, in this order."""
    texts, labels = tuple(examples.texts[i] for i in rows), None
    if examples.labels is not None:
        labels = tuple(examples.labels[i] for i in rows)
    return Examples(tuple(examples.ids[i] for i in rows), texts, labels, tuple(examples.tags[i] for i in rows))


def _part(examples: Examples, base: Base) -> Part:
    pieces = _cut(examples, base)
    return Part(pieces, label_rows(examples, pieces, base.task))


def _cut(examples: Examples, base: Base) -> Pieces:
    return cut_for(base.task, base.ground.tokenizer, examples.texts, base.ground.max_length)


def _said(found: dict[str, Part], base: Base) -> tuple[str, ...]:
    """What is to be said, after a look at what the rows hold."""
    counts = Counter(found["fit"].labels.tolist())
    names = base.task.labels
    if len(counts) < 2:
        only = f"all rows are labelled {names[next(iter(counts))]!r}" if counts else "none of its words has one"
        raise InputError("The rows to fit on have fewer than two labels", only, f"Give rows of several of {', '.join(names[:20])}")
    said = []
    if absent := [name for i, name in enumerate(names) if i not in counts]:
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        said.append(f"No row to fit on is labelled {', '.join(absent[:5])}{more}: early exits will hardly answer so.")
    if long := sum(int((part.pieces.lost > 0).sum()) for part in found.values()):
        most, one = base.ground.max_length, long == 1
        said.append(f"{long:,} {'text is' if one else 'texts are'} longer than the {most:,} pieces the model takes: the beginning is read.")
    return tuple(said)
