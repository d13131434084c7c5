"""Tensors in whole numbers of 8 or 4 bits: blocks of 32 numbers, each with one scale in fp16 (what ggml calls Q8_0 and Q4_0)."""

import torch
from torch import Tensor
from torch.nn.functional import pad

BLOCK = 32
HIGHEST = 127
HALF = 8  # of the 16 whole numbers that 4 bits hold: -8 to 7
SCALE = ".scale"  # what the name of a block's scales ends in
LARGE = 100_000  # numbers of a matrix that a method adds to a layer: low-rank updates have fewer
LEAST = 1_024  # numbers a matrix must have to be stored so: of smaller ones there is nothing to gain


def fits(tensor: Tensor) -> bool:
    """Whether a tensor is worth storing in blocks."""
    return tensor.ndim == 2 and tensor.numel() >= LEAST


def fits_4_bits(tensor: Tensor) -> bool:
    """Whether a tensor is a large matrix of whole blocks, worth storing in 4 bits."""
    return tensor.ndim == 2 and tensor.numel() >= LARGE and tensor.shape[1] % BLOCK == 0


def rounded(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Codes (int8, of the tensor's shape) and scales (fp16, one to 32 numbers in order, the last block may hold fewer)."""
    flat = _blocks(tensor.float())
    scale = (flat.abs().amax(1) / HIGHEST).half()
    codes = (flat / _step(scale)).round().clamp(-HIGHEST, HIGHEST).to(torch.int8)
    return codes.flatten()[: tensor.numel()].reshape(tensor.shape), scale


def rounded_to_4_bits(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Codes (uint8, two numbers to a byte: half as many columns) and scales (fp16) of a matrix of whole blocks.

    The number of a block that is farthest from 0 becomes -8, whichever its sign, so that all 16 codes are used. Byte j of a block holds its
    numbers j and j + 16.
    """
    flat = tensor.float().reshape(-1, BLOCK)
    farthest = flat.gather(1, flat.abs().argmax(1, keepdim=True))[:, 0]
    scale = (farthest / -HALF).half()
    codes = ((flat / _step(scale)).round().clamp(-HALF, HALF - 1) + HALF).to(torch.uint8)
    return (codes[:, : BLOCK // 2] | codes[:, BLOCK // 2 :] << 4).reshape(*tensor.shape[:-1], -1), scale


def restored(codes: Tensor, scale: Tensor) -> Tensor:
    """The numbers in fp32, of 8 bits (int8) or 4 (uint8); ValueError where there are not as many scales as blocks."""
    count = codes.numel() * (2 if codes.dtype is torch.uint8 else 1)
    if scale.shape != (-(-count // BLOCK),):
        raise ValueError(f"{count:,} numbers need {-(-count // BLOCK):,} scales, and there are {scale.numel():,}")
    if codes.dtype is torch.uint8:
        return _unpacked(codes, scale)
    return _blocks(codes.float()).mul_(scale.float()[:, None]).flatten()[:count].reshape(codes.shape)


def _unpacked(codes: Tensor, scale: Tensor) -> Tensor:
    if count := codes.numel() % (BLOCK // 2):
        raise ValueError(f"numbers of 4 bits stand in whole blocks of {BLOCK}, and {2 * count} are left over")
    pairs = codes.reshape(-1, BLOCK // 2)
    out = torch.cat([pairs & 15, pairs >> 4], 1).float()
    return out.sub_(HALF).mul_(scale.float()[:, None]).reshape(*codes.shape[:-1], -1)


def _step(scale: Tensor) -> Tensor:
    """(blocks, 1) what a whole number stands for; of a block of zeros any."""
    return scale.float().where(scale != 0, 1.0)[:, None]


def _blocks(tensor: Tensor) -> Tensor:
    """(blocks, 32), filled up with zeros."""
    return pad(tensor.flatten(), (0, -tensor.numel() % BLOCK)).reshape(-1, BLOCK)
