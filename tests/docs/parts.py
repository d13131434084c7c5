"""The generated parts of files that are written by hand, between their markers."""

from collections.abc import Sequence

from dynviz import api
from dynviz.checkpoint.base_config import is_base, read_base
from dynviz.checkpoint.released.families import FAMILIES
from dynviz.methods import methods
from tests import test_house as law
from tests.docs.table import table

BACKBONE = "all-MiniLM-L6-v2"  # whose layers each checkpoint stores for itself


def box() -> str:
    """What is in the box: backbone, methods, tasks, checkpoints; the first table of the README."""
    found = api.checkpoints(repeats=True)
    able, tasks = [c for c in found if c.runnable], {c.task.title for c in found}
    rows = [
        ("backbones", f"{backbones(found)}: trained to embed sentences, mean pooled ([why](docs/deviations.md), [NOTICE](NOTICE))"),
        ("methods", f"{len(methods())}, and {len(api.policies())} policy: [a line each](docs/methods.md)"),
        ("tasks", "; ".join(sorted(tasks))),
        ("checkpoints", f"{len(able)} that run, {len(found) - len(able)} as numbers only: [results](docs/results.md)"),
    ]
    return table(("in the box", ""), rows)


def backbones(found: Sequence[api.Checkpoint]) -> str:
    """The pre-trained models that checkpoints stand on, with their sizes, shallow to deep."""
    said = []
    for name, layers in api.backbones(c for c in found if c.measured).items():
        folder = api.checkpoint_root() / name
        width = next(c.config.stages[0].config["hidden_size"] for c in found if c.backbone == name)
        size = f"{layers} layers of width {width}"
        if is_base(folder):  # one folder for all models on it
            weight = sum(file.stat().st_size for file in folder.iterdir())
            said.append(f"{read_base(folder).source.model.split('/')[-1]}, {size}, rounded ({weight / 1e6:.0f} MB)")
        else:
            said.append(f"{BACKBONE}, {size}")
    return "; ".join(said)


def rooms() -> str:
    """Who may import whom, as tests/test_house.py says it."""
    rows = [(f"`{room}`", ", ".join(f"`{other}`" for other in sorted(others)) or "-") for room, others in law.MAY.items()]
    free = ", ".join(f"`{name}`" for name in sorted(law.FREE))
    return table(("room", "may import, besides itself"), rows) + f"\n\nFree to all: {free}."


def released() -> str:
    """The families of released checkpoints that are known: what each is recognised by, and what opens."""
    rows = [(family.title, family.sign, family.opens if family.layout else f"Refused: {family.opens}.") for family in FAMILIES]
    return table(("family", "recognised by", "what opens"), rows)
