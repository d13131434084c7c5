"""Folders of checkpoints that nobody made in good faith, each a kind of harm: `SHELF` names them, `make` writes one."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOUND: dict[str, Any] = {
    "format": 1, "name": "sound", "title": "Sound", "method": "plain", "task": "sst2", "labels": ["negative", "positive"],
    "embeddings": "base", "stages": [{"name": "model", "encoder": "own", "config": {"model_type": "bert", "num_hidden_layers": 2}}],
}  # fmt: skip
HUGGING = {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "num_hidden_layers": 2}
Make = Callable[[Path], object]


def with_(**changes: Any) -> Make:
    return lambda folder: (folder / "config.json").write_text(json.dumps({**SOUND, **changes}))


def raw(content: str | bytes) -> Make:
    return lambda folder: (folder / "config.json").write_bytes(content if isinstance(content, bytes) else content.encode())


def hugging(**changes: Any) -> Make:
    return lambda folder: (folder / "config.json").write_text(json.dumps({**HUGGING, **changes}))


def stage(**changes: Any) -> Make:
    return with_(stages=[{**SOUND["stages"][0], **changes}])


def encoder(**changes: Any) -> Make:
    return stage(config={**SOUND["stages"][0]["config"], **changes})


def sparse(name: str, size: int) -> Make:
    def make(folder: Path) -> None:
        if name != "config.json":
            with_()(folder)
        with (folder / name).open("wb") as file:
            file.truncate(size)

    return make


def weights_are_a_pipe(folder: Path) -> None:
    with_()(folder)
    os.mkfifo(folder / "model.safetensors")


DIGITS = '{"format": 1, "max_length": ' + "1" * 5000 + "}"
HUGE = {"metrics": {"report": {"accuracy": "high", "sentences": 5}}}
SHELF: dict[str, Make] = {
    "no-json": raw("{"), "no-utf8": raw(b"\xff\xfe{"), "empty": raw(""), "a-list": raw("[]"), "a-number": raw("7"), "null": raw("null"),
    "digits": raw(DIGITS), "deep": raw('{"a":' * 100_000), "deep-but-closed": raw('{"a":' * 900 + "1" + "}" * 900),
    "nan": raw(json.dumps(SOUND).replace('"sst2"', "NaN")), "infinite": raw(json.dumps({**SOUND, "max_length": 7}).replace("7", "1e999")),
    "surrogate": raw(json.dumps({**SOUND, "title": "\ud800"})), "surrogate-key": raw(json.dumps({**SOUND, "\udc00": 1})),
    "twice": raw(json.dumps(SOUND)[:-1] + ', "name": "other"}'), "large": sparse("config.json", 2_000_000),
    "sparse": sparse("config.json", 5_000_000_000), "sparse-weights": sparse("model.safetensors", 5_000_000_000),
    "pipe": lambda f: os.mkfifo(f / "config.json"), "pipe-weights": weights_are_a_pipe,
    "device": lambda f: (f / "config.json").symlink_to("/dev/zero"), "folder": lambda f: (f / "config.json").mkdir(),
    "loop": lambda f: (f / "config.json").symlink_to("config.json"), "dangling": lambda f: (f / "config.json").symlink_to("nothing"),
    "name-number": with_(name=5), "name-blank": with_(name=" "), "name-control": with_(name="a\x1b[31mb"),
    "name-bidi": with_(name="a\u202eb"), "title-long": with_(title="x" * 10**5), "labels-twice": with_(labels=["a", "a"]),
    "labels-blank": with_(labels=["a", ""]), "labels-number": with_(labels=[1, 2]),
    "labels-many": with_(labels=[str(i) for i in range(9999)]),
    "method": with_(method="magic"), "method-path": with_(method="../plain"), "task": with_(task="poetry"), "format": with_(format="1"),
    "stages-text": with_(stages="model"), "stages-empty": with_(stages=[]), "stage-key": stage(colour="red"),
    "stage-name": stage(name="a.b"), "lora-alpha": stage(lora={"rank": 2, "alpha": -1.0}),
    "lora-rank": stage(lora={"rank": 10**9, "alpha": 1.0}),
    "layers-text": encoder(num_hidden_layers="two"), "layers-null": encoder(num_hidden_layers=None), "eps": encoder(layer_norm_eps=-1e-12),
    "eps-zero": encoder(layer_norm_eps=0.0), "dropout": encoder(hidden_dropout_prob=7.0), "num-labels": encoder(num_labels=10**9),
    "remote": encoder(auto_map={"AutoModel": "evil.py"}), "neighbour": stage(encoder="../../etc"), "embeddings": with_(embeddings="/etc"),
    "knob-text": with_(knobs={"k": "high"}), "family": with_(family={"name": "", "parameter": "p", "value": 1.0}),
    "trained-list": with_(trained=[]), "trained-metrics": with_(trained=HUGE), "trained-stages": with_(trained={"stages": {"a": 5}}),
    "trained-seed": with_(trained={"seed": [1]}), "trained-steps": with_(trained={"stages": {"a": {"steps": "many"}}}),
    "hf-architectures": hugging(architectures=5), "hf-labels": hugging(id2label=5),
    "hf-labels-blank": hugging(id2label={"0": "", "1": " "}),
}  # fmt: skip


def make(root: Path, kind: str) -> Path:
    """A folder of this kind in `root`."""
    folder = root / kind
    folder.mkdir(parents=True)
    SHELF[kind](folder)
    return folder
