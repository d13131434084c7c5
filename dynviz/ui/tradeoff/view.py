"""What the page looks at in this run of the script: the task's curves and sweeps, and the setting in use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import streamlit as st

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.figures import Curve
from dynviz.figures.wording import count
from dynviz.records import Floats, Sweep
from dynviz.records.baseline import Baseline
from dynviz.records.tasks import Task
from dynviz.records.times import Times
from dynviz.ui.parts.panels import waiting
from dynviz.ui.shell import cache, state
from dynviz.ui.shell.cache import Knobs
from dynviz.ui.shell.shown import guarded
from dynviz.ui.shell.state import Choice
from dynviz.ui.tradeoff import axes, board
from dynviz.ui.tradeoff.axes import Known, Scale
from dynviz.ui.tradeoff.board import Axis, Line, Spot

Split = Literal["calibration", "report"]
T = TypeVar("T")
BASELINE = "baseline"  # the venue of methods that only serve comparison


class Shipped(Mapping[str, Sweep]):
    """The sweeps of a split by checkpoint, read when asked for: those of a whole task take a second or two. A file that cannot be read is
    reported where it is asked for, once, and then is missing."""

    def __init__(self, names: Sequence[str], split: str) -> None:
        self._names, self._split, self._tried = names, split, set[str]()

    def __getitem__(self, name: str) -> Sweep:
        if name in self._names and name not in self._tried:
            self._tried.add(name)
            with guarded():
                found = cache.sweep(name, self._split)
                self._tried.discard(name)
                if found is not None:
                    return found
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class TradeoffView:
    """One task, one axis, one setting in use. report, calibration: sweeps by checkpoint, those that ship. batch: of the axis of time."""

    choice: Choice
    axis: Axis
    report: Mapping[str, Sweep]
    calibration: Mapping[str, Sweep]
    defaults: Mapping[str, Mapping[str, float]]
    lines: tuple[Line, ...]
    batch: int = 1

    @property
    def task(self) -> Task:
        """The task of the model in use."""
        return self.choice.checkpoint.task

    @property
    def sweep(self) -> Sweep | None:
        """The report sweep of the checkpoint in use."""
        return self.report.get(self.choice.checkpoint.name)

    def unread(self, split: Split, *members: Checkpoint) -> bool:
        """Whether numbers ship of these checkpoints, or else of that in use, which cannot be read: what is there is not missing."""
        there = [c for c in members or (self.choice.checkpoint,) if c.recorded(split) or c.outcomes(split)]
        return any(c.name not in getattr(self, split) for c in there)

    def why_none(self, missing: str, unread: str) -> str:
        """What to say where the model in use has no numbers of the evaluation split: that none ship, or that they cannot be read."""
        return unread if self.unread("report") else missing

    @property
    def alike(self) -> list[Checkpoint]:
        """The models that it may be drawn beside."""
        return _comparable(self.choice.checkpoint)

    @cached_property
    def spot(self) -> Spot | None:
        """The setting in use as a point of its sweep; where it can neither be replayed nor was run, the nearest that was."""
        return None if self.sweep is None else Spot(self.choice.checkpoint.name, self.sweep.nearest(self.choice.settings))

    @cached_property
    def line(self) -> Line | None:
        """The curve the checkpoint in use belongs to; none for a plain model."""
        return next((x for x in self.lines if self.choice.checkpoint.name in (c.name for c in x.members)), None)

    @cached_property
    def inner(self) -> Line | None:
        """In a family: the knob's own curve of the member in use."""
        return board.inner(self.line, self.choice.checkpoint.name, self.sweep) if self.line and self.sweep else None

    @cached_property
    def seeds(self) -> dict[str, Sweep]:
        """The report sweeps of the checkpoint in use trained again with other seeds, by name."""
        if self.sweep is None:
            return {}
        found = _shipped(cache.repeats(self.choice.checkpoint.name), "report")
        return {name: _exactly(sweep, self.choice.settings) for name, sweep in found.items()}

    @cached_property
    def plain(self) -> Sweep | None:
        """The full plain model: the deepest there is."""
        found = [s for s in self.report.values() if s.method == "plain"]
        return max(found, key=lambda s: s.layers, default=None)

    @cached_property
    def cut_steps(self) -> list[int]:
        """For how many steps the plain models below full depth were trained."""
        depths = {s.model: s.layers for s in self.report.values() if s.method == "plain"}
        return [api.trained_steps(cache.checkpoint(name)) for name, layers in depths.items() if layers < max(depths.values())]

    @cached_property
    def thriftiest(self) -> list[Line]:
        """The lines with models, methods before baselines, those first that stay within a point of full depth at the least compute."""
        return sorted((line for line in self.lines if line.runnable), key=lambda line: (line.minor, board.thrift(line, self.report)))

    @cached_property
    def yardsticks(self) -> list[Line]:
        """The baselines that a model in use which drops tokens, or lets some pass by, must beat: those that drop as many by a rule that
        nobody trained."""
        if not self.choice.card.by_token:
            return []
        return [x for x in self.lines if cache.card(x.members[0].name).yardstick]

    @cached_property
    def operating(self) -> tuple[str, int] | None:
        """The ringed point: curve name and number."""
        if self.spot is None or self.line is None:
            return None
        at = board.place(self.line, self.spot)
        if at is not None:
            return self.line.name, at
        if self.inner is not None:
            return self.inner.name, self.spot.point
        return self.line.name, [s.checkpoint for s in self.line.spots].index(self.spot.checkpoint)

    def name(self, checkpoint: str) -> str:
        """A checkpoint as the page names it: its curve, or its step of a family."""
        line = next((x for x in self.lines if checkpoint in (c.name for c in x.members)), None)
        return line.name if line is not None and not line.family else board.step_title(cache.checkpoint(checkpoint))

    @cached_property
    def timed(self) -> str:
        """The checkpoint that is timed for the one in use."""
        own = self.choice.checkpoint.name
        return axes.stand_ins(self.lines, self.plain).get(own, own)

    @property
    def here(self) -> bool:
        """Whether times are those of this machine: once the model in use was measured on it. Until then, those that ship; never both."""
        return cache.times_here(self.timed) is not None

    def times(self, name: str) -> Times | None:
        """A model's times, of the machine that the axis stands for."""
        return cache.times_here(name) if self.here else cache.times_shipped(name)

    @cached_property
    def baselines(self) -> tuple[Baseline, ...]:
        """Random and oracle exit of the model in use."""
        return _read(lambda: cache.baselines(self.choice.checkpoint.name, "report"), ())

    def energy(self, name: str, also: Knobs = ()) -> Floats | None:
        """The energy of a model's points, one more setting among them; None where its method foresees no exits."""
        return _read(lambda: cache.energy(name, "report", also), None)

    @cached_property
    def scale(self) -> Scale | None:
        """The axis; None where the model in use has no place on it (yet)."""
        own, line = self.choice.checkpoint.name, self.line
        baselines = self.baselines if line and self.sweep else ()
        static = cache.static_line(self.task.name, "report", self.choice.checkpoint.backbone)
        known = Known(own, self.lines, self.report, self.seeds, self.plain, static, baselines)
        if self.axis in ("share", "layers"):
            return axes.counted(known, self.axis)
        if self.sweep is None:
            return None
        if self.axis == "ms":
            return axes.milliseconds(known, self.batch, self.times)
        checkpoints = {name: cache.checkpoint(name) for name in (*self.report, *self.seeds)}
        used = cache.key(self.choice.settings)
        return axes.energy(known, checkpoints, lambda name: self.energy(name, used if name == own else ()))

    def drawn(self, shown: list[str]) -> list[Line]:
        """The lines asked for and that in use."""
        return [line for line in self.lines if line.name in shown or line is self.line]

    def _curve(self, line: Line, scale: Scale, rank: int, dashed: bool = False) -> Curve:
        return board.curve(line, self.report, scale.at, rank, dashed, cache.knob_names(line.members[0].name))

    def curves(self, shown: list[str], scale: Scale) -> list[Curve]:
        """What is drawn: the lines shown and that in use, in their own colours, and the references."""
        drawn = [self.lines.index(line) for line in self.drawn(shown) if scale.holds(line)]
        colours = dict(zip(drawn, board.ranks(drawn), strict=True))
        out = [self._curve(self.lines[i], scale, colours[i]) for i in drawn]
        inner = self.inner is not None and self.operating and self.operating[0] == self.inner.name
        if inner and self.inner is not None and self.line is not None and scale.holds(self.inner):
            out.append(self._curve(self.inner, scale, colours[self.lines.index(self.line)], dashed=True))
        if self.line is not None and self.spot is not None and scale.holds(self.line):
            whole = not self.line.family or bool(self.operating and self.inner and self.operating[0] == self.inner.name)
            out += board.seed_curves(self.seeds, None if whole else self.spot, self.report, scale.at, colours[self.lines.index(self.line)])
        grey = [x for x in self.yardsticks if x not in self.drawn(shown) and scale.holds(x)]
        out += [replace(self._curve(x, scale, 0), kind="random", low=None, high=None) for x in grey]
        return [*out, *scale.references]


