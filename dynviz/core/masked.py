"""Heads that read a hidden word back from the states of a frozen encoder, at some of its layers: how guessable the word is there.

An encoder whose language-model head is not there has no words for its states. Each head here is small: it brings the state of a mask to
the size of an embedding by way of `rank` numbers, and the pieces' own embeddings do the rest.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MaskedHeads(nn.Module):
    """One head for each layer read.

    layers: which, from 1. down: (H, R, D), shift: (H, R), up: (H, D, R). bias: (V,) log of how frequent each piece is in running text.
    """

    def __init__(self, layers: Sequence[int], width: int, rank: int, pieces: int) -> None:
        super().__init__()
        self.layers = tuple(layers)
        self.down = nn.Parameter(torch.zeros(len(layers), rank, width))
        self.shift = nn.Parameter(torch.zeros(len(layers), rank))
        self.up = nn.Parameter(torch.zeros(len(layers), width, rank))
        self.bias = nn.Parameter(torch.zeros(pieces))

    def logits(self, place: int, states: Tensor, embeddings: Tensor) -> Tensor:
        """(n, V) of each piece, from the states (n, D) of masks after the layer at this place of `layers`. embeddings: (V, D)."""
        meant = F.gelu(F.linear(normed(states), self.down[place], self.shift[place])) @ self.up[place].T
        return meant @ embeddings.T + self.bias


def normed(states: Tensor) -> Tensor:
    """(n, D) states of one length: what a layer's norm has learned is taken out again."""
    return F.layer_norm(states, states.shape[-1:])
