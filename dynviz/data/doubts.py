"""What the reading of a table leaves in doubt or takes for granted, in words."""

import csv
import io
import re
import shlex
from collections.abc import Mapping, Sequence

from dynviz.data.columns import scores, unread
from dynviz.data.label_columns import book_of, label_columns, may_be, tagging
from dynviz.data.label_names import by_name
from dynviz.data.labels import Codebook, said
from dynviz.data.names import LABEL, SCORES, TAGS, predicted
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

MOST = 12  # labels listed
_COLUMNS = 100  # looked at for labels that are not called so


def assumed(book: Codebook) -> list[str]:
    """A sentence on labels that were read by custom, not by their names."""
    if not book.assumed:
        return []
    pairs = list(book.assumed.items())
    told = ", ".join(f"{word} {'was read ' if i == 0 else ''}as {label}" for i, (word, label) in enumerate(pairs[:MOST]))
    return [f"The label {told}{'' if len(pairs) <= MOST else ' and so on'}."]


def doubts(table: Table, task: Task, text: str, label: str | None, guessed: bool) -> list[str]:
    """Sentences on columns: texts that are not read, and, where the label column was not named by the user, what it was taken for."""
    tags = [] if task.unit == "token" else [n for n in list(table.columns)[:_COLUMNS] if n != text and tagging(table, text, n)]
    others = [n for n in unread(table, task, text, label) if n not in tags]
    said_of = "a row has two texts, here those of" if task.pair else "a row has one text, here that of"
    return [
        *(f"Column {n[:40]!r} is not read: {said_of} {text[:80 if task.pair else 40]!r}." for n in others),
        *(_taken(table, task, text, label) if guessed and label is not None else []),
        *(_tags_of(tags) if label is None else []),
        *(_none(table, task, text) if label is None else []),
    ]


def rivals(table: Table, task: Task, text: str, label: str) -> list[str]:
    """Other columns that would fit as well as the one taken for the labels, where it is the one that was found."""
    found = label_columns(table, task, text)
    if label not in found or len(found) == 1:
        return []
    taken = list(by_name(table, task, label).values)
    return [n for n in found if n != label and table.columns[n] != table.columns[label] and list(by_name(table, task, n).values) != taken]


def _taken(table: Table, task: Task, text: str, label: str) -> list[str]:
    alike = rivals(table, task, text, label)
    kind, known = ("tags", TAGS) if task.unit == "token" else ("labels", LABEL)
    others = [n for n in table.columns if n not in (text, label) and n.strip().lower() in known]
    if not alike and not others and label.strip().lower() in known:
        return []
    also = f"; {', '.join(repr(n[:40]) for n in alike[:3])} would fit as well" if alike else ""
    return [f"The {kind} are those of column {label[:40]!r}{also}."]


def _none(table: Table, task: Task, text: str) -> list[str]:
    """Why columns that are called like labels, or scores, are none, and which may be."""
    beside = [n for n in list(table.columns)[:_COLUMNS] if n != text and table.columns[n] != table.columns[text]]
    return [said for n in beside if (said := _not_read(table, task, n) or _maybe(table, task, n))]


def _tags_of(columns: Sequence[str]) -> list[str]:
    """That columns hold a tag per word, for a model that gives one answer per text."""
    names = ", ".join(repr(n[:40]) for n in columns[:MOST])
    one = len(columns) == 1
    kind = f"Column {names} holds" if one else f"Columns {names} hold"
    return [f"{kind} a tag per word; this model gives one answer per text."] if columns else []


def _not_read(table: Table, task: Task, column: str) -> str:
    """Why a column that is called like labels, or scores, is none."""
    if column.strip().lower() not in SCORES:
        return ""
    if ends := scores(table.columns[column]):
        span = f"{ends[0]:g} to {ends[1]:g}"
        return f"Column {column[:40]!r} holds scores from {span}, which are no classes: it is not read as labels."
    if task.unit == "token" and column.strip().lower() in LABEL:
        return f"Column {column[:40]!r} holds no tags: each word has one."
    return f"Column {column[:40]!r} holds no labels." if task.unit == "sentence" and not book_of(table, task, column).answers else ""


def _maybe(table: Table, task: Task, column: str) -> str:
    """That a column may hold the labels, though its name does not say so."""
    if task.unit == "token" or not may_be(table, task, column):
        return ""
    asked = f"--label {shlex.quote(column[:40])} (Python: dynviz.read(..., label={column[:40]!r}))"
    why = "is called like a model's answers" if predicted(column) else "may hold labels, but is not called so"
    return f"Column {column[:40]!r} {why}: it is not read as labels. If they are, say {asked}."


def doubt(table: Table, task: Task, column: str, book: Codebook) -> InputError | None:
    """What to answer where the meaning of labels is only likely, or where they are bare numbers of unknown meaning."""
    bare = sorted((word for word in book.unknown if re.fullmatch(r"-?\d{1,6}", word)), key=int)
    if not book.proposed and not bare:
        return None
    words = [*book.proposed, *bare]
    kind = "tag" if task.unit == "token" else "label"
    plural, verb = ("", "means") if len(words) == 1 else ("s", "mean")
    what = f"{table.name}: what the {kind}{plural} {_listed(words)} of column {column[:40]!r} {verb} is not certain"
    if bare:
        why = f"the file does not name them, and every data set numbers its {kind}s in its own way"
        return InputError(what, why, f"Say it with {told_by(dict.fromkeys(bare[:2], '...'))}")
    return InputError(what, book.guess, f"If so, say it with {told_by(book.proposed)}")


def told_by(pairs: Mapping[str, str]) -> str:
    """How to say what labels mean, on the command line and in Python."""
    out = io.StringIO()
    order = sorted(pairs, key=lambda word: word.startswith("-"))  # what starts with a hyphen would be taken for an option
    csv.writer(out, lineterminator="").writerow([f"{word}={pairs[word]}" for word in order])
    given = shlex.quote(out.getvalue()) if len(out.getvalue()) < 300 else "'...=...'"
    python = str(dict(pairs)) if len(pairs) <= 5 else "{...}"
    return f"--labels {given} (Python: dynviz.read(..., meanings={python}))"


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST} more" if len(words) > MOST else ""
    return ", ".join(map(said, words[:MOST])) + more
