"""What every checkpoint reaches on the evaluation split: docs/results.md, from the readings that ship beside the checkpoints."""

from dataclasses import dataclass

import numpy as np

from dynviz import api
from dynviz.measure import evaluate
from dynviz.records import Sweep
from dynviz.records.sweep import paired_bootstrap
from dynviz.records.tasks import TASKS, Task
from tests.docs.table import table

ALLOWED = 0.005  # what a knob chosen on the calibration split may lose there
HEADS = (
    "method", "checkpoint", "its knobs", "full depth", "with its knobs", "to its own full depth", "to the plain model", "compute", "set",
)  # fmt: skip

ABOUT = """# Results

Right answers in %, and what they cost. `python -m tests.docs --write` makes this file from the readings that ship with the checkpoints.

- **full depth**: every knob off. **with its knobs**: at exactly the setting the checkpoint ships with.
- **to its own full depth**, **to the plain model**: the difference in points, with its 95 % paired bootstrap interval over the same
  sentences. The plain model is the one of the same task, at full depth.
- **compute**: FLOPs, classifiers and gates included, over those of the plain model on the same text without padding.
- **set**: "calibration" where the knobs are the cheapest that lose at most half a point against full depth on the calibration split; "by
  hand" where they stay where the method or a comparison puts them. A checkpoint without a knob has nothing to set.

The evaluation split has no part in training, nor in the choice of a knob; but many rows are read off the same sentences, so the best of
them looks better here than it will on new ones. One training setting was changed after its figures had been seen: ConsistentEE's alpha.
Figures that others report stand on the Methods page, in a block of their own: other models, other data, other ways of counting.
"""


@dataclass(frozen=True)
class Point:
    """One setting of a checkpoint over a split: point `at` of a sweep whose point 0 is full depth."""

    sweep: Sweep
    at: int


def results() -> str:
    """The file."""
    found = [c for c in api.checkpoints() if c.runnable]
    tasks = [task for task in TASKS.values() if any(c.config.task == task.name for c in found)]
    sections = [_section(task, [c for c in found if c.config.task == task.name]) for task in tasks]
    return ABOUT + "".join(sections)


def _section(task: Task, found: list[api.Checkpoint]) -> str:
    """The table of one task, by title of the method."""
    plain = _at_full_depth(task.name)
    ordered = sorted(found, key=lambda c: (api.method_of(c).title.lower(), c.name))
    rows = plain.sweep.rows
    counted = f"{len(rows.ids):,} texts" + (f" with {len(rows.labels):,} words" if len(rows.labels) != len(rows.ids) else "")
    said = f"Evaluation split: {task.splits['report']}, {counted}. The plain model at full depth: {100 * plain.sweep.accuracy[0]:.1f}."
    return f"\n## {task.title}\n\n{said}\n\n{table(HEADS, [_row(c, plain) for c in ordered])}\n"


def _row(checkpoint: api.Checkpoint, plain: Point) -> tuple[str, ...]:
    title = api.method_of(checkpoint).title
    return (f"**{title}**", f"`{checkpoint.name}`", *_figures(checkpoint, plain))


def _figures(checkpoint: api.Checkpoint, plain: Point) -> tuple[str, ...]:
    """Knobs, accuracies, differences, share and origin of the knobs, as the table shows them."""
    here = shipped_point(checkpoint, "report")
    sweep, knobs = here.sweep, ", ".join(f"{k} {v:g}" for k, v in api.default_knobs(checkpoint).items())
    own = points(sweep.difference(here.at)) if here.at else ""
    beside = "" if checkpoint.name == plain.sweep.model else points(against(here, plain))
    return (
        knobs, f"{100 * sweep.accuracy[0]:.1f}", f"{100 * sweep.accuracy[here.at]:.1f}", own, beside,
        f"{100 * sweep.share[here.at]:.0f} %", how_set(checkpoint),
    )  # fmt: skip


def shipped_point(checkpoint: api.Checkpoint, split: str) -> Point:
    """A checkpoint at exactly the knobs it ships with; where its rule cannot be replayed, at the stored point with these knobs."""
    knobs, off = api.default_knobs(checkpoint), api.method_of(checkpoint).off()
    run = api.stored_run(checkpoint, split)
    if run is not None:
        return Point(evaluate.replayed(*run, [off, knobs] if knobs != off else [off]), int(knobs != off))
    sweep = api.stored_sweep(checkpoint, split)
    assert sweep is not None, f"{checkpoint.name} ships no figures of the {split} split"
    return Point(sweep, _place(sweep, knobs, checkpoint.name))


def _place(sweep: Sweep, knobs: dict[str, float], name: str) -> int:
    """Which stored point has these knobs."""
    apart = [sum(abs(setting[k] - v) for k, v in knobs.items()) for setting in sweep.knobs]
    at = int(np.argmin(apart))
    assert apart[at] < 1e-9, f"{name} was never measured at the knobs it ships with, {knobs}"
    return at


def _at_full_depth(task: str) -> Point:
    """The plain model of a task: the deepest one, at full depth."""
    found = [c for c in api.checkpoints() if c.config.task == task and c.config.method == "plain"]
    sweeps = [s for s in (api.stored_sweep(c, "report") for c in found) if s is not None]
    return Point(max(sweeps, key=lambda s: s.layers), 0)


def against(here: Point, plain: Point) -> tuple[float, float, float]:
    """How much more often a point is right than the plain model, on the same sentences."""
    ours, theirs = here.sweep, plain.sweep
    assert ours.rows.ids == theirs.rows.ids, f"{ours.model} and {theirs.model} were measured on other rows"
    gain = ours.correct[here.at].astype(np.int64) - theirs.correct[plain.at].astype(np.int64)
    return paired_bootstrap(gain, ours.rows.owner, len(ours.rows.ids))


def points(interval: tuple[float, float, float]) -> str:
    """A difference of accuracies in points, with its interval."""
    mean, low, high = (100 * x for x in interval)
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


def how_set(checkpoint: api.Checkpoint) -> str:
    """Where a checkpoint's knobs come from: they are its own, and lose no more on the calibration split than the rule of choice allows."""
    if not api.method_of(checkpoint).knobs:
        return ""
    here = shipped_point(checkpoint, "calibration")
    lost = here.sweep.accuracy[0] - here.sweep.accuracy[here.at]
    return "calibration" if checkpoint.config.knobs and lost <= ALLOWED + 1e-9 else "by hand"
