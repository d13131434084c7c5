"""What the pre-trained models under a task's models are called: by their layers."""

from collections import Counter
from collections.abc import Iterable

from dynviz import api
from dynviz.figures import backbones as words
from dynviz.records.backbones import layer_price
from dynviz.ui.shell import cache, text

SPLIT = "report"


def titles(found: Iterable[api.Checkpoint]) -> dict[str, str]:
    """What the backbones of these checkpoints are called, shallow to deep: "12 layers"; where two have as many, with their name."""
    layers = api.backbones(found)
    alike = Counter(layers.values())
    return {name: text.LAYERS.format(n=n) if alike[n] < 2 else text.LAYERS_OF.format(n=n, name=name) for name, n in layers.items()}


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


def bought(task: str) -> str:
    """What the layers of the deepest backbone of a task cost and buy against the shallowest one; "" where no two are measured on the same
    texts."""
    plain = [c for c in cache.catalogue()[0] if (c.config.task, c.config.method) == (task, "plain") and c.measured]
    deepest = {c.backbone: c for c in sorted(plain, key=lambda c: c.layers)}
    ends = sorted(deepest.values(), key=lambda c: c.layers)
    if len(ends) < 2:
        return ""
    few, many = cache.sweep(ends[0].name, SPLIT), cache.sweep(ends[-1].name, SPLIT)
    if few is None or many is None or few.rows.ids != many.rows.ids:
        return ""
    return words.bought((few.layers, many.layers), layer_price(few, many), (float(few.score[0]), float(many.score[0])))
