r"""A gate before each layer says whether the sentence skips it, and a classifier after each layer that ran whether the sentence leaves.

Source: Hu, Zhu, Li, Tang, SmartBERT: A Promotion of Dynamic Early Exiting Mechanism for Accelerating BERT Inference, IJCAI 2023, arXiv
2303.09266. Code: HuBoren99/SmartBert.

Rule: Before layer $i$ a gate reads all tokens $h_t$. It narrows them to $u_t = \tanh(A h_t)$, lets [CLS] look over them by two heads of
attention, and gives $G_i$, the probability to skip, by a linear layer and the sigmoid. At $G_i \ge s$ the sentence passes by the layer
unchanged.

After a layer that ran, a classifier of the same make (four heads, one more linear layer and tanh) gives probabilities. The sentence exits
when their entropy, divided by $\ln C$, is below $\tau$. After the last layer, which has no gate, the plain model's own head answers.

Knob: $\tau$, the uncertainty below which the sentence exits. Larger stops earlier, 0 never stops.

The second knob is $s$, the probability to skip at which a layer is skipped. Smaller skips more, 0.5 is as trained, above 1 nothing is
skipped. A change of it changes all later states.

Training: From the plain model. First the trunk and the gates learn: a layer's output is $(1 - G) f(h) + G h$, with $G$ soft for the first
third and then rounded (straight-through). The loss is $\text{CE} + \lambda / \sum_i G_i$, with weight $1 - \eta_1$, and with $\eta_1$ a
contrast between adjacent layers: the same token is to be more alike than others.

Then trunk and gates are fixed, and the classifiers learn from the labels by the sum of their cross-entropies, with weight $1 - \eta_2$, and
with $\eta_2 / 10$ a contrast of their narrowed tokens.

Trained so on SST-2, few probabilities to skip reach 0.5: what is saved there is saved by leaving, nearly all of it.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.attention import by_head, hidden_keys, packed_attention
from dynviz.core.method import Asked, Batch, Deviation, Knob, Knobs, Moment, Phase, Plan, Pooling, Published, Reading, Shape, View
from dynviz.methods._ramps import cross_entropy, uncertainty
from dynviz.methods._tokens import TokenDropper
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.records.card import Comparison, Kind

WIDTH = 128
SOFT = 1 / 3  # of the first stage: gates are not rounded yet


class Look(nn.Module):
    """[CLS] looks over the narrowed tokens of its sentence: what gates and classifiers are made of. heads: of the attention."""

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.entry = nn.Linear(width, inner)
        self.query, self.key, self.value = (nn.Linear(inner, inner) for _ in range(3))

    def forward(self, tokens: Tensor, lengths: Ints) -> Tensor:
        """(N, D) tokens of sentences that lie one after the other, of these lengths (S,), to (S, inner). Nothing is padded."""
        u = torch.tanh(self.entry.forward(tokens))
        first = u[:1] if len(lengths) == 1 else u.index_select(0, torch.from_numpy(np.cumsum(lengths) - lengths))
        q, k, v = (by_head(f.forward(x), self.heads) for f, x in ((self.query, first), (self.key, u), (self.value, u)))
        return packed_attention(q, k, v, [(1, n) for n in lengths.tolist()])[0]

    def padded(self, states: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """For training: (B, T, D) -> what [CLS] saw (B, inner), and the narrowed tokens (B, T, inner)."""
        u = torch.tanh(self.entry(states))
        given = (self.query, u[:, :1]), (self.key, u), (self.value, u)
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f, x in given)
        logits = (q @ k.transpose(-1, -2)).float() / math.sqrt(q.shape[-1])
        weights = logits.masked_fill(~real[:, None, None], -torch.inf).softmax(-1).to(v.dtype)
        return (weights @ v).transpose(1, 2).flatten(1), u

    def flops(self, tokens: Ints) -> Ints:
        """(S,) FLOPs for sentences of so many tokens."""
        width, inner = self.entry.in_features, self.entry.out_features
        return 2 * inner * (tokens * (width + 2 * inner + 2) + inner)


class Gate(nn.Module):
    """The probability that a sentence skips the layer before which it stands."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.look = Look(width, inner, heads=2)
        self.out = nn.Linear(inner, 1)
        nn.init.constant_(self.out.bias, -1.0)

    def flops(self, tokens: Ints) -> Ints:
        """(S,) FLOPs for sentences of so many tokens."""
        return self.look.flops(tokens) + 2 * self.out.weight.numel()


class Exit(nn.Module):
    """The classifier after a layer."""

    def __init__(self, width: int, inner: int, classes: int) -> None:
        super().__init__()
        self.look = Look(width, inner, heads=4)
        self.hidden, self.out = nn.Linear(inner, inner), nn.Linear(inner, classes)

    def logits(self, seen: Tensor) -> Tensor:
        """(S, inner) -> (S, C)."""
        out: Tensor = self.out(torch.tanh(self.hidden(seen)))
        return out

    def flops(self, tokens: Ints) -> Ints:
        """(S,) FLOPs for sentences of so many tokens."""
        return self.look.flops(tokens) + 2 * (self.hidden.weight.numel() + self.out.weight.numel())


