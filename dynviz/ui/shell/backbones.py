"""What the pre-trained models under a task's models are called: by their layers."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from dynviz import api
from dynviz.ui.shell import cache, text


def titles(found: Iterable[api.Checkpoint]) -> dict[str, str]:
    """What the backbones of these checkpoints are called, shallow to deep: "12 layers"; where two have as many, with their name, a model of
    others that exits were fitted on with its folder's or Hub id's."""
    every = list(found)
    layers = api.backbones(every)
    alike = Counter(layers.values())
    theirs = {c.backbone: text.FITTED.format(name=Path(on.named).name) for c in every if (on := c.config.stands_on)}
    named = {name: theirs.get(name, name) for name in layers}
    return {name: text.LAYERS.format(n=n) if alike[n] < 2 else text.LAYERS_OF.format(n=n, name=named[name]) for name, n in layers.items()}


def of_task(task: str) -> dict[str, str]:
    """Those of all models of a task, numbers without weights among them."""
    return titles(c for c in cache.catalogue()[0] if c.config.task == task)


def said(checkpoint: api.Checkpoint) -> str:
    """What the backbone of a checkpoint is called, where its task has several; "" where there is nothing to tell apart."""
    there = of_task(checkpoint.config.task)
    return there.get(checkpoint.backbone, "") if len(there) > 1 else ""


def titled(checkpoint: api.Checkpoint) -> str:
    """The title of a checkpoint beside others, with its backbone where that is to be told and the title does not say it already."""
    title, on = checkpoint.config.title, said(checkpoint)
    return title if not on or on in title else f"{title}, {on}"
