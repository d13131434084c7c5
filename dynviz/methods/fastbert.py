r"""Small students learn to say at each layer what the finished model will say; the sentence leaves once one of them is sure.

Source: Liu, Zhou, Wang, Zhao, Deng, Ju, FastBERT: a Self-distilling BERT with Adaptive Inference Time, ACL 2020. Code:
autoliuweijie/FastBERT.

Rule: After each layer but the last a student reads all tokens $h_t$ of the sentence. It narrows them to $u_t = \tanh(A h_t)$, lets two
heads of self-attention look over them, and makes the logits $z_i$ from the first token by a linear layer, tanh and a linear layer.

The sentence exits after layer $i$ when the entropy of $p_i = \text{softmax}(z_i)$, divided by $\ln C$, is at most the knob.

(inferred) With pooling "mean" a student takes the mean over the sentence's tokens where the authors take the first one. What follows is
linear up to the next tanh, so only the mean is computed further.

Knob: The paper's Speed, in truth a bound on the uncertainty. Larger stops earlier, 1 after layer 1. The paper exits below it; the
authors' research code also at it, and so do we. It is off at -1, as a probability of exactly 1 leaves an uncertainty of 0.

Training: The encoder and the teacher, which is the classifier of the last layer, are tuned first and then fixed. The students learn from
the teacher alone, without labels: $\sum_{i < L} \text{KL}(p_L \,\|\, p_i)$, mean over sentences, where $p_L$ is what the teacher says.
Where the teacher is wrong, they learn to be. As in the authors' code, dropout stays on in the frozen encoder. The students attend, so
they are not free: at MiniLM's width one costs 6 % of a layer.

(inferred) Our teacher is the plain model's own head. With teacher "student" it has the students' shape, as in the authors' code; that is
there for parity, and our recipe does not train it. We train one epoch at 0.001, where the authors take 5 to 10 at 0.0002.
"""

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.errors import InputError
from dynviz.methods._ramps import Ramps, uncertainty
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Kind

ATTENTION_HEADS = 2


class Student(nn.Module):
    """A classifier that attends over the visible tokens of a sentence. inner: its width."""

    def __init__(self, width: int, inner: int, classes: int, pooling: Pooling) -> None:
        super().__init__()
        self.pooling = pooling
        self.entry = nn.Linear(width, inner)
        self.query, self.key, self.value, self.mix, self.hidden = (nn.Linear(inner, inner) for _ in range(5))
        self.out = nn.Linear(inner, classes)

    def forward(self, tokens: Tensor, lengths: Ints) -> Tensor:
        """(N, D) tokens of sentences that lie one after the other, lengths (S,) -> (S, C) logits. Nothing is padded."""
        u = torch.tanh(self.entry(tokens))
        starts = np.cumsum(lengths) - lengths
        q = self.query(u[torch.from_numpy(starts)] if self.pooling == "cls" else u)
        k, v = self.key(u), self.value(u)
        alike = [np.flatnonzero(lengths == n) for n in np.unique(lengths)]
        context = torch.cat([self._attend(q, k, v, which, starts[which][:, None] + np.arange(lengths[which[0]])) for which in alike])
        back = torch.from_numpy(np.argsort(np.concatenate(alike)))
        logits: Tensor = self.out(torch.tanh(self.hidden(self.mix(context[back]))))
        return logits

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, which: Ints, at: Ints) -> Tensor:
        """(s, W) the context of the sentences `which`, all of one length n, whose tokens lie `at` (s, n)."""
        asking, seen = torch.from_numpy(which[:, None] if self.pooling == "cls" else at), torch.from_numpy(at)
        q, k, v = (x.reshape(*x.shape[:2], ATTENTION_HEADS, -1).transpose(1, 2) for x in (q[asking], k[seen], v[seen]))
        weights = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1)  # (s, H, asking, n)
        return (weights.mean(-2, keepdim=True) @ v).flatten(1)

    def flops(self, tokens: Ints) -> Ints:
        """(S,) FLOPs for sentences of so many visible tokens."""
        inner, asking = self.key.out_features, np.ones_like(tokens) if self.pooling == "cls" else tokens
        linear = tokens * self.entry.weight.numel() + (asking + 2 * tokens + 2) * inner**2 + self.out.weight.numel()
        total: Ints = 2 * (linear + (asking + 1) * tokens * inner)
        return total


