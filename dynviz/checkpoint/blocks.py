"""Tensors in whole numbers of 8 bits: blocks of 32 numbers, each with one scale in fp16 (the layout that ggml calls Q8_0)."""

import torch
from torch import Tensor
from torch.nn.functional import pad

BLOCK = 32
HIGHEST = 127
SCALE = ".scale"  # what the name of a block's scales ends in
LEAST = 1_024  # numbers a matrix must have to be stored so: of smaller ones there is nothing to gain


def fits(tensor: Tensor) -> bool:
    """Whether a tensor is worth storing in blocks."""
    return tensor.ndim == 2 and tensor.numel() >= LEAST


def rounded(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Codes (int8, of the tensor's shape) and scales (fp16, one to 32 numbers in order, the last block may hold fewer)."""
    flat = _blocks(tensor.float())
    scale = (flat.abs().amax(1) / HIGHEST).half()
    step = scale.float().where(scale > 0, 1.0)[:, None]  # of a block of zeros any
    codes = (flat / step).round().clamp(-HIGHEST, HIGHEST).to(torch.int8)
    return codes.flatten()[: tensor.numel()].reshape(tensor.shape), scale


def restored(codes: Tensor, scale: Tensor) -> Tensor:
    """The numbers in fp32; ValueError where there are not as many scales as blocks."""
    if scale.shape != (-(-codes.numel() // BLOCK),):
        raise ValueError(f"{codes.numel():,} numbers need {-(-codes.numel() // BLOCK):,} scales, and there are {scale.numel():,}")
    return (_blocks(codes.float()) * scale.float()[:, None]).flatten()[: codes.numel()].reshape(codes.shape)


def _blocks(tensor: Tensor) -> Tensor:
    """(blocks, 32), filled up with zeros."""
    return pad(tensor.flatten(), (0, -tensor.numel() % BLOCK)).reshape(-1, BLOCK)
