"""Folders of others' models: config.json, files that are gone, empty, twice or of another model, and an index of shards."""

import json
from pathlib import Path
from random import Random

from dynviz import api
from tests.fuzz import raw, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers

MORE = {
    "num_labels": 3, "problem_type": "single_label_classification", "architectures": ["BertForSequenceClassification"], "auto_map": {},
    "quantization_config": {"quant_method": "gptq"}, "torch_dtype": "float16", "position_embedding_type": "absolute", "pad_token_id": 0,
    "is_decoder": False, "tie_word_embeddings": True, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "classifier_dropout": None,
    "label2id": {"no": 0}, "transformers_version": "4.0.0", "use_cache": True, "model_type": "bert", "embedding_size": 8, "format": 1,
    "initializer_range": 0.02, "hidden_dropout_prob": 0.1, "_attn_implementation": "sdpa", "dtype": "float16", "add_cross_attention": False,
}  # fmt: skip
OTHERS = ("pytorch_model.bin", "adapter_config.json", "chat_template.jinja", "generation_config.json", "model.bin", "config.json.bak")


def make(place: Place, rng: Random) -> Path:
    """A folder that is not quite one."""
    folder = place.foreign(rng)
    for change in rng.choices((config, config, config, config, gone, emptied, swapped, sharded, junk), k=rng.choice((1, 1, 2))):
        change(rng, folder, place)
    return folder


def config(rng: Random, folder: Path, _: Place) -> None:
    file = folder / "config.json"
    if not file.exists():
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    if rng.random() < 0.15:
        file.write_bytes(raw.mutated(rng, text.encode()))
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # broken before
        return
    if isinstance(found, dict):
        for key in rng.sample(sorted(MORE), rng.choice((0, 1, 3))):
            found.setdefault(key, MORE[key])
    file.write_bytes(values.written(rng, values.mutated(rng, json.dumps(found))))


def some(rng: Random, folder: Path) -> Path:
    return rng.choice(sorted(p for p in folder.iterdir() if p.is_file()) or [folder / "config.json"])


def gone(rng: Random, folder: Path, _: Place) -> None:
    some(rng, folder).unlink(missing_ok=True)


def emptied(rng: Random, folder: Path, _: Place) -> None:
    some(rng, folder).write_bytes(rng.choice((b"", b"{}", b"[]", b"null", b"\0", b"version https://git-lfs.github.com/spec/v1\n")))


def swapped(rng: Random, folder: Path, place: Place) -> None:
    """A file of another model."""
    other = rng.choice(sorted((place.stock / "foreign").iterdir()))
    file = some(rng, other)
    (folder / file.name).write_bytes(file.read_bytes())


def sharded(rng: Random, folder: Path, _: Place) -> None:
    """An index that names shards that are there, that are not, or that lie elsewhere."""
    names = ["a-00001-of-00002.safetensors", "pytorch_model.bin", "../x.safetensors", "/etc/hostname", "model.safetensors", "", "."]
    index = {"metadata": {"total_size": 1}, "weight_map": {"classifier.weight": rng.choice(names), "classifier.bias": rng.choice(names)}}
    kept = folder / "model.safetensors"
    if rng.random() < 0.7 and kept.exists():
        kept.rename(folder / "a-00001-of-00002.safetensors")
    text = values.written(rng, values.mutated(rng, json.dumps(index)) if rng.random() < 0.5 else index)
    (folder / "model.safetensors.index.json").write_bytes(text)


def junk(rng: Random, folder: Path, _: Place) -> None:
    (folder / rng.choice(OTHERS)).write_bytes(rng.choice((b"", b"{}", b"\x80\x04\x95", b"{{ a }}", b"\xff" * 100)))


def give(folder: Path) -> None:
    """List it as the catalogue does, load it, and ask it."""
    api.checkpoints(folder.parent, [])
    api.find(folder.name, folder.parent)
    answers(api.load(folder.name, folder.parent))


KIND = Kind(8, Place, make, give)
