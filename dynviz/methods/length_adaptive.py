r"""One model for any number of tokens per layer: trained on random numbers of them, it takes the one that is chosen later.

Source: Kim, Cho, Length-Adaptive Transformer: Train Once with Length Drop, Use Anytime with Search, ACL 2021. Code:
clovaai/length-adaptive-transformer. That an ordinary model bears a searched profile too: Guskin, Wasserblat, Ding, Kim,
Dynamic-TinyBERT, 2021.

Rule: A length profile gives for each layer $l$ a share $r_l$ of the sentence. Of $n$ tokens the $\lceil n\,r_l \rceil$ that receive most
attention in layer $l$ stay, at least 2, chosen between the layer's attention and its feed-forward block. [CLS] is always among them. What
a token gives itself counts.

Which tokens stay depends on the sentence; how many depends on its length alone. In tagging a dropped word is tagged from the state of the
last layer that it went through (the authors' Drop-and-Restore).

Knob: The share $k$ of tokens kept from one layer to the next: $r_l = k^l$. Smaller drops more, 1 drops nothing. Training went down to
$1 - p$.

A second knob takes a searched profile instead. (inferred, the authors choose by hand) Of those on the front it is the dearest that costs
no more than $k^l$ would, the cheapest where none does.

Training: From the plain model, by low-rank updates, with the sandwich rule: in each step the full length, the shortest ($r_l = (1 - p)^l$)
and $s$ random profiles ($r_l = (1 - p\,u)\,r_{l-1}$, with $u$ uniform). The full pass learns from the labels. A shorter one that answers
$q$, where the full one answers $f$, learns from $\sum q \ln (q / f)$ with $f$ held fixed: the direction of the authors' code. All weigh
$1 / (s + 2)$. A layer is left out of a pass with probability 0.2.

(inferred) $p$ is 0.36 where theirs is 0.2: over 6 layers the shortest profile then ends where theirs does over 12. Ours has $s = 1$ by
default.

Then a search on calibration rows. It starts from profiles with constant $k$ and goes on with children of the front, mutated or between two
of them. A checkpoint to which nothing but the search was done says so in its title.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.attention import hidden_keys
from dynviz.core.method import Batch, Deviation, Knob, Knobs, Phase, Picture, Pooling, Published, Shape
from dynviz.methods._profiles import OF, Profile, constant, cost, counted, evolve, front
from dynviz.methods._ramps import cross_entropy
from dynviz.methods.attention_topk import AttentionTopK
from dynviz.records import Floats, Ints
from dynviz.records.card import Kind, Learned
from dynviz.records.layout import floats

LEAST = 2  # tokens that stay in any case
ROWS = 16  # profiles that are kept of a front
SHORTEST = 0.6  # the constant share per layer at which a search begins; it goes up to 1
BROOD = 8


class LengthAdaptive(AttentionTopK):
    """The plain model's classifier and the profiles found. bound: p; samples: s; skip: probability that a pass leaves out a layer;
    runs: how many profiles a search measures.

    profiles: (ROWS, L) shares that stay, cheapest first; found: (ROWS, 2) the accuracy and the share of compute measured of each.
    """

    title: ClassVar[str] = "Length-Adaptive Transformer"
    kind: ClassVar[Kind] = "tokens"
    venue: ClassVar[str] = "Kim, Cho, ACL 2021"
    untrained: ClassVar[Mapping[str, Any] | None] = None
    searches: ClassVar[bool] = True
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("keep", "share of tokens kept per layer", 0.5, 1.0, 0.01, 0.9, 1.0, "down", "1 drops nothing"),
        Knob("searched", "profile", 0.0, 1.0, 1.0, 1.0, 0.0, "up", "0: the same share in every layer; 1: searched, at no more compute"),
    )
    measured_at: ClassVar[tuple[float, ...]] = (0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.78, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98)
    pictures: ClassVar[tuple[Picture, ...]] = (
        Picture(
            "profiles", "numbers", ("profiles", "found"),
            "Each row is a profile on the front of the search: the share of a sentence's tokens that is left after each layer, never more "
            "than after the one before. Its name says what it cost, and how many calibration rows it got right.",
        ),
    )  # fmt: skip
    recipe: ClassVar[tuple[Phase, ...]] = (Phase("sandwich", "lora", epochs=0.4, lr=5e-4, head_lr=2e-4, whole=0.6),)
    published: ClassVar[tuple[Published, ...]] = (
        Published(
            "SQuAD 1.1", "TinyBERT, 6 layers", "88.71 F1 at full length", "up to 3.3x faster within 1 point of BERT-base",
            "Guskin et al., Dynamic-TinyBERT, arXiv 2111.09645",
        ),
        Published(
            "SQuAD 1.1", "MiniLM, 6 layers, int8", "less than 1 point lost", "up to 8.8x faster",
            "Guskin et al., QuaLA-MiniLM, arXiv 2210.17114, abstract",
        ),
    )  # fmt: skip
    deviations: ClassVar[tuple[Deviation, ...]] = (
        Deviation(
            "A profile counts tokens of a batch padded to the longest sentence allowed, so that short sentences lose none.",
            "It gives shares of each sentence's own length.",
            "A sentence must not lose fewer tokens because others are longer.",
        ),
        Deviation(
            "Two random profiles in each step; five epochs.",
            "One, and less than half an epoch on SST-2.",
            "The option \"samples\" takes any number; each costs one more pass through the model.",
        ),
        Deviation(
            "The shortest profile keeps 0.8 of the tokens from layer to layer, for models of 12 layers and of 6.",
            "It keeps 0.64.",
            "Six layers then reach the same final length as their twelve do.",
        ),
        Deviation(
            "The whole model is tuned.",
            "Low-rank updates of the plain model.",
            "A whole encoder more is not stored.",
        ),
        Deviation(
            "A search measures sixty profiles in each of 30 to 100 rounds, on the whole dev set, and counts operations of one padded text.",
            "A few dozen profiles in all, on 400 calibration rows, and counts those of the rows themselves.",
            "Each costs a run on a processor; what the front promises is measured again on rows that chose nothing.",
        ),
        Deviation(
            "Sentences are answered from [CLS].",
            "From the mean over the tokens left, or [CLS] by option.",
            "As all models here are.",
        ),
    )  # fmt: skip

    def __init__(
        self, shape: Shape, pooling: Pooling = "mean", hidden: bool = True, bound: float = 0.36, samples: int = 1, skip: float = 0.2,
        runs: int = 56,
    ) -> None:  # fmt: skip
        super().__init__(shape, pooling, hidden)
        self.bound, self.samples, self.skip, self.runs = bound, samples, skip, runs
        self.profiles: Tensor
        self.found: Tensor
        shares = np.stack([constant(k, shape.layers) for k in np.linspace(0.5, 1.0, ROWS)])
        self.register_buffer("profiles", torch.tensor(np.ceil(shares * OF) / OF, dtype=torch.float32))
        self.register_buffer("found", torch.zeros(ROWS, 2))

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """The profiles on the front, with what was measured of each; none before a search."""
        profiles, found = tensors.get("profiles"), tensors.get("found")
        if profiles is None or found is None or not found.any():
            return None
        once = np.unique(np.hstack([found[:, ::-1], profiles]), axis=0)  # cheapest first
        named = tuple(f"{100 * share:.0f} % of the compute, {100 * right:.1f} % right" for share, right in once[:, :2])
        said = f"The search kept {len(once)} profiles, from {named[0]} to {named[-1]}."
        return Learned(once[:, 2:], named, said)

    def profile(self, knobs: Knobs) -> Floats:
        """(L,) the share of a sentence's tokens that is left after each layer."""
        if knobs["searched"] < 0.5:
            return constant(knobs["keep"], self.shape.layers)
        profiles = self.profiles.numpy()
        return dearest(profiles.tobytes(), profiles.dtype, self.shape.layers, knobs["keep"])

    def kept(self, lengths: Ints, layer: int, knobs: Knobs) -> Floats:
        return np.asarray(np.maximum(np.ceil(lengths * self.profile(knobs)[layer - 1] - 1e-9), LEAST))

    def search(self, measure: Callable[[Knobs], tuple[float, float]]) -> None:
        def measured(profile: Profile) -> tuple[float, float]:
            self.profiles.copy_(torch.tensor(profile) / OF)
            return measure({"keep": self.knobs[0].low, "searched": 1.0})

        layers = self.shape.layers
        start = dict.fromkeys(counted(constant(k, layers)) for k in np.linspace(SHORTEST, 1.0, BROOD))
        found = evolve(measured, list(start), self.runs, BROOD, Random(0))
        best = front(found)
        best = [best[i] for i in np.unique(np.linspace(0, len(best) - 1, ROWS).round().astype(int))]
        best = sorted(best, key=lambda p: float(cost(np.array(p) / OF)))
        best += [best[-1]] * (ROWS - len(best))
        self.profiles.copy_(torch.tensor(best) / OF)
        self.found.copy_(torch.tensor([found[p] for p in best]))

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """The sandwich: the full pass by the labels, the shortest and the random ones by what the full one says."""
        layers = self.shape.layers
        full = self.shortened(batch, torch.zeros(layers))
        told = batch.labels.flatten() >= 0
        target = full.detach().flatten(0, -2)[told].log_softmax(-1)
        total = cross_entropy(full, batch.labels)
        for drop in (torch.full((layers,), self.bound), *(self.bound * torch.rand(layers) for _ in range(self.samples))):
            short = self.shortened(batch, drop).flatten(0, -2)[told]
            total = total + F.kl_div(target, short.softmax(-1), reduction="batchmean")
        return total / (self.samples + 2)

    def shortened(self, batch: Batch, drop: Tensor) -> Tensor:
        """(B, C) or (B, T, C) logits of a pass in which each layer loses the share `drop` (L,) of the tokens, and some layers are left
        out; these lose none."""
        encoder, lengths, share = batch.encoders[0], batch.real.sum(1), 1.0
        state, alive = encoder.embed(batch.ids, batch.positions, batch.types), batch.real
        for layer, less, out in zip(encoder.layers, drop.tolist(), (torch.rand(len(drop)) < self.skip).tolist(), strict=True):
            if out:
                continue
            context, weights = layer.attend_padded(state, hidden_keys(alive), weights=True)
            assert weights is not None
            share *= 1 - less
            if less:
                received = (weights.detach().float().mean(1) * alive[..., None]).sum(1)
                alive = alive & (places(received, alive, batch.first) < (lengths * share - 1e-6).ceil().clamp_min(LEAST)[:, None])
            state = torch.where(alive[..., None], layer.norm(layer.sums(layer.attended(state, context))), state)
        return self.answer_logits(batch, state, alive.to(state.dtype))


@lru_cache(maxsize=256)
def dearest(profiles: bytes, dtype: np.dtype[Any], layers: int, keep: float) -> Floats:
    """(L,) of profiles, cheapest first, the last that costs no more than keeping this share in every layer. Remembered: each layer asks."""
    found = np.frombuffer(profiles, dtype).reshape(-1, layers).astype(np.float64)
    affordable = int((cost(found) <= cost(constant(keep, layers)) + 1e-9).sum())
    return floats(found[max(affordable - 1, 0)])


def places(scores: Tensor, alive: Tensor, first: Tensor) -> Tensor:
    """(B, T) the place of each token among those alive, largest score first, [CLS] before all, ties by position."""
    order = scores.masked_fill(~alive, -torch.inf).masked_fill(first, torch.inf)
    return order.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
