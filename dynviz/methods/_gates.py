"""What the two gate methods share in training: soft gates on the layer inputs, the bi-modal regularizer, hardening."""

import torch
from torch import Tensor

from dynviz.core.method import Phase
from dynviz.methods._tokens import OPEN

RECIPE = (
    Phase("gates", "lora", epochs=0.3, lr=5e-4, head_lr=2e-4, whole=0.6),
    Phase("harden", "lora", epochs=0.15, lr=3e-4, head_lr=2e-4, whole=0.6),
)


def bimodal(gates: Tensor, mu: float) -> Tensor:
    """Of each gate g in [0, 1], g + mu g (1 - g): the count, and the pressure towards 0 or 1 (Srinivas et al., 2017)."""
    return gates + mu * gates * (1 - gates)


def gate_bias(open_share: Tensor, real: Tensor) -> Tensor:
    """(B, 1, 1, T) logits added to each key: log of how open its gates were, -inf on padding.

    Multiplying a state by 0 is not removal: its key would still take attention. This makes training agree with removal.
    """
    bias = open_share.clamp_min(OPEN).log().masked_fill(~real, -torch.inf)
    return bias[:, None, None, :]