def view(axis: Axis, batch: int = 1) -> TradeoffView:
    """The view of this run; a file that cannot be read is reported and left out."""
    choice = state.choice()
    here = _comparable(choice.checkpoint)
    with waiting():
        report = dict(_shipped(here, "report"))
        own = choice.checkpoint.name
        if own in report:
            report[own] = _exactly(report[own], choice.settings)
    defaults = {c.name: state.defaults(c, cache.card(c.name)) for c in here if c.name in report}
    minor = {c.config.method for c in here if c.name in report and cache.card(c.name).venue == BASELINE}
    lines = tuple(board.lines(here, report, defaults, minor))
    return TradeoffView(choice, axis, report, _shipped(here, "calibration"), defaults, lines, batch)


def _comparable(own: Checkpoint) -> list[Checkpoint]:
    """The models of the same task on the same backbone, since a share of compute is of its plain model; where none of these was measured,
    those on the task's first."""
    groups = api.by_backbone(c for c in cache.catalogue()[0] if c.config.task == own.config.task)
    mine = next(group for group in groups.values() if group[0].backbone == own.backbone)
    if own.config.stands_on is not None:  # fitted and measured on rows that somebody gave, each on his own
        mine = [c for c in mine if c is own or _on_the_rows_of(own, c)]
    return mine if any(c.measured for c in mine) else next(iter(groups.values()))


