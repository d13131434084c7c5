"""The methods of a task beside each other: the answers an early stop changes."""

from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import SUBTITLE_CHARS, percent, safe, setting, wrap
from dynviz.figures.zoo import ROW, at_once, named, of_model, rows_of
from dynviz.records.zoo import Changes, TaskZoo, side


def zoo_changes(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """Two bars for each method: answers made worse to the left, overthinking avoided to the right, in % of all answers."""
    rows = sorted(task.changes, key=lambda c: (c.avoided - c.worse) / c.answers)
    y = list(range(len(rows)))
    worse, avoided = ([100 * getattr(c, name) / c.answers for c in rows] for name in ("worse", "avoided"))
    shared = {"orientation": "h", "y": y, "width": 0.7, "hoverinfo": "text", "textposition": "outside", "cliponaxis": False}
    hatch = {"shape": "/", "fillmode": "overlay", "fgcolor": style.paper, "fgopacity": 0.8, "size": 7, "solidity": 0.25}
    hover = [f"{safe(task.title(c.contender))}<br>{c.worse} worse, {c.avoided} avoided of {c.answers:,}" for c in rows]
    left = go.Bar(
        **shared, x=[-v for v in worse], name="worse", text=[str(c.worse) for c in rows], hovertext=hover,
        marker={"color": style.incorrect, "pattern": hatch}, textfont={"color": style.ink, "size": 12},
    )  # fmt: skip
    right = go.Bar(
        **shared, x=avoided, name="avoided", text=[str(c.avoided) for c in rows], hovertext=hover, marker={"color": style.correct},
        textfont={"color": style.ink, "size": 12},
    )  # fmt: skip
    fig = Sketch([left, right])
    rows_of(fig, [task.title(c.contender) for c in rows], [f"at {percent(c.share)}" for c in rows], style)
    most = max([1.0, *worse, *avoided]) * 1.4
    said = layout.title_of("% of answers: worse to the left, overthinking avoided to the right", style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=said, range=[-most, most], tickangle=0), barmode="overlay", bargap=0.3)
    fig.update_xaxes(zeroline=True, zerolinecolor=style.muted)
    key = zoo_changes_key(task)
    layout.frame(
        fig, style, title, wrap(key, SUBTITLE_CHARS) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56, right=80
    )
    return fig.figure()


def zoo_changes_key(task: TaskZoo) -> str:
    """What the two bars say, and what is meant by surely."""
    return (
        "▨ ✗ worse: full depth was right, the early answer is wrong. ■ ✓ overthinking avoided: the other way round. Right: compute at the "
        f"chosen knob. Surely: {at_once(len(task.changes), 'method')}."
    )


def zoo_changes_finding(task: TaskZoo) -> str:
    """In how many methods early answers do more harm than good, in how many surely, and the two ends.

    Of equals those are named in which the fewest and the most answers were made worse.
    """
    if not task.changes:
        return "No method of this task gives answers early."
    best, worst = (end(task.changes, key=lambda c: (c.avoided - c.worse, -c.worse)) for end in (max, min))
    told = f"{named(task, best.contender)} {_gains(best, 'most', 'least')}: {_counts(best)} of {best.answers:,}"
    if best is worst:
        return f"{told}. {'It cannot be told from no change' if side(best.difference) == 'level' else 'Surely so'}."
    harm, n = sum(c.worse > c.avoided for c in task.changes), len(task.changes)
    many = f"In all {n}" if harm == n else f"In {harm or 'none'} of {n}"
    below, above = (sum(side(c.difference) == which for c in task.changes) for which in ("below", "above"))
    surely = f"Surely so in {below or 'none'}, surely the other way in {above or 'none'}."
    if not below and not above:
        surely = "In no method is that sure, nor the opposite."
    return (
        f"{many} methods stopping early makes more answers wrong than it puts right. {surely} {told}; "
        f"{named(task, worst.contender)} {_gains(worst, 'least', 'most')}: {_counts(worst)}."
    )


def _gains(c: Changes, gained: str, lost: str) -> str:
    """ "gains most", "loses least": the verb is the change's own."""
    return f"gains {gained}" if c.avoided > c.worse else f"loses {lost}" if c.avoided < c.worse else "gains as much as it loses"


def _counts(c: Changes) -> str:
    return f"{c.worse} worse, {c.avoided} avoided"


def zoo_changes_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method, those that help most first."""
    return [
        {
            "method": task.title(c.contender), **of_model(task, c.checkpoint), "setting": setting(c.knobs), "compute": c.share,
            "answers": c.answers, "worse": c.worse, "worse, share": c.worse / c.answers, "avoided": c.avoided,
            "avoided, share": c.avoided / c.answers, "wrong either way": c.other, "difference": c.difference[0],
            "from": c.difference[1], "to": c.difference[2],
        }
        for c in sorted(task.changes, key=lambda c: (c.worse - c.avoided) / c.answers)
    ]  # fmt: skip
