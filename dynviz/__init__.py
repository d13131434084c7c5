"""DynViz: see how adaptive-compute language models spend their compute.

    import dynviz
    model = dynviz.load("pos-tokee")
    trace = dynviz.trace(model, "The board will table a motion.", delta=0.1)
    trace.depth  # layers each token went through

Importing this is quick: torch and transformers are loaded when a model is.
"""

import importlib
from typing import TYPE_CHECKING, Any

from dynviz.version import __version__ as __version__

if TYPE_CHECKING:
    from dynviz.api import Checkpoint, Examples, Fitted, Model, analyse, checkpoints, compare, fit_exits, load, read, sweep, trace, traces
    from dynviz.errors import InputError
    from dynviz.records import Sweep, Trace

__all__ = [
    "Checkpoint", "Examples", "Fitted", "InputError", "Model", "Sweep", "Trace", "analyse", "checkpoints", "compare", "fit_exits", "load",
    "read", "sweep", "trace", "traces",
]  # fmt: skip

_HOME = {"InputError": "dynviz.errors", "Sweep": "dynviz.records", "Trace": "dynviz.records"}


def __getattr__(name: str) -> Any:
    """Public names, imported when first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'dynviz' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME.get(name, "dynviz.api")), name)


def __dir__() -> list[str]:
    """With the public names, also those not imported yet: for completion at the prompt."""
    return sorted({*globals(), *__all__})
