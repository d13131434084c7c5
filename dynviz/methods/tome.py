r"""The tokens most alike are averaged into one, a share of them in each layer; nothing is thrown away and nothing was trained.

Source: Bolya, Fu, Dai, Zhang, Feichtenhofer, Hoffman, Token Merging: Your ViT But Faster, ICLR 2023. Code: facebookresearch/ToMe. Their
models see images; this is their rule on text.

Rule: Between the attention and the feed-forward block of layer $l$ the $n$ tokens present are parted, every other one, into $A$ and $B$.
Each token of $A$ has one best partner in $B$: the one whose key, the mean over heads, has the largest cosine with its own. Of these
pairs the $r$ most alike become one token each; what goes to the same partner joins it together.

The new token is the mean weighted by size $s$, the number of pieces each held before. In later layers a key counts as what it holds:
attention is the softmax of $q k^T / \sqrt{d} + \log s$. [CLS] stands in $A$ and is never merged, and no token into it.

The classifier reads the mean over the tokens left, weighted by size, so that every piece of the sentence counts once: so their code has
it where a model reads a mean.

(inferred) A tagger answers for every word: one whose first piece was merged away is told from the state of the token that holds it.

(inferred) Attention counts sizes, as in their supervised models. For masked autoencoders not trained with merging they leave that out.

Knob: The share $m$ of the tokens present that is merged away in each layer: $r = \lfloor m n \rfloor$, at most $(n - 1) / 2$. Larger
merges more, 0 merges nothing. Which tokens merge depends on the sentence; how many depends on its length alone. Each setting is a run
of its own, because later keys depend on earlier merges.

Training: None; it shares the plain model's weights.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from dynviz.core.method import Asked, Deviation, Knob, Knobs, Moment, Plan, Published, Reading, View
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Kind


class ToMe(TokenDropper):
    """The plain model; tokens alike become one."""

    title: ClassVar[str] = "ToMe's rule, on text"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "after Bolya et al., ICLR 2023"
    stops: ClassVar[str] = "tokens are merged"
    serves: ClassVar[tuple[Unit, ...]] = ("sentence", "token")
    untrained: ClassVar[Mapping[str, Any] | None] = {}
    moments: ClassVar[frozenset[Moment]] = frozenset({"between", "after"})
    needs_keys: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("similarity", "token", "likeness to the best partner (cosine of keys)"),
        Reading("partner", "token", "place of its best partner", compared=False),
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", compared=False),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("share", "share of tokens merged per layer", 0.0, 0.5, 0.01, 0.1, 0.0, "up", "0 merges nothing; 0.5 halves them each time"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.18, 0.21, 0.25, 0.3, 0.35, 0.4, 0.5)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "ImageNet-1k", "ViT-L (512) and ViT-H (518 pixels)", "0.2 to 0.3 points lost", "2x the images a second",
            "Bolya et al., ICLR 2023, abstract",
        ),
        Published("ImageNet-1k", "ViT-B/16", "84.6 to 82.6 points", "1.65x the images a second", "facebookresearch/ToMe, README"),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Images; every one has the same number of tokens, and a fixed number of them is merged in each layer.",
            "Texts; a share of the tokens present is merged.",
            "A number that suits a long text would empty a short one.",
        ),
        Deviation(
            "Blocks normalise first; tokens are merged on the residual stream.",
            "Blocks normalise last, as BERT's do; tokens are merged after the attention's residual sum and LayerNorm.",
            "That is the state which the feed-forward block is given.",
        ),
    )

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment != "between":
            return self.answer_asks(moment, layer, plan, sentences)
        some = to_merge(plan, sentences, knobs) > 0
        matched = plan.attending if some.all() else plan.attending & some[sentences.owner]
        return {"similarity": matched, "partner": matched}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        assert view.keys is not None
        (places, keys), compared, owners = view.keys, asked["similarity"], view.sentences.owner
        order = in_order(view, places)
        order = order if len(order) == np.count_nonzero(compared) else order[compared[order]]
        vectors = keys.sum(0).numpy()  # only their directions count, and what is this small is quicker in numpy
        if order is not places:
            vectors = vectors[places.searchsorted(order)]
        rank = ranked(owners[order])
        ours = np.flatnonzero((rank > 0) & (rank % 2 == 0))
        found, best = matched(vectors, view.sentences.count(compared))
        theirs = ours - rank[ours] + 1 + 2 * best
        likeness, partner = np.full((2, len(owners)), np.nan)
        likeness[order[ours]], partner[order[ours]] = found, view.sentences.position[order[theirs]]
        return {name: torch.from_numpy(v[compared]) for name, v in (("similarity", likeness), ("partner", partner))}

    def vectors(self, asked: Bools, view: View) -> Tensor:
        """Of a word that was merged away, the state of the token that holds it."""
        into = view.plan.merged_into
        if self.unit == "token" and into is not None:
            return view.states.index_select(0, torch.from_numpy(into[asked]))
        return super().vectors(asked, view)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "between" or not (many := to_merge(plan, sentences, knobs)).any():
            return plan
        likeness = readings["similarity"][layer]
        pairs = np.flatnonzero(~np.isnan(likeness))
        pairs = pairs[np.lexsort((-likeness[pairs], sentences.owner[pairs]))]  # stable
        owner = sentences.owner[pairs]
        alike = pairs[ranked(owner) < many[owner]]
        into = np.arange(len(likeness))
        into[alike] += readings["partner"][layer, alike].astype(np.int64) - sentences.position[alike]
        return plan.merge(into)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "after":
            return self.answer_flops(layer, asked)
        if "similarity" not in asked.units:
            return np.zeros_like(asked.visible)
        width = self.shape.widths[0] // self.shape.heads[0]
        return (asked.units["similarity"] > 0) * 2 * width * ((asked.visible - 1) // 2) * (asked.visible // 2)


def to_merge(plan: Plan, sentences: Sentences, knobs: Knobs) -> Ints:
    """(S,) how many tokens of each sentence are merged away in a layer."""
    present = sentences.count(plan.attending)
    few: Ints = np.minimum((knobs["share"] * present + 1e-9).astype(np.int64), np.maximum(present - 1, 0) // 2)
    return few


def matched(keys: Floats, counts: Ints) -> tuple[Floats, Ints]:
    """(n,) each token of A but [CLS], its largest cosine with one of B in its sentence, and which; keys (N, d) of sentences of so many
    tokens, each in order: A and B by turns, [CLS] first."""
    unit = torch.from_numpy(keys / np.sqrt((keys * keys).sum(-1, keepdims=True)))
    alike = [(part[2::2] @ part[1::2].T).numpy() for part in unit.split_with_sizes(counts[counts > 0].tolist())]
    best = [one.argmax(-1) for one in alike]
    return np.concatenate([one.max(-1) for one in alike]), np.concatenate(best)


def ranked(owners: Ints) -> Ints:
    """(n,) the place of each among those with the same owner; owners rise."""
    return np.asarray(np.arange(len(owners)) - owners.searchsorted(owners))


def in_order(view: View, places: Ints) -> Ints:
    """The tokens present, sentence by sentence, in the order in which the authors' code goes on: at first as they stand; once some were
    merged, what is left of A, then B."""
    order: Ints = view.memory.get("order", places)
    if len(order) > len(places):
        owner = view.sentences.owner[order]
        order = order[np.lexsort((ranked(owner) % 2, owner))]  # stable
        order = order[view.plan.visible[order]]
    view.memory["order"] = order
    return order
