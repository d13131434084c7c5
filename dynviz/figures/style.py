"""Every colour, and the arithmetic that keeps it readable. No other file of the project's figures names a colour.

The hues of Okabe-Ito for series, each as light or dark as it takes for all six to stay apart for every kind of colour vision;
viridis for depth (light = early, in both themes); one blue ramp for certainty (dark = sure, in both themes); one accent for what
was dropped; blue and orange for right and wrong; grey for baselines. Light fills get their 3:1 against the page from an outline,
text on fills is black or white, whichever contrasts more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# viridis from yellow to violet, evenly spaced; its darkest sixth is left out, where neighbours are hard to tell apart
_VIRIDIS = ("#FDE725", "#BDDF26", "#7AD151", "#44BF70", "#22A884", "#21918C", "#2A788E", "#355F8D", "#414487", "#482475")
_BLACK, _WHITE = "#000000", "#FFFFFF"
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Noto Sans", "DejaVu Sans", sans-serif'


@dataclass(frozen=True)
class Style:
    """The colours of one theme. Text colours have 4.5:1 against `paper`, marks 3:1; the tests hold them to it.

    ink, muted: text. grid: hairlines and borders of blank cells, which carry nothing alone. faint: the dot of a token that
    is gone. certainty: five steps, sure first. edge: outline of light fills. series: curves, in order. classes: label lines, in two
    hues and two greys, none of them green or pink, which would say good and bad.
    """

    name: str
    paper: str
    ink: str
    muted: str
    grid: str
    faint: str
    edge: str
    certainty: tuple[str, ...]
    unread: str
    hatch: str
    dropped: str
    correct: str
    incorrect: str
    baseline: str
    series: tuple[str, ...]
    classes: tuple[str, ...]

    def text(self, colour: str) -> str:
        """This colour, moved away from the page's until text in it can be read (4.5:1)."""
        return readable(colour, self.paper, 4.5)

    def certain(self, confidence: float) -> str:
        """The fill of a cell whose confidence (0 to 1) is known; `unread` where it was not measured."""
        return self.unread if confidence != confidence else self.certainty[doubt(confidence)]

    def outline(self, fill: str) -> str:
        """The line around a cell with this fill: `edge` where the fill is too light to stand out from the page; else the page's own colour,
        so that cells with no gap between them are still told apart."""
        return self.paper if contrast(fill, self.paper) >= 3 else self.edge

    def class_colours(self, classes: Sequence[int]) -> dict[int, str]:
        """The colours of these classes (their numbers), at most as many as there are: each its own in every picture, where none of those
        drawn with it has the same, else the next that is free."""
        free, found = list(self.classes), dict[int, str]()
        for c in sorted(classes):
            own = self.classes[c % len(self.classes)]
            found[c] = own if own in free else free[0]
            free.remove(found[c])
        return found

    def series_at(self, index: int) -> str:
        """The colour of the index-th curve; colours repeat after the sixth."""
        return self.series[index % len(self.series)]


SURE = (99, 95, 90, 75)  # percent of confidence, as printed: where one step of `certainty` ends and the next begins


def doubt(confidence: float) -> int:
    """Which step of `certainty` a confidence has: that of the percent printed for it, so that equal numbers look equal."""
    return sum(round(100 * confidence) < least for least in SURE)


LIGHT = Style(
    name="light",
    paper="#FFFFFF",
    ink="#1F2430",
    muted="#656C7A",
    grid="#DDE0E6",
    faint="#8B92A0",
    edge="#5C7AB3",
    certainty=("#0B2A5B", "#2E4F8A", "#5C7AB3", "#93A9D0", "#CBD6EA"),
    unread="#EEF1F6",
    hatch="#656C7A",
    dropped="#B45309",
    correct="#0072B2",
    incorrect="#D55E00",
    baseline="#7B8290",
    series=("#0072B2", "#D55E00", "#009E73", "#B04A86", "#27508C", "#8A5A00"),
    classes=("#27508C", "#8A5A00", "#7B8290", "#1F2430"),
)
DARK = Style(
    name="dark",
    paper="#0E1117",
    ink="#F3F4F6",
    muted="#A3ABB8",
    grid="#333B48",
    faint="#6E7787",
    edge="#7DA7F7",
    certainty=("#2563EB", "#4F86F0", "#82AAF5", "#B4CDFA", "#E3EDFE"),
    unread="#1E2530",
    hatch="#A3ABB8",
    dropped="#F59E0B",
    correct="#56A9DE",
    incorrect="#F08A3C",
    baseline="#9AA2B1",
    series=("#56B4E9", "#F08A3C", "#1ED8A2", "#D48FBB", "#4E93D6", "#ECBA3C"),
    classes=("#4E93D6", "#ECBA3C", "#9AA2B1", "#F3F4F6"),
)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, part: float) -> str:
    """The colour `part` (0..1) of the way from one to the other."""
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in zip(_channels(one), _channels(other), strict=True))


def alpha(colour: str, opacity: float) -> str:
    """The colour with an opacity, as plotly writes it."""
    r, g, b = _channels(colour)
    return f"rgba({r},{g},{b},{opacity:g})"


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, 0 for black and 1 for white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(256)
def readable(colour: str, paper: str, ratio: float) -> str:
    """The colour, moved step by step to black or white, until its contrast with the paper reaches the ratio."""
    goal = on(paper)
    return next(c for c in (mix(colour, goal, i / 20) for i in range(21)) if contrast(c, paper) >= ratio or c == goal)


@lru_cache(256)
def on(fill: str) -> str:
    """Black or white, whichever reads better on this fill (never less than 4.58:1)."""
    return max((_BLACK, _WHITE), key=lambda c: contrast(c, fill))


@lru_cache(32)
def depth_colours(layers: int) -> tuple[str, ...]:
    """The colours of depths 0..layers, light = early; depth 0 looks like the earliest."""
    steps = [_blend(_VIRIDIS, i / max(layers - 1, 1)) for i in range(layers)]
    return (_VIRIDIS[0], *steps)


def _blend(stops: Sequence[str], part: float) -> str:
    place = part * (len(stops) - 1)
    low = min(int(place), len(stops) - 2)
    return mix(stops[low], stops[low + 1], place - low)
