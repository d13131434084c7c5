"""From somebody's classifier and labelled rows to a checkpoint: exits fitted, the knob chosen, both measured on rows kept aside."""

import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from dynviz.checkpoint import golden, hf, standing
from dynviz.checkpoint.config import CheckpointConfig, digest, identity, read_config
from dynviz.checkpoint.model import Model
from dynviz.data import Examples, Labelled, Table, examples_from, examples_of, open_table, read, with_header
from dynviz.data.given_table import table_given
from dynviz.data.halves import Text, find_halves
from dynviz.errors import InputError
from dynviz.fitting.base import Base, opened
from dynviz.fitting.fitted import Fitted
from dynviz.fitting.knob import Wanted, taken
from dynviz.fitting.measured import FINE, Measured, answers, measured, stored_as
from dynviz.fitting.ramps import fitted
from dynviz.fitting.rows import Part, parts_of
from dynviz.fitting.states import collected
from dynviz.measure.first import golden_of
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps
from dynviz.records.tasks import Task
from dynviz.runtime import Progress
from dynviz.training.readings import settle

TRIPLE = ("text", "text2", "label")  # what a row of three holds
Tell = Callable[[str, int, int], None]  # (what is being done, done, to do)


@dataclass(frozen=True)
class Columns:
    """Of a file or a Hub data set: the columns of texts, of second texts and of labels, found where None, and what labels mean."""

    text: str | None = None
    pair: str | None = None
    label: str | None = None
    meanings: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Options:
    """How to fit. method: its name; None: the classifiers' own, see `base.fitted_methods`. name: of the checkpoint; None: its folder's.
    title: of the checkpoint; None: the method's. seed: of the draw of the rows kept aside. beside: the model is named by its folder's name
    alone, see `standing.standing_on`."""

    method: str | None = None
    wanted: Wanted = field(default_factory=Wanted)
    seed: int = 0
    name: str | None = None
    columns: Columns = field(default_factory=Columns)
    beside: bool = False
    title: str | None = None


def fit(where: str | Path, data: Labelled, out: Path | None, options: Options, tell: Tell | None = None) -> Fitted:
    """Fit exits on a model and store the checkpoint in the folder `out`, which must not be there yet; None: in one that goes with what is
    returned.

    An InputError where the model cannot be driven, the rows do not fit it, or are too few.
    """
    name = options.name or (out.resolve().name if out else f"{Path(where).resolve().name if isinstance(where, str | Path) else ''}-exits")
    target = out.resolve() if out is not None else Path(tempfile.mkdtemp(prefix="dynviz-fit-")) / name
    try:
        found = _fitted(where, data, target, name, options, tell or (lambda *_: None))
    except BaseException:
        _forget(target, out)
        raise
    weakref.finalize(found, _forget, target, out)
    return found


def _forget(target: Path, out: Path | None) -> None:
    """Remove the folder that nobody asked for."""
    if out is None:
        shutil.rmtree(target.parent, ignore_errors=True)


def _fitted(where: str | Path, data: Labelled, target: Path, name: str, options: Options, tell: Tell) -> Fitted:
    _check(target)
    pair = options.columns.pair is not None or _triples(data)
    base = opened(where, options.method, name, pair=pair, beside=options.beside, title=options.title)
    examples = _examples(data, base.task, options.columns)
    parts, said = parts_of(examples, base, options.seed)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        made = work / target.name  # under its own name from the beginning, which its identity holds
        model, more = _made(base, parts, made, options, tell)
        made.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Fitted(model, target, (*([examples.note] if examples.note else []), *said, *more))


def _triples(data: Labelled) -> bool:
    """Whether the rows are (text, text2, label)."""
    return isinstance(data, list | tuple) and bool(data) and all(isinstance(row, list | tuple) and len(row) == len(TRIPLE) for row in data)


def _examples(data: Labelled, task: Task, columns: Columns) -> Examples:
    if isinstance(data, str | Path):
        return read(data, task, "", _texts(data, task, columns), columns.label, columns.meanings)
    if isinstance(data, list | tuple) and _triples(data):
        table = table_given({name: [row[i] for row in data] for i, name in enumerate(TRIPLE)})
        return examples_of(table, task, TRIPLE[:2], TRIPLE[2], columns.meanings)
    if isinstance(data, Examples) or columns == Columns():
        return examples_from(data, task)
    table = table_given(data)
    return examples_of(table, task, _texts(table, task, columns), columns.label, columns.meanings)


