"""What every checkpoint reaches on the evaluation split: docs/results.md, from the readings that ship beside the checkpoints."""

from dynviz import api, figures
from dynviz.figures import captions
from dynviz.figures.backbones import backbones_bought, backbones_findings, backbones_table
from dynviz.figures.pooling import pooling_finding, pooling_table
from dynviz.figures.reproduced import reproduced_finding, reproduced_table
from dynviz.figures.word_readings import word_readings_finding, word_readings_table
from dynviz.records.domain import Place
from dynviz.records.operating import Interval, OperatingPoint
from dynviz.records.tasks import TASKS, Task
from dynviz.records.zoo import backbone_of
from tests.docs.pruned import dropped
from tests.docs.table import cell, table

HEADS = (
    "method", "checkpoint", "its knobs", "full depth", "with its knobs", "to its own full depth", "to the plain model", "compute", "set",
)  # fmt: skip
SET = {"calibration": "calibration", "off": "off", "hand": "by hand"}

ABOUT = """# Results

Right answers in % (of names, entity F1), and what they cost. `python -m tests.docs --write` makes this file from the readings that ship
with the checkpoints.

- **full depth**: every knob off. **with its knobs**: at exactly the setting the checkpoint ships with.
- **to its own full depth**, **to the plain model**: the difference in points, with its 95 % paired bootstrap interval over the same
  sentences. The plain model is the one of the same task, on the same backbone, at full depth.
- **compute**: FLOPs, classifiers and gates included, over those of the plain model on the same text without padding.
- **set**: "calibration" where the first knob is at the cheapest setting that loses at most half a point against full depth on the
  calibration split: among all its steps, or, where a method cannot be replayed, among the settings that were run; further knobs stay at
  their defaults. "off" where none does; "by hand", with the reason, where no rule chose. A checkpoint without a knob has nothing to set.

The evaluation split has no part in training, nor in the choice of a knob; but many rows are read off the same sentences, so the best of
them looks better here than it will on new ones.
All figures that others report stand on the Methods page, in a block of their own: other models, other data, other ways of counting. Those
on the same data stand beside ours below.
"""
BESIDE = """Each published result beside our model of the method, on the deepest base there is one on, at the setting whose cost is nearest
in what they count. What is compared is the loss in points against own full depth, at about the same cost; bases differ, so accuracies do
not compare. Intervals hold for all rows at once. Results of a table that quotes several methods have its own row of the base as full
depth. No interval is printed with theirs: the least that such a loss can be uncertain by is counted in. Any of what parts two settings may
be the reason why their losses differ."""


def results() -> str:
    """The file."""
    found = [c for c in api.checkpoints() if c.offered]
    every = api.checkpoints()
    groups = [one for task in TASKS for one in api.by_backbone(c for c in every if c.config.task == task).items()]
    shown = [(name, [c for c in group if c in found]) for name, group in groups]
    more = _held() + _pooling() + _words() + _reproduced() + _domain()
    return ABOUT + "".join(_section(name, group) for name, group in shown if group) + more


def _held() -> str:
    """Which findings hold on another backbone, where a task has two."""
    parts = [
        f"\n## {TASKS[one.task].title}, {one.layers[0]} layers and {one.layers[1]}\n\n{cell(backbones_bought(one))}\n\n"
        + "".join(f"- {cell(finding.said)}\n" for finding in backbones_findings(one))
        + "\n"
        + table(tuple(backbones_table(one)[0]), [tuple(map(cell, row.values())) for row in backbones_table(one)])
        + "\n"
        for one in api.stored_backbones().values()
    ]
    return "".join(parts)


def _pooling() -> str:
    """What can be read off [CLS] and off the mean of all states after each layer, where that was measured."""
    found = api.stored_pooling()
    if found is None:
        return ""
    rows = pooling_table(found)
    said = f"{cell(pooling_finding(found))} `python -m dynviz pooling --data DATA --write`"
    return f"\n## [CLS] or the mean of all states\n\n{said}\n\n{table(tuple(rows[0]), [tuple(map(str, row.values())) for row in rows])}\n"


def _words() -> str:
    """When words settle, over many of them, where that was measured of weights as they are now."""
    found = api.stored_words()
    if found is None:
        return ""
    rows = word_readings_table(found)
    said = f"{cell(word_readings_finding(found))} `python -m dynviz masked --readings --data DATA --write`"
    listed = table(tuple(rows[0]), [tuple(map(str, row.values())) for row in rows]) if rows else ""
    return f"\n## When does each word settle\n\n{said}\n\n{cell(captions.of_words(found))}\n\n{listed}\n"


def _reproduced() -> str:
    """What others report beside what was found here, for each task that somebody else measured too."""
    return "".join(
        f"\n## {TASKS[one.task].title}: what others report, beside ours\n\n{BESIDE}\n\n{cell(reproduced_finding(one))}\n\n"
        + table(tuple(reproduced_table(one)[0]), [tuple(cell(str(v)) for v in row.values()) for row in reproduced_table(one)])
        + "\n"
        for one in api.stored_reproduced().values()
    )


