"""When words settle, over many of them: the mean layer of each word class by three readings, in a picture, in words, and in a table."""

from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, depth, percent, safe
from dynviz.records.operating import Interval
from dynviz.records.tasks import TASKS
from dynviz.records.word_readings import CONTENT, FUNCTION, READINGS, Less, WordClass, WordReadings
from dynviz.records.zoo import side

ROW = 24  # px
BETWEEN = 0.06  # of the width, between two panels
TITLES = {"state": "State stays", "back": "Guessable", "sure": "Tag is sure"}
EARLIER = {"below": "earlier", "above": "later", "level": "not surely earlier or later"}
ALL, SOME = "Over many words, each question has an order of its own.", "Over many words, {held} of {of} patterns are sure."
MANY = "{words} of {texts}, signs left out."


def ordered(found: WordReadings) -> list[WordClass]:
    """The word classes, first those whose states stay earliest."""
    return sorted(found.classes, key=lambda part: (part.state[0], part.name))


def word_readings(found: WordReadings, style: Style = LIGHT) -> go.Figure:
    """A panel for each reading, a row for each word class: its mean layer, with the interval."""
    fig, rows = Sketch(), ordered(found)[::-1]
    width, axes = (1 - BETWEEN * (len(READINGS) - 1)) / len(READINGS), dict[str, Any]()
    own = style.series_at(0)
    marks = {"size": 10, "color": own, "symbol": [_mark(part) for part in rows], "opacity": 1, "line": {"width": 2, "color": own}}
    for place, reading in enumerate(READINGS):
        means = [getattr(part, reading) for part in rows]
        ends = {"array": [high - mean for mean, _, high in means], "arrayminus": [mean - low for mean, low, _ in means]}
        lines = {"type": "data", "symmetric": False, "color": style.muted, "thickness": 1.5, "width": 4, **ends}
        name = f"x{place + 1 if place else ''}"
        fig.add_trace(go.Scatter(
            x=[mean for mean, _, _ in means], y=list(range(len(rows))), xaxis=name, mode="markers", marker=marks, error_x=lines,
            name=TITLES[reading], hoverinfo="text", hovertext=[_hover(part, reading, found.layers) for part in rows],
        ))  # fmt: skip
        begin = place * (width + BETWEEN)
        said = layout.title_of(f"{TITLES[reading]}: layer", style)
        domain = [round(begin, 3), round(begin + width, 3)]
        ticks = sorted({1, -(-found.layers // 2), found.layers})
        axes[name.replace("x", "xaxis")] = layout.axis(
            style, grid=True, title=said, domain=domain, range=[0.5, found.layers + 0.5], tickvals=ticks
        )
    names = [safe(f"{spoken(found, part)} ({part.words})") for part in rows]
    fig.update_layout(yaxis=layout.axis(style, tickvals=list(range(len(rows))), ticktext=names, range=[-0.6, len(rows) - 0.4]), **axes)
    layout.frame(fig, style, "", "", body=ROW * max(len(rows), 1) + 20, bottom=56, least=640)
    return fig.figure()


def _mark(part: WordClass) -> str:
    return "circle" if part.name in CONTENT else "circle-open" if part.name in FUNCTION else "diamond-open"


def spoken(found: WordReadings, part: WordClass) -> str:
    """The word class in words."""
    return TASKS[found.task].legend.get(part.name, part.name).partition(":")[0]


def _hover(part: WordClass, reading: str, layers: int) -> str:
    mean, low, high = getattr(part, reading)
    never = f"<br>never read back: {percent(part.never)}" if reading == "back" else ""
    return f"<b>{part.name}</b>, {count(part.words, 'word')}<br>layer {depth(mean)} of {layers} [{depth(low)}, {depth(high)}]{never}"


def word_readings_key() -> str:
    """What the marks say."""
    return "● content words, ○ function words, ◇ others; in brackets how many. Lines: 95 % intervals, texts drawn again."


def word_readings_finding(found: WordReadings) -> str:
    """How many of the three patterns are sure, and then each: what it is, with its interval."""
    held = list(found.holds.values())
    first = ALL if all(held) else SOME.format(held=sum(held), of=len(held))
    many = MANY.format(words=count(found.words, "word"), texts=count(found.texts, "text"))
    return " ".join([first, many, _states(found), _guessed(found), _tagged(found)])


def _states(found: WordReadings) -> str:
    first, *others = found.state
    also = "".join(f"; at {at.bar:g} it is {gap(at.content.less)}" for at in others)
    return f"The state stays (cosine of {first.bar:g} or more) {_apart(first.content, 'in content words', 'in function words')}{also}."


def _tagged(found: WordReadings) -> str:
    return f"The tag is sure {_apart(found.sure, 'for determiners', 'for all other words')}."


def _apart(less: Less, some: str, others: str) -> str:
    one, other = map(depth, less.layers)
    return f"{EARLIER[side(less.less)]} {some} (layer {one}) than {others} ({other}): {gap(less.less)} layers"


def _guessed(found: WordReadings) -> str:
    never = f"{percent(found.never)} of the words never are, and count as layer {found.layers}"
    if found.back is None:
        return f"Hidden, whether frequent words are read back earlier cannot be told: {never}."
    return f"Hidden, frequent words are read back {EARLIER[side(found.back)]}: rank correlation {_signed(found.back, 2)}; {never}."


def gap(value: Interval) -> str:
    """A difference in layers, or between layers: "-1.3 [-1.6, -1.0]"."""
    return _signed(value, 1)


def _signed(value: Interval, digits: int) -> str:
    return "{} [{}, {}]".format(*(f"{round(end, digits) + 0.0:+.{digits}f}" for end in value))


def word_readings_table(found: WordReadings) -> list[dict[str, Any]]:
    """A row for each word class: how many words, and mean layer and interval by each reading."""
    return [
        {
            "class": part.name, "in words": spoken(found, part), "words": part.words,
            **{f"{TITLES[reading]}{end}": round(value, 2) for reading in READINGS
               for end, value in zip(("", ", from", ", to"), getattr(part, reading), strict=True)},
            "never read back": percent(part.never),
        }
        for part in ordered(found)
    ]  # fmt: skip
