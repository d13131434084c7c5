"""How the texts of a task are cut: whole, word by word, or as pairs, each a text of two lines."""

from collections.abc import Sequence
from typing import Any

from dynviz.data import pairs, pieces
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.records.tasks import Task


def cut_for(task: Task, tokenizer: Any, texts: Sequence[str] | Sequence[Sequence[str]], max_length: int) -> Pieces:
    """Tokenize texts (or lists of words) as the models of a task read them; an InputError where a task of pairs is given a single text."""
    if not task.pair:
        return pieces.cut(tokenizer, texts, max_length, by_word=task.unit == "token")
    return pairs.cut(tokenizer, [both(text if isinstance(text, str) else " ".join(text)) for text in texts], max_length)


def two_lines(first: str, second: str) -> str:
    """Two texts as the one of two lines that a model which compares them is given; line breaks within each become blanks.

    >>> two_lines("It rains.", "Rain falls.")
    'It rains.\\nRain falls.'
    """
    return "\n".join(" ".join(text.splitlines()).strip() for text in (first, second))


def both(text: str) -> tuple[str, str]:
    """The two texts of a text of two lines; an InputError where it holds fewer, or more. Blank lines do not count.

    >>> both("It rains.\\nRain falls.")
    ('It rains.', 'Rain falls.')
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 2:
        return lines[0], lines[1]
    found = "one line was given" if len(lines) == 1 else f"{len(lines):,} lines were given" if lines else "none was given"
    raise InputError("This model compares two texts", found, "Write each on a line of its own")
