"""What is counted as good on a task: right answers, or, where words are tagged as parts of names, whole entities.

Both are one sum over another, over sentences, so that any sentences, drawn again or of one kind, have the metric too. Entity F1 is what
`conlleval` of CoNLL-2000 and CoNLL-2003 prints (Tjong Kim Sang and Buchholz, 2000; Tjong Kim Sang and De Meulder, 2003): an entity is
found if its first word, its last word and its type are right; F1 is 2 * right / (said + there), over all entities of all types. As in
conlleval, an I- tag that follows no word of its type begins an entity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dynviz.records.layout import Bools, Floats, Ints, floats
from dynviz.records.tasks import TASKS, Metric


def metric_of(task: str) -> Metric:
    """The metric of a task by name; of models of others, accuracy."""
    return TASKS[task].metric if task in TASKS else "accuracy"


@dataclass(frozen=True, eq=False)
class Scores:
    """What a metric counts in each sentence: over any of them it is the sum of `gained` over the sum of `of`.

    gained: (P, S). of: (P, S), or (S,) where it does not depend on what was answered.
    """

    gained: Floats
    of: Floats

    @property
    def value(self) -> Floats:
        """(P,) the metric over all sentences; 0 where there is nothing to count."""
        return floats(self.gained.sum(-1) / np.maximum(self.of.sum(-1), 1))

    def at(self, points: int | Sequence[int]) -> "Scores":
        """Of one point, (S,), or of some."""
        return Scores(self.gained[points], self.of if self.of.ndim == 1 else self.of[points])

    def among(self, sentences: Bools) -> "Scores":
        """Of some sentences alone."""
        return Scores(self.gained[..., sentences], self.of[..., sentences])


def stacked(parts: Sequence[Scores]) -> Scores:
    """Scores of one point each, of the same sentences, as points of one."""
    own = [part.of for part in parts]
    return Scores(np.stack([part.gained for part in parts]), own[0] if all(of is own[0] for of in own) else np.stack(own))


def scores_of(task: str, predicted: Ints, labels: Ints, owner: Ints, sentences: int) -> Scores:
    """A task's metric. predicted: (P, U), labels: (U,) classes; owner: (U,) the sentence of each answer."""
    if metric_of(task) == "accuracy":
        return right_answers(predicted == labels, owner, sentences)
    return entity_f1(predicted, labels, owner, sentences, TASKS[task].labels)


def right_answers(correct: Bools, owner: Ints, sentences: int) -> Scores:
    """Accuracy. correct: (P, U), owner: (U,) the sentence of each answer."""
    of = np.bincount(owner, minlength=sentences)
    if len(owner) == sentences and bool((owner == np.arange(sentences)).all()):
        return Scores(correct.astype(np.float64), of.astype(np.float64))
    return Scores(np.stack([np.bincount(owner, row, sentences) for row in correct]), of.astype(np.float64))


def entity_f1(predicted: Ints, labels: Ints, owner: Ints, sentences: int, tags: Sequence[str]) -> Scores:
    """Entity F1. predicted: (P, U), labels, owner: (U,). tags: names of the classes: O, B-<type>, I-<type>."""
    (begin, there, end), (starts, kinds, ends) = (_entities(t, owner, tags) for t in (labels[None], predicted))
    found = starts & begin & (kinds == there) & (ends == end)

    def count(which: Bools) -> Floats:
        return np.stack([np.bincount(owner, row, sentences) for row in which])

    return Scores(2 * count(found), count(starts) + count(begin))


def _entities(tagged: Ints, owner: Ints, tags: Sequence[str]) -> tuple[Bools, Ints, Ints]:
    """Of each word (P, U): whether an entity begins there, of which type (-1: none), and where the one it is in ends."""
    types = sorted({tag[2:] for tag in tags if tag != "O"})
    kind = np.array([-1 if tag == "O" else types.index(tag[2:]) for tag in tags])[tagged]
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    before = np.concatenate([np.full((len(kind), 1), -1), kind[:, :-1]], axis=1)
    opens = np.array([tag.startswith("B-") for tag in tags])[tagged]
    begins = (kind >= 0) & (opens | first | (before != kind))
    stops = np.concatenate([(begins | (kind < 0) | first)[:, 1:], np.ones((len(kind), 1), bool)], axis=1)
    places = np.where(stops, np.arange(kind.shape[1]), kind.shape[1])
    return begins, kind, np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
