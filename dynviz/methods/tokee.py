r"""Each word stops at its own layer: once it is sure its state is copied upward, still seen by the others.

Source: Li, Shao, Sun, Yan, Qiu, Huang, Accelerating BERT Inference for Sequence Labeling via Early-Exit, ACL 2021. Code:
LeeSureman/Sequence-Labeling-Early-Exit.

Rule: A tag classifier after every layer $i$ reads the first piece of each word $j$; the uncertainty $u_{ij}$ is the entropy of its tag
probabilities, divided by $\ln C$. A word without a label takes the layer's tag when $\max_k u_{ik} < \delta$ over the words $k$ in a
window around it; then all its pieces halt.

Halt-and-copy: the state copied up is the one before the layer's last LayerNorm. Each later layer applies its own norm to it, and its keys
and values are still computed and paid for. [CLS] and [SEP] halt only with the sentence: when every word has its label.

Knob: The threshold $\delta$. Larger stops earlier, 0 never stops. Each setting is a run of its own, because a halted word changes what
the others see.

A second knob is the width of the window, odd; larger stops later.

Training: In two stages. The first takes all layers' cross-entropies, weighted by layer: $\sum_i i\,\text{CE}_i / \sum_i i$.

The second is self-sampling. For each sentence a threshold and a window are drawn (a fifth of the sentences at the boldest setting, two
fifths without exits), and the rule is run on the uncertainties of a pass without exits. The losses are taken of a pass that halts the
words there, each layer only on words not yet halted.

(inferred) The authors take the uncertainties from the stored model of the first stage and double the threshold above the middle layer; we
take them from the model as it stands, and use one threshold throughout. The classifiers are single linear layers: one with a hidden layer
would cost a twelfth of an encoder layer for each word it reads.

Measured on UD English EWT, test: full depth 0.966; at a mean of 2.0 of 6 layers 0.962, where the model cut at two layers has 0.956.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Published
from dynviz.methods._halting import WordHalting, halt_words
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind

THRESHOLDS = (0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25)
WINDOWS = (1, 3, 5)


class Tokee(WordHalting):
    """A tag classifier after every layer, and words that halt one by one."""

    title: ClassVar[str] = "TOKEE"
    kind: ClassVar[Kind] = "depth"
    venue: ClassVar[str] = "Li et al., ACL 2021"
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("delta", "a word halts below uncertainty", 0.0, 0.6, 0.01, 0.1, 0.0, "up", "0: all layers, always"),
        Knob("window", "words around it that must be sure too", 1, 9, 2, 1, 1, "down", "1: the word alone; 3: its neighbours too"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (
        0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.24, 0.28, 0.32, 0.36, 0.4, 0.5, 0.6,
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("joint", "all", epochs=3, lr=1e-4),
        Phase("self-sampling", "all", epochs=2, lr=5e-5, head_lr=3e-4),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "tagging, named entities, word segmentation", "BERT", '"minimal" loss', "66-75 % of the inference cost saved",
            "Li et al., ACL 2021, abstract, of both rules together",
        ),
        Published(
            "tagging, named entities, word segmentation", "BERT", "better than DistilBERT at equal speed", "2x, 3x and 4x faster",
            "Li et al., ACL 2021, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "Above the middle layer the threshold doubles, up to a cap, and a second one for the word alone may be set.",
            "One threshold at all layers.",
            "The knob should mean the same wherever a word halts.",
        ),
        Deviation(
            "Self-sampling takes the uncertainties from the stored model of the first stage.",
            "It takes them from the model as it stands.",
            "Those are the ones it will have in use, and nothing has to be stored.",
        ),
        Deviation(
            "In the second stage each layer's loss is kept from falling below its level of the first stage.",
            "It is left to fall.",
            "That is one number more per layer to be tuned, for two epochs.",
        ),
        Deviation(
            "The hook that counts FLOPs charges the attention products for one head only.",
            "All heads are counted, and every classifier.",
            "The count must be of what is computed.",
        ),
    )

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        words = sentences.leads & plan.live[sentences.owner]
        if knobs["window"] <= 1:  # a halted word's reading matters only to its neighbours
            words = words & plan.attending
        return {"probs": words, "uncertainty": words}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        leads = np.flatnonzero(sentences.leads)
        if not len(leads):
            return plan.stop(plan.live, sentences) if layer == self.shape.layers else plan
        worst = window_max(readings["uncertainty"][layer, leads], sentences.owner[leads], int(knobs["window"]))
        return halt_words(leads[worst < knobs["delta"]], sentences, plan)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        encoder = batch.encoders[0]
        if phase.name == "joint":
            return self.joint_loss(batch, encoder.padded(batch.ids, batch.real, batch.types))
        with torch.no_grad():
            states = encoder.padded(batch.ids, batch.real, batch.types)
            unsure = torch.stack([uncertainty(self.logits(batch, states, i).softmax(-1)) for i in self.layers_read()])
        exits = sampled_exits(unsure.cpu(), batch.labels.cpu(), torch.default_generator)
        return self._halting_loss(batch, exits.to(batch.ids.device))

    def _halting_loss(self, batch: Batch, exits: Tensor) -> Tensor:
        """Weighted cross-entropies of a pass in which each piece halts after layer `exits` (B, T)."""
        encoder, bias = batch.encoders[0], hidden_keys(batch.real)
        state = encoder.embed(batch.ids, batch.positions, batch.types)
        kept = state
        losses = []
        for i, layer in enumerate(encoder.layers, start=1):
            context, _ = layer.attend_padded(state, bias, weights=False)
            kept = torch.where((exits >= i)[..., None], layer.sums(layer.attended(state, context)), kept)
            state = layer.norm(kept)
            labels = batch.labels.masked_fill(exits < i, -100)
            if bool((labels >= 0).any()):
                losses.append(i * cross_entropy(self.head(i)(state).float(), labels))
        return torch.stack(losses).sum() / sum(range(1, len(encoder.layers) + 1))


def window_max(values: Floats, owner: Ints, window: int) -> Floats:
    """(W,) largest value among the `window` words around each, within its sentence; unread words (NaN) count as 0."""
    seen = np.where(np.isnan(values), 0.0, values)
    out = np.where(np.isnan(values), np.inf, values)
    for shift in range(1, (window - 1) // 2 + 1):
        same = owner[shift:] == owner[:-shift]
        out[shift:] = np.where(same, np.maximum(out[shift:], seen[:-shift]), out[shift:])
        out[:-shift] = np.where(same, np.maximum(out[:-shift], seen[shift:]), out[:-shift])
    return out


def sampled_exits(unsure: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """(B, T) layer after which each piece halts, from uncertainties (L, B, T), by a threshold and window drawn per sentence.

    Pieces without a label follow the word before them; special tokens, and everything in sentences drawn without exits,
    go through all layers.
    """
    layers, sentences, _ = unsure.shape
    words = labels >= 0
    draw = torch.rand(sentences, generator=generator)
    delta = torch.tensor(THRESHOLDS)[torch.randint(len(THRESHOLDS), (sentences,), generator=generator)]
    window = torch.tensor(WINDOWS)[torch.randint(len(WINDOWS), (sentences,), generator=generator)]
    bold = draw < 0.2
    delta, window = torch.where(bold, THRESHOLDS[-1], delta), torch.where(bold, 1, window)
    delta = torch.where(draw > 0.6, -1.0, delta)
    exits = torch.full(labels.shape, layers)
    for b in range(sentences):
        at = words[b].nonzero()[:, 0]
        if not len(at):
            continue
        half = int(window[b]) // 2
        worst = torch.nn.functional.max_pool1d(unsure[:, b, at][:, None], 2 * half + 1, 1, half)[:, 0]
        sure = torch.cat([worst[:-1] < delta[b], torch.ones(1, len(at), dtype=torch.bool)])
        halted = sure.int().argmax(0) + 1
        spans = torch.bincount(torch.cumsum(words[b], 0)[at[0] : at[-1] + 1] - 1)
        exits[b, at[0] : at[-1] + 1] = halted.repeat_interleave(spans)
    return exits
