"""The methods of a task beside each other: at one budget, and over the static line."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dynviz.figures import layout
from dynviz.figures.sketch import Sketch
from dynviz.figures.style import LIGHT, Style, mix
from dynviz.figures.wording import (
    SUBTITLE_CHARS,
    bracketed,
    count,
    listing,
    percent,
    percent1,
    points,
    safe,
    scored,
    setting,
    shorten,
    wrap,
)
from dynviz.records.metric import metric_of
from dynviz.records.tasks import noun
from dynviz.records.zoo import Budget, Chosen, Interval, Score, Side, TaskZoo, side

TO_PLAIN = "points against the plain model at full depth"
ROW = 30  # px
MARKS: dict[Side, str] = {"above": "diamond", "level": "circle", "below": "circle-open"}  # against the leader
REACH = 0.12  # points further from zero are drawn at the edge, as a triangle, with their number beside them
NONE_SHIPS = "No method of this task ships the class probabilities of its layers."
NAME = 30  # letters of a method's name


def zoo_caution(task: TaskZoo) -> str:
    """What to bear in mind with every number that was read off the rows on which the methods are compared."""
    return (
        f"Everything here is read off the same {task.sentences:,} {noun(task.task)}s: on new ones expect a little worse, most of all of "
        "whoever comes out best."
    )


def zoo_budget(task: TaskZoo, chosen: Budget, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A dot for each method's choice: the task's metric less the plain model's at full depth, with its interval; the best on top.

    A star: the leader, chosen on the calibration split. Against it a diamond is better, a hollow dot worse, and a filled dot cannot be
    told. Small strokes: further seeds.
    """
    rows = sorted(chosen.chosen, key=lambda c: (c.accuracy, -c.share))
    fig = Sketch()
    _dots(
        fig,
        [c.full for c in rows],
        ["star" if c.contender == chosen.leader else MARKS[side(c.leader)] for c in rows],
        [_hover(task, c) for c in rows],
        style,
    )
    for y, one in enumerate(rows):
        _strokes(fig, [s - task.plain_accuracy for s in one.seeds], y, style)
    said = [f"{percent1(c.accuracy)} at {percent(c.share)}" for c in rows]
    rows_of(fig, [task.title(c.contender) for c in rows], said, style)
    _across(fig, [c.full for c in rows], TO_PLAIN, style)
    key = zoo_budget_key(chosen)
    layout.frame(
        fig, style, title, wrap(key, SUBTITLE_CHARS) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56, right=130
    )
    return fig.figure()


def zoo_budget_key(chosen: Budget) -> str:
    """What the marks say, and for how many comparisons at once."""
    n = len(chosen.chosen)
    key = f"★ chosen on the calibration split; against it ● cannot be told, ○ worse, ◆ better ({at_once(n - 1, 'comparison')})."
    key += f" Lines: the difference to the plain model ({at_once(n, 'method')})."
    key += " Strokes: further seeds." if any(c.seeds for c in chosen.chosen) else ""
    return key + (" ◂ further left." if any(c.full[1] < -REACH for c in chosen.chosen) else "")


def zoo_budget_finding(task: TaskZoo, chosen: Budget) -> str:
    """Who leads, who is better, who cannot be told from it, who does so for least, and who has no setting within the budget."""
    limit = f"Within {percent(chosen.budget)} of the compute"
    if not chosen.chosen:
        return f"{limit}, no method has a setting."
    best = next(c for c in chosen.chosen if c.contender == chosen.leader)
    mean, low, high = map(points, best.full)
    reached = f"{scored(best.accuracy, metric_of(task.task))} at {percent(best.share)}"
    reached += f", {mean} points [{low}, {high}] against the plain model at full depth"
    said = [f"{limit}, {named(task, best.contender)} is the choice of the calibration split: {reached}."]
    said += _against_leader(task, best, sorted((c for c in chosen.chosen if c is not best), key=lambda c: -c.accuracy))
    if best.seeds:
        every = [best.accuracy, *best.seeds]
        said.append(f"Trained {len(every)} times it reaches {percent1(min(every))} to {percent1(max(every))}.")
    if chosen.missing:
        said.append(f"No setting so cheap: {listing([named(task, name) for name in chosen.missing], 6)}.")
    return " ".join(said)


def _against_leader(task: TaskZoo, best: Chosen, others: Sequence[Chosen]) -> list[str]:
    """Sentences: which of the others, the most accurate first, are better than the leader, cannot be told from it, or are worse."""
    groups = {which: [c for c in others if side(c.leader) == which] for which in ("above", "level", "below")}
    better, level, worse = ([named(task, c.contender) for c in group] for group in groups.values())
    said = []
    if better:
        said.append(f"Better on these {noun(task.task)}s: {listing(better, 6)}.")
    if level:
        said.append(_level(level, len(others)))
        least = min([best, *groups["level"]], key=lambda c: c.share)
        if percent(least.share) != percent(best.share):
            said.append(f"Of these {named(task, least.contender)} spends least, {percent(least.share)}.")
    if worse:
        said.append(f"{len(worse)} {_is(len(worse))} worse." if better or level else "Every other choice is worse.")
    return said


