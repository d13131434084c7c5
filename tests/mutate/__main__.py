"""python -m tests.mutate: make every listed change in a copy of the tree, and list those that no test notices."""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutate import CHANGES
from tests.mutate.run import Change, all_tried

ROOT = Path(__file__).parents[2]


def main(words: Sequence[str] | None = None) -> int:
    """0 if every change was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__)
    parser.add_argument("--only", default="", metavar="PATTERN", help="changes whose name, or file, contains this")
    parser.add_argument("--list", action="store_true", help="list them, and try none")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (default 1)")
    said = parser.parse_args(words)
    chosen = [change for change in CHANGES if said.only in change.name or said.only in change.file]
    if said.list:
        print("\n".join(f"{change.name}  ({change.file})" for change in chosen))
        return 0
    lost = [change for change in chosen if change.found(ROOT) != 1]
    for change in lost:
        print(f"not found once  {change.name}: {change.old!r} stands {change.found(ROOT)} times in {change.file}")
    if lost or not chosen:
        return 1
    with tempfile.TemporaryDirectory() as folder:
        return report(chosen, Path(folder), said.jobs)


def report(chosen: Sequence[Change], work: Path, jobs: int) -> int:
    """Try them, a line each; first see that their tests pass where nothing is changed."""
    tests = sorted({test for change in chosen for test in change.tests})
    nothing = Change("nothing", chosen[0].file, "", "", tuple(tests))
    if [outcome for _, outcome in all_tried(ROOT, [nothing], work, 1)] != ["survived"]:
        print(f"the tests fail before anything is changed: {' '.join(tests)}")
        return 1
    outcomes: Counter[str] = Counter()
    for change, outcome in all_tried(ROOT, chosen, work, jobs):
        outcomes[outcome] += 1
        print(f"{outcome:9} {change.name}  ({change.file})", flush=True)
    print(f"{len(chosen)} changes: " + ", ".join(f"{outcomes[x]} {x}" for x in ("killed", "survived", "broken")))
    return int(outcomes["killed"] < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
