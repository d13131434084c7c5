"""Early-exit checkpoints in their authors' form: names, shapes and numbers of their tensors, the sizes they state, two families in one."""

import json
import re
import struct
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from tests.fuzz import raw, tensors, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers, copied

SIZES = ("num_hidden_layers", "n_layers", "num_output_layers", "max_output_layers", "hidden_size", "dim", "num_labels", "num_hidden_groups")
STATED: dict[str, Any] = {  # what a config.json may say, and the forms turn on
    "ee_mechanism": "pcee", "use_layer_pos_embeddings": True, "model_type": "roberta", "architectures": ["BertForSequenceClassification"],
    "_name_or_path": "dynamic-tinybert", "num_output_layers": 2, "id2label": {"0": "a"}, "problem_type": "regression",
}  # fmt: skip
PARTS = (
    "bert", "core", "albert", "roberta", "distilbert", "elasticbert", "module", "encoder", "transformer", "highway", "pooler", "dense",
    "classifier", "classifiers", "lte_classifier", "token_z", "poolers", "exit_head", "feature_extractor", "weight", "bias", "x" * 300, "",
    "\n", "\u202e", "0", "1", "-1", "99", "1000000000", "9" * 5000, "٣",
)  # fmt: skip


class Released(Place):
    """Where they are broken."""

    def sound(self) -> list[Path]:
        """One on each encoder."""
        return [self.stock / "released" / name for name in ("elasticbert", "deebert-on-roberta", "palbert", "berxit-on-distilbert")]

    def one(self, rng: Random) -> Path:
        """Any of them, whole."""
        source = rng.choice(sorted((self.stock / "released").iterdir()))
        return copied(source, self.anew() / source.name)


def make(place: Released, rng: Random) -> Path:
    """One that is not as its authors save it."""
    folder = place.one(rng)
    for change in rng.choices((renamed, renamed, config, config, numbers, mixed), k=rng.choice((1, 1, 1, 2))):
        change(rng, folder, place)
    return folder


def parted(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header of a file of tensors, and what follows."""
    (size,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def renamed(rng: Random, folder: Path, _: Place) -> None:
    """Names of tensors: a part is another, a number another layer's, one is missing, or two bear the same data."""
    file = folder / tensors.FILE
    try:
        header, body = parted(file.read_bytes())
    except (ValueError, struct.error):  # broken before
        return
    for name in rng.sample(sorted(header), min(len(header), rng.choice((1, 1, 2, 5)))):
        told, what = header[name], rng.randrange(4)
        if what != 3:
            del header[name]
        if what:
            header[another(rng, name)] = told
    file.write_bytes(tensors.packed(header, body))


def another(rng: Random, name: str) -> str:
    """A name like it."""
    what = rng.randrange(3)
    if what == 0:
        return re.sub(r"\d+", rng.choice(("0", "1", "2", "3", "7", "01", "-1", "1" * 30)), name, count=1) + rng.choice(("", "", "x"))
    parts = name.split(".")
    parts[rng.randrange(len(parts))] = rng.choice(PARTS)
    return ".".join(parts if what == 1 else ["module", *parts])


def config(rng: Random, folder: Path, _: Place) -> None:
    """What config.json states."""
    file = folder / "config.json"
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):  # broken before
        return
    if rng.random() < 0.1 or not isinstance(told, dict):
        file.write_bytes(raw.mutated(rng, text.encode()))
        return
    for key in rng.sample(SIZES, rng.choice((0, 1, 2))):
        told[key] = rng.choice((0, 1, 2, 3, 4, 7, -1, 10**9, 2.0, "3", None))
    for key in rng.sample(sorted(STATED), rng.choice((0, 1))):
        told[key] = STATED[key]
    file.write_bytes(values.written(rng, values.mutated(rng, json.dumps(told)) if rng.random() < 0.5 else told))


def numbers(rng: Random, folder: Path, _: Place) -> None:
    """The file of tensors in any place."""
    file = folder / tensors.FILE
    try:
        file.write_bytes(tensors.mutated(rng, file.read_bytes()))
    except (ValueError, struct.error, AttributeError, TypeError, KeyError, IndexError):  # broken before
        file.write_bytes(raw.mutated(rng, file.read_bytes()))


def mixed(rng: Random, folder: Path, place: Place) -> None:
    """Its config.json, its weights or its tokenizer are those of another."""
    other = rng.choice(sorted((place.stock / "released").iterdir()))
    name = rng.choice(("config.json", tensors.FILE, "tokenizer.json"))
    (folder / name).write_bytes((other / name).read_bytes())


def give(folder: Path) -> None:
    """List it, load it by its own method, and ask it."""
    api.checkpoint_at(folder)
    answers(api.load(folder))


KIND = Kind(4, Released, make, give)