def _level(names: Sequence[str], others: int) -> str:
    """Which of the others cannot be told from the leader."""
    if others == 1:
        return f"The only other one, {names[0]}, cannot be told from it."
    if len(names) == 1:
        return f"Of the other {others}, {names[0]} alone cannot be told from it."
    some = f"{len(names)} of the other {others} cannot" if len(names) < others else f"None of the other {others} can"
    return f"{some} be told from it: {listing(names, 6)}."


def zoo_budget_table(task: TaskZoo, chosen: Budget) -> list[dict[str, Any]]:
    """A row for each method, the most accurate first; those without a setting last."""
    rows = [
        {
            "method": task.title(c.contender), **of_model(task, c.checkpoint), "setting": setting(c.knobs),
            "calibration: compute": c.calibration_share, f"calibration: {metric_of(task.task)}": c.calibration_accuracy,
            "compute": c.share, metric_of(task.task): c.accuracy,
            "against plain": c.full[0], "from": c.full[1], "to": c.full[2], "against leader": c.leader[0], "leader from": c.leader[1],
            "leader to": c.leader[2], "on the front": c.front, "against the front": c.behind[0], "front from": c.behind[1],
            "front to": c.behind[2], "further seeds": ", ".join(percent1(s) for s in c.seeds),
        }
        for c in sorted(chosen.chosen, key=lambda c: (-c.accuracy, c.share))
    ]  # fmt: skip
    return [*rows, *({"method": task.title(name), "setting": "none within the budget"} for name in chosen.missing)]


def zoo_scores(task: TaskZoo, style: Style = LIGHT, title: str = "", subtitle: str | None = None) -> go.Figure:
    """A bar for each method: mean height above the static line, with its interval, the highest on top."""
    rows = sorted(task.scores, key=lambda s: s.score[0])
    fig = Sketch()
    values = [s.score for s in rows]
    sure = [side(value) != "level" for value in values]
    _bars(fig, values, sure, [_score_hover(task, s) for s in rows], style)
    for y, one in enumerate(rows):
        _strokes(fig, one.seeds, y, style)
    rows_of(fig, [task.title(s.contender) for s in rows], [f"{points(s.score[0])} · {s.points} of {len(task.grid)}" for s in rows], style)
    _across(fig, values, "points above simply cutting the model, mean over the budgets", style)
    key = zoo_scores_key(task)
    layout.frame(
        fig, style, title, wrap(key, SUBTITLE_CHARS) if subtitle is None else subtitle, body=ROW * len(rows) + 20, bottom=56, right=130
    )
    return fig.figure()


def zoo_scores_key(task: TaskZoo) -> str:
    """What stands beside the bars, and for how many methods at once their intervals hold."""
    key = f"Right of each bar: points, and at how many of {len(task.grid)} budgets there is a setting."
    key += f" Lines: intervals ({at_once(len(task.scores), 'method')}); pale: it holds zero."
    key += " Strokes: further seeds." if any(s.seeds for s in task.scores) else ""
    return key + (" ◂ further left." if any(s.score[1] < -REACH for s in task.scores) else "")


def zoo_scores_finding(task: TaskZoo) -> str:
    """The highest, and how many are surely above or below the plain model cut at each depth."""
    if not task.scores:
        return "No plain model of this task was cut and trained at several depths, so there is nothing to stand above."
    best = max(task.scores, key=lambda s: s.score[0])
    mean, low, high = map(points, best.score)
    sides = {which: [named(task, s.contender) for s in task.scores if side(s.score) == which] for which in ("above", "below", "level")}
    above, n = sides["above"], len(task.scores)
    better = f"{listing(above, 4) if above else 'none'} {_is(len(above))} surely better than a plain model of the same cost"
    below, level = len(sides["below"]), len(sides["level"])
    return (
        f"{named(task, best.contender)} stands highest above simply cutting the model: {mean} points [{low}, {high}] on average. Of "
        f"{count(n, 'method')} {better}, {below or 'none'} {_is(below)} surely worse, and of {level or 'none'} it cannot be told."
    )


def zoo_scores_table(task: TaskZoo) -> list[dict[str, Any]]:
    """A row for each method, the highest first."""
    return [
        {
            "method": task.title(s.contender), "score": s.score[0], "from": s.score[1], "to": s.score[2], "budgets": s.points,
            "further seeds": ", ".join(points(x) for x in s.seeds), **of_members(task, s.contender),
        }
        for s in sorted(task.scores, key=lambda s: -s.score[0])
    ]  # fmt: skip


def named(task: TaskZoo, contender: str) -> str:
    """A title that may stand in a list: "BERxiT, entropy rule" -> "BERxiT (entropy rule)"."""
    return bracketed(task.title(contender))


