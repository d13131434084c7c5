"""What can be read off [CLS] and off the mean of all states, layer by layer, on every backbone of a task."""

from functools import partial

from dynviz.figures import captions
from dynviz.figures.pooling import pooling, pooling_finding, pooling_key, pooling_table
from dynviz.ui.methods import text_pooling as text
from dynviz.ui.parts import heading
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import cache

LEAST = 600  # px


def section(name: str) -> None:
    """Nothing where it was not measured for this comparison's task. name: as in `api.by_backbone`."""
    found = cache.pooling()
    if found is None or found.task != name.partition("/")[0]:
        return
    heading.section(text.HEAD)
    finding, rows, source = pooling_finding(found), partial(pooling_table, found), partial(captions.of_pooling, found)
    figure = pooling(found, style())
    draw(Panel("pooling", figure, finding, rows, text.HOW, text.LIMITS, key=pooling_key(), headed=True, least=LEAST, source=source))
