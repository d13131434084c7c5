"""Measuring a change of domain: the models of a task, at the settings they ship with, on the evaluation rows of another task."""

from collections.abc import Callable
from pathlib import Path

from dynviz.checkpoint.backbones import by_backbone
from dynviz.checkpoint.cards import default_knobs
from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.model import load
from dynviz.data import label_rows
from dynviz.data.pieces import cut
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.measure.shipped import plain_of, stored_at
from dynviz.records import Sweep
from dynviz.records.domain import Domain, Moved, Place
from dynviz.records.metric import stacked
from dynviz.records.redraw import simultaneous_differences
from dynviz.records.tasks import TASKS
from dynviz.training.examples import file_of
from dynviz.training.readings import examples_of, subject_of

HOME, AWAY = "sst2", "imdb"


def measure(root: Path, data: Path, say: Callable[[str], object] = print) -> Domain:
    """All models of HOME that can be run, on its first backbone, on AWAY's rows, read as far as AWAY's own models read them: shares of
    compute of two plain models would be no measure of each other."""
    races = by_backbone(c for c in checkpoints(root) if c.config.task == HOME)
    there = [c for c in races.get(HOME, []) if c.offered]
    if there:
        file_of(data, TASKS[AWAY], "report")  # a missing file is told before anything is loaded
    found = {c.digest: (c, home, _away(c, data, say)) for c in there if (home := _home(c)) is not None}
    if not found:
        raise InputError("There is nothing to take elsewhere", f"{root} holds no measured model of the task {HOME}", "Train one")
    homes = _places([home for _, home, _ in found.values()])
    aways = _places([away for *_, away in found.values()])
    moved = {
        digest: Moved(c.name, c.config.title, home, away) for (digest, (c, *_)), home, away in zip(found.items(), homes, aways, strict=True)
    }
    one, _, first = next(iter(found.values()))
    native = _native(root, first, one.backbone)
    return Domain(HOME, AWAY, first.split, len(first.rows.ids), int(first.rows.lengths.max()), native, moved)


def _home(checkpoint: Checkpoint) -> Sweep | None:
    """Full depth, and the shipped setting, on its own task's evaluation split."""
    return stored_at(checkpoint, "report", default_knobs(checkpoint))


def _away(checkpoint: Checkpoint, data: Path, say: Callable[[str], object]) -> Sweep:
    """The same on the other task's."""
    say(checkpoint.name)
    model, task = load(checkpoint.folder), TASKS[AWAY]
    examples = examples_of(data, task, "report")
    pieces = cut(model.tokenizer, examples.texts, min([task.max_length, *(stage.max_length for stage in model.stages)]))
    off, own = model.method.off(), default_knobs(checkpoint)
    settings = [off] if own == off else [off, own]
    return evaluate.sweep(subject_of(model), pieces, label_rows(examples, pieces, task), settings, task.splits["report"])


def _places(sweeps: list[Sweep]) -> list[Place]:
    """The shipped setting of each (its last point); the intervals of all hold at once."""
    at, full = (stacked([sweep.scores.at(i) for sweep in sweeps]) for i in (-1, 0))
    gaps = simultaneous_differences(at, full).round(5).tolist()
    return [
        Place(round(float(s.share[-1]), 4), round(float(s.score[-1]), 5), round(float(s.score[0]), 5), (mean, low, high))
        for s, (mean, low, high) in zip(sweeps, gaps, strict=True)
    ]


def _native(root: Path, away: Sweep, backbone: str) -> float | None:
    """Accuracy of the plain model of AWAY on the same backbone, at full depth on the same rows."""
    own = next((c for c in checkpoints(root) if (c.config.task, c.backbone) == (AWAY, backbone)), None)
    plain = plain_of(own) if own is not None else None
    sweep = stored_at(plain, "report", default_knobs(plain)) if plain is not None else None
    return round(float(sweep.score[0]), 5) if sweep is not None and sweep.rows.ids == away.rows.ids else None
