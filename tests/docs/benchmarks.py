"""What was measured in seconds and megabytes: docs/benchmarks.md, and the table in docs/scaling.md; from tests/benchmarks/results.csv."""

import csv
from collections.abc import Sequence
from itertools import groupby

from dynviz import api
from tests.benchmarks.__main__ import RESULTS
from tests.docs.table import cell, table

Row = dict[str, str]
SECTIONS = {
    "import": "Importing the package",
    "shared": "Layers that several models share",
    "app": "The app, one visitor",
    "visitors": "The app, many visitors at once",
    "data": "Rows of the Data page",
}
MEASURES = ("ms per sentence", "time over plain", "FLOPs over plain")
SAVED = ("time over plain", "quickest round", "slowest round", "FLOPs over plain", "the line", "time over the line")
ABOUT = """# Benchmarks

`python -m tests.benchmarks` measures anew (`--only` a part of it) and writes `tests/benchmarks/results.csv`; `python -m tests.docs --write`
makes this file from it. Nothing here is asserted in a test: another machine has other figures.
{machine}.

## Models

One thread, bundled sentences, medians, side by side with `transformers` and the same weights ("plain transformers"). Time over plain: of
the same batch size. FLOPs are counted without padding. `transformers` computes the padding of a batch of mixed lengths, and DynViz does
not: so there a batch can take less time at the same count.

{models}

## What a saving is worth

The third act of the stage (`/present?act=3`) turns milliseconds into what people buy. A sentence of t milliseconds keeps one core busy for
t milliseconds, so n sentences take

    core-hours = n x t / 3,600,000        kWh = core-hours x watts / 1,000        money = core-hours x price of a core-hour

The milliseconds are measured: bundled sentences one at a time, one thread, by the plain model and by the checkpoint at the setting it
ships with; the bar is the middle of the rounds, the thin line reaches from the quickest to the slowest. They come with their machine and
date (`sample_checkpoints/times.json`), or from this machine once somebody has pressed "Measure on this machine". Watts and price are
assumed; all five numbers can be changed, and the address keeps them. Left out: idle cores, batches, memory, cooling, traffic. The share
of compute is no part of the bill: it counts steps, and time is another number.
"""

SAVINGS = """
## Whether compute saved is time saved

`python -m tests.benchmarks --only savings`: on each backbone one checkpoint of each method, at the setting it ships with, in turns with our
own plain model of that backbone, on texts of exactly 25 and 256 pieces, one thread, CPU time. Median, quickest and slowest round. What a
layer takes whatever the number of its tokens (its weights are read once) is the part *a* of the plain model's time, from a straight line
through its times at lengths of 4 to 256 pieces. Dropping tokens cannot win it for a single text; leaving layers can. So the line is, at
batch 1, *a* x layers run + (1 - *a*) x FLOPs, and in a batch of 32 the FLOPs alone.

Models whose layers are shared keep low-rank updates beside them. Their FLOPs are counted as if the updates were merged into the weights, as
they could be for one model alone; their time is what it is, the updates' products included ("Layers that several models share", below, says
how much that is). Both models of a comparison have them, so that the quotient is one of the method.

What lies above the line for a single text is mostly what a method does between two layers: ask, rank, take tokens out. These are small
steps, but slow ones there, for the weights of the layer have just driven their code and data out of the cache. Predictors and gates with
weights of their own read these in every layer too, which the line does not allow for.
"""
SAVED_ON = """
### {layers} layers ({backbone})

*a*: {always}.

{table}
"""


def benchmarks() -> str:
    """docs/benchmarks.md."""
    found = rows()
    parts = [ABOUT.format(machine=_machine(found[0]), models=_models([r for r in found if r["what"] == "model"]))]
    parts.append(f"\n{_plain([r for r in found if r['what'] in ('sweep', 'realised')])}\n")
    parts += _savings([r for r in found if r["what"] == "savings"])
    for what, title in SECTIONS.items():
        if some := [r for r in found if r["what"] == what]:
            parts.append(f"\n## {title}\n\n{_plain(some)}\n")
    return "".join(parts)


def scaling() -> str:
    """The tables in docs/scaling.md: memory, visitors and rows."""
    found = rows()
    memory = [r for r in found if r["what"] in ("app", "shared") and r["setting"].startswith("memory")]
    parts = {SECTIONS["app"]: memory, **{SECTIONS[what]: [r for r in found if r["what"] == what] for what in ("visitors", "data")}}
    return "\n\n".join([*(f"{title}:\n\n{_plain(some)}" for title, some in parts.items()), f"{_machine(found[0])}."])


def rows() -> list[Row]:
    """The stored results."""
    return list(csv.DictReader(RESULTS.read_text(encoding="utf-8").splitlines()))


def _machine(row: Row) -> str:
    versions = f"Python {row['python']}, torch {row['torch']}, transformers {row['transformers']}"
    return f"Measured on {row['processor']}, {row['cores']} cores, {row['threads']} thread, {row['system']}, {versions}, {row['date']}"


def _models(found: list[Row], measures: Sequence[str] = MEASURES) -> str:
    """A row for each model, batch and setting, a column for each measure."""
    lines = []
    for (model, batch, setting), group in groupby(found, lambda r: (r["model"], r["batch"], r["setting"])):
        values = {r["measure"]: r["value"] for r in group}
        lines.append((f"`{model}`", batch, cell(setting), *(values[m] for m in measures)))
    return table(("model", "batch", "setting", *measures), lines)


def _savings(found: list[Row]) -> list[str]:
    """The section on time over compute, a table for each backbone, once it was measured."""
    there = api.checkpoints()
    of = {c.name: c.backbone for c in there}
    parts = []
    for backbone, layers in api.backbones(there).items():
        mine = sorted((r for r in found if of.get(r["model"]) == backbone), key=lambda r: r["model"])
        always = [r for r in found if not r["model"] and r["setting"].endswith(f", {backbone}")]
        if mine:
            told = ", ".join(f"{r['value']} at {r['setting'].removesuffix(f', {backbone}')}" for r in always)
            parts.append(SAVED_ON.format(layers=layers, backbone=backbone, always=told, table=_models(mine, SAVED)))
    return [SAVINGS, *parts] if parts else []


def _plain(found: list[Row]) -> str:
    """Rows as they were measured."""
    return table(("setting", "measure", "value"), [(_setting(r), cell(r["measure"]), r["value"]) for r in found])


def _setting(row: Row) -> str:
    """What was measured, with its model and batch where it has them."""
    return ", ".join(filter(None, (row["model"] and f"`{row['model']}`", cell(row["setting"]), row["batch"] and f"batch {row['batch']}")))