def at_once(comparisons: int, noun: str) -> str:
    """How an interval was corrected for being one of many: "95 % for all 18 comparisons at once"."""
    if comparisons < 2:
        return "95 %"
    return f"95 % for {'both' if comparisons == 2 else f'all {comparisons}'} {noun}s at once"


def of_model(task: TaskZoo, checkpoint: str) -> dict[str, str]:
    """A checkpoint and its hash, for a row."""
    return {"model": checkpoint, "checkpoint": task.digests.get(checkpoint, "")}


def of_members(task: TaskZoo, name: str) -> dict[str, str]:
    """The checkpoints that a contender chooses from, further seeds among them, and their hashes."""
    found = next(c for c in task.contenders if c.name == name)
    every = [*found.members, *found.seeds]
    return {"models": ", ".join(every), "checkpoints": ", ".join(task.digests.get(m, "") for m in every)}


def _is(count: int) -> str:
    return "are" if count > 1 else "is"


def _hover(task: TaskZoo, c: Chosen) -> str:
    full, leader = ("{} [{}, {}]".format(*map(points, values)) for values in (c.full, c.leader))
    lines = [f"<b>{safe(task.title(c.contender))}</b>", safe(f"{c.checkpoint}, {setting(c.knobs)}"), f"against the plain model {full} pt"]
    front = "no cheaper choice does as well" if c.front else "a choice no dearer does as well"
    return "<br>".join([*lines, f"against the leader {leader} pt", front])


def _score_hover(task: TaskZoo, s: Score) -> str:
    return f"<b>{safe(task.title(s.contender))}</b><br>" + "{} [{}, {}] pt".format(*map(points, s.score))


def _near(value: float) -> float:
    """In points, no further from zero than is drawn."""
    return round(100 * min(max(value, -REACH), REACH), 3)


def _errors(values: Sequence[Interval], style: Style) -> dict[str, Any]:
    more, less = [_near(h) - _near(m) for m, _, h in values], [_near(m) - _near(low) for m, low, _ in values]
    return {"type": "data", "symmetric": False, "array": more, "arrayminus": less, "color": style.muted, "thickness": 1.5, "width": 4}


def _dots(
    fig: Sketch,
    values: Sequence[Interval],
    marks: Sequence[str],
    hover: Sequence[str],
    style: Style,
) -> None:
    own = style.series_at(0)
    far = [m < -REACH for m, _, _ in values]
    symbols = ["triangle-left" if f else mark for f, mark in zip(far, marks, strict=True)]
    marker = {
        "symbol": [s.removesuffix("-open") for s in symbols], "size": [16 if m == "star" else 11 for m in marks],
        "color": [style.paper if m.endswith("-open") else own for m in marks],
        "line": {"color": own, "width": 2}, "opacity": 1,
    }  # fmt: skip
    fig.add_trace(
        go.Scatter(
            x=[_near(m) for m, _, _ in values], y=list(range(len(values))), mode="markers", marker=marker, error_x=_errors(values, style),
            hovertext=list(hover), hoverinfo="text", name="difference",
        )
    )  # fmt: skip


def _bars(fig: Sketch, values: Sequence[Interval], sure: Sequence[bool], hover: Sequence[str], style: Style) -> None:
    own = style.series_at(0)
    fig.add_trace(
        go.Bar(
            orientation="h", x=[_near(m) for m, _, _ in values], y=list(range(len(values))), width=0.6, error_x=_errors(values, style),
            marker={"color": [own if s else mix(own, style.paper, 0.6) for s in sure], "line": {"color": own, "width": 1}},
            hovertext=list(hover), hoverinfo="text", name="score",
        )
    )  # fmt: skip


def _strokes(fig: Sketch, values: Sequence[float], y: int, style: Style) -> None:
    if values:
        marker = {"symbol": "line-ns", "size": 12, "line": {"color": style.ink, "width": 2}}
        x = [_near(v) for v in values]
        fig.add_trace(go.Scatter(x=x, y=[y] * len(x), mode="markers", marker=marker, hoverinfo="skip", name="further seeds"))


def rows_of(fig: Sketch, names: Sequence[str], right: Sequence[str], style: Style) -> None:
    """The methods' names at the left, and a few words at the right end of each row."""
    ticks = [safe(shorten(name, NAME)) for name in names]
    fig.update_layout(yaxis=layout.axis(style, tickvals=list(range(len(names))), ticktext=ticks, range=[-0.6, len(names) - 0.4]))
    for y, words in enumerate(right):
        fig.add_annotation(layout.note(1.0, y, safe(words), style, xref="paper", xanchor="left", xshift=8))


def _across(fig: Sketch, values: Sequence[Interval], words: str, style: Style) -> None:
    ends = [_near(v) for one in values for v in one] or [0.0]
    low, high = min(-1.0, *ends), max(1.0, *ends)
    pad = (high - low) * 0.06
    shown = {"title": layout.title_of(words, style), "range": [low - pad, high + pad], "tickangle": 0}
    fig.update_layout(xaxis=layout.axis(style, grid=True, **shown))
    fig.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": style.ink, "width": 1, "dash": "dot"}, layer="below")
