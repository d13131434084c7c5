"""A base whose layers are shared: rounded, hashed, read once; checkpoints on it hold updates alone."""

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.utils.flop_counter import FlopCounterMode

from dynviz import api
from dynviz.checkpoint import base, base_build, blocks, tensors
from dynviz.checkpoint.base_config import is_base, read_base
from dynviz.checkpoint.catalogue import checkpoints
from dynviz.checkpoint.config import digest, read_config, write_config
from dynviz.checkpoint.encoders import trainable_copy
from dynviz.checkpoint.masked import base_encoder
from dynviz.checkpoint.model import Model, load
from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.engine import run
from dynviz.data import bundled
from dynviz.errors import InputError, NoMemory
from dynviz.measure import bench
from tests import bases
from tests.core.test_agreements import CPU_ATTENTION

TEXT = "the film is not good, is the film bad?"


@pytest.fixture(scope="module")
def shelf_of_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, a model on it, and one that goes on from that."""
    root = tmp_path_factory.mktemp("base")
    folder = bases.base(root)
    bases.on_base(root, "one", "mpnet", 1)
    bases.on_base(root, "two", "one", 2)
    assert is_base(folder)
    return root


@pytest.fixture
def root(shelf_of_one: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shelf_of_one, tmp_path / "root"))


def answer(model: Model) -> np.ndarray:
    return np.asarray(api.trace(model, TEXT).answer)


def test_four_bits_by_hand() -> None:
    """The number farthest from 0 becomes -8; two numbers a byte, 16 apart."""
    tensor = torch.zeros(1, 64)
    tensor[0, 0], tensor[0, 16], tensor[0, 1], tensor[0, 32] = 4.0, -3.4, 0.3, -1.0
    codes, scale = blocks.rounded_to_4_bits(tensor)
    assert codes.shape == (1, 32)
    assert codes.dtype is torch.uint8
    assert scale.tolist() == [-0.5, 0.125]
    assert codes[0, 0] == 0 + (15 << 4), "-8 and 7, the highest there is"
    restored = blocks.restored(codes, scale)
    assert restored[0, [0, 16, 1, 2, 32, 33]].tolist() == [4.0, -3.5, 0.5, 0.0, -1.0, 0.0]


def test_each_number_is_within_a_step_of_its_block() -> None:
    tensor = torch.randn(12, 96, generator=torch.Generator().manual_seed(3))
    codes, scale = blocks.rounded_to_4_bits(tensor)
    step = scale.float().abs().repeat_interleave(blocks.BLOCK).reshape(tensor.shape)
    off = (blocks.restored(codes, scale) - tensor).abs()
    assert (off <= step + 1e-3).all()
    assert off.mean() < 0.3 * step.mean()


@pytest.mark.parametrize(("shape", "scales"), [((4, 16), 3), ((3, 8), 2)])
def test_codes_that_fit_no_blocks_are_refused(shape: tuple[int, int], scales: int) -> None:
    with pytest.raises(ValueError, match=r"scales|left over"):
        blocks.restored(torch.zeros(shape, dtype=torch.uint8), torch.ones(scales))


def test_a_base_is_near_what_was_published_and_says_what_it_is(shelf_of_one: Path) -> None:
    told = read_base(shelf_of_one / "mpnet")
    before = load_file(shelf_of_one / "published" / "model.safetensors")
    after = {**base.weights(shelf_of_one / "mpnet", "")}
    assert after.keys() == {name for name in before if "pooler" not in name and "position_ids" not in name}
    for name, tensor in after.items():
        off = (tensor - before[name]).norm() / before[name].norm()
        low, high = (0.03, 0.12) if name.startswith("encoder.layer") and tensor.dim() == 2 else (0, 0.01)
        assert low <= off <= high, name
    assert told.source == bases.source_of(shelf_of_one / "published")
    assert told.weights == ("embeddings.safetensors", "layers-01-02.safetensors", "layers-03-03.safetensors")
    assert [c.name for c in checkpoints(shelf_of_one)] == ["one", "two"], "a base is no model"


def test_building_again_gives_the_same_files(shelf_of_one: Path, tmp_path: Path) -> None:
    found = shelf_of_one / "published"
    base_build.build(found, tmp_path / "again", bases.source_of(found))
    assert digest(tmp_path / "again") == digest(shelf_of_one / "mpnet")


def test_other_weights_than_the_published_ones_are_refused(shelf_of_one: Path, tmp_path: Path) -> None:
    found = shelf_of_one / "published"
    with pytest.raises(InputError, match="does not hold the weights of nobody/tiny: its SHA-256 is"):
        base_build.build(found, tmp_path, bases.source_of(found).model_copy(update={"sha256": "0" * 64}))


def test_models_share_the_layers_and_hold_updates_alone(shelf_of_one: Path) -> None:
    one, two = load(shelf_of_one / "one"), load(shelf_of_one / "two")
    layers = [m.stages[0].layers for m in (one, two)]
    assert layers[0][1].inner.weight.data_ptr() == layers[1][1].inner.weight.data_ptr()
    assert one.stages[0].model.embeddings is two.stages[0].model.embeddings
    assert not np.allclose(answer(one), answer(two))
    assert all(name.startswith(("lora.", "method.")) for name in load_file(shelf_of_one / "two" / "model.safetensors"))


@pytest.mark.parametrize("name", ["one", "two"])
def test_updates_beside_weights_answer_as_merged_ones_and_cost_as_much(shelf_of_one: Path, name: str) -> None:
    model = load(shelf_of_one / name)
    merged = replace(model, stages=(trainable_copy(model.stages[0]),))
    np.testing.assert_allclose(answer(model), answer(merged), atol=1e-5)
    pieces = api.cut_text(model, TEXT)
    counted, claimed = [], []
    for one in (model, merged):
        with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counter:
            claimed.append(run(one.stages, one.method, pieces.ids, pieces.sentences, {}).flops.sum())
        counted.append(counter.get_total_flops())
    assert claimed[0] == claimed[1] == counted[1]
    updates = sum(p.numel() for key, p in model.stages[0].model.encoder.named_parameters() if key.endswith((".a", ".b")))
    assert counted[0] - counted[1] == 2 * len(pieces.ids) * updates


def test_an_update_is_the_same_in_training_and_in_use() -> None:
    """Of one text packed, of padded ones, with gradients and without, in half precision."""
    linear = lora.LowRank(torch.nn.Linear(8, 6), 2, 4.0)
    torch.nn.init.normal_(linear.b)
    x = torch.randn(5, 8)
    want = torch.nn.functional.linear(x, linear.weight + linear.scale * linear.b @ linear.a, linear.bias)
    with torch.inference_mode():
        for found in (linear(x), linear(x[None])[0]):
            torch.testing.assert_close(found, want, rtol=0, atol=1e-5)
        with torch.autocast("cpu", torch.bfloat16):
            torch.testing.assert_close(linear(x).float(), want, rtol=0.05, atol=0.1)
    torch.testing.assert_close(linear(x), want, rtol=0, atol=1e-5)


def test_what_is_trained_on_is_what_is_run(shelf_of_one: Path) -> None:
    """The second model: what it started from with its updates, as they are stored, merged one after the other."""
    two, start = load(shelf_of_one / "two"), trainable_copy(load(shelf_of_one / "one").stages[0])
    stored = load_file(shelf_of_one / "two" / "model.safetensors")
    updates = {name.removeprefix("lora.model."): tensor for name, tensor in stored.items() if name.startswith("lora.")}
    lora.merge(start.model.encoder, updates, bases.LORA.alpha / bases.LORA.rank)
    np.testing.assert_allclose(answer(two), answer(replace(two, stages=(Encoder(start.model, "model"),))), atol=1e-5)


def test_the_plain_encoder_of_a_comparison_has_the_updates_merged(shelf_of_one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And pads with the piece that its places are not counted from."""
    model, seen = load(shelf_of_one / "two"), []
    pieces = api.prepare(model, bundled("sst2"))[0].only(np.arange(3))
    called = type(model.stages[0].model).forward

    def watched(self: torch.nn.Module, **given: torch.Tensor) -> object:
        assert not any(isinstance(part, lora.LowRank) for part in self.modules())
        seen.append((given, called(self, **given)))
        return seen[-1][1]

    monkeypatch.setattr(type(model.stages[0].model), "forward", watched)
    bench._plain(model, [pieces])()
    ((given, found),) = seen
    real = given["attention_mask"].bool()
    assert (given["input_ids"][~real] == model.stages[0].config.pad_token_id).all()
    want = model.stages[0].padded(given["input_ids"], real)[-1]
    torch.testing.assert_close(found.last_hidden_state[real], want[real], rtol=0, atol=1e-4)


