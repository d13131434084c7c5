"""Where checkpoints lie: a folder on this machine, or a repository of the Hugging Face Hub that is fetched into the Hub's own cache."""

import os
import re
from functools import cache
from pathlib import Path

from dynviz.errors import InputError, first_line
from dynviz.records.files import exists

VARIABLE = "DYNVIZ_CHECKPOINTS"
NAME = "sample_checkpoints"
_HUB = re.compile(r"(?P<id>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")  # owner/name, owner/name@revision
_WANTED = ["*.json", "*.safetensors", "*.parquet"]


def checkpoint_root() -> Path:
    """Where the checkpoints lie: in the folder or the repository of the Hub (`owner/name`, `owner/name@revision`) that $DYNVIZ_CHECKPOINTS
    names; else in `sample_checkpoints` beside the package or, where none is there, in the working directory.

    A repository is asked for once in a process. An InputError where it cannot be fetched and is not in the cache.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        beside = Path(__file__).parents[2] / NAME
        return beside if exists(beside) or not exists(Path(NAME)) else Path(NAME).absolute()
    found = _HUB.fullmatch(named)
    if found is None or exists(Path(named)):
        return Path(named)
    return _fetched(found["id"], found["revision"])


@cache  # what raises is asked for again
def _fetched(name: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=_WANTED))
    except GatedRepoError:
        why = "the Hugging Face Hub gives it only to those who were let in"
    except RepositoryNotFoundError:
        why = "no such folder is here, and the Hugging Face Hub has no repository of this name that is open to all"
    except RevisionNotFoundError:
        why = f"it has no revision {revision!r}"
    except LocalEntryNotFoundError:
        why = "no such folder is here, nothing of that name is in this machine's cache, and the Hugging Face Hub cannot be reached"
    except Exception as error:  # the library raises its own kinds, and those of the network and the disk
        why = first_line(error)
    raise InputError(f"The checkpoints of {name} cannot be fetched", why, f"Check {VARIABLE} and the network, or name a folder")