def _on_the_rows_of(own: Checkpoint, other: Checkpoint) -> bool:
    """Whether two models were measured on the same rows, as far as can be told: as many, as long, labelled alike."""
    one, two = (cache.sweep(c.name, "report") for c in (own, other))
    if one is None or two is None:
        return one is two
    a, b = one.rows, two.rows
    return a.ids == b.ids and np.array_equal(a.lengths, b.lengths) and np.array_equal(a.labels, b.labels)


def _read(read: Callable[[], T], otherwise: T) -> T:
    """What files hold that nothing drawn depends on; where they cannot be read that is said, and the page goes on with the other."""
    with guarded():
        return read()
    return otherwise


def _exactly(sweep: Sweep, knobs: Mapping[str, float]) -> Sweep:
    """The sweep of a shipped checkpoint with the setting in use as one of its points, where its readings give it."""
    if sweep.find(knobs) is not None:
        return sweep
    found = _read(lambda: cache.at(sweep.model, "report", cache.key(knobs)), None)
    return sweep if found is None else sweep.with_points(found)


def _shipped(checkpoints: Sequence[Checkpoint], split: str) -> Shipped:
    return Shipped([c.name for c in checkpoints], split)


def use(spot: Spot, sweep: Sweep) -> None:
    """Make a measured point the setting in use, on every page. Call it in a callback."""
    state.choose(spot.checkpoint, sweep.knobs[spot.point])
    if spot.point == 0 and sweep.knobs[0]:
        st.session_state["full"] = True


def examples(sweep: Sweep, noun: str) -> str:
    """ "872 sentences", or "2,077 sentences, 25,096 words". noun: what a text is called."""
    sentences, answers = len(sweep.rows.ids), len(sweep.rows.labels)
    return count(sentences, noun) + (f", {count(answers, 'word')}" if answers != sentences else "")