def test_copies_for_training_leave_the_base_as_it_is(shelf_of_one: Path) -> None:
    before = {k: v.clone() for k, v in base.weights(shelf_of_one / "mpnet", "encoder.").items()}
    copied = trainable_copy(load(shelf_of_one / "two").stages[0])
    with torch.no_grad():
        for parameter in copied.model.encoder.parameters():
            parameter.add_(1)
    after = base.weights(shelf_of_one / "mpnet", "encoder.")
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_a_cut_model_has_the_lower_layers(root: Path) -> None:
    model = load(bases.on_base(root, "cut", "mpnet", 1, depth=1))
    assert len(model.stages[0].layers) == 1
    assert np.isfinite(answer(model)).all()


def test_another_base_than_the_one_trained_on_is_refused(root: Path) -> None:
    file = root / "mpnet" / "base.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "source": {**told["source"], "revision": "2"}}))
    with pytest.raises(InputError, match="one was trained on another mpnet than lies beside it"):
        load(root / "one")
    shutil.rmtree(root / "mpnet")
    with pytest.raises(InputError, match=r"one stands on mpnet: there is no folder .*mpnet\. .* python -m dynviz base"):
        load(root / "one")


def test_a_base_that_cannot_be_read_is_damaged_and_not_another(root: Path) -> None:
    file = root / "mpnet" / "base.json"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"base\.json is not JSON: .* python -m dynviz base --out ") as caught:
        load(root / "one")
    assert "another" not in str(caught.value)


