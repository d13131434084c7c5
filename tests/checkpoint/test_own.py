"""What loads is the checkpoint's own, and answers with numbers: what would be silently wrong is one sentence."""

import hashlib
import json
import os
import resource
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from dynviz import api
from dynviz.checkpoint.config import digest, identity, parts, read_config, write_config
from dynviz.checkpoint.encoders import shared_embeddings, tokenizer
from dynviz.checkpoint.model import load
from dynviz.core import lora
from dynviz.errors import InputError
from tests import strangers
from tests.checkpoint.test_checkpoint import HEAD, LAYER, edit, edit_encoder, edit_stage, edit_tensors, lend, stand_on
from tests.checkpoint.test_tokenizer_file import replaced, template

TEXT = "A fine film, if a long one."
Break = Callable[[Path], object]


@pytest.fixture
def folder(shelf: Path, tmp_path: Path) -> Path:
    """A copy of a checkpoint with its base, free to be broken."""
    shared_embeddings.cache_clear()
    tokenizer.cache_clear()
    for name in ("tiny", "sst2-joint"):
        shutil.copytree(shelf / name, tmp_path / name)
    return tmp_path / "sst2-joint"


def low_rank(folder: Path, rank: int = 2) -> Path:
    """A checkpoint with updates beside another's encoder."""
    above = folder.parent / "above"
    shutil.copytree(folder, above)
    encoder = load(folder).stages[0].model.encoder
    updates = {f"lora.model.{k}": torch.randn(shape) / 9 for k, shape in lora.shapes(encoder, rank).items()}
    stand_on(above, "sst2-joint")
    edit(above, name="above")
    edit_stage(above, lora={"rank": rank, "alpha": 4.0})
    edit_tensors(above, lambda t: t.update(updates))
    return above


def test_updates_of_their_own_rank_are_merged(folder: Path) -> None:
    assert api.trace(load(low_rank(folder)), TEXT).predicted != ("",)


UPDATE = "lora.model.layer.0.output.dense"


def update(part: str, tensor: torch.Tensor) -> Break:
    return lambda f: edit_tensors(f, lambda t: t.update({f"{UPDATE}.{part}": tensor}))


def of_rank(rank: int) -> Break:
    return lambda f: edit_stage(f, lora={"rank": rank, "alpha": 4.0})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (of_rank(4), "is needed at rank 4"),  # scaled by half, all else the same
        (of_rank(1), "is needed at rank 1"),
        (update("a", torch.ones(2, 1)), r"\(2, 32\) is needed"),  # of one column, it would be added to every column
        (update("b", torch.ones(1, 2)), r"\(16, 2\) is needed"),
        (update("a", torch.full((2, 32), torch.nan)), "not finite"),
        (lambda f: edit_stage(f, lora={"rank": 2, "alpha": 1e5}), "make .* infinite"),
        (lambda f: edit_stage(f, lora={"rank": 2, "alpha": -1.0}), "key 'stages.0.lora.alpha'"),
        (lambda f: edit_stage(f, lora={"rank": 2, "alpha": float("inf")}), "is not a finite number"),
    ],
)
def test_updates_that_would_be_merged_wrongly_are_refused(change: Break, said: str, folder: Path) -> None:
    above = low_rank(folder)
    if "infinite" in said:
        edit_tensors(above, lambda t: t.update({k: torch.full_like(v, 1e18) for k, v in t.items() if k.startswith(UPDATE)}))
    change(above)
    with pytest.raises(InputError, match=said):
        load(above)


# Tensors


def raw_tensor(folder: Path, kind: str, shape: list[int], data: bytes) -> None:
    header = json.dumps({HEAD: {"dtype": kind, "shape": shape, "data_offsets": [0, len(data)]}}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)


