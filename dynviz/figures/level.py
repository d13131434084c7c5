"""Words set level under what they name, in as many lines as it takes that none overlaps."""

from collections.abc import Sequence

APART = 3  # px between two words on a line


def lines_of(words: Sequence[tuple[float, float]]) -> list[int]:
    """The line of each word. words: (from, to) in px, in reading order."""
    ends: list[float] = []  # px at which each line's last word ends
    out = []
    for start, stop in words:
        line = next((i for i, end in enumerate(ends) if end + APART <= start), len(ends))
        ends[line : line + 1] = [stop]
        out.append(line)
    return out