class FastBert(Ramps):
    """Students on a frozen, tuned model. width: theirs; teacher: the plain model's head, or one of the students' shape."""

    title: ClassVar[str] = "FastBERT"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "Liu et al., ACL 2020"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    readings: ClassVar[tuple[Reading, ...]] = (Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", side="at most"),)
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob(
            "speed",
            "exit at or below uncertainty",
            0.0,
            1.0,
            0.001,
            0.3,
            -1.0,
            "up",
            "0: only where nothing is left open; 1: one layer",
        ),
    )
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("distil", "heads", epochs=1, head_lr=1e-3),)
    published: ClassVar[tuple[Published, ...]] = tuple(
        Published(data, backbone, f"{score} accuracy", f"{cost} MFLOPs", "the authors' README")
        for data, backbone, score, cost in (
            ("AG News test, without exits", "BERT-base", "94.47", "21,785"),
            ("AG News test, Speed 0.5", "BERT-base", "93.14", "2,108"),
            ("Book review test, without exits", "Chinese BERT-base", "86.88", "21,785"),
            ("Book review test, Speed 0.5", "Chinese BERT-base", "86.64", "5,171"),
        )
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The research code exits at or below the knob, the authors' package and the paper below it.",
            "At or below; off is -1.",
            "The research code gave the published numbers. At -1 not even a probability of exactly 1 exits.",
        ),
        Deviation(
            "The teacher is a classifier of the students' shape.",
            "The plain model's own head.",
            "At full depth it is the plain model then, and no other classifier has to be tuned.",
        ),
        Deviation(
            'The pooling "mean" averages over a vector\'s components, not over tokens.',
            "It averages over the sentence's tokens.",
            "A vector without its components cannot be classified; the authors themselves use the first token.",
        ),
        Deviation(
            "The weight decay is given under a name that the optimizer does not read, so there is none.",
            "0.01, as in the rest of our training.",
            "It is what they wrote.",
        ),
        Deviation(
            "Dropout of 0.1 on the students' attention weights in training.",
            "None there; that of the frozen encoder stays on.",
            "The students are small beside their data.",
        ),
        Deviation(
            "FLOPs are counted on sentences of a fixed length, padding included.",
            "On the sentence's own tokens.",
            "Padding is never computed here, so nothing is gained by leaving it out.",
        ),
        Deviation(
            "The encoder's LayerNorm divides by the unbiased deviation.",
            "By the biased one, as in BERT.",
            "The plain model is an ordinary BERT.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, width: int = 128, teacher: Literal["plain", "student"] = "plain"
    ) -> None:
        super().__init__(shape, pooling, hidden)
        if width < ATTENTION_HEADS or width % ATTENTION_HEADS:
            raise InputError(f"Students cannot be {width} wide", f"they attend with {ATTENTION_HEADS} heads", "Give an even width")
        taught = self.layers_read() if teacher == "student" else self.layers_read()[:-1]
        self.students = nn.ModuleDict({str(i): Student(shape.widths[0], width, shape.classes, pooling) for i in taught})
        for i in taught:
            del self.heads[str(i)]

    def student(self, layer: int) -> Student | None:
        """The student after this layer; none where the plain model's head answers."""
        found = dict(self.students.items()).get(str(layer))
        assert found is None or isinstance(found, Student)
        return found

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        student = self.student(layer)
        if student is None:
            return super().read(moment, layer, asked, view)
        seen = view.plan.visible & asked["probs"][view.sentences.owner]
        lengths = view.sentences.count(seen)[asked["probs"]]
        probs = student(view.of(seen), lengths).softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["uncertainty"][layer] <= knobs["speed"]), sentences)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        student = self.student(layer)
        return super().flops(moment, layer, asked) if student is None else asked.units["probs"] * student.flops(asked.visible)

    def plain_head(self, sentences: Sentences) -> Ints:
        student = self.student(self.shape.layers)
        return super().plain_head(sentences) if student is None else student.flops(sentences.lengths)

    def logits(self, batch: Batch, states: list[Tensor], layer: int) -> Tensor:
        student = self.student(layer)
        if student is None:
            return super().logits(batch, states, layer)
        out: Tensor = student(states[layer][batch.real], batch.real.sum(1).cpu().numpy())
        return out.float()

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        with torch.no_grad():
            states = batch.encoders[0].padded(batch.ids, batch.real, batch.types)
            teacher = self.logits(batch, states, self.shape.layers).softmax(-1)
        students = [self.logits(batch, states, i).log_softmax(-1) for i in range(1, self.shape.layers)]
        return torch.stack([F.kl_div(z, teacher, reduction="batchmean") for z in students]).sum()