@pytest.mark.parametrize(
    ("kind", "width"), [("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F4", 4), ("I8", 8), ("U64", 64), ("BOOL", 8), ("C64", 64)]
)
def test_weights_in_a_form_that_is_not_computed_with_are_named(kind: str, width: int, folder: Path) -> None:
    raw_tensor(folder, kind, [2, 16], bytes(2 * 16 * width // 8))
    with pytest.raises(InputError, match=f"tensor '{HEAD}' holds {kind}: weights are floating-point numbers of 16, 32 or 64 bits"):
        load(folder)


BASE = "embeddings.word_embeddings.weight"
PLACES = {
    "head": ("sst2-joint", HEAD), "encoder": ("sst2-joint", LAYER), "embeddings": ("tiny", BASE), "neighbour": ("sst2-joint", LAYER),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", [torch.nan, torch.inf, 1e300])
def test_numbers_that_are_none_are_refused_wherever_they_lie(place: str, value: float, folder: Path) -> None:
    above = low_rank(folder) if place == "neighbour" else folder
    where, name = PLACES[place]
    shared_embeddings.cache_clear()
    edit_tensors(folder.parent / where, lambda t: t.update({name: torch.full_like(t[name], value, dtype=torch.float64)}))
    with pytest.raises(InputError, match=f"tensor '{name}' holds numbers that are not finite"):
        load(above)


def test_heads_kept_of_another_checkpoint_are_finite_too(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "kept")
    edit_tensors(folder.parent / "kept", lambda t: t[HEAD].fill_(torch.nan))
    edit_tensors(folder, lambda t: t.pop(HEAD))
    edit(folder, heads="kept")
    with pytest.raises(InputError, match=r"kept/model\.safetensors.*not finite"):
        load(folder)


def test_a_model_whose_sums_overflow_says_so_and_answers_nothing(folder: Path) -> None:
    edit_tensors(folder, lambda t: t.update({k: torch.full(v.shape, 3e38) for k, v in t.items() if k.endswith("value.weight")}))
    model = load(folder)
    with pytest.raises(InputError, match="answers with what is no number"):
        api.trace(model, TEXT)


@pytest.mark.parametrize("content", [b"", b"\0" * 7, struct.pack("<Q", 0), struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 90_000_000)])
def test_a_header_that_lies_is_one_sentence(content: bytes, folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read: truncated or not safetensors"):
        load(folder)


def test_weights_in_several_files_are_not_those_of_a_checkpoint(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {HEAD: "../../pytorch_model.bin"}}))
    with pytest.raises(InputError, match=r"model-00001-of-00001\.safetensors is there, but a checkpoint's weights lie in one file"):
        load(folder)


# The tokenizer


def without_pieces(folder: Path) -> None:
    """tokenizer_config.json alone, of which transformers makes a tokenizer that knows no word."""
    (folder.parent / "tiny" / "tokenizer.json").unlink()


def of_another(folder: Path) -> None:
    """Only the first two hundred pieces."""
    file = folder.parent / "tiny" / "tokenizer.json"
    found = json.loads(file.read_text())
    found["model"]["vocab"] = {k: i for k, i in found["model"]["vocab"].items() if i < 200}
    file.write_text(json.dumps(found))


def of_signs(folder: Path) -> None:
    """As many pieces, but no letter among them."""
    file = folder.parent / "tiny" / "tokenizer.json"
    found = json.loads(file.read_text())
    found["model"]["vocab"] = {k if k.startswith("[") else f"\u4e00{i}": i for k, i in found["model"]["vocab"].items()}
    file.write_text(json.dumps(found))


def grown(folder: Path) -> None:
    file = folder.parent / "tiny" / "tokenizer.json"
    found = json.loads(file.read_text())
    found["model"]["vocab"]["morethanthere"] = len(found["model"]["vocab"])
    file.write_text(json.dumps(found))


def no_start(folder: Path) -> None:
    file = folder.parent / "tiny" / "tokenizer.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "post_processor": None}))


def set_part(**parts: object) -> Break:
    """Parts of the base's tokenizer.json in place of its own, none of which its class makes anew."""

    def change(folder: Path) -> None:
        base = strangers.rewrite(folder.parent / "tiny", "tokenizer.json", **parts)
        strangers.rewrite(base, "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_part(normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAA"}), "that can be read"),  # Rust panics
        (set_part(normalizer=replaced("x" * 100)), "may make 101 characters of one"),
        (set_part(post_processor=template("[CLS]", "A", *["[SEP]"] * 300)), "puts 301 special pieces around a text, and the model takes"),
        (without_pieces, "neither tokenizer.json nor a vocabulary is there"),
        (of_another, "is not the model's: it has 200 pieces"),
        (of_signs, "is not the model's: it knows no letter"),
        (grown, "is not the model's: it has"),
        (no_start, r"puts no \[CLS\] first"),
        (lambda f: (f.parent / "tiny" / "tokenizer.json").write_text("{}"), "that can be read"),
        (
            lambda f: ((f.parent / "tiny" / "tokenizer.json").unlink(), (f.parent / "tiny" / "tokenizer.json").mkdir()),
            "is not a regular file",
        ),
    ],
)
def test_a_tokenizer_that_is_not_the_models_is_refused(change: Break, said: str, folder: Path) -> None:
    change(folder)
    with pytest.raises(InputError, match=said):
        load(folder)


def endless(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1_500_000_000)


def led_out(file: Path) -> None:
    (file.parent.parent / "outside").write_text("{}")
    file.symlink_to("../outside")


