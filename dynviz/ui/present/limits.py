"""What the talk does not say: told with the numbers, and by them where it depends on the model."""

from dynviz.ui.present import evidence, text
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.reference import reference


def of(cast: Cast) -> list[str]:
    """What is not claimed of this model; each goes on from "What this does not say"."""
    beside = reference(cast)
    return [
        text.NOT_GOOD[beside.verdict].format(reference=text.THE[beside.plain]),
        text.NOT_KNOWN[cast.goes_by],
        text.NOT_WORST[evidence.part_dearer(cast.sweep, cast.point) > 0],
        *text.NOT,
    ]
