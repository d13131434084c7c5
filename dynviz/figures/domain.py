"""Models on texts of another domain: what they spend there, and what stopping early costs there."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.tradeoff import UNITS
from dynviz.figures.wording import count, percent, percent1, points, safe, shorten
from dynviz.figures.zoo import NAME, at_once
from dynviz.records.domain import Domain, Moved, Place
from dynviz.records.zoo import side

ROW = 28  # px
PANELS = {"spent": (0.0, 0.47), "lost": (0.55, 1.0)}


def ordered(found: Domain) -> list[Moved]:
    """The models that stop at their setting, the cheapest away first."""
    return sorted((m for m in found.models.values() if m.home.share != 1 or m.away.share != 1), key=lambda m: m.away.share)


def domain(found: Domain, style: Style = LIGHT) -> go.Figure:
    """Two panels, a row for each model. Left: its share of compute at home (hollow) and away (filled). Right: what its setting changes in
    accuracy against its own full depth, with intervals."""
    rows = ordered(found)[::-1]
    fig = Sketch()
    for place, symbol, shift in (("home", "circle-open", 0.14), ("away", "circle", -0.14)):
        at = [getattr(m, place) for m in rows]
        y = [i + shift for i in range(len(rows))]
        hover = [_hover(m, where, place) for m, where in zip(rows, at, strict=True)]
        own = style.series_at(0)
        marker = {"symbol": symbol, "size": 10, "color": own, "line": {"width": 2, "color": own}, "opacity": 1}
        shared = {"y": y, "mode": "markers", "marker": marker, "hovertext": hover, "hoverinfo": "text"}
        fig.add_trace(go.Scatter(x=[layout.percent(p.share) for p in at], name=f"compute {place}", **shared))
        lost = [layout.percent(p.difference[0]) for p in at]
        lines = layout.errors([p.difference for p in at], style)
        fig.add_trace(go.Scatter(x=lost, xaxis="x2", name=f"difference {place}", error_x=lines, **shared))
    ticks = [safe(shorten(m.title, NAME)) for m in rows]
    axes = {
        "xaxis": (UNITS["share"][0], PANELS["spent"]),
        "xaxis2": ("points against own full depth", PANELS["lost"]),
    }
    told = {name: layout.axis(style, grid=True, title=layout.title_of(words, style), domain=list(at)) for name, (words, at) in axes.items()}
    fig.update_layout(
        yaxis=layout.axis(style, tickvals=list(range(len(rows))), ticktext=ticks, range=[-0.6, max(len(rows), 1) - 0.4]), **told
    )
    fig.add_shape(type="line", x0=0, x1=0, xref="x2", y0=0, y1=1, yref="paper", line={"color": style.ink, "width": 1, "dash": "dot"})
    layout.frame(fig, style, "", "", body=ROW * max(len(rows), 1) + 20, bottom=56)
    return fig.figure()


def _hover(model: Moved, at: Place, place: str) -> str:
    gap = "{} [{}, {}]".format(*map(points, at.difference))
    return f"<b>{safe(model.title)}</b>, {place}<br>{percent(at.share)} of compute, {percent1(at.accuracy)} right<br>{gap} pt"


def domain_key(found: Domain) -> str:
    """What the marks say."""
    n = len(ordered(found))
    return f"○ at home, ● away. Lines: the difference to the model's own full depth ({at_once(n, 'model')}, in each place)."


def domain_finding(found: Domain) -> str:
    """What happens to compute, and to how many models stopping early costs surely more than nothing, here and there."""
    rows = ordered(found)
    if not rows:
        return "No model here stops early at the setting it ships with."
    home, away = (float(np.median([getattr(m, place).share for m in rows])) for place in ("home", "away"))
    less = sum(m.away.share < m.home.share for m in rows)
    worse = {place: sum(side(getattr(m, place).difference) == "below" for m in rows) for place in ("home", "away")}
    full = [m.away.full for m in found.models.values()]
    worse_away, worse_home = (worse[place] or "none" for place in ("away", "home"))
    said = (
        f"On texts of another domain {less} of {count(len(rows), 'model')} spend a smaller share than at home: {percent(away)} in the "
        f"middle instead of {percent(home)}. Surely worse than their own full depth: {worse_away} there, {worse_home} at home."
    )
    said += f" At full depth they have {percent1(min(full))} to {percent1(max(full))} right there"
    return said + (f"; the plain model trained there has {percent1(found.native)}." if found.native is not None else ".")


def domain_table(found: Domain) -> list[dict[str, Any]]:
    """A row for each model, the cheapest away first; those that do not stop last."""
    rows = ordered(found)
    rows += [m for m in found.models.values() if m not in rows]
    return [
        {
            "model": m.model,
            **{
                f"{place}: {name}": value
                for place, p in (("home", m.home), ("away", m.away))
                for name, value in (
                    ("compute", p.share), ("right", p.accuracy), ("at full depth", p.full), ("difference", p.difference[0]),
                    ("from", p.difference[1]), ("to", p.difference[2]),
                )
            },
        }
        for m in rows
    ]  # fmt: skip
