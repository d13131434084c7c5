"""Tables of Markdown."""

import re
from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(words: str) -> str:
    """Words in a table as they were written."""
    return re.sub(r"([|\\*_`<>$])", r"\\\1", " ".join(words.split()))
