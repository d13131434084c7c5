"""A fitted checkpoint onto the Hugging Face Hub, and back."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from dynviz.checkpoint.config import CheckpointConfig
from dynviz.checkpoint.hf_files import HUB_ID
from dynviz.errors import InputError, refusing

FILES = ("config.json", "golden.json", "model.safetensors", "*.parquet")  # of a checkpoint


def push(folder: Path, config: CheckpointConfig, card: str, name: str, private: bool, hub: Any = None) -> str:
    """Put the files of a checkpoint and its card on the Hub under this id; returns the address. hub: an HfApi, or a stand-in."""
    if not HUB_ID.fullmatch(name):
        raise InputError(f"{name[:100]!r} is no Hub id", "it is written owner/name", "Give one")
    if config.stands_on is not None and config.stands_on.hub is None:
        why = "it stands on a model in a folder of this machine, which nobody else has"
        raise InputError(f"{config.name} cannot be put on the Hub", why, "Put that model on the Hub first, and fit on its id")
    api = hub or HfApi()
    with (
        tempfile.TemporaryDirectory() as made,
        refusing(f"{name} cannot be put on the Hub", "Check the id, the network, and that you are logged in (hf auth login)"),
    ):
        for file in (file for pattern in FILES for file in folder.glob(pattern)):
            shutil.copy(file, made)
        (Path(made) / "README.md").write_text(card, encoding="utf-8")
        api.create_repo(name, private=private, exist_ok=True)
        return str(api.upload_folder(repo_id=name, folder_path=made, commit_message="Exits fitted with dynviz"))
