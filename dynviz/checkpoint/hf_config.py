"""What the folder of a Hugging Face classifier says of itself: what it answers for, and its labels. No torch, so that it can be listed
quickly."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dynviz.checkpoint.config import FORMAT, CheckpointConfig, StageConfig
from dynviz.checkpoint.hf_files import check_whole, read_json
from dynviz.checkpoint.hf_tensors import Stored, exits_of, head_of, headers, research, within
from dynviz.checkpoint.released import families
from dynviz.checkpoint.released.family import Opening
from dynviz.core.bounds import check_config
from dynviz.errors import InputError
from dynviz.records import Unit
from dynviz.records.tasks import CUSTOM

BY_PADDING = ("roberta", "xlm-roberta", "camembert")  # RoBERTa and its kin count places from the padding piece's number
_ACTIVATIONS = ("tanh", "relu", "gelu")  # of `core.heads`, which brings torch
MAX_LABELS = 1000
MAX_LABEL = 200  # characters of a label
ENDINGS: dict[str, Unit] = {"ForSequenceClassification": "sentence", "ForTokenClassification": "token"}
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")  # what breaks a line or turns the reading direction
_BARE = re.compile(r"[A-Za-z]*Model|")  # an encoder alone, or nothing said


@dataclass(frozen=True)
class Foreign:
    """A model not yet loaded. where: a folder or a Hub id, as given; folder: where it lies; raw: its config.json; tensors: by their name
    within a classifier; unit: what its head answers for; labels: by class number; notes: what was concluded and not said, in sentences;
    opening: of an early-exit checkpoint that others released; then raw and tensors are those of its encoder alone."""

    where: str
    folder: Path
    raw: Mapping[str, Any]
    tensors: Mapping[str, Stored]
    unit: Unit
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    opening: Opening | None = None


def describe(folder: Path, where: str) -> Foreign:
    """What the folder says of itself, or an InputError; config and headers are read, nothing is built."""
    check_whole(folder)
    raw = read_json(folder / "config.json")
    built = _built(raw, where)
    try:
        found = headers(folder)
    except InputError:  # but what cannot be driven with any weights is said first
        if "model_type" in raw:
            _check(raw, where)
        raise
    opening = families.found(folder, where, raw, found, _check)
    if opening is not None:
        return _opened(folder, where, opening)
    if "model_type" not in raw:
        raise InputError(f"config.json of {where} has no model_type", "it says how the tensors compute", 'Add it, for example "bert"')
    _check(raw, where)
    tensors = within(found, raw["model_type"], folder)
    exits, head = exits_of(tensors), head_of(tensors)
    if head is None:
        raise _headless(where, built, exits)
    unit, notes = _unit(raw, built, tensors, where)
    return Foreign(where, folder, raw, tensors, unit, labels_of(raw, where, *head), notes)


def _opened(folder: Path, where: str, opening: Opening) -> Foreign:
    """The same of an early-exit checkpoint that others released; it answers once per sentence."""
    labels = labels_of(opening.raw, where, opening.last.name, opening.last.shape[0] if opening.last.shape else 0)
    return Foreign(where, folder, opening.raw, opening.encoder, "sentence", labels, opening.notes, opening)


def _check(raw: Mapping[str, Any], where: str) -> None:
    """What can be said from a configuration alone."""
    check_config(raw, where)
    _check_positions(raw, where)
    _check_quantised(raw, where)
    _check_head(raw, where)


def _built(raw: Mapping[str, Any], where: str) -> str:
    """The class it was saved from, or ""."""
    names = raw.get("architectures") or [""]
    if not isinstance(names, list) or not isinstance(names[0], str):
        raise InputError(f"config.json of {where} has architectures = {str(names)[:40]}", "a list of names is needed", "Correct the key")
    return names[0][:80]


def _check_positions(raw: Mapping[str, Any], where: str) -> None:
    """Whether there is a number to count a text's places from, and room after it."""
    if raw["model_type"] not in BY_PADDING:
        return
    first, most = raw.get("pad_token_id", 1), raw.get("max_position_embeddings", 512)
    if not isinstance(first, int) or isinstance(first, bool) or not 0 <= first < most - 3:
        why = "a model of this type counts the places of a text from it"
        raise InputError(f"config.json of {where} has pad_token_id = {str(first)[:40]}", why, "Set it to the tokenizer's, mostly 1")


def _check_quantised(raw: Mapping[str, Any], where: str) -> None:
    about = raw.get("quantization_config")
    if about:
        kind = str(about.get("quant_method", "") if isinstance(about, Mapping) else "")[:40]
        why = "weights in 32 or 16 bits are read, as the numbers they stand for are needed"
        raise InputError(f"The weights of {where} are quantised{f' ({kind})' * bool(kind)}", why, "Save the model before it is quantised")


def _check_head(raw: Mapping[str, Any], where: str) -> None:
    """Whether what a classifier does between its layers is known."""
    key = {"modernbert": "classifier_activation", "deberta-v2": "pooler_hidden_act"}.get(raw["model_type"], "")
    if raw.get(key, "gelu") not in _ACTIVATIONS:
        why = f"a classifier with {', '.join(_ACTIVATIONS)} is read"
        raise InputError(f"config.json of {where} has {key} = {str(raw[key])[:40]}", why, "Choose another model")
    if raw["model_type"] == "modernbert" and raw.get("classifier_pooling", "cls") not in ("cls", "mean"):
        what = f"config.json of {where} has classifier_pooling = {str(raw['classifier_pooling'])[:40]}"
        raise InputError(what, "cls and mean are read", "Correct the key")


