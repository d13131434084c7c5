"""Whether the tokens that methods drop matter: a dot for each method and measure, against a choice by lot."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import SUBTITLE_CHARS, count, listing, percent, points, safe, setting, shorten, verb, wrap
from dynviz.records.pruned import MEASURES, Dropper, Held, TaskPruned
from dynviz.records.zoo import side

ROW, NAME = 30, 30  # px; letters
NOTHING = "No model of this task drops tokens at the knobs it ships with."
DRAWN = {"accuracy": "accuracy", "saliency": "saliency", "rollout": "rollout", "content words": "content", "edits": "edits"}


def pruned(task: TaskPruned, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """Five columns of dots with their intervals, in points more than by lot; the method whose choice is worth most on top."""
    rows = sorted(task.droppers, key=lambda d: d.held["accuracy"].more[0])
    fig = Sketch()
    for i, (measure, name) in enumerate(DRAWN.items()):
        there = [(y, d, d.held[measure]) for y, d in enumerate(rows) if measure in d.held]
        axis = str(i + 1) if i else ""
        fig.add_trace(_dots(there, measure, axis, style))
        wide = 1 / len(DRAWN)
        x = layout.axis(
            style, grid=True, title=layout.title_of(name, style), domain=[i * wide, (i + 0.86) * wide], nticks=4, tickangle=0,
            zeroline=True, zerolinecolor=style.ink, zerolinewidth=1, rangemode="tozero",
        )  # fmt: skip
        fig.update_layout(**{f"xaxis{axis}": x})
    names = [safe(shorten(d.title, NAME)) for d in rows]
    fig.update_layout(yaxis=layout.axis(style, grid=True, tickvals=list(range(len(rows))), ticktext=names, range=[-0.6, len(rows) - 0.4]))
    key = wrap(pruned_key(task), SUBTITLE_CHARS) if subtitle is None else subtitle
    layout.frame(fig, style, title, key, body=ROW * len(rows) + 20, bottom=56)
    return fig.figure()


def pruned_key(task: TaskPruned) -> str:
    """What the dots and lines are."""
    n = len(task.droppers)
    surely = f"95 % for all {n} models of a column at once" if n > 1 else "95 %"
    return f"Points more than a choice by lot; the line at zero: no better than by lot. Intervals: {surely}. Filled: it holds no zero."


def pruned_finding(task: TaskPruned) -> str:
    """Measure by measure: of how many models it can be told that their choice is better, or worse, than one by lot."""
    if not task.droppers:
        return NOTHING
    said = [_accuracy(task)]
    said += [_agreement(task, measure, name) for measure, name in (("saliency", "gradient saliency"), ("rollout", "attention rollout"))]
    return " ".join([*said, *_order(task), _content(task), _edits(task)])


def pruned_table(task: TaskPruned) -> list[dict[str, Any]]:
    """A row for each model, the one whose choice is worth most first."""
    return [_row(d) for d in sorted(task.droppers, key=lambda d: -d.held["accuracy"].more[0])]


def _row(d: Dropper) -> dict[str, Any]:
    row: dict[str, Any] = {"method": d.title, "model": d.model, "checkpoint": d.digest, "setting": setting(d.knobs)}
    row |= {"kept, middle layer": d.kept[0], "kept, last layer": d.kept[1]}
    for name in MEASURES:
        held = d.held.get(name)
        more = held.more if held else (None, None, None)
        row |= {name: held and held.own, f"{name}: by lot": held and held.chance}
        row |= dict(zip((f"{name}: more", f"{name}: from", f"{name}: to"), more, strict=True))
    return row


def _accuracy(task: TaskPruned) -> str:
    """Whether it costs right answers when as many other tokens go."""
    better, worse, level = _sides(task, "accuracy")
    n = len(task.droppers)
    who = f"Of {count(n, 'model')} that {verb(n, 'drops', 'drop')} tokens,"
    surely = f"{len(better) or 'none'} surely {verb(max(len(better), 1), 'answers', 'answer')} better than with as many dropped by lot"
    if better:
        most = max(better, key=lambda d: d.held["accuracy"].more[0])
        surely += f" (most, {points(most.held['accuracy'].more[0])} points in {most.title})"
        surely += f"; of {count(len(level), 'other')} it cannot be told" if level else ""
    also = f" {len(worse)} surely {verb(len(worse), 'answers', 'answer')} worse: {_titles(worse)}." if worse else ""
    return f"{who} {surely}.{also}"


def _agreement(task: TaskPruned, measure: str, name: str) -> str:
    """Whether the kept are those that count by another measure."""
    better, worse, _ = _sides(task, measure)
    there, keep = [d for d in task.droppers if measure in d.held], verb(len(better), "keeps", "keep")
    return f"By {name}, {len(better)} of {len(there)} surely {keep} the tokens that count, and {_those(worse, 'surely the others')}."


def _order(task: TaskPruned) -> list[str]:
    """Whose rule ranks tokens most, and whose least, as the plain model's last layer does; nothing where that was not measured."""
    there = sorted((d for d in task.droppers if "order" in d.held), key=lambda d: d.held["order"].own)
    if not there:
        return []
    least, most = (f"{d.title} ({d.held['order'].own:.2f})" for d in (there[0], there[-1]))
    of = f"most by {most}, least by {least}" if len(there) > 1 else f"by {most}"
    return [f"Before any token goes, they are ranked as in the plain model's last layer (Spearman's correlation) {of}."]


