"""A model of the Hugging Face Hub, fetched into the Hub's own cache on this machine, or found there: never pickles, never code."""

from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

from dynviz.checkpoint.hf_files import check_whole, read_json
from dynviz.core.bounds import check_config
from dynviz.errors import InputError, refusing

_WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]


def fetched(name: str, revision: str | None = None) -> Path:
    """The folder of the cache that holds the model of this id, as it is now or was at a revision; its configuration comes first, before
    gigabytes are fetched."""
    folder = _snapshot(name, ["config.json"], f"The configuration of {name[:100]} cannot be read", revision)
    check_whole(folder)
    check_config(read_json(folder / "config.json"), name)
    return _snapshot(name, _WANTED, f"The weights of {name[:100]} cannot be fetched", revision)


def configured(name: str) -> Path:
    """The folder of the cache that holds the config.json of this id, and maybe more."""
    return _snapshot(name, ["config.json"], f"The configuration of {name[:100]} cannot be read", None)


def checkpoint(name: str) -> Path:
    """The folder of the cache that holds a checkpoint of ours of this id."""
    return _snapshot(name, _WANTED, f"The weights of {name[:100]} cannot be fetched", None)


def _snapshot(name: str, files: list[str], what: str, revision: str | None) -> Path:
    with refusing(what, "Check the id and the network, or download it and name its folder"):
        try:
            return Path(snapshot_download(name, revision=revision, allow_patterns=files, ignore_patterns=["*/*"]))
        except LocalEntryNotFoundError:
            why = "it is not in this machine's cache, and the Hugging Face Hub cannot be reached"
        except RepositoryNotFoundError:
            why = "the Hugging Face Hub has no model of this id that is open to all"
        except HFValidationError:
            why = "no folder of this name is there, and an id of the Hugging Face Hub is owner/name"
    raise InputError(what, why, "Check the id and the network, or download it and name its folder")
