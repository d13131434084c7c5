"""What a checkpoint keeps of bundled texts (its golden traces), and which two of them the first screen shows: chosen for what they cost,
never for what they were meant to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from dynviz.checkpoint.golden import CHOSEN, LESSONS
from dynviz.data import Examples, bundled, label_rows, lesson_texts
from dynviz.data.cutting import cut_for
from dynviz.measure.analysis import analyse
from dynviz.records import Sweep
from dynviz.records.pair import First, Golden, Pair

if TYPE_CHECKING:  # torch is imported when a model is loaded
    from dynviz.checkpoint.model import Model

WORDS = (5, 12)  # of a text of the first screen: one glance takes it in
AS_LONG = 1  # pieces by which the two may differ
NEAR = 0.02  # of the plain model's compute: as large a difference as the largest
EASY = "plain"  # the tag of texts that are meant as easy
SMALL, TELLING = 0.05, 0.7  # from which difference on the tags are not heeded, where with them it is less than this part of it


@dataclass(frozen=True)
class Text:
    """A bundled text under a model. share: of the plain model's compute, at the checkpoint's own knobs."""

    id: str
    easy: bool
    pieces: int
    share: float


def golden_of(model: "Model") -> Golden:
    """Run the chosen bundled texts, those of the first screen and those of lessons at the checkpoint's knobs and at full depth."""
    examples = bundled(model.task.name)
    fit = fitting(examples, _measured(model, examples)) if examples.labels is not None else []
    shown = chosen(fit)
    ids = [*CHOSEN[model.task.name], *(shown or ()), *LESSONS.get(model.config.name, ())]
    texts = {**dict(zip(examples.ids, examples.texts, strict=True)), **(lesson_texts() if model.config.name in LESSONS else {})}
    named: dict[str, Pair] = {}
    pairs: dict[str, Pair] = {}  # by text: one of two names is stored once
    for name in ids:
        given = texts[name]
        read = given if isinstance(given, str) else " ".join(given)
        pairs[read] = pairs.get(read) or _pair(model, given)
        named[name] = pairs[read]
    first = First(shown, (named[shown[0]], named[shown[1]]), *counted(fit)) if shown else None
    return Golden(tuple(pairs.values()), first)


def _pair(model: "Model", text: str | Sequence[str]) -> Pair:
    analysis = analyse(model, text)
    found = analysis.at()
    return Pair(found, analysis.full, analysis.compared(found))


def _measured(model: "Model", examples: Examples) -> Sweep:
    """The bundled texts at full depth and at the checkpoint's knobs."""
    from dynviz.measure.evaluate import subject_of, sweep

    pieces = cut_for(model.task, model.tokenizer, examples.texts, model.max_length)
    return sweep(subject_of(model), pieces, label_rows(examples, pieces, model.task), [model.method.off(), model.knobs(None)], "bundled")


def fitting(examples: Examples, sweep: Sweep) -> list[Text]:
    """The texts of a handful of words whose answers are all right and those of full depth. sweep: full depth, and a setting."""
    rows, good = sweep.rows, (sweep.predicted[1] == sweep.rows.labels) & (sweep.predicted[1] == sweep.predicted[0])
    bad = np.bincount(rows.owner, ~good, minlength=len(rows.ids))
    words = [len(text.split() if isinstance(text, str) else text) for text in examples.texts]
    share = sweep.flops[1] / sweep.plain_flops
    there = [i for i in range(len(rows.ids)) if WORDS[0] <= words[i] <= WORDS[1] and not bad[i]]
    return [Text(rows.ids[i], EASY in rows.tags[i], int(rows.lengths[i]), float(share[i])) for i in there]


def chosen(texts: Sequence[Text]) -> tuple[str, str] | None:
    """The ids of a text meant as easy and one that is not, about as long, whose costs differ most; the cheaper first. None for no such.

    Where two other texts differ much more, and what the texts were meant as would hide it, those."""
    tagged = [pair for pair in product(_easy(texts), _hard(texts)) if _as_long(*pair)]
    free = [pair for pair in combinations(texts, 2) if _as_long(*pair)]
    most, most_free = (max(map(_apart, pairs), default=0.0) for pairs in (tagged, free))
    pairs = free if most_free > SMALL and most < TELLING * most_free else tagged
    wide = [pair for pair in pairs if _apart(pair) >= max(map(_apart, pairs)) - NEAR]
    if not wide:
        return None
    best = min(wide, key=lambda pair: (pair[0].pieces + pair[1].pieces, pair[0].id, pair[1].id))
    cheap, dear = sorted(best, key=lambda text: text.share)
    return cheap.id, dear.id


def counted(texts: Sequence[Text]) -> tuple[int, int, int]:
    """How many pairs there are of one length, one text meant as easy, one not; in how many the latter costs more; in how many less."""
    pairs = [(a.share, b.share) for a, b in product(_easy(texts), _hard(texts)) if a.pieces == b.pieces]
    return len(pairs), sum(b - a > NEAR for a, b in pairs), sum(a - b > NEAR for a, b in pairs)


def _easy(texts: Sequence[Text]) -> list[Text]:
    return [text for text in texts if text.easy]


def _hard(texts: Sequence[Text]) -> list[Text]:
    return [text for text in texts if not text.easy]


def _as_long(one: Text, other: Text) -> bool:
    return abs(one.pieces - other.pieces) <= AS_LONG


def _apart(pair: tuple[Text, Text]) -> float:
    return abs(pair[0].share - pair[1].share)
