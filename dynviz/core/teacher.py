"""The model that a training starts from, frozen: what it answers, where it looks, and on which tokens its answer hangs."""

from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from dynviz.core.attention import hidden_keys
from dynviz.core.encoder import Encoder


class Examples(Protocol):
    """Padded examples, as in a training batch: ids and real (B, T), labels (B,)."""

    @property
    def ids(self) -> Tensor:
        """Piece ids."""
    @property
    def real(self) -> Tensor:
        """False on padding."""
    @property
    def labels(self) -> Tensor:
        """The right classes; -100 where there is no answer."""
    @property
    def types(self) -> Tensor | None:
        """Which of two texts a piece is of, where examples are pairs."""


@dataclass(frozen=True, eq=False)
class Teacher:
    """A plain model whose weights never change; nothing it returns carries a gradient.

    head: its classifier, given the state of [CLS], the mean over the real tokens, or each token's.
    """

    encoder: Encoder
    head: nn.Module
    pooling: Literal["cls", "mean", "each"]

    @torch.no_grad()
    def logits(self, batch: Examples) -> Tensor:
        """(B, C), or (B, T, C) where each token has an answer: what it says."""
        return self._answer(self.encoder.padded(batch.ids, batch.real, batch.types)[-1], batch.real)

    @torch.no_grad()
    def attention(self, batch: Examples) -> Tensor:
        """(B, H, T, T) attention in its last layer: rows attend, columns are seen; 0 on padding."""
        states = self.encoder.through(batch.ids, batch.real, batch.types)
        _, weights = self.encoder.layers[-1].attend_padded(states[-2], hidden_keys(batch.real), weights=True)
        assert weights is not None
        return weights

    def saliency(self, batch: Examples) -> Tensor:
        """(B, T) share of each token in the right answer: gradient times input of its logit at the embeddings, normed over dimensions.

        It sums to 1 over a sentence's real tokens (Simonyan et al., 2014; in this form Modarressi et al., AdapLeR, ACL 2022).
        """
        with torch.enable_grad(), torch.autocast(batch.ids.device.type, enabled=False):
            places = torch.arange(batch.ids.shape[1], device=batch.ids.device).expand_as(batch.ids)
            begin = self.encoder.embed(batch.ids, places, batch.types).detach().requires_grad_(True)
            state, bias = begin, hidden_keys(batch.real)
            for layer in self.encoder.layers:
                context, _ = layer.attend_padded(state, bias, weights=False)
                state = layer.norm(layer.sums(layer.attended(state, context)))
            answer = self._answer(self.encoder.final(state), batch.real)
            told = batch.labels >= 0
            right = answer.gather(-1, batch.labels.clamp_min(0)[..., None])[..., 0]
            (slope,) = torch.autograd.grad((right * told).sum(), begin)
        found: Tensor = (slope * begin.detach()).norm(dim=-1) * batch.real
        return found / found.sum(1, keepdim=True).clamp_min(torch.finfo(found.dtype).tiny)

    @torch.no_grad()
    def rollout(self, batch: Examples) -> Tensor:
        """(B, T) share of each token in what the classifier reads, had attention alone carried it: attention rollout (Abnar and Zuidema,
        Quantifying Attention Flow in Transformers, ACL 2020).

        Each layer's attention, the mean over heads, is averaged with the residual connection's identity; the layers' are multiplied. Of the
        tokens that the classifier reads ([CLS], or all), the mean. It sums to 1 over a sentence's real tokens.
        """
        read = torch.zeros_like(batch.real) if self.pooling == "cls" else batch.real.clone()
        read[:, 0] = True
        share = read / read.sum(1, keepdim=True)  # (B, T) of the last states; carried down, layer by layer
        states, bias = self.encoder.through(batch.ids, batch.real, batch.types), hidden_keys(batch.real)
        for layer, state in reversed(list(zip(self.encoder.layers, states[:-1], strict=True))):
            _, weights = layer.attend_padded(state, bias, weights=True)
            assert weights is not None
            share = share.to(weights) / 2 + torch.einsum("bq,bqk->bk", share.to(weights), weights.mean(1)) / 2
        return share

    def _answer(self, states: Tensor, real: Tensor) -> Tensor:
        if self.pooling == "each":
            read = states
        elif self.pooling == "cls":
            read = states[:, 0]
        else:
            weight = real.to(states.dtype)[..., None]
            read = (states * weight).sum(1) / weight.sum(1)
        out: Tensor = self.head(read)
        return out.float() if out.dtype is not torch.float64 else out
