"""Loading a model, and what can be asked of one."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.checkpoint.catalogue import Checkpoint, checkpoint_at, find
from dynviz.checkpoint.config import is_foreign
from dynviz.errors import InputError
from dynviz.records.files import as_path, exists, printable

if TYPE_CHECKING:  # torch is imported when a model is loaded, not when models are listed
    from dynviz.checkpoint.model import Model
    from dynviz.records.times import Times
    from dynviz.runtime import Progress


def load(name: str | Path | Checkpoint, root: str | Path | None = None, method: str | None = None) -> "Model":
    """The model of a bundled checkpoint (its name, or what `checkpoints` lists), of a checkpoint folder, of a Hugging Face classifier's
    folder or Hub id, or of a checkpoint that was put on the Hub.

    method: for a Hugging Face classifier, "plain" (the default) or a method that needs no training; for an early-exit checkpoint that
    others released, also the one it was made for (the default there). An InputError where nothing of this name is there, what is there
    cannot be read, or it has no weights.
    """
    if isinstance(name, Checkpoint):
        method = method or (name.config.method if name.config.embeddings == "own" else None)
        name = name.folder
    if not isinstance(name, str | Path):
        raise InputError("No model is named", f"a {type(name).__name__} was given", "Pass a checkpoint's name or a folder's path")
    if not isinstance(root, str | Path | None):
        raise InputError("No folder of checkpoints is named", f"a {type(root).__name__} was given", "Pass a path as root, or leave it out")
    hub = re.fullmatch(r"[\w.-]+/[\w.-]+", str(name)) and not exists(Path(name))
    found = None if hub else find(str(name), Path(root) if root else None)
    warm()
    from dynviz.checkpoint import hf, model, standing

    with _meant_here(str(name)):
        if found is None and (shared := standing.of_hub(str(name))) is not None:
            found = checkpoint_at(shared)
        if found is None or is_foreign(found.folder):
            return hf.load(found.folder if found else name, method)
    if method:
        raise InputError(f"A method was given for {name}", "a checkpoint has its own", "Leave it out, or name a Hugging Face model")
    if not found.runnable:
        raise InputError(f"{found.name} has no weights", "only its readings ship", "Train it, or choose another checkpoint")
    return standing.load(found.folder) if found.config.stands_on else model.load(found.folder)


@contextmanager
def _meant_here(name: str) -> Iterator[None]:
    """Of an id that the Hub does not have, and whose first half is a folder here, a folder was meant, too."""
    try:
        yield
    except InputError as error:
        if exists(Path(name)) or not exists(Path(name).parent):
            raise
        what = f"There is no folder {printable(name, 80)}, though {Path(name).parent} is there"
        raise InputError(what, f"as a model of the Hub it is not had either: {error.what}", "Check the path") from None


def load_base(folder: str | Path, progress: "Progress | None" = None) -> None:
    """Load what several models share (`Checkpoint.base`), once, so that loading one of them takes no time afterwards. progress: told how
    many of its tensors are read."""
    warm()
    from dynviz.checkpoint import base

    base.weights(as_path(folder), "", progress)


def knobs_of(model: "Model", given: Mapping[str, float] | None = None) -> dict[str, float]:
    """All knob settings: the method's defaults, the checkpoint's, then those given; each checked against its range, else an InputError."""
    return model.knobs(given)


def warm() -> None:
    """Import all that loading and running a model needs (seconds), so that the first one does not have to wait for it."""
    import dynviz.api.warmed  # noqa: F401


def measure(model: "Model", progress: "Progress | None" = None) -> "Times":
    """How long the layers of a model take on this machine, measured now on bundled texts: a few seconds of one thread."""
    from dynviz.measure import timing

    return timing.measure(model, progress)
