"""Checkpoint folders: saved and loaded again they are the same; broken ones are refused with one sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.checkpoint.config import digest, read_config, write_config
from dynviz.checkpoint.encoders import shared_embeddings, trainable_copy
from dynviz.checkpoint.model import load, save
from dynviz.errors import InputError

Break = Callable[[Path], object]


@pytest.fixture
def folder(shelf: Path, tmp_path: Path) -> Path:
    """A copy of a checkpoint with its base, free to be broken."""
    shared_embeddings.cache_clear()
    for name in ("tiny", "sst2-joint"):
        shutil.copytree(shelf / name, tmp_path / name)
    return tmp_path / "sst2-joint"


def edit(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def edit_encoder(folder: Path, **changes: Any) -> None:
    stage = json.loads((folder / "config.json").read_text())["stages"][0]
    edit(folder, stages=[{**stage, "config": {**stage["config"], **changes}}])


def edit_stage(folder: Path, **changes: Any) -> None:
    stage = json.loads((folder / "config.json").read_text())["stages"][0]
    edit(folder, stages=[{**stage, **changes}])


def stand_on(folder: Path, encoder: str) -> None:
    """Without an encoder of its own, on somebody else's."""
    edit_tensors(folder, lambda t: [t.pop(k) for k in list(t) if k.startswith("encoder.")])
    edit_stage(folder, encoder=encoder)


def edit_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def as_pickle(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")


def cut_short(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-500])