def _domain() -> str:
    """The models of one task on texts of another, where that was measured."""
    found = api.stored_domain()
    if found is None:
        return ""
    home, away = (TASKS[name].title for name in (found.home, found.away))
    said = (
        f"The models of \"{home}\", at the settings they ship with, on {found.sentences:,} texts of \"{away}\" ({found.split}), read to "
        f"{found.pieces} pieces: `python -m dynviz domain --data DATA --write`. Intervals hold for all models of a column at once."
    )
    rows = [
        (f"`{m.model}`", *(cell for p in (m.home, m.away) for cell in _placed(p)))
        for m in sorted(found.models.values(), key=lambda m: m.model)
    ]
    heads = ("checkpoint", "compute at home", "right", "to its full depth", "compute away", "right there", "to its full depth there")
    return f"\n## Another domain\n\n{said}\n\n{figures.domain_finding(found)}\n\n{table(heads, rows)}\n"


def _placed(place: Place) -> tuple[str, str, str]:
    return f"{100 * place.share:.0f} %", f"{100 * place.accuracy:.1f}", points(place.difference)


def _section(name: str, found: list[api.Checkpoint]) -> str:
    """The table of one task on one backbone, by title of the method. name: as in `api.by_backbone`."""
    task, on = found[0].task, f", {api.plain_of(found[0]).layers} layers" if backbone_of(name) else ""  # type: ignore[union-attr]
    ordered = sorted(found, key=lambda c: (api.method_of(c).title.lower(), c.name))
    plain = api.plain_of(ordered[0])
    assert plain is not None
    here = shipped(plain)
    counted = f"{here.sentences:,} texts" + (f" with {here.answers:,} words" if here.answers != here.sentences else "")
    said = f"Evaluation split: {task.splits['report']}, {counted}. The plain model at full depth: {100 * here.full:.1f}{_beside(here)}."
    rows = [_row(c, plain.name) for c in ordered]
    return f"\n## {task.title}{on}\n\n{said}\n\n{table(HEADS, rows)}\n{_static(task, plain.backbone)}{dropped(name)}"


def _beside(here: OperatingPoint) -> str:
    """The accuracy behind a metric that is another."""
    right = f"{100 * here.full_accuracy:.1f} of 100 tags are right"
    return "" if here.metric == "accuracy" else f" {here.metric}, as are all figures below ({right})"


def _static(task: Task, backbone: str) -> str:
    """The plain model cut and tuned at each depth, where it was; compute over that of the deepest."""
    line = api.static_line(task.name, "report", backbone=backbone)
    if line is None or len(line.share) < 2:
        return ""
    plain = [c for c in api.checkpoints() if (c.config.task, c.backbone, c.config.method) == (task.name, backbone, "plain")]
    steps = {sum(s.config["num_hidden_layers"] for s in c.config.stages): api.trained_steps(c) for c in plain}
    rows = [
        (f"{depth:.0f}", f"{100 * right:.1f}", f"{100 * share:.0f} %", f"{steps[int(depth)]:,}")
        for depth, right, share in zip(line.depth, line.accuracy, line.share, strict=True)
    ]
    heads = ("layers", "right", "compute", "training steps")
    return f"\nOne fixed depth: plain models of fewer layers, each tuned for itself.\n\n{table(heads, rows)}\n"


def _row(checkpoint: api.Checkpoint, plain: str) -> tuple[str, ...]:
    return (f"**{api.method_of(checkpoint).title}**", f"`{checkpoint.name}`", *_figures(checkpoint, plain))


def _figures(checkpoint: api.Checkpoint, plain: str) -> tuple[str, ...]:
    """Knobs, accuracies, differences, share and origin of the knobs, as the table shows them."""
    here = shipped(checkpoint)
    knobs = ", ".join(f"{k} {v:g}" for k, v in here.knobs.items())
    own = points(here.difference) if here.knobs else ""
    beside = points(here.to_plain) if here.to_plain and checkpoint.name != plain else ""
    return knobs, f"{100 * here.full:.1f}", f"{100 * here.score:.1f}", own, beside, f"{100 * here.share:.0f} %", how_set(checkpoint)


def shipped(checkpoint: api.Checkpoint) -> OperatingPoint:
    """A checkpoint on the evaluation split, at exactly the knobs it ships with."""
    found = api.shipped_point(checkpoint, "report")
    assert found is not None, f"{checkpoint.name} ships no figures"
    return found


def points(interval: Interval) -> str:
    """A difference of accuracies in points, with its interval."""
    mean, low, high = (100 * x for x in interval)
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


def how_set(checkpoint: api.Checkpoint) -> str:
    """Where a checkpoint's knobs come from, as its config says; "" where it has none."""
    metrics = checkpoint.config.trained.get("metrics", {})
    return ": ".join(filter(None, (SET.get(metrics.get("knobs_by", ""), ""), cell(metrics.get("knobs_why", "")))))
