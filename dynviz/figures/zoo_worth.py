"""The methods of a task beside each other: whether confidence knows when leaving is worth it, and what that says of how well they exit."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout, room
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, on
from dynviz.figures.wording import SUBTITLE_CHARS, count, gap, percent1, safe, wrap
from dynviz.figures.zoo import named, of_model, rows_of
from dynviz.figures.zoo_trust import hundredths, shade
from dynviz.records.zoo import Interval, Pair, TaskZoo, Worth, side

ROW, CELL, MEAN = 30, 26, 50  # px of a row; across an exit's cell and a mean's
BESIDE, LEAST = 270, 600  # px of names and gaps; of the picture, at least
MEANS = ("EEFP", "AUROC", "ECE")
UNSHOWN, FEW = "–", "EEFP: too few answers are not worth it"  # what stands for an exit's number that is left out
NOTHING = "No numbers are stored on methods of this task that answer after several layers."


def zoo_worth(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A table of cells, the best mean on top: on the left EEFP of each exit but the last, on the right three means over these."""
    rows = sorted(task.worth, key=lambda w: w.mean[0])
    exits = [cell for y, w in enumerate(rows) for cell in _exits(w, y, style)]
    layers = max((x for x, *_ in exits), default=1)
    means = [cell for y, w in enumerate(rows) for cell in _means(w, y, style)]
    fig = Sketch()
    for axis, name, cells in (("", "eefp", exits), ("2", "means", means)):
        fills = [fill for _, _, _, fill, _ in cells]
        fig.add_trace(
            layout.bars(
                [x for x, *_ in cells], [y for _, y, *_ in cells], layout.CELL, layout.CELL, fills, [style.grid] * len(cells),
                text=[text for _, _, text, _, _ in cells], insidetextfont={"size": 12, "color": [on(fill) for fill in fills]},
                hovertext=[f"{safe(task.title(rows[y].contender))}, {said}" for _, y, _, _, said in cells], hoverinfo="text", name=name,
                xaxis=f"x{axis}", yaxis=f"y{axis}",
            )
        )  # fmt: skip
    rows_of(fig, [task.title(w.contender) for w in rows], [], style)
    wide, beside = CELL * layers, MEAN * len(MEANS)
    part = max(0.63, round(wide / (wide + beside), 3))
    fig.update_layout(xaxis=_axis(layers, room.numbered(layers, CELL, style), [0, part - 0.03], "EEFP after each layer", style))
    names = {"tickvals": [i + 1 for i in range(len(MEANS))], "ticktext": list(MEANS)}
    fig.update_layout(xaxis2=_axis(len(MEANS), names, [part + 0.03, 1], "means", style) | {"anchor": "y2"})
    fig.update_layout(uniformtext={"mode": "hide", "minsize": 7})
    fig.update_layout(yaxis2=layout.axis(style, range=[-0.6, len(rows) - 0.4], showticklabels=False, anchor="x2", matches="y"))
    key = wrap(zoo_worth_key(task), SUBTITLE_CHARS) if subtitle is None else subtitle
    layout.frame(fig, style, title, key, body=ROW * len(rows) + 20, bottom=56, least=max(wide + beside + BESIDE, LEAST))
    return fig.figure()


def zoo_worth_key(_: TaskZoo) -> str:
    """What the cells say, and why some are missing."""
    return (
        f"Left: more colour ranks better what is worth leaving; .50 is chance; {UNSHOWN}: too few answers are not worth it for a number, "
        "but the means count them; blank: no classifier there, or it is the last. Right: means over all exits but the last, with the AUROC "
        "of mistakes and the calibration error in points."
    )


def zoo_worth_finding(task: TaskZoo) -> str:
    """Whose confidence knows best when leaving is worth it, and what that has to do with calibration and with exiting better."""
    if not task.worth:
        return NOTHING
    best, worst = (end(task.worth, key=lambda w: w.mean[0]) for end in (max, min))
    said = [
        f"Whether leaving is worth it is known best by the confidence of {named(task, best.contender)}, {_said(best.mean)}, and worst by "
        f"that of {named(task, worst.contender)}, {_said(worst.mean)}: means over all exits but the last."
    ]
    return " ".join([*said, *(_lesson(task) if task.pairs else [])])