def _texts(data: str | Path | Table, task: Task, columns: Columns) -> Text:
    """The columns of texts; the first of a pair of which the second alone was named is the other half found."""
    if columns.pair is None:
        return columns.text
    if columns.text is not None:
        return columns.text, columns.pair
    table = data if isinstance(data, Table) else open_table(data)
    halves = find_halves(with_header(table, task))
    if columns.pair not in halves:
        what = f"The column of the first texts, beside {columns.pair[:40]!r}, was not named"
        raise InputError(what, f"a pair was found in {' and '.join(name[:40] for name in halves)}", "Name both columns")
    return next((name for name in halves if name != columns.pair), columns.pair), columns.pair


def _check(target: Path) -> None:
    """InputError where the result cannot be written."""
    if target.exists():
        raise InputError(f"{target} is there already", "nothing is written over", "Choose another folder, or remove it")
    if not target.parent.is_dir():
        raise InputError(f"{target} cannot be written", "the folder above it does not exist", "Make it first")


def _made(base: Base, parts: Mapping[str, Part], made: Path, options: Options, tell: Tell) -> tuple[Model, tuple[str, ...]]:
    """The checkpoint in the folder `made`, and what is to be said of its knob."""
    began, ground = time.monotonic(), base.ground
    method = standing.on(base.config, ground)
    with tempfile.TemporaryDirectory(prefix=".states-", dir=made.parent) as work:
        _fit_ramps(method, base, parts["fit"], Path(work), options.seed, tell)
    aside = {}
    for split in ("calibration", "report"):
        aside[split] = measured(ground.encoder, method, base.config, parts[split], split, _telling(tell, f"measuring, {split}"))
        if split == "calibration" and method.fits_on is not None:
            method.fit(*answers(aside[split]))
            rounded(method)
            aside[split] = measured(ground.encoder, method, base.config, parts[split], split)
    config = base.config.model_copy(update={"trained": {**base.config.trained, **_told(parts, options, began)}})
    standing.save(config, method, None, made)
    tell("choosing the knob", 0, 1)
    said = _settled(made, config, aside, options.wanted)
    model = Model(
        read_config(made), (ground.encoder,), method, ground.tokenizer, digest(made),
        hf.notes(ground.source, ground.tokenizer, ground.model), identity(made),
    )  # fmt: skip
    golden.write(golden_of(model), made)
    tell("choosing the knob", 1, 1)
    return model, said


def _fit_ramps(method: Ramps, base: Base, part: Part, work: Path, seed: int, tell: Tell) -> None:
    """One pass through the frozen model, then a classifier for each layer but the last."""
    states = collected(base.ground.encoder, method, part.pieces, work, seed, _telling(tell, "reading the rows"))
    labels = part.labels[states.chosen]
    for done, (layer, given) in enumerate(states.layers.items(), start=1):
        out = method.head(layer).out
        out.weight.data, out.bias.data = fitted(given, labels, method.shape.classes)
        tell("fitting the exits", done, len(states.layers))
    rounded(method)
    method.requires_grad_(False)


def rounded(method: Ramps) -> None:
    """Round what will be stored in half precision, so that what is measured is what is stored; the model's own classifier stays."""
    last = str(method.shape.layers)
    for name, tensor in method.state_dict().items():
        if tensor.is_floating_point() and not name.startswith(f"heads.{last}."):
            tensor.copy_(tensor.to(torch.float16))


def _settled(made: Path, config: CheckpointConfig, aside: Mapping[str, Measured], wanted: Wanted) -> tuple[str, ...]:
    """Choose the knob on the rows kept for it, and store what was measured."""
    knobs = method_class(config.method).knobs
    choice, said = taken(aside["calibration"].sweep(config, FINE), knobs[0], wanted)
    settle(made, stored_as(aside, config, choice.knobs), choice)
    return said


def _told(parts: Mapping[str, Part], options: Options, began: float) -> dict[str, Any]:
    """How it was fitted, for config.json; nothing of the rows themselves."""
    seconds = round(time.monotonic() - began, 1)
    return {"rows": len(parts["fit"].rows.ids), "seed": options.seed, "stages": {"ramps": {"steps": 0, "seconds": seconds}}}


def _telling(tell: Tell, what: str) -> Progress:
    return lambda done, total: tell(what, done, total)