class SmartBert(TokenDropper):
    """Gates and exits. width: theirs; weight: lambda, which makes the gates skip; eta1, eta2: shares of the contrasts in the losses."""

    title: ClassVar[str] = "SmartBERT"
    kind: ClassVar[Kind] = "layers"
    venue: ClassVar[str] = "Hu et al., IJCAI 2023"
    stops: ClassVar[str] = "the sentence skips layers, and exits"
    moments: ClassVar[frozenset[Moment]] = frozenset({"before", "after"})
    readings: ClassVar[tuple[Reading, ...]] = (
        Reading("uncertainty", "answer", "uncertainty (entropy / ln C)", side="below"),
        Reading("skip", "sentence", "probability to skip the layer"),
    )
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "exit below uncertainty", 0.0, 1.0, 0.01, 0.2, 0.0, "up", "0: never early; 1: after the first layer that runs"),
        Knob(
            "skip", "a layer is skipped at a probability of at least", 0.0, 1.0, 0.01, 0.5, 1.01, "down",
            "0: the last layer alone runs; 1.01: all",
        ),
    )  # fmt: skip
    measured_at: ClassVar[tuple[float, ...]] = (0.02, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    recipe: ClassVar[tuple[Phase, ...]] = (
        Phase("gates", "lora", epochs=0.4, lr=5e-4, head_lr=5e-4, whole=0.6),
        Phase("exits", "heads", epochs=0.4, head_lr=1e-3, whole=0.6),
    )
    published: ClassVar[tuple[Published, ...]] = (
        Published("8 tasks of GLUE", "BERT-base", "minimal drop", "2-3x less computation", "Hu et al., IJCAI 2023, abstract"),
    )
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "The last classifier is of the same make as the others.",
            "It is the plain model's head.",
            "It is trained already, and with both knobs off the model answers as every other here.",
        ),
        Deviation(
            "Each layer has a projection of its own for the contrast.",
            "One for all layers.",
            "It serves training alone, but is stored with the rest.",
        ),
        Deviation(
            "The last layer may be skipped too; its classifier then reads what it was not trained on, or the mere embeddings.",
            "The last layer has no gate.",
            "So at least one layer runs, and every classifier reads what its own layer made.",
        ),
        Deviation(
            "The threshold is held against the entropy in nats, so that its range depends on the number of classes.",
            "The entropy is divided by ln C.",
            "The knob reads alike for every task.",
        ),
        Deviation(
            "Gates are soft for the first three of five epochs.",
            "For the first third.",
            "In use they are rounded, and the larger part of a short stage should see that.",
        ),
        Deviation(
            "The contrasts are sums over pairs of layers, of states from the embeddings on, padding included; that of the classifiers is "
            "divided by L - 2, which makes it nearly a mean.",
            "Means over the pairs, of states from layer 1 on, without padding; that of the classifiers counts a tenth besides.",
            "A mean does not grow with the depth. The tenth, their division at 12 layers, was taken for a weight; that was seen after "
            "training.",
        ),
        Deviation(
            "Gates begin undecided.",
            "They begin with a bias of -1, on the side of running.",
            "What is skipped before anything was learned disturbs an encoder that was trained whole.",
        ),
        Deviation(
            "All is trained for five epochs, and the exits for four.",
            "0.4 of an epoch for each stage, the trunk by low-rank updates of the plain model.",
            "A whole encoder more is not stored.",
        ),
        Deviation(
            "Queries are computed for all tokens of gates and classifiers.",
            "For [CLS] alone, whose context is the only one used.",
            "The result is the same.",
        ),
    )

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, width: int = WIDTH, weight: float = 0.05, eta1: float = 0.01,
        eta2: float = 0.05,
    ) -> None:  # fmt: skip
        super().__init__(shape, pooling, hidden)
        self.weight, self.eta1, self.eta2 = weight, eta1, eta2
        size = shape.widths[0]
        self.gates = nn.ModuleList(Gate(size, width) for _ in range(shape.layers - 1))
        self.exits = nn.ModuleList(Exit(size, width, shape.classes) for _ in range(shape.layers - 1))
        self.projection = nn.Sequential(nn.Linear(size, width), nn.LayerNorm(width), nn.Tanh(), nn.Linear(width, width))

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """What a stage does not train is fixed in it."""
        fixed = (self.exits,) if phase.name == "gates" else (self.gates, self.projection, self.heads)
        return {p: 0.0 for module in fixed for p in module.parameters()}

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        if moment == "before":
            return {"skip": plan.live} if layer < self.shape.layers else {}
        ran = plan.live & sentences.any(plan.attending)
        return {"probs": ran, "uncertainty": ran}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        if moment == "before":
            return {"skip": self._gate(layer).out(self._gate(layer).look(*_tokens(asked["skip"], view)))[:, 0].sigmoid()}
        if layer == self.shape.layers:
            return super().read(moment, layer, asked, view)
        probs = self._exit(layer).logits(self._exit(layer).look(*_tokens(asked["probs"], view))).softmax(-1)
        return {"probs": probs, "uncertainty": uncertainty(probs)}

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        if moment == "after":
            live = plan.live & ~(readings["uncertainty"][layer] < knobs["tau"])
            everybody = Plan.everything(sentences, live)
            return plan if np.array_equal(everybody.attending, plan.attending) else everybody  # who skipped the layer is back
        return plan.drop((plan.live & (readings["skip"][layer - 1] >= knobs["skip"]))[sentences.owner])

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        rows = self.shape.layers + 1
        limits = np.full(rows, knobs["tau"])
        return (
            Comparison("uncertainty", "uncertainty (entropy / ln C)", readings["uncertainty"], limits, "below"),
            Comparison("skip", "probability to skip the next layer", readings["skip"], np.full(rows, np.nan), "at least"),
        )

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        if moment == "before":
            return asked.units["skip"] * self._gate(layer).flops(asked.visible)
        if layer == self.shape.layers:
            return self.answer_flops(layer, asked)
        return asked.units["probs"] * self._exit(layer).flops(asked.visible)

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        return self._loss_of_gates(batch) if phase.name == "gates" else self._loss_of_exits(batch)

    def _loss_of_gates(self, batch: Batch) -> Tensor:
        """Cross-entropy, the price of not skipping, and the contrast between adjacent layers."""
        states, _, skips = self._trunk(batch, rounded=batch.progress >= SOFT)
        logits = self.head(self.shape.layers)(batch.pooled(states[-1], self.pooling)).float()
        task = cross_entropy(logits, batch.labels) + self.weight / torch.stack(skips).mean(1).sum().clamp_min(1e-3)
        seen = [self.projection(s) for s in states[1:]]
        pairs = [contrast(a, b, batch.real, 0.5) for a, b in pairwise(seen)]
        return (1 - self.eta1) * task + self.eta1 * torch.stack(pairs).mean()

    def _loss_of_exits(self, batch: Batch) -> Tensor:
        """The sum of the classifiers' cross-entropies on what each layer made, and the contrast of their narrowed tokens."""
        with torch.no_grad():
            _, made, _ = self._trunk(batch, rounded=True)
        total, narrow = torch.zeros((), device=batch.ids.device), []
        for layer in range(1, self.shape.layers):
            seen, u = self._exit(layer).look.padded(made[layer - 1], batch.real)
            total = total + cross_entropy(self._exit(layer).logits(seen).float(), batch.labels)
            narrow.append(u)
        pairs = [contrast(a, b, batch.real, 0.55, apart=True) for a, b in pairwise(narrow)]
        return (1 - self.eta2) * total + self.eta2 / 10 * (torch.stack(pairs).mean() if pairs else 0.0)

    def _trunk(self, batch: Batch, rounded: bool) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """The states after 0..L gated layers, what each of L layers made before its gate, and L-1 probabilities (B,) to skip."""
        encoder, bias = batch.encoders[0], hidden_keys(batch.real)
        states, made, skips = [encoder.embed(batch.ids, batch.positions, batch.types)], [], []
        for number, layer in enumerate(encoder.layers, start=1):
            context, _ = layer.attend_padded(states[-1], bias, weights=False)
            made.append(layer.norm(layer.sums(layer.attended(states[-1], context))))
            if number == self.shape.layers:
                states.append(made[-1])
                break
            seen, _ = self._gate(number).look.padded(states[-1], batch.real)
            skip = self._gate(number).out(seen)[:, 0].float().sigmoid()
            used = (skip >= 0.5).float() + skip - skip.detach() if rounded else skip
            states.append(torch.lerp(made[-1], states[-1], used[:, None, None].to(made[-1].dtype)))
            skips.append(skip)
        return states, made, skips

    def _gate(self, layer: int) -> Gate:
        found = self.gates[layer - 1]
        assert isinstance(found, Gate)
        return found

    def _exit(self, layer: int) -> Exit:
        found = self.exits[layer - 1]
        assert isinstance(found, Exit)
        return found


def _tokens(which: Bools, view: View) -> tuple[Tensor, Ints]:
    """The states of the tokens in sight of some sentences, and how many each has."""
    seen = view.plan.visible if which.all() else view.plan.visible & which[view.sentences.owner]
    return view.of(seen), view.sentences.count(seen)[which]


def contrast(one: Tensor, other: Tensor, real: Tensor, temperature: float, apart: bool = False) -> Tensor:
    """InfoNCE by cosine between two layers' vectors (B, T, W): each token against all of its sentence in the other layer.

    apart: the same token is left out of the sum that it is compared with.
    """
    alike = F.normalize(one.float(), dim=-1) @ F.normalize(other.float(), dim=-1).transpose(-1, -2) / temperature
    same = torch.eye(alike.shape[-1], dtype=torch.bool, device=alike.device)
    hidden = ~real[:, None, :] | (same if apart else torch.zeros_like(same))
    against = alike.masked_fill(hidden, -torch.inf).logsumexp(-1)
    return (against - alike.diagonal(dim1=-2, dim2=-1))[real].mean()
