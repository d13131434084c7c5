"""What the methods say of themselves, in docs/methods.md and docs/deviations.md: from their files, and from the pooling measured."""

import csv
from itertools import groupby

from dynviz import api
from dynviz.methods import caption, card, methods
from dynviz.records.card import KINDS, Card
from dynviz.records.deviations import MEAN_POOLING
from dynviz.records.elsewhere import Elsewhere, Public
from dynviz.ui.methods.text import ELSEWHERE_NOTE as ELSEWHERE
from dynviz.ui.methods.text import KINDS as HEADS
from tests.benchmarks.pooling import RESULTS
from tests.docs.table import cell, table

METHODS = """# Methods

A line each, from the first line of the method's own file; their formulas, pictures and knobs stand on the app's Methods page. What they
reach: [results](results.md). Where they differ from their papers: [deviations](deviations.md). `python -m tests.docs --write` makes this
file.
"""

DEVIATIONS = """# Where ours differs

{rows} deviations of {methods} methods and policies, and one of nearly all. Every method follows its paper, or its authors' code where there
is one, except here. The same tables stand on the Methods page, beside the figures that others report. `python -m tests.docs --write` makes
this file from the methods' own files.

## All models that answer once per text

{common}

Measured by `python -m tests.benchmarks.pooling`: right answers in % on {sentences:,} sentences of SST-2's calibration split, read off the
states after each layer of two frozen models ({chance:.1f} for always giving the commoner label). A *ramp* is a classifier as DeeBERT's,
at its recipe's learning rate; the *linear probe* is a logistic regression on standardised vectors, run until it has converged. *Spread*:
how much the vectors of two texts differ, beside their size. What [CLS] holds of the sentiment in the lower layers lies in differences so
small that the ramp does not learn them; the probe, which rescales them, does. So [CLS] is no worse in kind: another rate, a longer
training, or an encoder trained with its ramps may find the same.

{measured}

What this does not show: other models, such as BERT-base. all-MiniLM-L6-v2 was tuned to compare sentences by the mean of their tokens. What
the probe finds on every backbone here, over the evaluation split: `python -m dynviz pooling`, [results](results.md).

## Method by method

{table}
"""


def about_methods() -> str:
    """docs/methods.md: a line per method, by kind; then the policies."""
    found = sorted(methods().items(), key=lambda item: (list(KINDS).index(card(item[0]).kind), item[1].title.lower()))
    parts = []
    for kind, of_kind in groupby(found, lambda item: card(item[0]).kind):
        rows = [(f"**{m.title}**", f"`{name}.py`", cell(caption(m)), cell(m.stops), cell(m.venue)) for name, m in of_kind]
        parts.append(f"\n## {HEADS[kind]}\n\n" + table(("method", "file", "what it does", "what stops", "from"), rows) + "\n")
    rows = [(f"**{c.title}**", f"`{name}.py`", cell(c.caption), cell(c.venue)) for name, c in api.policies().items()]
    parts.append(f"\n## {HEADS['policy']}\n\n" + table(("policy", "file", "what it does", "from"), rows) + "\n")
    return METHODS + "".join(parts) + _elsewhere()


def _elsewhere() -> str:
    """What is told of and not run here: the idea of each, what is public of it, why it is not run, and what comes nearest."""
    return f"\n## {HEADS['elsewhere']}\n\n{ELSEWHERE}\n\n" + "\n".join(map(_told, api.elsewhere().values())) + "\n"


def _told(one: Elsewhere) -> str:
    public = "; ".join(f"{what}: {found.found} ({found.source})" for what, found in _public(one).items())
    nearest = " ".join(f"`{near.method}.py`: {near.how}" for near in one.nearest)
    lines = (f"**{one.title}** ({one.venue}). {one.caption}", f"Public: {public}.", f"Not run: {' '.join(one.why)}", f"Nearest: {nearest}")
    return "- " + "\n  - ".join(lines)


def _public(one: Elsewhere) -> dict[str, Public]:
    return {"paper": one.paper, "code": one.code, "weights": one.weights}


def deviations() -> str:
    """docs/deviations.md: what holds for nearly all first, with what was measured; then a row for each."""
    about: list[Card] = sorted((*map(card, methods()), *api.policies().values()), key=lambda c: c.title.lower())
    rows = [(c.title if i == 0 else "", cell(d.theirs), cell(d.ours), cell(d.why)) for c in about for i, d in enumerate(c.deviations)]
    common = (cell(MEAN_POOLING.theirs), cell(MEAN_POOLING.ours), cell(MEAN_POOLING.why))
    measured = pooling()
    return DEVIATIONS.format(
        rows=len(rows), methods=sum(bool(c.deviations) for c in about), common=table(("theirs", "ours", "why"), [common]),
        sentences=int(measured[0]["sentences"]), chance=100 * float(measured[0]["accuracy"]), measured=pooling_table(),
        table=table(("method", "theirs", "ours", "why"), rows),
    )  # fmt: skip


def pooling() -> list[dict[str, str]]:
    """What `tests.benchmarks.pooling` measured; first what chance reaches."""
    return list(csv.DictReader(RESULTS.read_text(encoding="utf-8").splitlines()))


def pooling_table() -> str:
    """A row for each model, reader and vector, a column for each layer; the spread of the vectors below."""
    rows = []
    for (model, reader, by), line in groupby(pooling()[1:], lambda r: (r["model"], r["reader"], r["pooling"])):
        values = list(line)
        rows.append((model, reader, _NAMES[by], *(f"{100 * float(v['accuracy']):.1f}" for v in values)))
        if reader == "ramp":
            rows.append((model, "spread", _NAMES[by], *(f"{float(v['spread']):.3f}" for v in values)))
    layers = [int(r["layer"]) for r in pooling()]
    return table(("model", "reader", "of", "embeddings", *(f"layer {i}" for i in range(1, max(layers) + 1))), rows)


_NAMES = {"cls": "[CLS]", "mean": "mean"}
