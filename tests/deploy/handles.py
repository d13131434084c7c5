"""File handles that a session takes on the real server, and whether they come back: `python -m tests.deploy.handles [--sessions 20]`."""

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.client import visiting
from tests.browser.server import process, serving

LEFT = 5  # seconds that Streamlit is told to keep a session whose visitor has gone; 120 as it ships


def handles(server: int) -> int:
    return len(list(Path(f"/proc/{server}/fd").iterdir()))


def counted(sessions: int) -> Iterator[tuple[str, int]]:
    """What was going on, and how many handles were open then."""
    with serving(options=("--server.disconnectedSessionTTL", str(LEFT))) as address:
        server = process(address)
        yield "nobody there", handles(server)
        with visiting(address) as first:
            first.run()
        yield "one visitor came and went", handles(server)
        with ExitStack() as stack:
            for visitor in [stack.enter_context(visiting(address)) for _ in range(sessions)]:
                visitor.run()
            yield f"{sessions} visitors", handles(server)
        yield "all have left", handles(server)
        time.sleep(LEFT + 1)
        with visiting(address):
            pass  # Streamlit looks for sessions that are over when one ends
        time.sleep(1)
        yield "their sessions are over, and one more came and went", handles(server)


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser("python -m tests.deploy.handles", description=__doc__)
    parser.add_argument("--sessions", type=int, default=20)
    for what, n in counted(parser.parse_args().sessions):
        print(f"{what:55}{n:6}")


if __name__ == "__main__":
    main()
