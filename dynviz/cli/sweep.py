"""dynviz sweep: accuracy and compute over labelled examples at many knob settings."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands, add_knobs, add_label, add_model, aligned, count, knobs, labels, load, write
from dynviz.data.spreadsheet import to_csv
from dynviz.errors import InputError

HALF = 0.5  # of full depth's compute, for the line in words


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("sweep", help="accuracy against compute over a data file", description="Accuracy against compute.")
    add_model(command)
    command.add_argument("--data", required=True, help="CSV, TSV, JSON, Parquet, CoNLL, Excel, or a Hub set (owner/name/subset:split)")
    command.add_argument("--text", action="append", help="column of the texts (default: found); of two texts, once for each")
    add_label(command)
    command.add_argument(
        "--labels", action="append", default=[], metavar="WORD=LABEL,...",
        help="what labels mean that are not called as the model's, e.g. 1=negative,2=positive; nothing after '=' leaves their rows out",
    )  # fmt: skip
    command.add_argument("--points", type=count, default=21, help="settings of the first knob (default 21)")
    add_knobs(command)
    command.add_argument("--out", type=Path, required=True, help="result: .csv (one row per setting) or .json (per example too)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sweep, write, and print a summary."""
    _check_out(arguments.out)
    from dynviz import api
    from dynviz.data import read
    from dynviz.records.sweep import table

    given = knobs(arguments.knob)
    model = load(arguments)
    examples = read(arguments.data, model.task, text=arguments.text, label=arguments.label, meanings=labels(arguments.labels))
    for note in (*model.notes, *([examples.note] if examples.note and examples.labels is not None else [])):
        print(note, file=sys.stderr)
    bar = _Bar(f"{model.config.name}, {len(examples):,} examples")
    result = api.sweep(model, examples, arguments.points, given, bar)
    bar.close()
    rows = table(result)
    write(arguments.out, to_csv(rows, "\n") if arguments.out.suffix == ".csv" else _json(result, rows))
    print(_summary(result, rows, [k.name for k in type(model.method).knobs]))
    print(f"Written to {arguments.out}.")
    return 0


def _check_out(out: Path) -> None:
    if out.suffix not in (".csv", ".json"):
        raise InputError(f"--out {out} ends in {out.suffix or 'nothing'}", "results are written as CSV or JSON", "End it in .csv or .json")
    if not out.resolve().parent.is_dir():
        raise InputError(f"--out {out} cannot be written", "its folder does not exist", "Make the folder first")


class _Bar:
    """Progress on one line of a terminal; nothing where stderr is a file."""

    def __init__(self, title: str) -> None:
        self.title, self.on, self.last = title, sys.stderr.isatty(), -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if self.on and percent != self.last:
            self.last = percent
            print(f"\r{self.title} [{'#' * (percent // 4):25}] {percent:3} %", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.on:
            print(file=sys.stderr)


def _summary(sweep: Any, rows: list[dict[str, Any]], names: list[str]) -> str:
    """A line in words, and at most a dozen of the operating points."""
    from dynviz.figures.wording import count, percent1, scored

    step = max(1, len(rows) // 12)
    picked = [0, *range(1, len(rows), step)]
    columns = (*names, "accuracy", "entity F1", "difference", "low", "high", "share", "mean_depth", "agreement")
    short = [{k: float(rows[i][k]) for k in columns if k in rows[i]} for i in picked]
    words = f"{count(len(sweep.rows.ids), 'example')}: full depth {scored(sweep.score[0], sweep.metric)}."
    if names:  # a model without a knob has one setting
        best = sweep.choose(float(sweep.share[0]) * HALF)
        cheap = sweep.share[best] <= sweep.share[0] * HALF
        within = "With at most half the compute" if cheap else "No setting spends at most half; the cheapest"
        words += f" {within}: {percent1(sweep.score[best])} at {percent1(sweep.share[best])} of it."
    return f"{aligned(short)}\n{words}"


def _json(sweep: Any, rows: list[dict[str, Any]]) -> str:
    points = [{k: (v.item() if hasattr(v, "item") else v) for k, v in row.items()} for row in rows]
    examples = {
        "ids": list(sweep.rows.ids), "labels": sweep.rows.labels.tolist(), "owner": sweep.rows.owner.tolist(),
        "predicted": sweep.predicted.tolist(), "flops": sweep.flops.tolist(), "plain_flops": sweep.plain_flops.tolist(),
        "mean_depth": sweep.depth.round(4).tolist(), "exit_layer": sweep.exits.tolist(),
    }  # fmt: skip
    about = {k: getattr(sweep, k) for k in ("model", "method", "task", "digest", "layers")}
    return json.dumps({"schema": "dynviz.sweep/1", **about, "points": points, "examples": examples}, ensure_ascii=False) + "\n"
