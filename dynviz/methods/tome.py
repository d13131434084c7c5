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

(inferred) Attention counts sizes, as in their supervised models. For masked autoencoders not trained with merging they leave that out.

Knob: The share $m$ of the tokens present that is merged away in each layer: $r = \lfloor m n \rfloor$, at most $(n - 1) / 2$. Larger
merges more, 0 merges nothing. Which tokens merge depends on the sentence; how many depends on its length alone. Each setting is a run
of its own, because later keys depend on earlier merges.

Training: None; it shares the plain model's weights.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.method import Asked, Deviation, Knob, Knobs, Moment, Plan, Published, Reading, View
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind
from dynviz.records.layout import ints


class ToMe(TokenDropper):
    """The plain model; tokens alike become one."""

    title: ClassVar[str] = "ToMe's rule, on text"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "after Bolya et al., ICLR 2023"
    stops: ClassVar[str] = "tokens are merged"
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
        matched = plan.attending & (to_merge(plan, sentences, knobs) > 0)[sentences.owner]
        return {"similarity": matched, "partner": matched}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "after":
            return super().read(moment, layer, asked, view)
        likeness, partner = np.full((2, len(asked["similarity"])), np.nan)
        for sentence, places, keys in view.keys:
            start = view.sentences.starts[sentence]
            if asked["similarity"][start]:
                order = places_in_order(view, sentence, places.numpy())
                found, best = matched(keys.mean(0).index_select(0, torch.from_numpy(np.searchsorted(places.numpy(), order))))
                likeness[order[2::2]], partner[order[2::2]] = found.double().numpy(), order[1::2][best.numpy()] - start
        return {name: torch.from_numpy(v[asked[name]]) for name, v in (("similarity", likeness), ("partner", partner))}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment != "between" or not (many := to_merge(plan, sentences, knobs)).any():
            return plan
        likeness = readings["similarity"][layer]
        pairs = np.flatnonzero(plan.attending & ~np.isnan(likeness))
        pairs = pairs[np.lexsort((-likeness[pairs], sentences.owner[pairs]))]  # stable
        owner = sentences.owner[pairs]
        alike = pairs[np.arange(len(pairs)) - np.searchsorted(owner, owner) < many[owner]]
        into = np.arange(len(likeness))
        into[alike] = sentences.starts[sentences.owner[alike]] + readings["partner"][layer, alike].astype(np.int64)
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
    return ints(np.minimum((knobs["share"] * present + 1e-9).astype(np.int64), np.maximum(present - 1, 0) // 2))


def matched(keys: Tensor) -> tuple[Tensor, Tensor]:
    """(n,) each token of A but [CLS], its largest cosine with one of B, and which; keys (N, d) in order, A and B by turns, [CLS] first."""
    unit = F.normalize(keys, dim=-1)
    return (unit[2::2] @ unit[1::2].T).max(-1)


def places_in_order(view: View, sentence: int, places: Ints) -> Ints:
    """The tokens present in the order in which the authors' code goes on: at first as they stand; once some were merged, what is left of
    A, then B."""
    order: Ints = view.memory.get(f"order {sentence}", places)
    if len(order) > len(places):
        order = np.concatenate([order[::2], order[1::2]])
        order = order[view.plan.visible[order]]
    view.memory[f"order {sentence}"] = order
    return order
