"""Do similar sentences leave at similar layers? RAEE's rule, as a question that is asked of a model with exits, and no method to run.

RAEE (Huang et al., "RAEE: A Robust Retrieval-Augmented Early Exit Framework for Efficient Inference", ICLR 2026, arXiv 2405.15198; code:
HugeRaabbit/RAEE) asks a store of other sentences, before the model runs, after which layer to stop: the nearest dozen vote for the layers
at which their own answer was right and sure. Theirs is zero-shot, with label words; ours has classifiers that were trained at every layer.

It is not among the methods because there is nothing to recommend, and nothing honest to ship. A key from an encoder of its own costs as
much as the model, so that only the mean of the embeddings can pay. A store of training sentences, of which nearly all are right at some
layer, promises more than it holds; of held-out rows there are those of the calibration split alone, on which settings are chosen. And a
store that shows its neighbours is a copy of somebody's texts. So the calibration split is the store here, the evaluation split asks, and
nothing is stored: `python -m dynviz neighbours`.
"""

from dataclasses import dataclass

import numpy as np
import torch

from dynviz.core.encoder import Encoder
from dynviz.data.pieces import Pieces
from dynviz.records import Floats, Ints, Recorded
from dynviz.records.redraw import bootstraps

NEAREST, SURE, FALLBACK = 12, 0.9, 3  # neighbours; the least probability with which a layer votes; layers that do where none is so sure


@dataclass(frozen=True)
class Asked:
    """What came of it. stored: sentences in the store, never: the share of them that no layer gets right. asked: sentences; depth: their
    mean exit; accuracy: by the layer that was foretold. fixed: the one layer nearest to that depth, and its accuracy for all; gain: of
    the neighbours over it, with its 95 % interval."""

    stored: int
    never: float
    asked: int
    depth: float
    accuracy: float
    fixed: int
    fixed_accuracy: float
    gain: tuple[float, float, float]


def asked(store: tuple[Floats, Recorded], questions: tuple[Floats, Recorded]) -> Asked:
    """Keys (S, D) and readings of both."""
    table, answers = right_by_layer(store[1]), right_by_layer(questions[1]) > 0
    exits = foretold(store[0], questions[0], votes_of(table))
    here = answers[np.arange(len(answers)), exits - 1]
    fixed = int(np.clip(np.floor(exits.mean() + 0.5), 1, answers.shape[1]))
    gain = here.astype(np.int64) - answers[:, fixed - 1]
    mean, low, high = (float(x) for x in bootstraps(gain[None], np.arange(len(gain)), len(gain))[0])
    return Asked(
        len(table), float((table.max(1) == 0).mean()), len(answers), float(exits.mean()), float(here.mean()), fixed,
        float(answers[:, fixed - 1].mean()), (mean, low, high),
    )  # fmt: skip


def keys(encoder: Encoder, pieces: Pieces) -> Floats:
    """(S, D) the mean of each sentence's embeddings: what is known before the first layer."""
    layout = pieces.sentences
    places = np.arange(len(pieces.ids)) - layout.starts[layout.owner]
    with torch.inference_mode():
        states = encoder.embed(torch.from_numpy(pieces.ids), torch.from_numpy(places)).double().numpy()
    return np.asarray(np.add.reduceat(states, layout.starts, axis=0) / layout.lengths[:, None])


def answering(recorded: Recorded) -> int:
    """After how many layers an answer was read."""
    return int((~np.isnan(recorded.run.probs)).any((1, 2)).sum())


def right_by_layer(recorded: Recorded) -> Floats:
    """(S, L) the probability of the right answer where a layer gives it, else 0."""
    probs, labels = recorded.run.probs[1:], recorded.rows.labels
    sure = probs[:, np.arange(len(labels)), labels]
    return np.where(np.nan_to_num(probs, nan=-1).argmax(-1) == labels, sure, 0.0).T


def votes_of(table: Floats) -> Floats:
    """(S, L) what each stored sentence gives to each layer: its probability where that is at least `SURE`; where none is, the `FALLBACK`
    largest; nothing where no layer is right."""
    kept = np.where(table >= SURE, table, 0.0)
    unsure = kept.max(1) == 0
    order = np.argsort(-table[unsure], axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    kept[unsure] = np.where(rank < FALLBACK, table[unsure], 0.0)
    return kept


def foretold(store: Floats, questions: Floats, votes: Floats) -> Ints:
    """(Q,) layers, from 1, for keys (Q, D): the one with most votes, a neighbour's weighing the less the further it is, by squared
    distance; the earliest of equals, the last where nobody votes."""
    distance = (questions**2).sum(1)[:, None] + (store**2).sum(1) - 2 * questions @ store.T
    distance = np.maximum(distance, 1e-9)  # a sentence that is stored itself
    near = np.argsort(distance, axis=1, kind="stable")[:, :NEAREST]
    own = np.take_along_axis(distance, near, 1)
    total = ((own[:, :1] / own)[..., None] * votes[near]).sum(1)
    return np.asarray(np.where(total.max(1) > 0, total.argmax(1) + 1, votes.shape[1]))