SIDES = ("added_tokens.json", "special_tokens_map.json", "merges.txt", "spiece.model", "chat_template.jinja", "tokenizer.9.0.0.json")


@pytest.mark.parametrize("make", [endless, led_out, os.mkfifo])
@pytest.mark.parametrize("name", SIDES)
def test_no_file_beside_a_bases_tokenizer_is_opened_that_is_none(name: str, make: Break, folder: Path) -> None:
    make(folder.parent / "tiny" / name)
    with pytest.raises(InputError, match=f"{name} (is not a regular file|is larger than|leads out of the folder)"):
        load(folder)


@pytest.mark.parametrize("key", ["vocab_file", "tokenizer_file", "gguf_file", "merges_file", "spm_file"])
def test_no_file_elsewhere_is_opened_that_a_bases_tokenizer_names(key: str, folder: Path) -> None:
    want = api.cut_text(load(folder), TEXT).ids.tolist()
    (folder.parent / "outside").write_text("the")
    strangers.rewrite(folder.parent / "tiny", "tokenizer_config.json", **{key: str(folder.parent / "outside")})
    tokenizer.cache_clear()
    assert api.cut_text(load(folder), TEXT).ids.tolist() == want


def test_tokenizer_files_of_a_base_lie_in_it(folder: Path) -> None:
    strangers.rewrite(folder.parent / "tiny", "tokenizer_config.json", fast_tokenizer_files=["../tokenizer.1.0.json"])
    with pytest.raises(InputError, match="names tokenizer files elsewhere"):
        load(folder)


# Which checkpoint exactly


