"""Tokenizers: tokenizer.json, vocab.txt, what is said beside them; of the base that our checkpoints share, and of the models of others."""

import json
from pathlib import Path
from random import Random

from dynviz import api
from tests.fuzz import raw, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers

FILES = ("tokenizer.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt")

_ENDS = [{"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
HARMS: dict[str, list[object]] = {  # what makes a short text endless, takes for ever over one, or leaves it no room
    "normalizer": [
        {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"Regex": "."}, "content": "x" * 100}] * 3},
        {"type": "Replace", "pattern": {"Regex": "(a+)+$b"}, "content": "x"},
        {"type": "Precompiled", "precompiled_charsmap": "AAAA"},
    ],
    "pre_tokenizer": [{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}] * 9}],
    "post_processor": [
        {
            "type": "TemplateProcessing", "single": [*_ENDS, {"Sequence": {"id": kind, "type_id": 0}}, *_ENDS * 600], "pair": [],
            "special_tokens": {"[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}},
        }
        for kind in "AB"
    ],
}  # fmt: skip


def make(place: Place, rng: Random) -> Path:
    """A model whose tokenizer is broken."""
    folder, base = place.model(rng)
    at = base or folder
    for name in sorted({*rng.sample(FILES, rng.choice((1, 1, 2)))}, reverse=True):  # vocab.txt first: it is made of a sound file
        broken(rng, at, name)
    return folder


def broken(rng: Random, folder: Path, name: str) -> None:
    """One file of a tokenizer is changed, gone, or there for the first time."""
    file = folder / name
    if name == "vocab.txt":  # then nothing else says how a text is cut
        pieces = list(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"])
        (folder / "tokenizer.json").unlink()
        file.write_bytes(raw.mutated(rng, "\n".join(pieces).encode()))
    elif not file.exists():
        file.write_bytes(values.written(rng, values.mutated(rng, '{"pad_token": "[PAD]", "added": {"[NEW]": 7, "the": 900}}')))
    elif rng.random() < 0.05:
        file.unlink()
    elif rng.random() < 0.15:
        file.write_bytes(raw.mutated(rng, file.read_bytes()))
    else:
        file.write_bytes(values.written(rng, _changed(rng, file.read_text(encoding="utf-8"))))


def _changed(rng: Random, text: str) -> object:
    """Changes anywhere; in a tokenizer's own file not all of them in its long list of pieces."""
    whole = json.loads(text)
    if "model" in whole and rng.random() < 0.2:
        part = rng.choice(list(HARMS))
        return {**whole, part: rng.choice(HARMS[part])}
    part = rng.choice(list(whole))
    if rng.random() < 0.5 and isinstance(whole[part], dict | list):
        whole[part] = values.mutated(rng, json.dumps(whole[part]))
        return whole
    return values.mutated(rng, text)


def give(folder: Path) -> None:
    """Load it, and ask it."""
    answers(api.load(folder))


KIND = Kind(6, Place, make, give)
