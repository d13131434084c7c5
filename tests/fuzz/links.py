"""Addresses of the app's pages: every parameter they read, with values that no page writes. A run of a page takes a second: few cases."""

import os
from pathlib import Path
from random import Random

from streamlit.testing.v1 import AppTest

from tests.fuzz import values
from tests.fuzz.bar import Wrong
from tests.fuzz.kind import Kind

APP = Path(__file__).parents[2] / "app.py"
PAGES = ("sentence", "compare", "tradeoff", "data", "methods")
MODELS = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")
KNOBS = ("pos-tokee.delta", "sst2-joint.entropy", "sst2-ltp.value", "sst2-joint.value")
NAMES = (
    *KNOBS, *KNOBS, "model", "full", "text", "edit", "keep", "stop", "exit", "from", "all", "pair", "see.why", "see.edit", "word",
    "method", "with", "compare", "truth", "layer", "budget", "slices", "look", "risk.limit", "batch.size", "batch.which", "pieces",
    "text2", "spent", "inbox", "row", "bin", "group", "run", "hub", "example", "ceebert.model", "show", "page", "job", "other", "outcome",
    "kind", "find", "order", "policy", "confidence", "stopped", "zoo.task", "zoo.budget", "checkpoint", "methods.kind",
)  # fmt: skip
USUAL = ("1", "3", "2.5.7", "0.2", "force", "race", "texts", "models", "true", "report", "A fine film.", *MODELS, "1e-9", "9999", "1,2")


def ground(stock: Path, own: Path) -> None:
    """The app sees our tiny checkpoints; every page was open once, so that no case pays for what the first visitor waits for."""
    os.environ["DYNVIZ_CHECKPOINTS"] = str(stock / "ours")
    for page in PAGES:
        give((page, {}))


def make(_: None, rng: Random) -> tuple[str, dict[str, str]]:
    """A page, and what its address says."""
    asked = {name: rng.choice((*USUAL, *values.STRINGS)) for name in rng.sample(NAMES, rng.choice((1, 3, 8)))}
    if rng.random() < 0.7:
        asked["model"] = rng.choice(MODELS)
    return rng.choice(PAGES), asked


def give(link: tuple[str, dict[str, str]]) -> None:
    """Open it."""
    page, asked = link
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.switch_page(f"dynviz/ui/pages/{page}.py")
    for name, value in asked.items():
        at.query_params[name] = value
    at.run()
    if at.exception:
        raise Wrong(f"the page shows an exception: {at.exception[0].value}: {' '.join(at.exception[0].stack_trace[-2:])[:300]}")


KIND = Kind(1, ground, make, give, visitors=True)
