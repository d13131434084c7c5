"""What a Hugging Face classifier's config.json says: what it answers for, and its labels. No torch, so that it can be listed quickly."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynviz.checkpoint.config import FORMAT, CheckpointConfig, StageConfig
from dynviz.errors import InputError
from dynviz.records import Unit
from dynviz.records.tasks import CUSTOM

MAX_LABELS = 1000
ENDINGS: dict[str, Unit] = {"ForSequenceClassification": "sentence", "ForTokenClassification": "token"}


def unit_of(raw: Mapping[str, Any], where: str) -> Unit:
    """Whether it answers once per sentence or per word; InputError where it has no classifier of that kind."""
    built = str((raw.get("architectures") or ["an encoder"])[0])
    unit = next((unit for ending, unit in ENDINGS.items() if built.endswith(ending)), None)
    if unit is None:
        do = f"Train one: python -m dynviz train METHOD --base {where}"
        raise InputError(f"{where} is {built}, without a classifier", "there is no answer to show without one", do)
    if raw.get("problem_type") in ("multi_label_classification", "regression"):
        why = "one label out of several is needed"
        raise InputError(f"{where} is built for {raw['problem_type']}", why, "Choose an ordinary classifier")
    return unit


def labels_of(raw: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """The class names, by class number; transformers' own default is two without a name."""
    names = raw.get("id2label") or {"0": "LABEL_0", "1": "LABEL_1"}
    by_number = {str(k): str(v) for k, v in names.items()} if isinstance(names, Mapping) else {}
    labels = tuple(by_number[str(i)] for i in range(len(by_number)) if str(i) in by_number)
    if not 2 <= len(labels) <= MAX_LABELS or len(labels) != len(by_number) or len(set(labels)) != len(labels):
        why = f"2 to {MAX_LABELS} different names are needed, and {len(set(labels))} were found"
        raise InputError(f"The labels of {where} do not fit", why, "Correct id2label in config.json")
    return labels


def as_config(raw: Mapping[str, Any], where: str, method: str = "plain") -> CheckpointConfig:
    """The classifier as a checkpoint's config: the plain method on its own encoder, a task of its own."""
    name = Path(where).resolve().name if Path(where).is_dir() else where
    sizes = {k: raw[k] for k in ("model_type", "num_hidden_layers", "n_layers") if k in raw}
    task = next(task for task, unit in CUSTOM.items() if unit == unit_of(raw, where))
    return CheckpointConfig(
        format=FORMAT, name=name, title="Plain model", method=method, task=task, labels=list(labels_of(raw, where)), embeddings="own",
        stages=[StageConfig(name="model", encoder="own", config=sizes)],
    )  # fmt: skip


def in_folder(folder: Path) -> CheckpointConfig:
    """The checkpoint config of a Hugging Face model in a folder."""
    return as_config(json.loads((folder / "config.json").read_text(encoding="utf-8")), str(folder))
