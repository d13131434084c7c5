"""Attention over tokens as they lie packed: a sentence's keys are seen by its own queries alone."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

import torch
from torch import Tensor
from torch.nn import functional as F

Reads = Callable[[Tensor], Tensor]  # what is read of a sentence's attention weights (H, q, k): a number for each key


def by_head(x: Tensor, heads: int) -> Tensor:
    """(..., n, D) -> (..., H, n, D/H)."""
    return x.reshape(*x.shape[:-1], heads, -1).transpose(-2, -3)


def packed_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    counts: Sequence[tuple[int, int]],
    reads: Reads | None = None,
    bias: Tensor | None = None,
    near: Iterable[Tensor | None] | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """Attention of packed sentences, each for itself: (H, n, D/H) queries over (H, m, D/H) keys and values, of which `counts` says how many
    are each sentence's. Returns the context (n, D) and what `reads` makes of each sentence's weights (H, q, k), which are not kept: they
    are large, and the next sentence's go to the same place. Added to the logits: bias, (m,) for each key; near, (H, q, k) or (1, q, k) for
    each query and key of every sentence, taken one after the other."""
    many, visible = [a for a, _ in counts], [b for _, b in counts]
    parts = (q.split_with_sizes(many, 1), k.split_with_sizes(visible, 1), v.split_with_sizes(visible, 1))
    contexts, read = [], []
    for mine, theirs, values, more in zip(*parts, _added(bias, near, visible), strict=True):
        if reads is not None:
            w = _weights(mine, theirs, more)
            read.append(reads(w))
            context = torch.bmm(w, values)
        else:
            mask = None if more is None else more.expand(1, len(mine) if more.dim() == 3 else 1, mine.shape[1], -1)
            context = F.scaled_dot_product_attention(mine[None], theirs[None], values[None], mask)[0]
        contexts.append(context.transpose(0, 1).flatten(1))
    return (contexts[0] if len(contexts) == 1 else torch.cat(contexts)), read


def _added(bias: Tensor | None, near: Iterable[Tensor | None] | None, visible: Sequence[int]) -> Iterator[Tensor | None]:
    """What is added to each sentence's logits: (k,) or (H, q, k), or None."""
    by_key = repeat(None, len(visible)) if bias is None else bias.split_with_sizes(visible)
    if near is None:
        yield from by_key
    else:
        for more, by_place in zip(by_key, near, strict=True):
            yield more if by_place is None else by_place if more is None else by_place + more


def _weights(queries: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
    """(H, q, k) attention weights of one sentence. The queries are scaled, which are fewer numbers than their products, and the weights
    take the place of the logits: of a long text these are more than a cache holds."""
    logits = torch.bmm(queries / math.sqrt(queries.shape[-1]), keys.transpose(-1, -2))
    logits = logits if bias is None else logits + bias
    return torch.softmax(logits, -1, out=logits)


def hidden_keys(visible: Tensor) -> Tensor | None:
    """(B, 1, 1, T) bias that keeps attention off the keys not visible (B, T), or None where all are."""
    if bool(visible.all()):
        return None
    return torch.zeros(visible.shape, device=visible.device).masked_fill(~visible, -torch.inf)[:, None, None, :]