def long_header(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")


def write(folder: Path, content: bytes) -> None:
    (folder / "config.json").write_bytes(content)


HEAD, LAYER = "method.heads.1.out.weight", "encoder.model.layer.0.output.dense.bias"
BROKEN: dict[str, tuple[Break, str]] = {
    "no config": (lambda f: (f / "config.json").unlink(), "config.json is missing"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "model.safetensors is missing"),
    "pickle": (as_pickle, "pickled weights can run code"),
    "truncated": (cut_short, "model.safetensors cannot be read: truncated or not safetensors"),
    "absurd header": (long_header, "model.safetensors cannot be read"),
    "text for weights": (lambda f: (f / "model.safetensors").write_text("weights"), "model.safetensors cannot be read"),
    "missing head": (lambda f: edit_tensors(f, lambda t: t.pop(HEAD)), "lacks the tensor 'heads.1.out.weight'"),
    "missing layer": (lambda f: edit_tensors(f, lambda t: t.pop(LAYER)), "lacks the tensor 'layer.0.output.dense.bias'"),
    "extra head": (lambda f: edit_tensors(f, lambda t: t.update({"method.more": torch.zeros(1)})), "unknown tensor 'more'"),
    "extra tensor": (lambda f: edit_tensors(f, lambda t: t.update({"other.more": torch.zeros(1)})), "unknown tensor 'other.more'"),
    "shape": (lambda f: edit_tensors(f, lambda t: t.update({HEAD: torch.zeros(3, 16)})), r"has shape \(3, 16\): \(2, 16\) is needed"),
    "whole numbers": (lambda f: edit_tensors(f, lambda t: t.update({HEAD: torch.zeros(2, 16, dtype=torch.int64)})), "holds I64"),
    "not finite": (lambda f: edit_tensors(f, lambda t: t.update({HEAD: torch.full((2, 16), torch.inf)})), "not finite"),
    "unknown key": (lambda f: edit(f, colour="red"), "key 'colour': extra inputs are not permitted"),
    "unknown stage key": (lambda f: edit_stage(f, colour="red"), "key 'stages.0.colour'"),
    "missing key": (lambda f: edit(f, stages=None), "key 'stages'"),
    "no stages": (lambda f: edit(f, stages=[]), "stages"),
    "other format": (lambda f: edit(f, format=2), "key 'format'"),
    "unknown task": (lambda f: edit(f, task="poetry"), "names the task 'poetry'"),
    "unknown method": (lambda f: edit(f, method="magic"), "No method is called 'magic'"),
    "wrong method for the task": (lambda f: edit(f, method="tokee"), "does not serve the task sst2"),
    "two stages needed": (lambda f: edit(f, method="cascade"), "needs 2 encoders"),
    "unknown option": (lambda f: edit(f, options={"magic": 1}), "options of sst2-joint do not fit"),
    "unknown pooling": (lambda f: edit(f, options={"pooling": "max"}), "options of sst2-joint do not fit"),
    "unknown knob": (lambda f: edit(f, knobs={"magic": 1.0}), "has no knob 'magic'"),
    "knob out of range": (lambda f: edit(f, knobs={"entropy": 7.0}), "knob entropy was set to 7"),
    "other labels": (lambda f: edit(f, labels=["negative", "positive", "neither"]), "has other labels than the task"),
    "max_length": (lambda f: edit(f, max_length=0), "max_length"),
    "not JSON": (lambda f: write(f, b"{"), "config.json is not JSON"),
    "not UTF-8": (lambda f: write(f, b"\xff\xfe{"), "config.json is not JSON"),
    "a list": (lambda f: write(f, b"[]"), "does not fit"),
    "deep": (lambda f: write(f, b'{"a":' * 100_000), "config.json is not JSON"),
    "huge": (lambda f: write(f, b" " * 1_100_000 + b"{}"), "larger than 1 MB"),
    "a folder": (lambda f: ((f / "config.json").unlink(), (f / "config.json").mkdir()), "config.json cannot be read"),
    "width": (lambda f: edit_encoder(f, hidden_size=10**9), "hidden_size = 1000000000"),
    "layers": (lambda f: edit_encoder(f, num_hidden_layers=10**6), "num_hidden_layers = 1000000"),
    "negative layers": (lambda f: edit_encoder(f, num_hidden_layers=-1), "num_hidden_layers = -1"),
    "heads": (lambda f: edit_encoder(f, num_attention_heads=3), "has 3 heads"),
    "activation": (lambda f: edit_encoder(f, hidden_act="magic"), "configuration does not fit"),
    "kind": (lambda f: edit_encoder(f, model_type="gpt2"), "is of type 'gpt2'"),
    "another width": (lambda f: edit_encoder(f, hidden_size=32), "has shape"),
    "no neighbour": (lambda f: stand_on(f, "absent"), r"stands on absent: there is no folder .*absent, .*\. Copy the folder absent too"),
    "neighbour above": (lambda f: edit_stage(f, encoder="../sst2-joint"), "is not the name of a folder"),
    "neighbour elsewhere": (lambda f: edit_stage(f, encoder="/etc"), "is not the name of a folder"),
    "base above": (lambda f: edit(f, embeddings=".."), "is not the name of a folder"),
    "base elsewhere": (lambda f: edit(f, embeddings="/tmp"), "is not the name of a folder"),
    "no base": (lambda f: edit(f, embeddings="absent"), r"stands on absent: there is no folder .*absent, which holds embeddings"),
    "circle": (lambda f: stand_on(f, "sst2-joint"), "goes in a circle"),
    "no tokenizer": (lambda f: [p.unlink() for p in (f.parent / "tiny").glob("token*")], "No tokenizer in"),
    "lora of shared layers": (
        lambda f: edit_stage(f, shared=True, lora={"rank": 2, "alpha": 4.0}),
        "low-rank updates of shared layers",
    ),
    "layers said to be shared": (lambda f: edit_stage(f, shared=True), "holds an unknown tensor 'layer"),
    "shared layers said to differ": (
        lambda f: edit_tensors(f, lambda t: [t.pop(k) for k in list(t) if k.startswith("encoder.") and ".layer.0." not in k]),
        "lacks the tensor 'layer",
    ),
    "lora of rank 0": (lambda f: edit_stage(f, lora={"rank": 0, "alpha": 1.0}), "key 'stages.0.lora.rank'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_one_sentence(case: str, folder: Path) -> None:
    change, why = BROKEN[case]
    change(folder)
    with pytest.raises(InputError, match=why) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_a_saved_model_comes_back_the_same(folder: Path, tmp_path: Path) -> None:
    model = load(folder)
    again = tmp_path / "again"
    save(model.config, model.stages, model.method, again)
    for name, tensor in load_file(folder / "model.safetensors").items():
        assert torch.equal(load_file(again / "model.safetensors")[name], tensor)
    assert read_config(again) == model.config
    text = "A fine film, if a long one."
    np.testing.assert_array_equal(api.trace(model, text).probs, api.trace(load(again), text).probs)


def with_shared_layers(folder: Path) -> None:
    """The same checkpoint with its first layer for all."""
    edit_tensors(folder, lambda t: [t.pop(k) for k in list(t) if k.startswith("encoder.") and ".layer.0." not in k])
    edit_stage(folder, shared=True)


def test_shared_layers_are_stored_once_and_loaded_as_one(folder: Path, tmp_path: Path) -> None:
    with_shared_layers(folder)
    model = load(folder)
    encoder = model.stages[0]
    assert len(encoder.layers) == len(encoder.model.encoder.layer) == 4
    assert len({id(layer) for layer in encoder.model.encoder.layer}) == 1
    save(model.config, model.stages, model.method, tmp_path / "again")
    stored, again = (load_file(f / "model.safetensors") for f in (folder, tmp_path / "again"))
    assert stored.keys() == again.keys()
    assert all(torch.equal(tensor, again[name]) for name, tensor in stored.items())


def test_a_shared_layer_costs_as_much_each_time_it_runs(folder: Path) -> None:
    text = "A fine film, if a long one."
    differ = api.trace(load(folder), text, entropy=0.0)
    with_shared_layers(folder)
    shared = api.trace(load(folder), text, entropy=0.0)
    assert shared.layers == differ.layers
    assert shared.flops == differ.flops
    assert not np.allclose(shared.probs[4], differ.probs[4])  # other layers above the first
    np.testing.assert_allclose(shared.probs[1], differ.probs[1], atol=1e-6)


def test_a_copy_for_training_keeps_layers_shared(folder: Path) -> None:
    with_shared_layers(folder)
    copied = trainable_copy(load(folder).stages[0])
    assert len({id(layer) for layer in copied.model.encoder.layer}) == 1
    assert copied.layers[0].query is copied.layers[3].query


def test_shared_layers_are_not_lent_to_a_model_whose_layers_differ(folder: Path, shelf: Path) -> None:
    with_shared_layers(folder)
    shutil.copytree(shelf / "sst2-plain", folder.parent / "sst2-plain")
    above = folder.parent / "sst2-plain"
    stand_on(above, "sst2-joint")
    with pytest.raises(InputError, match="key 'shared': sst2-joint has one layer, repeated"):
        load(above)
    edit_stage(above, shared=True)
    mine, theirs = (load(f).stages[0].layers[3].outer.weight for f in (above, folder))
    assert torch.equal(mine, theirs)


def test_golden_traces_are_what_the_checkpoint_still_does(shelf: Path) -> None:
    for name in ("pos-tokee", "sst2-joint", "sst2-ltp"):
        model = api.load(name, shelf)
        for pair in golden.read(shelf / name).pairs:
            analysis = api.analyse(model, pair.trace.text)
            assert analysis.at().same_as(pair.trace, 1e-5)
            assert analysis.full.same_as(pair.full, 1e-5)


def test_the_digest_changes_with_config_and_weights(folder: Path) -> None:
    first = digest(folder)
    edit_tensors(folder, lambda t: t[HEAD].zero_())
    second = digest(folder)
    write_config(read_config(folder).model_copy(update={"title": "Another"}), folder)
    assert len({first, second, digest(folder)}) == 3


def test_models_share_their_embeddings(shelf: Path) -> None:
    shared_embeddings.cache_clear()
    one, other = (api.load(name, shelf) for name in ("sst2-plain", "sst2-joint"))
    assert one.stages[0].model.embeddings is other.stages[0].model.embeddings


def test_a_broken_neighbour_does_not_stop_the_others(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "broken")
    write(folder.parent / "broken", b"{")
    assert api.load("sst2-joint", folder.parent).config.name == "sst2-joint"


def lend(folder: Path) -> Path:
    """A folder without tensors beside a BERxiT checkpoint, whose encoder and classifiers it uses by another rule."""
    trained, borrower = folder.parent / "sst2-berxit", folder.parent / "sst2-berxit-entropy"
    shutil.copytree(folder, trained)
    edit(trained, name="sst2-berxit", method="berxit", options={"pooling": "cls"}, knobs={"doubt": 0.0, "entropy": 0.5})
    edit_tensors(trained, lambda t: t.update({"method.lte.weight": torch.ones(1, 16), "method.lte.bias": torch.zeros(1)}))
    borrower.mkdir()
    (borrower / "config.json").write_text((folder / "config.json").read_text())
    edit_stage(borrower, encoder="sst2-berxit")
    edit(borrower, name="sst2-berxit-entropy", options={"pooling": "cls"}, trained={"start": "sst2-berxit", "stages": {}})
    return borrower


def test_a_folder_without_tensors_takes_the_heads_it_knows_from_its_neighbour(folder: Path) -> None:
    borrower = load(lend(folder))
    lender = load(folder.parent / "sst2-berxit")
    assert not hasattr(borrower.method, "lte")
    for name, tensor in borrower.method.state_dict().items():
        assert torch.equal(tensor, lender.method.state_dict()[name])
    for text in ("A fine film, if a long one.", "Dull."):
        one, other = (api.trace(model, text) for model in (borrower, lender))
        assert one.knobs["entropy"] == other.knobs["entropy"]
        assert one.exit_layer == other.exit_layer < 4
        np.testing.assert_array_equal(one.probs, other.probs)


def test_a_folder_whose_own_tensors_are_lost_takes_nobody_elses(folder: Path) -> None:
    borrower = lend(folder)
    edit(borrower, trained={"start": "sst2-berxit", "stages": {"joint": {"steps": 100}}})
    with pytest.raises(InputError, match=r"sst2-berxit-entropy/model.safetensors is missing"):
        load(borrower)


def test_a_head_that_the_neighbour_lacks_is_named(folder: Path) -> None:
    borrower = lend(folder)
    edit_tensors(folder.parent / "sst2-berxit", lambda t: t.pop(HEAD))
    with pytest.raises(InputError, match=r"sst2-berxit/model.safetensors lacks the tensor 'heads.1.out.weight'"):
        load(borrower)
