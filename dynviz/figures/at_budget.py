"""Every curve within one budget, beside each other: what the setting chosen on calibration data reaches on other data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import count, listing, percent, percent1, safe, scored, verb
from dynviz.figures.zoo import rows_of
from dynviz.records.tasks import Metric

ROW = 26  # px
REACH = 0.12  # what is further below the best is drawn at the left edge, as a triangle, with its number beside it


@dataclass(frozen=True)
class Choice:
    """A curve's setting within a budget, and what it does. calibration: share and accuracy where it was chosen; share, accuracy: on the
    evaluation split; low, high: accuracies, own full depth's with the 95 % interval of the difference added. within: it kept to the budget
    where it was chosen. chosen: the most accurate there of all that can be run. used: that in use. metric: what accuracy stands for."""

    name: str
    setting: str
    calibration: tuple[float, float]
    share: float
    accuracy: float
    low: float
    high: float
    within: bool = True
    chosen: bool = False
    used: bool = False
    metric: Metric = "accuracy"


def ranked(choices: Sequence[Choice]) -> list[Choice]:
    """Those within the budget, the most accurate first, of equals the cheapest."""
    return sorted((c for c in choices if c.within), key=lambda c: (-c.accuracy, c.share))


def at_budget(choices: Sequence[Choice], style: Style = LIGHT) -> go.Figure:
    """A dot for each curve, the most accurate on top: accuracy, with the interval of what stopping early changes; a star: the one chosen;
    a ring: the curve in use; a triangle: further left than is drawn."""
    rows = ranked(choices)[::-1]
    left = max((c.accuracy for c in rows), default=1.0) - REACH
    fig = Sketch([_dots(rows, left, style)])
    used = [(c, y) for y, c in enumerate(rows) if c.used]
    ring = {"symbol": "circle-open", "size": 20, "color": style.ink, "line": {"width": 2.5}}
    x, y = [_percent(max(c.accuracy, left)) for c, _ in used], [y for _, y in used]
    fig.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=ring, hoverinfo="skip", name="in use"))
    rows_of(fig, [c.name for c in rows], [f"{percent1(c.accuracy)} at {percent(c.share)}" for c in rows], style)
    fig.update_layout(xaxis=layout.axis(style, grid=True, title=layout.title_of(f"{_metric(rows)}, %", style), nticks=8))
    layout.frame(fig, style, "", "", body=ROW * max(len(rows), 1) + 20, bottom=56, right=112)
    return fig.figure()


def _metric(choices: Sequence[Choice]) -> Metric:
    return next((c.metric for c in choices), "accuracy")


def _percent(share: float) -> float:
    return round(100 * share, 3)


def _dots(rows: Sequence[Choice], left: float, style: Style) -> go.Scatter:
    own, other = style.series_at(0), style.muted
    seen = [c.accuracy >= left for c in rows]
    lines = {
        "type": "data", "symmetric": False, "array": [_percent(c.high - c.accuracy) * s for c, s in zip(rows, seen, strict=True)],
        "arrayminus": [_percent(c.accuracy - max(c.low, left)) * s for c, s in zip(rows, seen, strict=True)],
        "color": style.muted, "thickness": 1.5, "width": 4,
    }  # fmt: skip
    return go.Scatter(
        x=[_percent(max(c.accuracy, left)) for c in rows],
        y=list(range(len(rows))),
        mode="markers",
        name="curves",
        error_x=lines,
        marker={
            "symbol": ["triangle-left" if not s else "star" if c.chosen else "circle" for c, s in zip(rows, seen, strict=True)],
            "size": [17 if c.chosen else 9 for c in rows],
            "color": [own if c.chosen or c.used else other for c in rows],
            "opacity": 1,
        },
        hovertext=[f"<b>{safe(c.name)}</b><br>{safe(c.setting)}" for c in rows],
        hoverinfo="text",
    )


def at_budget_key(choices: Sequence[Choice]) -> str:
    """What the marks say, and who has no row."""
    key = "★ chosen on the calibration split. Ring: the curve in use. Lines: 95 % interval of the difference to its own full depth."
    rows = ranked(choices)
    key += " ◂ further left." if any(c.accuracy < rows[0].accuracy - REACH for c in rows) else ""
    none = [c.name for c in choices if not c.within]
    return key + (f" No setting so cheap: {listing(none, 6)}." if none else "")


def at_budget_finding(choices: Sequence[Choice], budget: float) -> str:
    """Which curve is chosen, what it reaches, and how many reach more."""
    rows = ranked(choices)
    best = next((c for c in rows if c.chosen), None)
    if best is None:
        return f"No model has a setting that keeps to {percent(budget)} of compute."
    said = f"At most {percent(budget)} of compute: {best.name} is chosen, {scored(best.accuracy, best.metric)} at {percent(best.share)}."
    if percent(best.share) != percent(min(best.share, budget)):
        said += f" It kept to the budget where it was chosen, at {percent(best.calibration[0])}; here it spends a little more."
    better = sum(c.accuracy > best.accuracy for c in rows)
    if better:
        return f"{said} {count(better, 'curve')} {verb(better, 'comes', 'come')} out higher here, which is known only afterwards."
    if len(rows) == 1:
        return said
    return f"{said} None of {count(len(rows), 'curve')} comes out higher."


def at_budget_table(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """A row for each curve, the most accurate first; those without a setting so cheap last, at their cheapest."""
    return [
        {
            "curve": c.name, "setting": c.setting, "within the budget": c.within, "chosen": c.chosen, "in use": c.used,
            "calibration: compute": round(c.calibration[0], 4), f"calibration: {c.metric}": round(c.calibration[1], 4),
            "report: compute": round(c.share, 4), f"report: {c.metric}": round(c.accuracy, 4),
            "from": round(c.low, 4), "to": round(c.high, 4),
        }
        for c in [*ranked(choices), *(c for c in choices if not c.within)]
    ]  # fmt: skip
