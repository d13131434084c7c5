r"""Each word stops once a measure of confidence is high enough; the threshold can be calibrated to keep a promise.

Source: Schuster, Fisch, Gupta, Dehghani, Bahri, Tran, Tay, Metzler, Confident Adaptive Language Modeling, NeurIPS 2022, made for the
decoder of T5, one generated token after the other. Code: t5x and flaxformer of google-research.

Rule: (inferred) Here it stands on a tagger, and the unit is a word of the text. After layer $i$ a word halts when its confidence $c_i$ is
at least the knob, and takes that layer's tag.

There are three measures of confidence, chosen by an option. "softmax": $c_i = p_1 - p_2$, the lead of the likeliest tag over the next.
"state": $c_i = \cos(h_i, h_{i-1})$, the cosine of the word's states after this layer and the one before, held to be 0 after the first.
"classifier": $c_i = \sigma(M h_i)$, with $\sigma$ the sigmoid and one linear layer $M$ for all layers, trained to tell whether layer
$i$'s tag is the last layer's.

Only the measure chosen is computed and paid for: under the last two the tag classifier is asked once a word, where it halts. Halting is
TOKEE's (see there): the state is copied up, keys and values are still computed, and [CLS] and [SEP] run as long as any word does.

Knob: The confidence at which a word halts. Larger stops later, above 1 nothing stops. Each setting is a run of its own, because a halted
word changes what the others see.

The paper chooses it by Learn-then-Test, from safe to bold, so that the early answers differ from full depth's in at most a given share of
cases; the module dynviz.measure.risk does so here.

Training: All layers' cross-entropies are summed, layer $i$ with weight $i / \sum_j j$. Then, for "classifier" only, everything else is
frozen and $M$ is trained by binary cross-entropy on $\mathbf{1}[\argmax p_i = \argmax p_L]$. In each layer the two labels are balanced,
and the mean is over all layers but the last.

On a tagger of others nothing is trained: the measure is "state", and the tagger's own classifier, made for the last layer, reads the state
with which a word halts.

The bundled checkpoints stand on TOKEE's tagger, which has had the first stage and has also seen halted words in its second.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.errors import InputError
from dynviz.methods._halting import WordHalting, freeze_words, waiting
from dynviz.records import Bools, Floats, Ints, Sentences, Unit
from dynviz.records.card import Kind

Measure = Literal["softmax", "state", "classifier"]
_T5 = "T5 1.1, 8 decoder layers"
_DIGEST = "a public digest of Schuster et al., NeurIPS 2022"


class Calm(WordHalting):
    """A tag classifier after every layer, and words that halt by confidence. measure: what confidence is taken to be."""

    title: ClassVar[str] = "CALM"
    kind: ClassVar[Kind] = "depth"
    venue: ClassVar[str] = "Schuster et al., NeurIPS 2022"
    serves: ClassVar[tuple[Unit, ...]] = ("token",)
    untrained: ClassVar[Mapping[str, Any] | None] = {"measure": "state"}
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (Reading("confidence", "answer", "measure of confidence", side="at least"),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("confidence", "a word halts at confidence", 0.0, 1.0, 0.005, 0.9, 2.0, "down", "0: one layer; above 1: all layers"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (
        0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.725, 0.75, 0.775, 0.8, 0.825, 0.835, 0.85, 0.875, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99,
        0.995, 0.999,
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("joint", "all", epochs=3, lr=1e-4),
        Phase("consistency", "heads", epochs=1, head_lr=5e-3),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published("three text generation tasks", _T5, "within the tolerated loss", "up to 3x faster", "the paper's abstract"),
        Published("CNN/DM", _T5, "38.24 ROUGE-L (38.32 without exits), by an oracle", "1.53 layers a token", _DIGEST),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "A decoder: each token is generated, and exits, after the ones before it.",
            "A tagger: all words of a text go up together, each as far as it needs.",
            "The models here are encoders.",
        ),
        Deviation(
            "The state after the layer is copied up.",
            "The sum before the layer's last LayerNorm is copied, and each later layer applies its own norm.",
            "That is what the tagger's weights, TOKEE's, were trained with.",
        ),
        Deviation(
            "The threshold decays with the position in the text.",
            "One threshold for all words.",
            "An early mistake does not spoil what is generated later: nothing is.",
        ),
        Deviation(
            "By default, the code's softmax measure is the probability of the likeliest token.",
            "The lead over the next.",
            "It is the paper's.",
        ),
        Deviation(
            "In the code, a batch exits when its least confident member may.",
            "Each word exits alone.",
            "A word must not wait for its neighbours.",
        ),
    )

    def __init__(self, shape: Shape, pooling: Pooling = "cls", hidden: bool = True, measure: Measure = "classifier") -> None:
        super().__init__(shape, pooling, hidden)
        self.measure = measure
        self.consistency = nn.Linear(shape.widths[0], 1) if measure == "classifier" else None

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """The tag classifiers are frozen while the consistency classifier learns."""
        return dict.fromkeys(self.heads.parameters(), 0.0) if phase.name == "consistency" else {}

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        words = sentences.leads & plan.live[sentences.owner]
        if moment == "before":  # those that halted after the layer below, and whose tag was not part of the measure
            return {"probs": words & ~plan.attending & np.isnan(readings["probs"][..., 0]).all(0)}
        running = words & plan.attending
        if layer == self.shape.layers:
            return {"probs": running}
        return {"probs": running, "confidence": running} if self.measure == "softmax" else {"confidence": running}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        out: dict[str, Tensor] = {}
        if "probs" in asked:
            out["probs"] = self.head(tagged(moment, layer))(self.vectors(asked["probs"], view)).softmax(-1)
        if "confidence" not in asked:
            return out
        if self.measure == "softmax":
            best = out["probs"].topk(2, dim=-1).values
            return {**out, "confidence": best[:, 0] - best[:, 1]}
        states = self.vectors(asked["confidence"], view)
        if self.consistency is not None:
            return {"confidence": self.consistency(states)[:, 0].sigmoid()}
        before = view.memory.get("before")
        view.memory["before"] = view.states.clone()
        if before is None:
            return {"confidence": states.new_zeros(len(states))}
        rows = torch.from_numpy(np.flatnonzero(asked["confidence"]))
        return {"confidence": F.cosine_similarity(states, before[rows], dim=-1)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment == "before":
            halted = sentences.any(plan.visible & ~plan.attending)
            return plan.stop(plan.live & halted & ~waiting(sentences, plan), sentences)
        return freeze_words(np.flatnonzero(readings["confidence"][layer] >= knobs["confidence"]), sentences, plan)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        spent = np.zeros_like(asked.visible)
        if "probs" in asked.units:
            spent = spent + asked.units["probs"] * self.head(tagged(moment, layer)).flops
        if "confidence" in asked.units and self.consistency is not None:
            spent = spent + asked.units["confidence"] * 2 * self.shape.widths[0]
        return spent

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        if phase.name != "consistency":
            return self.joint_loss(batch, batch.encoders[0].padded(batch.ids, batch.real, batch.types))
        if self.consistency is None:
            raise InputError(f"The measure {self.measure!r} has nothing to train", "it has no parameters", "Use the measure 'classifier'")
        with torch.no_grad():
            states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
            tags = [self.logits(batch, states, i).argmax(-1) for i in self.layers_read()]
        words = batch.labels >= 0
        return torch.stack(
            [
                balanced(self.consistency(states[i])[..., 0].float()[words], (tags[i - 1] == tags[-1])[words])
                for i in range(1, self.shape.layers)
            ]
        ).mean()


def tagged(moment: Moment, layer: int) -> int:
    """The layer whose tag classifier is asked at a moment: before a layer, the one below it."""
    return layer - 1 if moment == "before" else layer


def balanced(logits: Tensor, agrees: Tensor) -> Tensor:
    """Mean binary cross-entropy (n,) -> (), each label weighted by the share of the other one."""
    target = agrees.float()
    share = target.mean()
    return F.binary_cross_entropy_with_logits(logits, target, torch.where(agrees, 1 - share, share))