def test_a_config_that_does_not_fit_its_base_is_the_file_that_is_named(root: Path) -> None:
    config = read_config(root / "one")
    (stage,) = config.stages

    def asking(**more: int) -> None:
        other = stage.model_copy(update={"config": {**stage.config, **more}})
        write_config(config.model_copy(update={"stages": [other]}), root / "one")

    deep = stage.config["num_hidden_layers"]
    asking(num_hidden_layers=deep + 1)
    with pytest.raises(InputError, match=rf"one/config\.json asks for {deep + 1} layers: mpnet, on which it stands, has {deep}"):
        load(root / "one")
    asking(intermediate_size=8)
    with pytest.raises(InputError, match=r"one/config\.json does not fit mpnet: key 'intermediate_size'"):
        load(root / "one")


def test_embeddings_that_are_gone_are_said_by_the_folder_they_lie_in(root: Path) -> None:
    config = read_config(root / "one")
    write_config(config.model_copy(update={"embeddings": "minilm"}), root / "one")
    shutil.rmtree(root / "mpnet")
    stage = config.stages[0].model_copy(update={"base": None})
    write_config(config.model_copy(update={"embeddings": "minilm", "stages": [stage]}), root / "one")
    with pytest.raises(InputError, match=r"one stands on minilm: there is no folder .*minilm, .*\. Copy minilm there"):
        load(root / "one")


@pytest.mark.parametrize("how", ["no folder", "gone", "no json", "huge", "another"])
def test_models_whose_base_does_not_serve_are_left_out_and_said(root: Path, how: str) -> None:
    """Those of which only numbers ship need none."""
    config = read_config(root / "two")
    write_config(config.model_copy(update={"trained": {"readings_only": True}}), root / "two")
    spoil(root / "mpnet", how)
    problems: list[str] = []
    assert [c.name for c in checkpoints(root, problems)] == ["two"]
    assert len([said for said in problems if "mpnet" in said]) == 1
    with pytest.raises(InputError, match="mpnet"):
        api.load("one", root)


def test_another_base_in_the_same_place_has_its_own_embeddings(root: Path) -> None:
    before = base_encoder(root / "mpnet").model.embeddings
    assert base_encoder(root / "mpnet").model.embeddings is before
    spoil(root / "mpnet", "another")
    assert base_encoder(root / "mpnet").model.embeddings is not before


HEADS_SPOILT = {
    "a share too few": lambda told: told["held_out"]["others"]["likely"].pop(),
    "layers that descend": lambda told: told["layers"].reverse(),
    "a layer that is not there": lambda told: told["layers"].__setitem__(1, 9),
    "another base": lambda told: told.update(base="0" * 12),
    "another type": lambda told: told.update(rank="4"),
    "no such layer's tensor": lambda told: told.update(layers=[1, 2, 3]) or all_with(told, 3),
}


def all_with(told: dict[str, Any], layers: int) -> None:
    for part in ("all", "common", "others"):
        told["held_out"][part].update(right=[0.1] * layers, likely=[0.1] * layers)


