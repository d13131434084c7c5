"""What the reading of a table leaves in doubt or takes for granted, in words."""

import csv
import io
import re
import shlex
from collections.abc import Mapping, Sequence

from dynviz.data.columns import LABEL, SCORES, TAGS, scores, unread
from dynviz.data.label_columns import book_of, label_columns
from dynviz.data.labels import Codebook, said
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import Task

MOST = 12  # labels listed


def assumed(book: Codebook) -> list[str]:
    """A sentence on labels that were read by custom, not by their names."""
    if not book.assumed:
        return []
    pairs = list(book.assumed.items())
    told = ", ".join(f"{word} {'was read ' if i == 0 else ''}as {label}" for i, (word, label) in enumerate(pairs[:MOST]))
    return [f"The label {told}{'' if len(pairs) <= MOST else ' and so on'}."]


def doubts(table: Table, task: Task, text: str, label: str | None, guessed: bool) -> list[str]:
    """Sentences on columns: texts that are not read, and, where the label column was not named by the user, what it was taken for."""
    return [
        *(f"Column {n[:40]!r} is not read: a row has one text, here that of {text[:40]!r}." for n in unread(table, task, text, label)),
        *(_taken(table, task, text, label) if guessed and label is not None else []),
        *(_none(table, task, text) if label is None else []),
    ]


def rivals(table: Table, task: Task, text: str, label: str) -> list[str]:
    """Other columns that would fit as well as the one taken for the labels, where it is the one that was found."""
    found = label_columns(table, task, text)
    return [n for n in found if table.columns[n] != table.columns[label]] if label in found else []


def _taken(table: Table, task: Task, text: str, label: str) -> list[str]:
    alike = rivals(table, task, text, label)
    kind, known = ("tags", TAGS) if task.unit == "token" else ("labels", LABEL)
    others = [n for n in table.columns if n not in (text, label) and n.strip().lower() in known]
    if not alike and not others and label.strip().lower() in known:
        return []
    also = f"; {', '.join(repr(n[:40]) for n in alike[:3])} would fit as well" if alike else ""
    return [f"The {kind} are those of column {label[:40]!r}{also}."]


def _none(table: Table, task: Task, text: str) -> list[str]:
    """Why columns that are called like labels, or scores, are none."""
    out = []
    for column in table.columns:
        if column != text and column.strip().lower() in SCORES:
            ends = scores(table.columns[column])
            if ends:
                span = f"{ends[0]:g} to {ends[1]:g}"
                out.append(f"Column {column[:40]!r} holds scores from {span}, which are no classes: it is not read as labels.")
            elif task.unit == "token" and column.strip().lower() in LABEL:
                out.append(f"Column {column[:40]!r} holds no tags: each word has one.")
            elif task.unit == "sentence" and not book_of(table, task, column).answers:
                out.append(f"Column {column[:40]!r} holds no labels.")
    return out


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
        return InputError(what, why, f"Say it with {_told(dict.fromkeys(bare[:2], '...'))}")
    return InputError(what, book.guess, f"If so, say it with {_told(book.proposed)}")


def _told(pairs: Mapping[str, str]) -> str:
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
