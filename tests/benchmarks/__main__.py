"""Measure everything and write it with machine and versions: `python -m tests.benchmarks [--rounds N] [--only WHAT ...]`."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from dynviz.measure.bench import machine
from tests.benchmarks import app, data, package, savings, shared, visitors

PARTS = ("models", "realised", "savings", "sweep", "imports", "shared", "app", "visitors", "data")
RESULTS = Path(__file__).parent / "results.csv"


def main() -> None:
    """Print each figure as it is measured, and write them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", nargs="*", choices=PARTS)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    measures: dict[str, Callable[[], Iterator[package.Row]]] = {
        "imports": package.imports, "sweep": package.sweep, "realised": lambda: package.realised(given.rounds),
        "models": lambda: package.models(given.rounds), "savings": savings.rows,
        "shared": shared.rows, "app": app.rows,
        "visitors": lambda: visitors.rows(visitors.Load(20)), "data": data.rows,
    }  # fmt: skip
    rows = []
    for name in given.only or measures:
        for row in measures[name]():
            print(
                f"{row['what']:9}{row['model']:14}{row['batch']!s:4}{row['setting']:60}{row['measure']:30}{row['value']:10.3f}", flush=True
            )
            rows.append({**row, **machine()})
    frame = pd.DataFrame(rows)
    frame["value"] = frame["value"].map(lambda v: float(f"{v:.4g}"))
    if given.only and given.out.exists():  # the others stay as they were measured
        kept = pd.read_csv(given.out, dtype={"batch": str}, keep_default_na=False)
        frame = pd.concat([kept[~kept["what"].isin(frame["what"])], frame])
    frame.to_csv(given.out, index=False)


if __name__ == "__main__":
    main()