def _headless(where: str, built: str, exits: Sequence[str]) -> InputError:
    """Why a model without a last classifier is refused."""
    if exits:
        title = research(built, *exits)
        why = f"exits of {title or 'others'} ({exits[0]} and {len(exits) - 1} more) are not read, and it has no classifier besides them"
        return InputError(f"{where} is {title or 'an early-exit model'}", why, "Choose a model with a classifier of its own")
    do = f"Train one: python -m dynviz train METHOD --base {where}"
    return InputError(f"{where} is {built or 'an encoder'}, without a classifier", "there is no answer to show without one", do)


def _unit(raw: Mapping[str, Any], built: str, tensors: Mapping[str, Stored], where: str) -> tuple[Unit, tuple[str, ...]]:
    """Whether it answers once per sentence or per word, and what to say of how that was found."""
    if raw.get("problem_type") in ("multi_label_classification", "regression"):
        why = "one label out of several is needed"
        raise InputError(f"{where} is built for {raw['problem_type']}", why, "Choose an ordinary classifier")
    unit = next((unit for ending, unit in ENDINGS.items() if built.endswith(ending)), None)
    if unit is not None:
        return unit, ()
    if not _BARE.fullmatch(built):
        why = "its classifier answers for neither a sentence nor a word, or in a way of its own"
        raise InputError(f"{where} is built as {built}", why, f"Choose one that is built {' or '.join(ENDINGS)}")
    if raw["model_type"] == "modernbert":
        why = "its classifiers for sentences and for words have the same tensors"
        raise InputError(f"config.json of {where} has no architectures", why, 'Add it, as ["ModernBertForSequenceClassification"]')
    unit = "sentence" if _for_sentences(raw, tensors) else "token"
    said = "sentences" if unit == "sentence" else "single words"
    return unit, (f"Its config.json does not say what its classifier answers for; by its tensors, {said}.",)


def _for_sentences(raw: Mapping[str, Any], tensors: Mapping[str, Stored]) -> bool:
    """Whether the head stands on the first piece: it has a layer of its own before the last, which word classifiers have not."""
    names = raw.get("id2label")
    tags = isinstance(names, Mapping) and any(str(name).startswith("B-") for name in names.values())
    return not tags and any(part in name for name in tensors for part in ("pooler.", "pre_classifier.", "classifier.dense."))


def labels_of(raw: Mapping[str, Any], where: str, head: str, size: int) -> tuple[str, ...]:
    """The class names, by class number: as many as the head `head` has outputs, under the names that config.json gives them."""
    if size < 2:
        why = f"its head {head!r} has one output, a number and not a choice"
        raise InputError(f"{where} is a regressor", why, "Choose a classifier of two labels or more")
    if size > MAX_LABELS:
        raise _unfit(where, f"its head {head!r} has {size:,} outputs, and at most {MAX_LABELS} are shown", "Choose another model")
    names = _named(raw, where)
    said = {key: raw[key] for key in ("num_labels", "_num_labels") if raw.get(key) is not None}
    for key, number in (said if names is None else {**said, "the count of names in id2label": len(names)}).items():
        if number != size:
            raise _unfit(where, f"{key} is {str(number)[:40]}, and its head {head!r} has {size} outputs")
    return tuple(f"LABEL_{i}" for i in range(size)) if names is None else names


def _unfit(where: str, why: str, do: str = "Correct id2label in config.json") -> InputError:
    return InputError(f"The labels of {where} do not fit", why, do)


def _named(raw: Mapping[str, Any], where: str) -> tuple[str, ...] | None:
    """The names config.json gives to the classes, in order; None where it gives none."""
    names, numbers = raw.get("id2label"), raw.get("label2id")
    if not names and isinstance(numbers, Mapping) and numbers:
        names = {str(number): name for name, number in numbers.items()}
    if not names:
        return None
    if not isinstance(names, Mapping) or not all(isinstance(name, str | int) for name in names.values()):
        raise _unfit(where, "id2label is not a table that gives each number a name")
    ordered = tuple(str(names[str(i)]).strip() for i in range(len(names)) if str(i) in names)
    if len(ordered) != len(names):
        raise _unfit(where, f"id2label names {len(names)} classes, but not by the numbers 0 to {len(names) - 1}")
    return _readable(ordered, where)


def _readable(names: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The names, each of another class and fit for a screen."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _unfit(where, f"{name[:40]!r} stands for two classes")
        if not name or len(name) > MAX_LABEL or _UNSEEN.search(name):
            raise _unfit(where, f"{name[:40]!r} is no name that can be shown")
        seen.add(name)
    return names


def as_config(source: Foreign, method: str | None = None) -> CheckpointConfig:
    """The classifier as a checkpoint's config: a method on its own encoder, a task of its own. method: None for the one it was made for,
    the plain one but for early-exit checkpoints."""
    opening = source.opening
    method = method or (opening.methods[0] if opening else "plain")
    made_for = opening if opening and method in opening.methods else None
    name = source.folder.resolve().name if os.path.isdir(source.where) else source.where
    sizes = {k: source.raw[k] for k in ("model_type", "num_hidden_layers", "n_layers") if k in source.raw}
    task = next(task for task, unit in CUSTOM.items() if unit == source.unit)
    return CheckpointConfig(
        format=FORMAT, name=name, title=made_for.title if made_for else "Plain model", method=method, task=task,
        labels=list(source.labels), embeddings="own", stages=[StageConfig(name="model", encoder="own", config=sizes)],
        options=dict(made_for.options) if made_for else {}, knobs=dict(made_for.knobs.get(method, {})) if made_for else {},
    )  # fmt: skip


def in_folder(folder: Path) -> CheckpointConfig:
    """The checkpoint config of a Hugging Face model in a folder."""
    return as_config(describe(folder, str(folder)))