def naive(folder: Path) -> str:
    """The hash as it was when stored numbers were written under it: config without what it tells of the training, then the weights."""
    config = json.loads((folder / "config.json").read_text())
    raw = json.dumps({k: v for k, v in config.items() if k != "trained"}, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(raw + (folder / "model.safetensors").read_bytes()).hexdigest()[:12]


def test_the_hash_of_weights_in_one_file_stays_what_it_was(folder: Path) -> None:
    assert digest(folder) == naive(folder)


def test_weights_in_several_files_each_count(folder: Path) -> None:
    parts, seen = [folder / f"model-{i}.safetensors" for i in (1, 2)], {digest(folder)}
    for part in parts:
        save_file({"x": torch.zeros(3)}, part)
        seen.add(digest(folder))
    (folder / "model.safetensors").unlink()
    seen.add(digest(folder))
    save_file({"x": torch.ones(3)}, parts[1])
    seen.add(digest(folder))
    (folder / "model.safetensors.index.json").write_text("{}")
    seen.add(digest(folder))
    parts[0].rename(folder / "model-3.safetensors")
    seen.add(digest(folder))
    assert len(seen) == 7


def test_the_identity_covers_what_the_checkpoint_stands_on(folder: Path) -> None:
    above = low_rank(folder)
    shutil.copytree(folder, folder.parent / "kept")
    edit(above, heads="kept")
    edit_tensors(folder.parent / "kept", lambda t: t.pop("nothing", None))
    seen, own = {identity(parts(above))}, digest(above)
    edit_tensors(folder, lambda t: t[LAYER].add_(1))
    seen.add(identity(parts(above)))
    edit_tensors(folder.parent / "tiny", lambda t: t[BASE].add_(1))
    seen.add(identity(parts(above)))
    edit_tensors(folder.parent / "kept", lambda t: t[HEAD].add_(1))
    seen.add(identity(parts(above)))
    file = folder.parent / "tiny" / "tokenizer.json"
    file.write_text(file.read_text() + " ")
    seen.add(identity(parts(above)))
    assert len(seen) == 5
    assert digest(above) == own
    (folder / "golden.json").write_text("{}")
    assert identity(parts(above)) in seen
    assert load(above).identity == identity(parts(above))


@pytest.mark.parametrize("name", [*(name for name in SIDES if "jinja" not in name), "vocab.txt", "vocab.json", "sentencepiece.bpe.model"])
def test_the_identity_covers_every_file_that_decides_how_a_text_is_cut(name: str, folder: Path) -> None:
    seen = {identity(parts(folder))}
    for content in ("{}", '{"the film": 7}'):
        (folder.parent / "tiny" / name).write_text(content)
        seen.add(identity(parts(folder)))
    assert len(seen) == 3


# Neighbours


@pytest.mark.parametrize("name", ["tiny", "sst2-joint"])
def test_a_neighbour_that_is_a_link_to_elsewhere_is_refused(name: str, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    above = low_rank(folder)
    away = tmp_path_factory.mktemp("away")
    (folder.parent / name).rename(away / name)
    (folder.parent / name).symlink_to(away / name)
    shared_embeddings.cache_clear()
    with pytest.raises(InputError, match=f"{name} is not a folder beside above: it is a link that leads elsewhere"):
        load(above)


def test_a_lender_that_is_a_link_to_elsewhere_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    borrower = lend(folder)
    away = tmp_path_factory.mktemp("away") / "lender"
    (folder.parent / "sst2-berxit").rename(away)
    (folder.parent / "sst2-berxit").symlink_to(away)
    with pytest.raises(InputError, match="it is a link that leads elsewhere"):
        load(borrower)


def test_a_box_that_is_itself_a_link_is_a_box(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    box = tmp_path_factory.mktemp("link") / "box"
    box.symlink_to(folder.parent)
    assert load(box / "sst2-joint").config.name == "sst2-joint"


# Sizes and options


@pytest.mark.parametrize(
    "changes",
    [
        {"num_hidden_layers": 10**6}, {"hidden_size": 10**9}, {"vocab_size": 10**9}, {"max_position_embeddings": 10**9},
        {"intermediate_size": 10**9}, {"num_attention_heads": 10**9}, {"type_vocab_size": 10**9}, {"hidden_size": 10**30},
        {"hidden_size": 8192, "num_hidden_layers": 128, "intermediate_size": 65_536, "num_attention_heads": 64},
        {"vocab_size": 2_000_000, "max_position_embeddings": 65_536, "hidden_size": 8192, "num_attention_heads": 64},
        {"pad_token_id": 10**6}, {"num_labels": 10**9}, {"pruned_heads": {"0": [1]}},
    ],
)  # fmt: skip
def test_no_size_in_a_config_takes_memory(changes: dict[str, Any], folder: Path) -> None:
    edit_encoder(folder, **changes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError):
        load(folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KB


@pytest.mark.parametrize(
    ("method", "options", "said"),
    [
        ("de3bert", {"space": 10**9}, "has shape|lacks the tensor"),
        ("de3bert", {"space": -3}, "options of sst2-joint do not fit"),
        ("fastbert", {"width": 10**12 + 1}, "options of sst2-joint do not fit"),
        ("act", {"tau": "0.02"}, "'tau': input should be a valid number"),
        ("entropy_exit", {"hidden": "yes"}, "'hidden': input should be a valid boolean"),
        ("entropy_exit", {"shape": 5}, "options of sst2-joint do not fit"),
        ("entropy_exit", {"hidden": None}, "'hidden': input should be a valid boolean"),
    ],
)
def test_options_are_of_their_kind_and_take_no_memory(method: str, options: dict[str, Any], said: str, folder: Path) -> None:
    edit(folder, method=method, options=options, knobs={})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=said):
        load(folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KB


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "0.5", None])
def test_a_knob_is_a_number(value: Any, folder: Path) -> None:
    edit(folder, knobs={"entropy": value})
    with pytest.raises(InputError, match=r"not a finite number|key 'knobs\.entropy'"):
        load(folder)


def held(folder: Path) -> None:
    """Write down what a checkpoint is measured with, as training does."""
    config = read_config(folder)
    write_config(config.model_copy(update={"trained": {**config.trained, "parts": parts(folder)}}), folder)


def test_a_neighbour_that_changed_since_is_refused_and_own_files_are_told_of(folder: Path) -> None:
    above = low_rank(folder)
    held(above)
    edit(folder, knobs={"entropy": 0.5}, title="Another")  # how it is run and called is nobody else's matter
    assert load(above).notes == ()
    edit_tensors(folder, lambda t: t[LAYER].add_(1))
    with pytest.raises(InputError, match=rf"above stands on another {folder.name} than lies beside it: its files are .* Copy the folder"):
        load(above)
    held(above)
    edit_tensors(above, lambda t: next(iter(t.values())).add_(1))
    assert load(above).notes == (f"The files of {above.name} are not those that its numbers were measured with.",)


def test_a_base_is_held_to_its_hash_though_a_config_forgets_it(folder: Path) -> None:
    held(folder)
    edit_tensors(folder.parent / "tiny", lambda t: t[BASE].add_(1))
    with pytest.raises(InputError, match=f"{folder.name} stands on another tiny than lies beside it"):
        load(folder)


def test_without_a_neighbour_a_checkpoint_is_left_out_with_a_sentence(folder: Path) -> None:
    above = low_rank(folder)
    shutil.rmtree(folder)
    said: list[str] = []
    assert api.checkpoints(above.parent, said) == []
    assert [s for s in said if f"above stands on {folder.name}: there is no folder" in s and f"Copy the folder {folder.name} too" in s]
