"""The generated parts of files that are written by hand, between their markers."""

from dynviz import api
from dynviz.methods import methods
from tests import test_house as law
from tests.docs.table import table

BACKBONE = "all-MiniLM-L6-v2"


def box() -> str:
    """What is in the box: backbone, methods, tasks, checkpoints; the first table of the README."""
    found = api.checkpoints(repeats=True)
    (plain,) = (c.config.stages[0].config for c in found if c.name == "sst2-plain")
    size = f"{plain['num_hidden_layers']} layers of width {plain['hidden_size']}"
    able, tasks = [c for c in found if c.runnable], {c.task.title for c in found}
    rows = [
        ("backbone", f"{BACKBONE}, {size}: a sentence-embedding model, mean pooled ([why](docs/deviations.md), [NOTICE](NOTICE))"),
        ("methods", f"{len(methods())}, and {len(api.policies())} policy: [a line each](docs/methods.md)"),
        ("tasks", "; ".join(sorted(tasks))),
        ("checkpoints", f"{len(able)} that run, {len(found) - len(able)} as numbers only: [results](docs/results.md)"),
    ]
    return table(("in the box", ""), rows)


def rooms() -> str:
    """Who may import whom, as tests/test_house.py says it."""
    rows = [(f"`{room}`", ", ".join(f"`{other}`" for other in sorted(others)) or "-") for room, others in law.MAY.items()]
    free = ", ".join(f"`{name}`" for name in sorted(law.FREE))
    return table(("room", "may import, besides itself"), rows) + f"\n\nFree to all: {free}."
