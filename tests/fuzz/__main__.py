"""python -m tests.fuzz: give so many mutated inputs to the code, and count what it accepted, refused, and got wrong."""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fuzz import stock
from tests.fuzz.kind import Outcome
from tests.fuzz.watch import Case, watched
from tests.fuzz.worker import KINDS, kind


def main(words: Sequence[str] | None = None) -> int:
    """0 if nothing failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="how many in all (default 2000)")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=KINDS, help="of these kinds only")
    parser.add_argument("--seed", type=int, default=0, help="the first seed of each kind (default 0)")
    parser.add_argument("--only", nargs="+", default=(), metavar="KIND:SEED", help="these cases alone, with all that is known of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time (default: one a core)")
    said = parser.parse_args(words)
    cases = [named(name) for name in said.only] or list(shared(said.kind, said.cases, said.seed))
    with tempfile.TemporaryDirectory() as folder:
        found = list(watched(cases, stock.made(Path(folder) / "stock"), min(said.jobs, len(cases))))
    for line in map(whole, found) if said.only else told(found):
        print(line.encode("utf-8", "backslashreplace").decode())
    return int(any(o.said == "failed" for o in found))


def named(name: str) -> Case:
    """A case by its name: "files:17"."""
    of, _, seed = name.partition(":")
    return of, int(seed)


def shared(kinds: Sequence[str], count: int, first: int) -> Iterator[Case]:
    """So many cases, by the kinds' shares; a process does one kind after the other."""
    whole = sum(kind(name).share for name in kinds)
    for name in kinds:
        for seed in range(max(1, round(count * kind(name).share / whole))):
            yield name, first + seed


def told(found: Sequence[Outcome]) -> Iterator[str]:
    """A line for each kind, then the failures of one cause together, with what brings the first of them back."""
    yield f"{'kind':12}{'cases':>8}{'accepted':>10}{'refused':>9}{'failed':>8}{'slowest':>11}{'most memory':>13}"
    for name in dict.fromkeys(o.kind for o in found):
        own = [o for o in found if o.kind == name]
        counts = [sum(o.said == said for o in own) for said in ("accepted", "refused", "failed")]
        most = f"{max(o.processor for o in own):9.2f} s{max(o.memory for o in own):10.0f} MB"
        yield f"{name:12}{len(own):8}{counts[0]:10}{counts[1]:9}{counts[2]:8}{most}"
    causes: defaultdict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for o in found:
        if o.said == "failed":
            causes[o.kind, o.what.split(":")[0], o.trace.split(" < ")[0]].append(o)
    for same in sorted(causes.values(), key=len, reverse=True):
        yield f"\n{len(same)} x {same[0].kind}: {same[0].what[:300]}\n  {same[0].trace}\n  python -m tests.fuzz --only {same[0].name}"


def whole(o: Outcome) -> str:
    """All that is known of a case."""
    return f"{o.name} {o.said}, {o.processor:.2f} s of processor, {o.memory:.0f} MB\n  {o.what}\n  {o.trace}"


if __name__ == "__main__":
    sys.exit(main())
