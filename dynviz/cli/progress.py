"""How far long work is, on one line of a terminal, and about how long it will take."""

import sys
import time

WIDTH = 25  # signs of a bar
SOON = 2.0  # seconds after which a guess is made of the time left


class Stages:
    """Progress of work in stages, each with its name; nothing where stderr is a file."""

    def __init__(self) -> None:
        self.on, self.stage, self.shown, self.begun = sys.stderr.isatty(), "", "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """So many of so many of this stage are done."""
        if stage != self.stage:
            self.close()
            self.stage, self.begun = stage, time.monotonic()
        line = line_of(stage, done, total, time.monotonic() - self.begun)
        if self.on and line != self.shown:
            self.shown = line
            print(f"\r{line:78}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the line."""
        if self.on and self.shown:
            print(file=sys.stderr)
        self.shown = ""


def line_of(stage: str, done: int, total: int, seconds: float) -> str:
    """A bar, and the time left where a guess can be made.

    >>> line_of("reading the rows", 50, 200, 10.0)
    'reading the rows [######                   ]  25 %, 30 s left'
    """
    share = done / max(total, 1)
    left = seconds * (1 - share) / share if share and seconds > SOON else 0.0
    more = "" if left < 1 else f", {left:.0f} s left" if left < 100 else f", {left / 60:.0f} min left"
    return f"{stage} [{'#' * int(WIDTH * share):{WIDTH}}] {int(100 * share):3} %{more}"
