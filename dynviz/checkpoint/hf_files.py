"""What lies in the folder of somebody else's model, looked at before anything is opened: no pipe, no endless file, nothing outside it."""

import os
import re
import stat
from pathlib import Path
from typing import Any

from dynviz.errors import InputError, refusing
from dynviz.records import files

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")  # a name that is no path of a folder here
MEGABYTE = 10**6
# Largest sizes of what transformers may open in a folder, whether asked to or not, by the end of its name; far above any real file.
_LIMITS = {
    "config.json": 10, "special_tokens_map.json": 10, "added_tokens.json": 10, ".json": 60, ".txt": 60, ".model": 60, ".jinja": 10,
    ".safetensors": 4_000,
}  # fmt: skip
_MANY = 10_000  # entries of a folder that are looked at
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
_OTHERS = {".h5": "TensorFlow", ".msgpack": "Flax", ".onnx": "ONNX", ".gguf": "GGUF"}
PICKLED = "pickled weights can run code when opened"
_INDEX, _WHOLE = "model.safetensors.index.json", "model.safetensors"


def check(folder: Path) -> None:
    """InputError where a file that may be opened is none, is too large, or lies elsewhere."""
    with refusing(f"The folder {folder} cannot be looked into", "Check the path and its permissions"):
        found = [*folder.iterdir(), *(folder / "additional_chat_templates").glob("*.jinja")]
    if len(found) > _MANY:
        raise InputError(f"{folder} holds {len(found):,} files", "a model's folder holds a few", "Check the path")
    for file in sorted(found):
        limit = next((size for end, size in _LIMITS.items() if file.name.endswith(end)), None)
        if limit is not None:
            _check(file, limit, folder)


def _check(file: Path, limit: int, folder: Path) -> None:
    with refusing(f"{file} cannot be read", "Check the file and its permissions"):
        about, place = file.stat(), file.resolve()
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{file} is not a regular file", "reading it may never end", "Put the model's own file there")
    if about.st_size > limit * MEGABYTE:
        raise InputError(f"{file} is larger than {limit:,} MB", "no file of this name is", "Check that it is the right file")
    if not any(place.is_relative_to(home) for home in _homes(folder)):
        raise InputError(f"{file} leads out of the folder", "a model is read from its own folder alone", "Put the file itself there")
    if not os.access(place, os.R_OK):
        raise InputError(f"{file} cannot be read", "permission is missing", "Check its permissions")


def _homes(folder: Path) -> list[Path]:
    """Where the files of a folder may lie: in it; and for a folder of the Hub's cache, where the cache keeps the files it links to."""
    home = folder.resolve()
    return [home, home.parents[1] / "blobs"] if home.parent.name == "snapshots" else [home]


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object of a file that was checked; every number in it finite, every text whole."""
    found = files.read_json(file)
    if not isinstance(found, dict):
        raise InputError(f"{file} holds {type(found).__name__}", "names with values are needed", "Restore the file")
    return found


def is_meant(name: str) -> bool:
    """Whether a name that is no checkpoint's stands for a folder here: it is a path, or what lies there is a model's."""
    if not os.path.isdir(name):
        return False
    telling = ("adapter_config.json", "tokenizer.json", "tokenizer_config.json", _WHOLE, _INDEX)
    return os.sep in name.rstrip(os.sep) or any(os.path.lexists(os.path.join(name, file)) for file in telling)


def check_whole(folder: Path) -> None:
    """InputError that says what a folder is, where it is not a whole model: an adapter, or one without configuration."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}", "a model is one", "Check the path")
    check(folder)
    adapter = folder / "adapter_config.json"
    if adapter.exists() and not (folder / _WHOLE).exists() and not (folder / _INDEX).exists():
        about = read_json(adapter)
        kind, base = (str(about.get(k) or "")[:100] for k in ("peft_type", "base_model_name_or_path"))
        what = f"{folder} is an adapter{f' ({kind})' * bool(kind)}{f' of {base}' * bool(base)}, not a whole model"
        raise InputError(what, "only the changes to its base lie there", "Merge it with merge_and_unload() of peft, then save_pretrained")
    if not (folder / "config.json").exists():
        raise InputError(
            f"{folder / 'config.json'} is missing", "a model folder holds config.json, safetensors and a tokenizer", "Check the path"
        )


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that transformers would read: one, or the parts its index names."""
    whole, index = folder / _WHOLE, folder / _INDEX
    if whole.exists():
        return (whole,)
    if index.exists():
        return _parts(folder, index)
    why = _instead(folder)
    pickle = why.split()[1] if PICKLED in why else ""
    do = f"Convert it: python -m dynviz convert {folder / pickle} --out FOLDER" if pickle else "Save it with save_pretrained"
    raise InputError(f"{folder} has no {_WHOLE}", why, do)


def _parts(folder: Path, index: Path) -> tuple[Path, ...]:
    places = read_json(index).get("weight_map")
    names = sorted({str(name) for name in places.values()}) if isinstance(places, dict) else []
    if not names:
        raise InputError(f"{index} names no files", "its weight_map says which tensor lies where", "Save the model again")
    for name in names:
        if not name.endswith(".safetensors") or name != Path(name).name or "\\" in name or "\0" in name:
            why = "parts are safetensors files beside it, and nothing else is opened"
            raise InputError(f"{index} names {name[:80]!r}", why, "Save the model again with save_pretrained")
        if not os.path.exists(folder / name):  # a name too long for a file is one that is not there
            raise InputError(f"{folder / name} is missing", f"{index.name} names it as one of {len(names)} parts", "Copy all parts again")
    return tuple(folder / name for name in names)


def _instead(folder: Path) -> str:
    """What lies there in place of the weights, in words."""
    names = sorted((file.name for file in folder.iterdir()), key=lambda name: (not name.startswith("pytorch_model"), name))
    pickle = next((n for n in names if n.endswith(_PICKLES)), None)
    if pickle:
        return f"only {pickle} is there, and {PICKLED}"
    for name in names:
        if Path(name).suffix in _OTHERS:
            return f"only {name} is there, weights of {_OTHERS[Path(name).suffix]}"
        if name.endswith(".safetensors"):
            return f"the weights are missing; {name} is not read, as transformers would not read it"
    return "the weights are missing"
