"""What the talk does not say: told with the numbers, and by them where it depends on the model."""

from dynviz.ui.present import evidence, text
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.money import Timed
from dynviz.ui.present.reference import reference


def of(cast: Cast, known: Timed | None) -> list[str]:
    """What is not claimed of this model; each goes on from "What this does not say". known: its measured milliseconds."""
    beside = reference(cast)
    return [
        text.NOT_GOOD[beside.verdict].format(reference=text.THE[beside.plain]),
        text.NOT_KNOWN[cast.goes_by],
        text.NOT_WORST[evidence.part_dearer(cast.sweep, cast.point) > 0],
        *timed(known, cast.checkpoint.task.text),
        *text.NOT,
    ]


def timed(known: Timed | None, noun: str = "sentence") -> list[str]:
    """Which texts the milliseconds are not of; nothing where there are none. noun: what a text is called."""
    return [text.NOT_TIMED[known.alike].format(noun=noun, n=known.sentences)] if known is not None else []