def _content(task: TaskPruned) -> str:
    """Whether they keep content words."""
    better, worse, _ = _sides(task, "content words")
    return f"Content words are surely kept more than other words by {len(better) or 'none'}, surely less by {_those(worse)}."


def _edits(task: TaskPruned) -> str:
    """How steady the kept sets are."""
    better = _sides(task, "edits")[0]
    there = [d.held["edits"].own for d in task.droppers if "edits" in d.held]
    low, high = (f"{end(there, default=0.0):.2f}" for end in (min, max))
    said = f"When one word is changed, kept sets overlap by {low} to {high} (Jaccard)"
    return f"{said}, surely more than by lot in {len(better) or 'none'}."


def _those(droppers: Sequence[Dropper], words: str = "") -> str:
    """How many, and who: "none surely the others", "1 surely the others: Bad"."""
    many = f"{len(droppers) or 'none'} {words}".rstrip()
    return f"{many}: {_titles(droppers)}" if droppers else many


def _titles(droppers: Sequence[Dropper]) -> str:
    return listing([d.title for d in droppers], 4)


def _sides(task: TaskPruned, measure: str) -> tuple[list[Dropper], list[Dropper], list[Dropper]]:
    """Models surely above chance, surely below, and those of which it cannot be told."""
    there = [d for d in task.droppers if measure in d.held]
    sides = {which: [d for d in there if side(d.held[measure].more) == which] for which in ("above", "below", "level")}
    return sides["above"], sides["below"], sides["level"]


def _dots(there: Sequence[tuple[int, Dropper, Held]], measure: str, axis: str, style: Style) -> go.Scatter:
    own = style.series_at(0)
    more = [h.more for _, _, h in there]
    fills = [own if side(m) != "level" else style.paper for m in more]
    return go.Scatter(
        x=[100 * m for m, _, _ in more], y=[y for y, _, _ in there], mode="markers", name=measure, xaxis=f"x{axis}",
        marker={"size": 11, "color": fills, "line": {"color": own, "width": 2}},
        error_x=layout.errors(more, style),
        hovertext=[_hover(d, measure, h) for _, d, h in there], hoverinfo="text",
    )  # fmt: skip


def _hover(d: Dropper, measure: str, held: Held) -> str:
    mean, low, high = map(points, held.more)
    kept = f"{percent(d.kept[1])} of the tokens left after the last layer"
    said = f"{measure}: {held.own:.3f}, by lot {held.chance:.3f}; {mean} [{low}, {high}] points"
    return "<br>".join([f"<b>{safe(d.title)}</b>", safe(said), safe(kept), f"{held.sentences} texts"])
