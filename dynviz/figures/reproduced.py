"""What others report of methods beside what was found here: a picture, in words, and in a table."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import bracketed, count, gap, hundred, listing, percent, points, safe, shorten
from dynviz.figures.zoo import NAME, at_once
from dynviz.records.reproduced import Ours, Row, TaskReproduced, Verdict

VERDICTS: dict[Verdict, str] = {
    "level": "not to be told apart",
    "smaller": "more kept here",
    "larger": "less kept here",
    "unknown": "cannot be told: full depth is not given there",
    "far": "cannot be told: no setting of ours costs about as much",
    "padding": "nothing to compare: without the padding counted there nothing is saved",
}
_TOLD: dict[Verdict, str] = {
    "level": "ours and theirs cannot be told apart",
    "smaller": "more of full depth's score is kept here",
    "larger": "less of full depth's score is kept here",
}

ROW = 30  # px
DASH = {"thickness": 1, "width": 0}  # of what is at least uncertain about a printed loss


def drawn(found: TaskReproduced) -> list[Row]:
    """The rows in which two losses can be held against each other."""
    return [row for row in found.rows if row.ours is not None and row.theirs.drop is not None]


def reproduced(found: TaskReproduced, style: Style = LIGHT) -> go.Figure:
    """A row for each published result: what it loses there, and what ours loses at about the same cost, with its interval."""
    rows = drawn(found)[::-1]
    y = list(range(len(rows)))
    lost = [row.ours.difference for row in rows if row.ours]
    shared = {"y": y, "mode": "markers", "hovertext": [_hover(row) for row in rows], "hoverinfo": "text"}
    own = {"symbol": "circle", "size": 10, "color": style.series_at(0), "opacity": 1}
    printed = {"symbol": "diamond-open", "size": 11, "color": style.ink, "line": {"width": 2, "color": style.ink}, "opacity": 1}
    ours = go.Scatter(x=[layout.percent(v[0]) for v in lost], name="here", marker=own, error_x=layout.errors(lost, style), **shared)
    dropped = [row.theirs.drop or 0.0 for row in rows]
    least = layout.errors([(d, d - row.theirs.least, d + row.theirs.least) for d, row in zip(dropped, rows, strict=True)], style) | DASH
    theirs = go.Scatter(x=[layout.percent(d) for d in dropped], name="there", marker=printed, error_x=least, **shared)
    fig = Sketch([ours, theirs])
    ticks = [f"{safe(shorten(row.method, NAME))}<br>{layout.small(safe(_at(row)))}" for row in rows]
    said = layout.title_of("points lost (below 0) or won", style)
    fig.update_layout(
        xaxis=layout.axis(style, grid=True, title=said),
        yaxis=layout.axis(style, tickvals=y, ticktext=ticks, range=[-0.6, max(len(rows), 1) - 0.4]),
    )
    fig.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": style.ink, "width": 1, "dash": "dot"})
    layout.frame(fig, style, "", "", body=int(1.4 * ROW) * max(len(rows), 1) + 20, bottom=56)
    return fig.figure()


def _at(row: Row) -> str:
    return f"{row.theirs.backbone}, {percent(row.theirs.real)} left"


def _hover(row: Row) -> str:
    there = f"there: {_theirs(row)} ({_drop(row)} pt), {safe(row.theirs.data)}, {safe(row.theirs.cost)}"
    assert row.ours is not None
    here = "here: {} ({} [{}, {}] pt)".format(_ours(row.ours), *map(points, row.ours.difference))
    return f"<b>{safe(row.method)}</b><br>{there}<br>{here}<br>{VERDICTS[row.verdict]}"


def reproduced_key(found: TaskReproduced) -> str:
    """What the marks say."""
    n = len([row for row in found.rows if row.ours])
    lines = f"Lines: {at_once(n, 'result')}; of what is printed, the least that it can be uncertain by"
    return f"◇ as printed. ● here, at about the same cost. {lines}. Left: what is spent there, of the whole."


def reproduced_finding(found: TaskReproduced) -> str:
    """How many published losses were met here, what parts all of them from ours, and of what nothing is known on this data."""
    verdicts = Counter(row.verdict for row in found.rows)
    told = [f"in {verdicts[one]} {said}" for one, said in _TOLD.items() if verdicts[one]]
    rest = len(found.rows) - sum(verdicts[one] for one in _TOLD)
    n = count(len(found.rows), "published result")
    said = f"Of {n} on this data, each held against our setting of the nearest cost over {found.sentences:,} texts: {', '.join(told)}"
    alike = common(found.rows)
    others = listing([bracketed(title) for title in found.other], len(found.other)) if found.other else ""
    other = f"No score on this data whose cost is told could be traced of {others}." if others else ""
    parted = f"In every row: {'; '.join(alike)}." if alike else ""
    apart = f"; {rest} cannot be held against ours, as the table says why" if rest else ""
    return " ".join(filter(None, [f"{said}{apart}.", _unlike(drawn(found)), parted, other]))


def _unlike(rows: Sequence[Row]) -> str:
    """How far printed losses of one method on one base lie apart; exits alone are no setting of a rule."""
    groups: dict[tuple[str, str], set[tuple[float, float]]] = {}
    for row in rows:
        if row.theirs.drop is not None and row.ours is not None and row.ours.share is not None:
            groups.setdefault((row.method, row.theirs.backbone), set()).add((row.theirs.drop, row.theirs.real))
    found = [(max(lost)[0] - min(lost)[0], name, lost) for name, lost in groups.items()]
    widest, (method, backbone), lost = max(found, default=(0.0, ("", ""), {(0.0, 0.0)}), key=lambda one: one[0])
    if widest <= 0:
        return ""
    ends = [f"{points(drop)} with {percent(left)} left" for drop, left in (max(lost), min(lost))]
    return f"What is printed of one method on one base lies up to {gap(widest)} points apart: {method} on {backbone}, {ends[0]}, {ends[1]}."


def common(rows: Sequence[Row]) -> tuple[str, ...]:
    """What is told of every row alike, and so needs no place in each; nothing of a single row."""
    if len(rows) < 2:
        return ()
    return tuple(said for said in rows[0].differs if all(said in row.differs for row in rows))


def reproduced_table(found: TaskReproduced) -> list[dict[str, Any]]:
    """A row for each published result: theirs, ours at the nearest cost, whether the losses agree, and what may part them."""
    alike = common(found.rows)
    return [_row(row, alike) for row in found.rows]


def _row(row: Row, alike: Sequence[str]) -> dict[str, Any]:
    return {
        "method": row.method,
        "published": _theirs(row),
        "setting there": f"{row.theirs.data}, {row.theirs.backbone}, {row.theirs.cost}",
        "printed in": row.theirs.source,
        "ours": _ours(row.ours),
        "lost there": _drop(row),
        "lost here": "{} [{}, {}]".format(*map(points, row.ours.difference)) if row.ours else "",
        "verdict": VERDICTS[row.verdict],
        "apart": _apart(row, alike),
        "why": row.why,
        "checkpoint": row.model,
    }


def _theirs(row: Row) -> str:
    full = "" if row.theirs.full is None else f"{hundred(row.theirs.full)} to "
    return f"{full}{hundred(row.theirs.score)}"


def _drop(row: Row) -> str:
    return "" if row.theirs.drop is None else points(row.theirs.drop)


def _ours(ours: Ours | None) -> str:
    if ours is None:
        return ""
    at = f"{percent(ours.counted)} of the layers" if ours.share is None or ours.share != ours.counted else ""
    flops = f"{percent(ours.share)} of the FLOPs" if ours.share is not None else ""
    return f"{hundred(ours.full)} to {hundred(ours.score)} at {', '.join(filter(None, [at, flops]))}; {ours.base}"


def _apart(row: Row, alike: Sequence[str]) -> str:
    """In what the two settings differ, but for what is said of all rows."""
    own = [said for said in row.differs if said not in alike]
    padded = f"without padding {percent(row.theirs.real)} of the work is left there" if row.theirs.real != row.theirs.share else ""
    said = "; ".join(filter(None, [*own, padded]))
    return f"{said[:1].upper()}{said[1:]}." if said else ""
