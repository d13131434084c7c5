"""Tensors in blocks of 8 bits: near what they were, and refused where scales are missing."""

import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from dynviz.checkpoint import blocks
from dynviz.checkpoint.model import _blocked, load, save
from dynviz.checkpoint.tensors import read_tensors
from dynviz.errors import InputError


def test_by_hand() -> None:
    """Two blocks, the second of one number: steps of 1/127 of each block's largest."""
    tensor = torch.zeros(1, 33)
    tensor[0, 0], tensor[0, 1], tensor[0, 32] = 127.0, -63.6, 2.0
    codes, scale = blocks.rounded(tensor)
    assert codes[0, [0, 1, 2, 32]].tolist() == [127, -64, 0, 127]
    assert scale.tolist() == pytest.approx([1.0, 2 / 127], rel=1e-3)
    assert blocks.restored(codes, scale)[0, [0, 1, 2, 32]].tolist() == pytest.approx([127, -64, 0, 2], rel=1e-3)


@given(st.integers(1, 9), st.integers(1, 70), st.floats(1e-2, 1e3), st.integers(0, 2**32 - 1))
def test_each_number_is_within_half_a_step_of_its_block(rows: int, columns: int, spread: float, seed: int) -> None:
    tensor = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)) * spread
    codes, scale = blocks.rounded(tensor)
    assert codes.shape == tensor.shape
    step = scale.float().repeat_interleave(blocks.BLOCK)[: tensor.numel()].reshape(tensor.shape)
    scaled = blocks.HIGHEST * step * 2**-10  # what a scale in fp16 is off by, at the largest code
    assert ((blocks.restored(codes, scale) - tensor).abs() <= step / 2 + scaled).all()


def test_a_checkpoint_in_blocks_answers_as_its_tensors_say(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LEAST", 32)  # the tiny model's matrices are small
    model = load(shelf / "sst2-ltp")
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    save(model.config, model.stages, model.method, tmp_path / "mine", in_blocks=True)
    stored = load_file(tmp_path / "mine" / "model.safetensors")
    whole = {name for name, tensor in stored.items() if tensor.dtype == torch.int8}
    assert whole
    before, after = read_tensors(shelf / "sst2-ltp"), read_tensors(tmp_path / "mine")
    assert before.keys() == after.keys()
    for name, tensor in after.items():
        assert torch.equal(tensor, blocks.restored(*blocks.rounded(before[name])) if name in whole else before[name]), name
    state = load(tmp_path / "mine").method.state_dict()
    assert all(torch.equal(state[n], after[f"method.{n}"].float()) for n in state)


def test_only_large_matrices_of_whole_blocks_are_in_4_bits() -> None:
    large, ragged, narrow = torch.ones(400, 256), torch.ones(400, 257), torch.ones(8, 3072)
    stored = _blocked({"large": large, "ragged": ragged, "narrow": narrow, "bias": torch.ones(4)}, large_in_4=True)
    kinds = {name: tensor.dtype for name, tensor in stored.items() if not name.endswith(blocks.SCALE)}
    assert kinds == {"large": torch.uint8, "ragged": torch.int8, "narrow": torch.int8, "bias": torch.float32}
    assert _blocked({"large": large}, large_in_4=False)["large"].dtype == torch.int8


@pytest.mark.parametrize("scales", [None, 1, 40])
def test_codes_without_their_scales_are_refused(tmp_path: Path, scales: int | None) -> None:
    held = {"w": torch.ones(32, 32, dtype=torch.int8)}
    if scales is not None:
        held["w.scale"] = torch.ones(scales, dtype=torch.float16)
    save_file(held, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match="holds I8" if scales is None else "lacks scales: 1,024 numbers need 32 scales"):
        read_tensors(tmp_path)


@pytest.mark.parametrize("scale", [torch.inf, 1e37])
def test_scales_that_are_not_finite_or_lead_beyond_are_refused(tmp_path: Path, scale: float) -> None:
    """127 times 1e37 is more than single precision holds."""
    held = {"w": torch.full((32, 32), 127, dtype=torch.int8), "w.scale": torch.full((32,), scale)}
    save_file(held, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match="not finite"):
        read_tensors(tmp_path)