def zoo_worth_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method and layer with an exit but the last, and one for the means."""
    return [row for w in sorted(task.worth, key=lambda w: -w.mean[0]) for row in _rows(task, w)]


def _lesson(task: TaskZoo) -> list[str]:
    """Sentences: how calibration error goes with EEFP where that surely differs, and what, if anything, goes with exiting better."""
    worth = {w.contender: w for w in task.worth}
    sure = [pair for pair in task.pairs if pair.eefp[1] > 0]
    against = [pair for pair in sure if worth[pair.first].ece > worth[pair.second].ece]
    said = [f"In {len(sure)} of {count(len(task.pairs), 'pair')} of different classifiers one has surely the larger EEFP"]
    if sure:
        said[0] += f"; in {len(against)} of these it is the one calibrated worse"
    if against:
        pair = max(against, key=lambda pair: pair.eefp[0])
        high, low = worth[pair.first], worth[pair.second]
        said.append(
            f"Better calibration need not mean knowing better when to leave: {named(task, low.contender)} has a calibration error of "
            f"{gap(low.ece)} points, {named(task, high.contender)} one of {gap(high.ece)}"
        )
    return [f"{sentence}." for sentence in [*said, _exits_better(task, worth)]]


def _exits_better(task: TaskZoo, worth: Mapping[str, Worth]) -> str:
    """Which pairs surely differ in accuracy at equal depth under one rule, and which measure is on the side of the better."""
    rule = "With one rule for all and at equal mean depth"
    ordered = [(pair.first, pair.second) if pair.accuracy[0] > 0 else (pair.second, pair.first) for pair in task.pairs if _surely(pair)]
    if not ordered:
        return f"{rule} no pair surely differs in accuracy, so that none of the three measures is shown to foretell who exits better"
    both = [(worth[better], worth[other]) for better, other in ordered]
    larger = sum(a.mean[0] > b.mean[0] for a, b in both)
    foretold = sum(a.mistakes > b.mistakes for a, b in both)
    calibrated = sum(a.ece < b.ece for a, b in both)
    return (
        f"{rule} {count(len(both), 'pair')} surely differ{'' if len(both) > 1 else 's'} in accuracy: the better one has the larger EEFP in "
        f"{larger}, the larger AUROC of mistakes in {foretold}, the smaller calibration error in {calibrated}"
    )


def _surely(pair: Pair) -> bool:
    return side(pair.accuracy) != "level"


def _rows(task: TaskZoo, w: Worth) -> list[dict[str, Any]]:
    who = {"method": task.title(w.contender), **of_model(task, w.checkpoint)}
    exits = [
        {**who, "layer": i + 1, **_eefp(interval), "worth leaving": w.worth[i]}
        for i, interval in enumerate(w.eefp)
        if w.worth[i] is not None
    ]
    mean = {**who, "layer": "mean", **_eefp(w.mean), "AUROC of mistakes": w.mistakes, "ECE": w.ece}
    return [*exits, mean]


def _eefp(interval: Interval | None) -> dict[str, float | None]:
    return dict(zip(("EEFP", "from", "to"), interval or (None, None, None), strict=True))


def _exits(w: Worth, y: int, style: Style) -> list[tuple[int, int, str, str, str]]:
    """Place, text, colour and words of each exit but the last; one whose figure is not given is there, as its answers count in the mean."""
    return [
        (
            i, y, UNSHOWN if v is None else hundredths(v[0]), style.unread if v is None else shade("eefp", v[0], style),
            f"layer {i}<br>{FEW if v is None else _said(v)}<br>worth leaving: {percent1(share)}",
        )
        for i, (v, share) in enumerate(zip(w.eefp, w.worth, strict=True), 1)
        if share is not None
    ]  # fmt: skip


def _means(w: Worth, y: int, style: Style) -> list[tuple[int, int, str, str, str]]:
    """Place, text, colour and words of the three means."""
    return [
        (1, y, hundredths(w.mean[0]), shade("eefp", w.mean[0], style), f"mean over exits<br>{_said(w.mean)}"),
        (2, y, hundredths(w.mistakes), shade("auroc", w.mistakes, style), f"mean over exits<br>AUROC of mistakes {w.mistakes:.3f}"),
        (3, y, gap(w.ece), shade("ece", w.ece, style), f"mean over exits<br>ECE {w.ece:.3f}"),
    ]


def _said(interval: Interval) -> str:
    return "EEFP {:.3f} [{:.3f}, {:.3f}]".format(*interval)


def _axis(cells: int, ticks: Mapping[str, Any], domain: list[float], words: str, style: Style) -> dict[str, Any]:
    return layout.axis(style, title=layout.title_of(words, style), **ticks, range=[0.4, cells + 0.6], domain=domain)
