"""A tokenizer from a folder, its own or a Hugging Face model's: what lies there is looked at first, and nothing elsewhere is opened."""

import json
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from dynviz.checkpoint import hf_files
from dynviz.checkpoint.tokenizer_parts import fault
from dynviz.errors import InputError, refusing
from dynviz.records.files import exists, read_json

MAX_FILE = 60_000_000  # bytes
_ELSEWHERE = ("vocab_file", "merges_file", "tokenizer_file", "spm_file", "gguf_file")  # paths a configuration could name; never followed
_DO = "Put the model's own tokenizer.json beside the weights"


def opened(folder: Path, where: Path | str, **more: Any) -> Any:
    """What `transformers` makes of the folder's files. where: what the folder is called in a message."""
    hf_files.check(folder)
    _check_names(folder / "tokenizer_config.json")
    for file in folder.glob("tokenizer*.json"):  # a configuration may name another than tokenizer.json
        if file.name != "tokenizer_config.json":
            _check(read_json(file, MAX_FILE), where)
    with refusing(f"{where} has no tokenizer that can be read", _DO):
        found = AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, **dict.fromkeys(_ELSEWHERE), **more
        )
    if found.is_fast:  # its class may have made parts of its own
        parts = {name: getattr(found.backend_tokenizer, name) for name in ("normalizer", "pre_tokenizer", "post_processor")}
        _check({name: json.loads(part.__getstate__()) for name, part in parts.items() if part is not None}, where)
    return found


def _check_names(file: Path) -> None:
    names = (hf_files.read_json(file) if exists(file) else {}).get("fast_tokenizer_files") or []
    if not isinstance(names, list) or any(not isinstance(n, str) or "/" in n or "\\" in n for n in names):
        raise InputError(f"{file} names tokenizer files elsewhere", "only its own folder is read", "Correct 'fast_tokenizer_files'")


def check_room(found: Any, most: int, where: Path | str) -> None:
    """An InputError where the special pieces around a text leave no room for a piece of its own among those the model takes."""
    special = found.num_special_tokens_to_add()
    if special >= most:
        why = f"it puts {special:,} special pieces around a text, and the model takes {most:,} pieces"
        raise InputError(f"The tokenizer of {where} leaves no room for a text", why, "Use the model's own tokenizer")


def _check(parts: Any, where: Path | str) -> None:
    with refusing(f"{where} has no tokenizer that can be read", _DO):
        why = fault(parts)
    if why:
        raise InputError(f"The tokenizer of {where} does not serve", why, "Use the model's own tokenizer")
