"""What exit methods with one pooler for all layers share."""

from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.heads import Head
from dynviz.core.method import Batch, Pooling, Shape
from dynviz.methods._ramps import Ramps

DROPOUT = 0.1  # on pooled vectors, in training only


class SharedPooler(Ramps):
    """Linear classifiers that all read the output of one pooler, Linear(D, D) and tanh.

    The pooler is the hidden layer of the last classifier, as it is in a plain BERT, and so it starts from the trained one.
    """

    def __init__(self, shape: Shape, pooling: Pooling = "mean") -> None:
        super().__init__(shape, pooling, hidden=False)
        if shape.last is None:
            self.heads[str(shape.layers)] = Head(shape.widths[-1], shape.classes, hidden=True)
        elif not shape.last.hidden:
            raise ValueError("the last classifier has no hidden layer, which all layers would share")

    @property
    def pooler(self) -> nn.Linear:
        """The linear layer that all layers share."""
        found = self.head(self.shape.layers).hidden
        assert found is not None
        return found

    def pool(self, vectors: Tensor) -> Tensor:
        """(..., D) -> (..., D), what the classifiers are given."""
        return F.dropout(self.head(self.shape.layers).features(vectors), DROPOUT, self.training)

    def given(self, layer: int, vectors: Tensor) -> Tensor:
        return self.pool(vectors)

    def pooled(self, batch: Batch, states: list[Tensor], layer: int) -> Tensor:
        """(B, D) the same of a layer's states, for training."""
        return self.pool(batch.pooled(states[layer], self.pooling))
