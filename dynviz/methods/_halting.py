"""What methods that halt word by word share: halt-and-copy, TOKEE's way.

A halted word's pieces are no longer computed, but still seen: the state copied up is the one before the layer's last LayerNorm, each
later layer applies its own norm to it, and its keys and values are still computed and paid for. [CLS] and [SEP] never halt alone.
"""

from typing import Any, ClassVar

import numpy as np
import torch

from dynviz.core.method import Plan, Update
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Ints, Sentences, Unit


class WordHalting(Ramps):
    """A tag classifier after every layer, and words that halt one by one."""

    stops: ClassVar[str] = "words halt one by one; their states are copied up"
    serves: ClassVar[tuple[Unit, ...]] = ("token",)

    def carry(self, states: torch.Tensor, update: Update, memory: dict[str, Any]) -> None:
        sums = memory.setdefault("sums", torch.empty_like(states))
        sums.index_copy_(0, update.rows, update.sums)
        states.index_copy_(0, update.rows, update.new)
        states.index_copy_(0, update.frozen, update.norm(sums.index_select(0, update.frozen)))


def freeze_words(leads: Ints, sentences: Sentences, plan: Plan) -> Plan:
    """Freeze all pieces of the words that start at these places."""
    halts = np.zeros(len(sentences.word), bool)
    halts[leads] = True
    first = np.maximum.accumulate(np.where(sentences.leads, np.arange(len(halts)), -1))
    return plan.freeze((sentences.word >= 0) & (first >= 0) & halts[first])


def waiting(sentences: Sentences, plan: Plan) -> Bools:
    """(S,) sentences in which a word still runs."""
    return sentences.any(plan.attending & (sentences.word >= 0))


def halt_words(leads: Ints, sentences: Sentences, plan: Plan) -> Plan:
    """Freeze all pieces of the words that start at these places; stop sentences in which every word has halted."""
    plan = freeze_words(leads, sentences, plan)
    return plan.stop(plan.live & ~waiting(sentences, plan), sentences)
