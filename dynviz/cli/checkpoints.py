"""dynviz checkpoints: list the installed checkpoints, their knobs and measured accuracy (of names, entity F1)."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands, add_root, aligned, check_root
from dynviz.errors import InputError
from dynviz.records.files import printable


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("checkpoints", help="list the checkpoints", description="List the checkpoints.")
    add_root(command)
    command.add_argument("--json", action="store_true", help="everything, as JSON")
    again = "write what the methods' files now say of them (knobs, captions, figures, deviations) into the stored cards; traces stay"
    command.add_argument("--refresh-cards", action="store_true", help=again)
    golden = "run the stored texts of every checkpoint again and choose those of the first screen; what comes out as it was stays as it is"
    command.add_argument("--golden", action="store_true", help=golden)
    ahead = "store the operating points on the evaluation split beside the readings they follow from: screens then need no torch for them"
    command.add_argument("--replay-ahead", action="store_true", help=ahead)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a table, or JSON; a folder that cannot be used is named on stderr, and makes the status 2."""
    from dynviz import api

    problems: list[str] = []
    if arguments.refresh_cards:
        return _rewrite(arguments, _refresh, "Cards")
    if arguments.golden:
        return _rewrite(arguments, _golden, "Golden traces")
    if arguments.replay_ahead:
        return _rewrite(arguments, _ahead, "Operating points")
    found = api.checkpoints(check_root(arguments.root), problems, repeats=True)
    seeds = {c.name: [s.name for s in found if s.config.repeats == c.name] for c in found if c.config.repeats is None}
    rows = []
    for checkpoint in (c for c in found if c.name in seeds):
        try:
            rows.append({**about(checkpoint), "seeds": seeds[checkpoint.name]})
        except InputError as error:
            problems.append(str(error))
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        print(aligned([_short(row) for row in rows]))
    else:
        print("There are no checkpoints here. Train one with: python -m dynviz train")
    return _left_out(problems)


def _refresh(folder: Path) -> bool:
    from dynviz.checkpoint import golden

    return golden.refresh(folder)


def _golden(folder: Path) -> bool:
    from dynviz import api
    from dynviz.checkpoint import golden

    model = api.load(folder)
    api.one_thread()
    return golden.write(api.golden_of(model), folder)


def _ahead(folder: Path) -> bool:
    from dynviz.checkpoint.catalogue import checkpoint_at
    from dynviz.measure.shipped import replay_ahead

    return replay_ahead(checkpoint_at(folder))


def _rewrite(arguments: argparse.Namespace, change: Callable[[Path], bool], what: str) -> int:
    """Write something of every checkpoint with weights anew, and say of which it changed."""
    from dynviz import api

    problems: list[str] = []
    changed = []
    for checkpoint in (c for c in api.checkpoints(check_root(arguments.root), problems, repeats=True) if c.runnable):
        try:
            changed += [checkpoint.name] if change(checkpoint.folder) else []
        except InputError as error:
            problems.append(str(error))
    print(f"{what} written: {', '.join(changed) or 'none, all were current'}.")
    return _left_out(problems)


def _left_out(problems: list[str]) -> int:
    """Name what cannot be used on stderr; the exit status."""
    for problem in problems:
        print(f"dynviz: left out: {problem}", file=sys.stderr)
    return 2 if problems else 0


def about(checkpoint: Any) -> dict[str, Any]:
    """A checkpoint's config, knobs, metrics and hash, without loading it."""
    from dynviz import api

    config, card = checkpoint.config, api.card(checkpoint)
    set_to = api.default_knobs(checkpoint)
    names = ("name", "label", "low", "high", "step", "scale", "off", "stops")
    knobs = [{**{n: getattr(k, n) for n in names}, "set_to": set_to[k.name]} for k in card.knobs]
    report = config.trained.get("metrics", {}).get("report", {})
    at_knobs = report.get("at_knobs") or {}
    return {
        "name": config.name, "title": config.title, "method": config.method, "task": config.task, "unit": checkpoint.task.unit,
        "labels": config.labels, "layers": checkpoint.layers, "backbone": checkpoint.backbone,
        "knobs": knobs, "family": config.family.model_dump() if config.family else None, "runnable": checkpoint.runnable,
        "replayable": card.replayable, "accuracy": report.get("accuracy"), "accuracy_at_knobs": at_knobs.get("accuracy"),
        "metric": report.get("metric", "accuracy"), "score": report.get("score", report.get("accuracy")),
        "score_at_knobs": at_knobs.get("score", at_knobs.get("accuracy")),
        "share_at_knobs": at_knobs.get("share"), "examples": report.get("sentences"), "hash": checkpoint.digest,
        "folder": printable(str(checkpoint.folder), 4096),
    }  # fmt: skip


def _short(row: dict[str, Any]) -> dict[str, Any]:
    out = {k: row[k] for k in ("name", "method", "task", "layers")}
    out["knobs"] = " ".join(f"{k['name']}={k['set_to']:g}" for k in row["knobs"]) or "-"
    out["family"] = f"{row['family']['name']} {row['family']['parameter']}={row['family']['value']:g}" if row["family"] else "-"
    return {
        **out,
        "metric": row["metric"],
        "full depth": row["score"],
        "at knobs": row["score_at_knobs"],
        "compute": row["share_at_knobs"],
        "hash": row["hash"],
    }
