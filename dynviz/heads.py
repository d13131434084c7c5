"""Small classifiers read off a state: what exits, gates and final answers are made of."""

from typing import cast

from torch import Tensor, nn


class Head(nn.Module):
    """Linear(D, C), or Linear(D, D)-Tanh-Linear(D, C) with `hidden` (BERT's pooler and classifier in one)."""

    def __init__(self, width: int, classes: int, hidden: bool = False) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, width) if hidden else None
        self.out = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) -> (..., C) logits."""
        return cast(Tensor, self.out(x if self.hidden is None else self.hidden(x).tanh()))

    @property
    def flops(self) -> int:
        """FLOPs for one vector."""
        return 2 * (self.out.weight.numel() + (0 if self.hidden is None else self.hidden.weight.numel()))
