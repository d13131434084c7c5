"""From somebody's classifier and labelled rows to a checkpoint: exits fitted, the knob chosen, both measured on rows kept aside."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from dynviz.checkpoint.config import Words
from dynviz.data import Examples, Labelled, Table, examples_from, examples_of, open_table, read, with_header
from dynviz.data.given_table import table_given
from dynviz.data.halves import Text, find_halves
from dynviz.errors import InputError, refusing
from dynviz.fitting import making, tuning
from dynviz.fitting.base import opened
from dynviz.fitting.fitted import Fitted
from dynviz.fitting.knob import Wanted
from dynviz.fitting.making import Tell
from dynviz.fitting.rows import parts_of
from dynviz.records.files import exists, fault, why_not
from dynviz.records.tasks import Task

MOST_EPOCHS = 20
TRIPLE = ("text", "text2", "label")  # what a row of three holds


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
    title: of the checkpoint; None: the method's. seed: of the draw of the rows kept aside, and of the tuning. tune: epochs for which the
    encoder is tuned together with the exits. beside: the model is named by its folder's name alone, see `standing.standing_on`."""

    method: str | None = None
    wanted: Wanted = field(default_factory=Wanted)
    seed: int = 0
    name: str | None = None
    columns: Columns = field(default_factory=Columns)
    tune: float = 0.0
    beside: bool = False
    title: str | None = None

    def __post_init__(self) -> None:
        """InputError where the epochs cannot be."""
        number = isinstance(self.tune, int | float) and not isinstance(self.tune, bool)
        if not (number and 0 <= self.tune <= MOST_EPOCHS):
            why = f"it is the number of epochs, from 0 (the model stays as it is) to {MOST_EPOCHS}"
            raise InputError(f"tune is {str(self.tune)[:40]}", why, "Give, for example, 1")


def fit(where: str | Path, data: Labelled, out: Path | None, options: Options, tell: Tell | None = None) -> Fitted:
    """Fit exits on a model and store the checkpoint in the folder `out`, which must not be there yet; None: in one that goes with what is
    returned.

    An InputError where the model cannot be driven, the rows do not fit it, or are too few.
    """
    to = None if out is None else _resolved(out)
    name = options.name or (to.name if to else f"{_resolved(where).name if isinstance(where, str | Path) else ''}-exits")
    target = to if to is not None else Path(tempfile.mkdtemp(prefix="dynviz-fit-")) / name
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
    _check(target, name)
    tune, pair = tuning.RANK if options.tune else None, options.columns.pair is not None or _triples(data)
    base = opened(where, options.method, name, tune, pair, options.beside, options.title)
    if options.tune:
        tuning.check(base)
    examples = _examples(data, base.task, options.columns)
    parts, said = parts_of(examples, base, options.seed)
    work = _beside(target)
    try:
        made = work / target.name  # under its own name from the beginning, which its identity holds
        model, more = making.made(base, parts, made, options.wanted, options.seed, options.tune, tell)
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


def _resolved(path: str | Path) -> Path:
    """Where a path leads; an InputError where none can be called so."""
    try:
        return Path(path).resolve()
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)[:60]!r} is no path", why_not(error), "Choose another name") from None


def _beside(target: Path) -> Path:
    """A new folder beside the target, in which it is made."""
    with refusing(f"{target} cannot be written", "Choose another folder"):
        return Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}-", dir=target.parent))


def _check(target: Path, name: str) -> None:
    """InputError where the result cannot be written, or not be called so, which is found before a model is opened."""
    if exists(target):
        raise InputError(f"{target} is there already", "nothing is written over", "Choose another folder, or remove it")
    if not os.path.isdir(target.parent):
        raise InputError(f"{target} cannot be written", "the folder above it does not exist", "Make it first")
    try:
        TypeAdapter(Words).validate_python(name)
    except ValidationError as error:
        raise InputError(f"A checkpoint cannot be called {str(name)[:60]!r}", fault(error)[1], "Choose another name") from None
