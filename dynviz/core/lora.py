"""Low-rank updates of an encoder (LoRA, Hu et al., ICLR 2022): trained beside frozen weights; when loaded, merged into them, or kept beside
weights that other models share."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TARGETS = (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense",
    "attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o",  # as MPNet calls the first four
    "attention.self.query_proj", "attention.self.key_proj", "attention.self.value_proj",  # as DeBERTa calls the first three
    "attn.Wqkv", "attn.Wo", "mlp.Wi", "mlp.Wo",  # ModernBERT's, the first three in one
)  # fmt: skip


class LowRank(nn.Linear):
    """A linear layer with frozen weight W, computing (W + scale * B A) x; A: (rank, in), B: (out, rank), B starts at zero."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__(linear.in_features, linear.out_features, linear.bias is not None)
        self.weight, self.bias = linear.weight, linear.bias
        self.weight.requires_grad_(False)
        if self.bias is not None:
            self.bias.requires_grad_(False)
        self.scale = alpha / rank
        self.a = nn.Parameter(torch.empty(rank, linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) -> (..., out)."""
        out, low = F.linear(x, self.weight, self.bias), F.linear(x, self.a)
        if torch.is_grad_enabled() or x.dim() != 2 or low.dtype != self.b.dtype:  # the last: under autocast
            return torch.add(out, F.linear(low, self.b), alpha=self.scale)
        return torch.addmm(out, low, self.b.t(), alpha=self.scale, out=out)  # where it lies: of a batch, another such array takes time

    def part(self, x: Tensor, which: slice) -> Tensor:
        """(..., in) -> (..., out') only these rows of what comes out."""
        bias = None if self.bias is None else self.bias[which]
        return torch.add(F.linear(x, self.weight[which], bias), F.linear(F.linear(x, self.a), self.b[which]), alpha=self.scale)


def rows(linear: nn.Linear, x: Tensor, which: slice) -> Tensor:
    """(..., in) -> (..., out') only these rows of what a linear layer gives, its update included: where several matrices are one."""
    if isinstance(linear, LowRank):
        return linear.part(x, which)
    return F.linear(x, linear.weight[which], None if linear.bias is None else linear.bias[which])


def add(model: nn.Module, rank: int, alpha: float) -> None:
    """Put low-rank updates beside every target layer of the encoder, in place."""
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.endswith(TARGETS):
            _put(model, name, LowRank(module, rank, alpha))


def approximate(model: nn.Module, wanted: nn.Module) -> None:
    """Set the updates of `model` to what of a differently trained encoder's weights they can hold: the best approximation of that rank.

    wanted: an ordinary encoder of the same layers. The rest, norms and biases among it, stays the model's own.
    """
    with torch.no_grad():
        for name, module in model.named_modules():
            if isinstance(module, LowRank):
                a, b = factors(wanted.get_parameter(f"{name}.weight") - module.weight, len(module.a))
                module.a.copy_(a)
                module.b.copy_(b / module.scale)


def factors(weight: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """(rank, in) and (out, rank) whose product B A is the closest to a weight (out, in) of all of that rank (Eckart and Young, 1936)."""
    u, s, v = torch.linalg.svd(weight, full_matrices=False)
    root = s[:rank].sqrt()
    return root[:, None] * v[:rank], u[:, :rank] * root


def tensors(model: nn.Module) -> dict[str, Tensor]:
    """The updates by name: "<module>.a" and "<module>.b"."""
    return {
        f"{name}.{part}": getattr(module, part).detach()
        for name, module in model.named_modules()
        if isinstance(module, LowRank)
        for part in ("a", "b")
    }


def shapes(model: nn.Module, rank: int) -> dict[str, tuple[int, int]]:
    """The shapes of what `tensors` would hold for this encoder, by name: two matrices for every target layer."""
    layers = {name: module for name, module in model.named_modules() if isinstance(module, nn.Linear) and name.endswith(TARGETS)}
    rows = {f"{name}.a": (rank, layer.in_features) for name, layer in layers.items()}
    return rows | {f"{name}.b": (layer.out_features, rank) for name, layer in layers.items()}


def merge(model: nn.Module, updates: dict[str, Tensor], scale: float) -> None:
    """Add the updates to the weights, in place: afterwards the encoder is an ordinary one."""
    with torch.no_grad():
        for name in {key.rpartition(".")[0] for key in updates}:
            linear = model.get_submodule(name)
            assert isinstance(linear, nn.Linear)
            linear.weight += scale * (updates[f"{name}.b"].float() @ updates[f"{name}.a"].float()).to(linear.weight)


def beside(model: nn.Module, updates: dict[str, Tensor], scale: float) -> None:
    """Put fixed updates beside weights that stay as they are, in place; beside updates that are there already, they make one of both ranks.

    The numbers are those of `merge` up to rounding, and so is the compute as it is counted (`records.cost`): merged, each model would have
    a copy of all weights. The time is not: what the small products add is measured by `python -m tests.benchmarks --only shared`. Most of
    it is a second pass over the outputs, whatever the rank, so that taking the factors of several layers together would gain little.
    """
    for name in sorted({key.rpartition(".")[0] for key in updates}):
        linear = model.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        a, b = updates[f"{name}.a"].float(), scale * updates[f"{name}.b"].float()
        if isinstance(linear, LowRank):
            a, b = torch.cat([linear.a, a]), torch.cat([linear.scale * linear.b, b], 1)
        with torch.device("meta"):  # its own first numbers are not wanted
            made = LowRank(linear, len(a), len(a))
        made.a, made.b = nn.Parameter(a, requires_grad=False), nn.Parameter(b, requires_grad=False)
        _put(model, name, made.train(linear.training))


def folded(model: nn.Module) -> nn.Module:
    """The model with updates that stand beside weights merged into them, in place; the weights, which others may share, are copied."""
    for name, module in list(model.named_modules()):
        if isinstance(module, LowRank):
            with torch.device("meta"):
                plain = nn.Linear(module.in_features, module.out_features, module.bias is not None)
            plain.weight = nn.Parameter(module.weight + module.scale * (module.b @ module.a), requires_grad=False)
            if module.bias is not None:
                plain.bias = nn.Parameter(module.bias.clone(), requires_grad=False)
            _put(model, name, plain.train(module.training))
    return model


def _put(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)
