"""What the layers of a deeper backbone cost and buy, said wherever it stands beside a shallower one."""

from dynviz.figures import backbones
from dynviz.records.backbones import layer_price
from dynviz.ui.shell import cache

SPLIT = "report"


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
    return backbones.bought((few.layers, many.layers), layer_price(few, many), (float(few.score[0]), float(many.score[0])))
