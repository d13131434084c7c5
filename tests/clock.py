"""Limits of processor time that hold on a slow or busy machine too."""

from time import process_time

QUIET = 0.033  # seconds of processor that `work` takes on the machine on which the limits were set, with nothing else to do


def work() -> float:
    """A fixed piece of work: how long it takes."""
    start = process_time()
    sum(i * i for i in range(800_000))
    return process_time() - start


def within(seconds: float) -> float:
    """A limit set on a quiet machine, as it is here and now: longer where the same work takes longer, and never shorter."""
    return seconds * max(1.0, min(work() for _ in range(3)) / QUIET)
