"""dynviz fit: exits on a classifier of others, as a checkpoint."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.cli.options import Commands, add_label, labels, seed
from dynviz.cli.risk import part

if TYPE_CHECKING:
    from dynviz.fitting.fitted import Fitted


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Fit exits on a Hugging Face classifier of sentences, pairs of sentences, or words. The model stays as it is unless it is tuned; "
        "of the rows a fifth is kept aside to choose the knob, and a fifth to measure what it does."
    )
    command = commands.add_parser("fit", help="make a classifier of your own adaptive", description=about)
    command.add_argument("model", metavar="MODEL", help="folder or Hub id of a Hugging Face classifier")
    command.add_argument("--data", required=True, help="labelled rows: CSV, TSV, JSON, Parquet, CoNLL, Excel, or a Hub set")
    command.add_argument("--out", type=Path, required=True, help="folder of the checkpoint; must not be there yet")
    command.add_argument("--text", help="column of the texts, of pairs that of the first ones (default: found)")
    command.add_argument("--pair", metavar="COLUMN", help="column of the second texts: the model compares two")
    add_label(command)
    command.add_argument(
        "--labels", action="append", default=[], metavar="WORD=LABEL,...", help="what labels mean that are not called as the model's"
    )
    command.add_argument("--method", help="exit rule that linear classifiers are enough for (default: DeeBERT's; for words SENTEE's)")
    command.add_argument(
        "--tune", nargs="?", const=1.0, default=0.0, type=float, metavar="EPOCHS",
        help="tune low-rank updates of the encoder together with the exits (default, where given: 1 epoch); the model changes",
    )  # fmt: skip
    knob = command.add_mutually_exclusive_group()
    knob.add_argument("--budget", type=part, help="share of the compute that the knob may spend, e.g. 0.4")
    knob.add_argument("--risk", type=part, help="share of answers that may differ from full depth's, promised with --confidence")
    command.add_argument("--confidence", type=part, default=0.95, help="of the promise (default 0.95)")
    command.add_argument("--seed", type=seed, default=0, help="of the draw of the rows kept aside (default 0)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fit, and print what came out."""
    from dynviz import api
    from dynviz.cli.progress import Stages

    api.one_thread()
    bar = Stages()
    asked = {name: getattr(arguments, name) for name in ("text", "pair", "label", "method", "tune", "budget", "risk", "confidence", "seed")}
    try:
        fitted = api.fit_exits(arguments.model, arguments.data, arguments.out, meanings=labels(arguments.labels), tell=bar, **asked)
    finally:
        bar.close()
    for note in (*fitted.model.notes, *fitted.notes):
        print(note, file=sys.stderr)
    print(said(fitted))
    print(f"Written to {fitted.folder}.")
    return 0


def said(fitted: "Fitted") -> str:
    """What the fitted model does on the rows that chose nothing."""
    from dynviz.figures.wording import count, percent1, setting

    report, knobs = fitted.report, fitted.model.knobs()
    point = report.find(knobs)
    assert point is not None
    mean, low, high = (100 * x for x in report.difference(point))
    full, here, share = float(report.accuracy[0]), float(report.accuracy[point]), float(report.share[point])
    rows = count(len(report.rows.ids), "row")
    return (
        f"{fitted.model.config.title} on {fitted.model.config.trained['start']}, at {setting(knobs)}: {percent1(here)} right with "
        f"{percent1(share)} of the compute, on {rows} kept aside.\nThe model itself: {percent1(full)}; difference {mean:+.1f} points "
        f"[{low:+.1f}, {high:+.1f}]."
    )
