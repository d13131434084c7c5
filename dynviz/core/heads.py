"""Small classifiers read off a state: what exits, gates and final answers are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Activation = Literal["tanh", "relu", "gelu"]
_ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "relu": F.relu, "gelu": F.gelu}


@dataclass(frozen=True)
class HeadForm:
    """What a `Head` is made of, but its sizes: a hidden layer or none, the activation after it, and the epsilon of a norm after that."""

    hidden: bool = False
    activation: Activation = "tanh"
    norm: float | None = None

    def head(self, width: int, classes: int) -> "Head":
        """A fresh head of this form."""
        return Head(width, classes, self.hidden, self.activation, self.norm)


class Head(nn.Module):
    """Linear(D, C), or Linear(D, D)-activation-Linear(D, C) with `hidden` (with tanh: BERT's pooler and classifier in one).

    norm: the epsilon of a LayerNorm after the activation, as ModernBERT has it; None: no norm.
    """

    def __init__(self, width: int, classes: int, hidden: bool = False, activation: Activation = "tanh", norm: float | None = None) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, width) if hidden else None
        self.activation = activation
        self.norm = None if norm is None else nn.LayerNorm(width, eps=norm)
        self.out = nn.Linear(width, classes)

    @property
    def form(self) -> HeadForm:
        """What it is made of."""
        return HeadForm(self.hidden is not None, self.activation, None if self.norm is None else self.norm.eps)

    def features(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., D) what the last linear layer is given."""
        x = x if self.hidden is None else _ACTIVATIONS[self.activation](self.hidden(x))
        return x if self.norm is None else cast(Tensor, self.norm(x))

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., C) logits."""
        return cast(Tensor, self.out(self.features(x)))

    @property
    def flops(self) -> int:
        """FLOPs for one vector."""
        return 2 * (self.out.weight.numel() + (0 if self.hidden is None else self.hidden.weight.numel()))
