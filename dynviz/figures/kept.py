"""What a knob asks for against what was got: a target accuracy, or a planned mean depth, at every setting of a sweep."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, alpha
from dynviz.figures.wording import gap, percent, percent1
from dynviz.records import Floats, Sweep
from dynviz.records.card import Knob
from dynviz.records.redraw import bootstraps

What = Literal["accuracy", "depth"]
WORDS = {"accuracy": ("asked for", "right answers"), "depth": ("planned mean depth, of all layers", "mean depth, of all layers")}
NAMES = {"accuracy": "all answers", "depth": "mean depth"}


@dataclass(frozen=True, eq=False)
class Kept:
    """Over the settings (P,) of the first knob, small to large: what was got on the evaluation split, (P, 3) with a 95 % interval; the same
    where the method was fitted (P,); accuracy of those that left early (P,), NaN where nobody did. full: accuracy at full depth."""

    what: What
    settings: Floats
    got: Floats
    fitted: Floats
    early: Floats
    full: float


def kept_of(report: Sweep, fitted: Sweep, knob: Knob, what: What) -> Kept:
    """From the sweeps of both splits: the settings in the knob's range that both have; other knobs do not differ."""
    asked = [{float(k[knob.name]): i for i, k in enumerate(sweep.knobs)} for sweep in (report, fitted)]
    settings = sorted(s for s in asked[0] if s in asked[1] and knob.low <= s <= knob.high)
    here, there = (sweep_values(s, what)[[at[x] for x in settings]] for s, at in zip((report, fitted), asked, strict=True))
    at = [asked[0][x] for x in settings]
    gone = report.exits[at] < report.layers
    with np.errstate(invalid="ignore"):
        early = (report.correct[at] & gone).sum(1) / np.where(gone.any(1), gone.sum(1), np.nan)
    got = bootstraps(here, np.arange(here.shape[1]), here.shape[1])
    return Kept(what, np.array(settings), got, there.mean(1), early, float(report.accuracy[0]))


def sweep_values(sweep: Sweep, what: What) -> Floats:
    """(P, S) whether each sentence is right, or its exit as a share of the layers."""
    return sweep.correct.astype(np.float64) if what == "accuracy" else sweep.exits / sweep.layers


def kept(found: Kept, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A line of what was got, with a band; the diagonal; pale, where it was fitted; of accuracy also those that left early."""
    own, x = style.series_at(0), found.settings.round(4).tolist()
    band = [*found.got[:, 2], *found.got[::-1, 1]]
    lines: dict[str, tuple[Floats, dict[str, Any]]] = {
        "where it was fitted": (found.fitted, {"color": style.muted, "width": 1.5}),
        NAMES[found.what]: (found.got[:, 0], {"color": own, "width": 2.5}),
    }
    if found.what == "accuracy":
        lines["who leaves early"] = (found.early, {"color": style.series_at(1), "width": 2.5})
    fig = Sketch(
        [
            go.Scatter(x=[*x, *x[::-1]], y=np.round(band, 4).tolist(), fill="toself", fillcolor=alpha(own, 0.15), line={"width": 0},
                       hoverinfo="skip", name="interval", mode="lines"),
            go.Scatter(x=[x[0], x[-1]], y=[x[0], x[-1]], mode="lines", line={"color": style.ink, "width": 1, "dash": "dot"},
                       hoverinfo="skip", name="as asked"),
            *(
                go.Scatter(x=x, y=[None if np.isnan(v) else round(float(v), 4) for v in y], mode="lines", line=line, name=name,
                           hovertext=[f"{name}<br>asked {percent1(a)}, got {percent1(v)}" for a, v in zip(x, y, strict=True)],
                           hoverinfo="text")
                for name, (y, line) in lines.items()
            ),
        ]
    )  # fmt: skip
    across, up = WORDS[found.what]
    fig.update_layout(
        xaxis=layout.axis(style, grid=True, title=layout.title_of(across, style), tickformat=".0%"),
        yaxis=layout.axis(style, grid=True, title=layout.title_of(up, style), tickformat=".0%"),
    )
    layout.frame(fig, style, title, kept_key(found) if subtitle is None else subtitle, body=300, bottom=56)
    return fig.figure()


def kept_key(found: Kept) -> str:
    """What the lines are."""
    early = " Second colour: those that leave early alone." if found.what == "accuracy" else ""
    return f"Dotted: as asked. Line and band: {NAMES[found.what]}, evaluation split, 95 %.{early} Grey: where it was fitted, no estimate."


def kept_finding(found: Kept) -> str:
    """Whether it was kept, for whom, and where not."""
    if found.what == "depth":
        missed = np.abs(found.got[:, 0] - found.settings)
        worst = int(missed.argmax())
        return (
            f"The mean depth misses the plan by {gap(float(missed.mean()))} points of the layers on average, and most at a budget of "
            f"{percent(float(found.settings[worst]))}: {percent1(float(found.got[worst, 0]))}."
        )
    any_early, early, everyone = ~np.isnan(found.early), found.early >= found.settings, found.got[:, 0] >= found.settings
    highest = f", the highest {percent1(float(found.settings[everyone].max()))}" if everyone.any() else ""
    return (
        f"Those that leave early are right as often as asked at {int(early.sum())} of the {int(any_early.sum())} targets at which any do; "
        f"all answers together at {int(everyone.sum())} of {len(everyone)}{highest}. Whom no exit takes is hard for the last one too: full "
        f"depth is right in {percent1(found.full)}."
    )


def kept_table(found: Kept) -> list[dict[str, Any]]:
    """A row for each setting."""
    return [
        {
            "asked": float(s), NAMES[found.what]: float(g[0]), "from": float(g[1]), "to": float(g[2]), "where it was fitted": float(f),
            **({"who leaves early": None if np.isnan(e) else float(e)} if found.what == "accuracy" else {}),
        }
        for s, g, f, e in zip(found.settings, found.got, found.fitted, found.early, strict=True)
    ]  # fmt: skip