@pytest.mark.parametrize("how", HEADS_SPOILT)
def test_heads_that_do_not_fit_are_refused_and_the_models_still_listed(root: Path, how: str) -> None:
    folder = root / "mpnet"
    bases.heads(folder)
    told = json.loads((folder / "masked.json").read_text())
    HEADS_SPOILT[how](told)
    (folder / "masked.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=r"masked\.(json|safetensors)|The heads in .* are not of this base"):
        api.load_reader(folder)
    assert len(checkpoints(root)) == 2


def test_weights_of_heads_that_stack_wrongly_are_refused_by_their_file(root: Path) -> None:
    folder = root / "mpnet"
    bases.heads(folder)
    held = load_file(folder / "masked.safetensors")
    save_file({**held, "down": held["down"][:-1].clone()}, folder / "masked.safetensors")
    told = json.loads((folder / "masked.json").read_text())
    (folder / "masked.json").write_text(json.dumps({**told, "sha256": base_build.sha256(folder / "masked.safetensors")}))
    with pytest.raises(InputError, match=r"masked\.safetensors: tensor 'down' has shape"):
        api.load_reader(folder)


def spoil(folder: Path, how: str) -> None:
    """One thing of a base made wrong."""
    weights, told = folder / "layers-01-02.safetensors", json.loads((folder / "base.json").read_text())
    if how == "a bit":
        raw = bytearray(weights.read_bytes())
        raw[-1] ^= 1
        weights.write_bytes(raw)
    elif how == "cut off":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif how == "gone":
        weights.unlink()
    elif how == "no folder":
        shutil.rmtree(folder)
    elif how == "another":
        told["source"]["revision"] = "2"
    elif how == "leads out":
        told["files"] = {"../x.safetensors": "0" * 64}
    elif how == "huge":
        told["config"]["hidden_size"] = 10**9
    elif how == "code":
        told["config"]["auto_map"] = "x"
    if how in ("leads out", "huge", "code", "another"):
        (folder / "base.json").write_text(json.dumps(told))
    elif how == "no json":
        (folder / "base.json").write_text("{")


@pytest.mark.parametrize("how", ["a bit", "cut off", "gone", "leads out", "huge", "code", "no json"])
def test_a_spoilt_base_is_refused_with_one_sentence(root: Path, how: str) -> None:
    folder = root / "mpnet"
    spoil(folder, how)
    config = read_config(root / "one")
    write_config(config.model_copy(update={"stages": [config.stages[0].model_copy(update={"base": digest(folder)})]}), root / "one")
    with pytest.raises(InputError) as caught:
        load(root / "one")
    assert str(caught.value).count("\n") == 0


def test_it_is_read_once_for_all_who_ask_at_the_same_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, told, tensors_in = [], [], base.tensors_in

    def counted(file: Path, wanted: Callable[[str], bool]) -> dict[str, torch.Tensor]:
        reads.append(file.name)
        time.sleep(0.02)  # time enough for the others to come
        return tensors_in(file, wanted)

    monkeypatch.setattr(base, "tensors_in", counted)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: base.weights(root / "mpnet", "", lambda *so_far: told.append(so_far)), range(8)))
    assert reads == list(read_base(root / "mpnet").weights)
    assert len({one["encoder.relative_attention_bias.weight"].data_ptr() for one in found}) == 1
    assert told == [(i, len(found[0])) for i in range(1, len(found[0]) + 1)], "by him who reads it, from the first tensor to the last"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_full_memory_is_said_and_the_next_try_succeeds(root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def full(codes: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(tensors, "restored", full)
        with pytest.raises(NoMemory, match=r"cannot be loaded: the memory is full\. Close other programs"):
            base.weights(root / "mpnet", "")
    assert base.weights(root / "mpnet", "")


def test_a_tensor_in_two_files_is_refused(root: Path) -> None:
    folder = root / "mpnet"
    told = json.loads((folder / "base.json").read_text())
    held = load_file(folder / "layers-03-03.safetensors")
    save_file({**held, "encoder.relative_attention_bias.weight": torch.zeros(32, 2).half()}, folder / "layers-03-03.safetensors")
    told["files"]["layers-03-03.safetensors"] = base_build.sha256(folder / "layers-03-03.safetensors")
    (folder / "base.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=r"holds 'encoder.relative_attention_bias.weight' again"):
        base.weights(folder, "encoder.")


def test_a_base_that_is_asked_for_as_a_model_is_called_one(root: Path) -> None:
    for name in ("mpnet", str(root / "mpnet")):
        with pytest.raises(InputError, match="mpnet is no model but a base, on which models stand"):
            api.load(name, root)
