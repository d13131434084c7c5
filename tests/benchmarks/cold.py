"""Many visitors who open a fresh server at the same moment: what the first picture takes each, and what went wrong."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.client import Visitor, visiting
from tests.browser.server import process, serving

FILM = "The cast is wonderful, but it drags."
ARRIVALS = (  # page and query; beside each other, what imports much and what imports little
    ("", {}), ("", {"model": "sst2-joint", "text": FILM}), ("tradeoff", {}), ("", {"model": "pos-tokee", "text": FILM}),
    ("data", {}), ("compare", {"model": "sst2-ltp", "text": FILM}), ("methods", {}), ("", {"model": "sst2-ltp", "text": FILM}),
)  # fmt: skip


def opened(visitors: int, environment: Mapping[str, str] | None = None) -> tuple[list[float], list[str]]:
    """Seconds until each has its page, and all that was shown in red."""
    begin = threading.Barrier(visitors)

    def first(visitor: Visitor) -> float:
        begin.wait()
        return visitor.run()

    with serving(environment) as address, ExitStack() as stack:
        arrivals = islice(cycle(ARRIVALS), visitors)
        there = [stack.enter_context(visiting(address, arrival=page, **query)) for page, query in arrivals]
        with ThreadPoolExecutor(visitors) as pool:
            seconds = list(pool.map(first, there))
        wrong = [f"{v.arrival or 'sentence'}: {error}" for v in there for error in v.errors]
        wrong += [f"{v.arrival or 'sentence'}: nothing came" for v in there if not v.elements]
        return seconds, wrong + [_log(address)] * bool(wrong)


def _log(address: str) -> str:
    """The end of what the server wrote: why a page is red."""
    return Path(f"/proc/{process(address)}/fd/1").read_text(encoding="utf-8", errors="replace")[-3000:]


def report(visitors: int, times: int) -> int:
    """Print what each fresh server gave its first visitors; the number of errors."""
    errors = 0
    for i in range(1, times + 1):
        seconds, wrong = opened(visitors)
        errors += len(wrong)
        print(f"{i:3}  {min(seconds):5.1f} to {max(seconds):5.1f} s  {'; '.join(wrong) or 'no error'}", flush=True)
    print(f"{errors} errors, {visitors} visitors at the cold start of {times} servers")
    return errors
