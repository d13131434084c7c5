"""Files of data as visitors upload them: every format, with cells, columns and bytes that nobody expects, and some that are huge."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from dynviz.data import examples_of, guess, open_table
from dynviz.records.tasks import TASKS, Task, task_of
from tests.fuzz import formats, huge, raw
from tests.fuzz.bar import Wrong
from tests.fuzz.kind import Kind

TEXTS = ("a fine film", "not good, not bad", "It rains .", "dull; very dull", "Où est-il ?", "好看 的 电影", "ok", "😀 fun")
TASKS_TRIED = (
    TASKS["sst2"], TASKS["pos"],
    task_of("custom", ("no", "maybe", "yes"), "mine", 128), task_of("custom", ("LABEL_0", "LABEL_1"), "mine", 128),
    task_of("custom-tags", ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), "mine", 128),
)  # fmt: skip
HEADS = ("text", "label", "sentence", "Text", "tokens", "tags", "upos", "id", "idx", "labels", "question1", "question2", "", "a", "0")
CELLS: tuple[Any, ...] = (
    "", " ", "nan", "None", "=1+1", "@x", '"', '""', "'", "a\tb", "a\nb", "a\r\nb", "\0", "\u2028", "\x85", "e\u0301",
    "\U0001f469\u200d\U0001f4bb", "\u202eabc", "x" * 500, "[1, 2]", "['a', 'b']", '["a", "b"]', "[[[[", "{'a': 1}", "9" * 400, "1e400",
    "-1", "0.0", "2020-01-01", "1", "0", "1.0", "\ud800", "\ufffd", "\ufeff", "pos", "neg", "4", "5 stars", "-DOCSTART-", "sep=;", "#",
    "x\ty\tz", ",,,,", "|", None, True, False, -1, 0, 1, 2, 2**70, 0.5, float("nan"), float("inf"),
    ["a", "b"], [], {}, {"a": 1}, [["a"]], [1, None],
)  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A file as it comes in."""

    data: bytes
    name: str
    task: Task
    lenient: bool


def labels_of(rng: Random, task: Task, text: str) -> Any:
    """What stands in a label column beside a text."""
    if task.unit == "token":
        tags: list[Any] = [rng.choice(task.labels) for _ in text.split()]
        return rng.choice((tags, " ".join(tags), str(tags)))
    number = rng.randrange(len(task.labels))
    return rng.choice((task.labels[number], number, str(number), task.labels[number].upper()))


def rows(rng: Random, task: Task) -> dict[str, list[Any]]:
    """Columns of a sound table, then some cells, columns and names that are not."""
    texts: list[Any] = [rng.choice(TEXTS) for _ in range(rng.choice((0, 1, 2, 5, 12)))]
    if task.unit == "token" and rng.random() < 0.5:
        texts = [text.split() for text in texts]
    names = rng.choice((("text", "label"), ("tokens", "tags"), tuple(rng.sample(HEADS, 2))))
    joined = [t if isinstance(t, str) else " ".join(t) for t in texts]
    columns = {names[0]: texts, names[1]: [labels_of(rng, task, t) for t in joined]}
    for _ in range(rng.choice((0, 0, 1, 3))):
        columns[rng.choice((*HEADS, str(rng.choice(CELLS))))] = [rng.choice((*TEXTS, *CELLS)) for _ in texts]
    for _ in range(rng.choice((0, 0, 1, 4))):
        values = rng.choice(list(columns.values()))
        if values:
            values[rng.randrange(len(values))] = rng.choice(CELLS)
    return columns


def make(_: None, rng: Random) -> Upload:
    """A file."""
    task, lenient = rng.choice(TASKS_TRIED), rng.random() < 0.5
    if rng.random() < 0.03:
        data, suffix = rng.choice(huge.SHAPES)(rng)
        return Upload(data, f"mine{suffix}", task, lenient)
    suffix, writer = rng.choice(formats.WRITERS)
    data = writer(rng, rows(rng, task))
    if rng.random() < 0.5:
        data = raw.mutated(rng, data)
    if rng.random() < 0.1:
        data, suffix = gzip.compress(data), suffix + ".gz"
        data = raw.mutated(rng, data, 1) if rng.random() < 0.3 else data
    if rng.random() < 0.1:
        suffix = rng.choice((*(s for s, _ in formats.WRITERS), "", ".CSV", ".xls", ".zip", ".a" * 50))
    return Upload(data, f"{rng.choice(('mine', 'my file', 'n' * 250, 'é', '..'))}{suffix}", task, lenient)


def give(upload: Upload) -> None:
    """Read as the app does: the table, its columns, its examples."""
    found = open_table(upload.data, upload.name, lenient=upload.lenient)
    if any(len(values) != len(found) for values in found.columns.values()):
        raise Wrong("the columns of the table are not of one length")
    guess(found, upload.task)
    examples = examples_of(found, upload.task, skipped=[] if upload.lenient else None)
    if not len(examples.ids) == len(examples.texts) == len(examples.tags):
        raise Wrong("the examples are not of one length")
    for text in examples.texts:
        _text(text)
    for text, label in zip(examples.texts, examples.labels or (), strict=examples.labels is not None):
        _label(text, label, upload.task)


def _text(text: Any) -> None:
    words = text if isinstance(text, tuple | list) else [text]
    if not words or not all(isinstance(word, str) for word in words):
        raise Wrong(f"a text is {type(text).__name__}")
    try:
        "".join(words).encode()
    except UnicodeEncodeError:
        raise Wrong("a text holds half of a surrogate pair") from None


def _label(text: Any, label: Any, task: Task) -> None:
    if task.unit == "token" and (isinstance(label, str) or len(label) != len(text)):
        raise Wrong("a text has not one tag a word")
    if any(one not in task.labels for one in ([label] if task.unit == "sentence" else label)):
        raise Wrong(f"the label {label!r} is not of the task")


def ground(stock: Path, own: Path) -> None:
    """Nothing is shared."""


KIND = Kind(30, ground, make, give, visitors=True)
