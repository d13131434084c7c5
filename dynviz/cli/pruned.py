"""dynviz pruned: whether the tokens that the bundled models drop matter, over labelled rows of their evaluation split."""

import argparse
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.cli.options import Commands, add_root, add_task, aligned, check_root, count, seed

if TYPE_CHECKING:
    from dynviz.checkpoint.catalogue import Checkpoint
    from dynviz.runtime import Progress

TAGGER = "pos-tokee"  # says the parts of speech


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Hold the tokens that models keep, at the knobs they ship with, against a choice by lot: accuracy, agreement with saliency and "
        "attention rollout, content words, one-word edits. Some minutes."
    )
    command = commands.add_parser("pruned", help="ask whether the tokens that models drop matter", description=about)
    add_root(command)
    command.add_argument("--data", type=Path, required=True, help="folder with a folder for each task, as for training")
    add_task(command)
    command.add_argument("--backbone", help="only models on this pre-trained model, as mpnet; what is stored of others stays")
    command.add_argument("--rows", type=count, default=300, help="texts of a task, fewer where they are long (default 300)")
    command.add_argument("--seed", type=seed, default=0, help="of the texts, the lots and the edits (default 0)")
    command.add_argument("--write", action="store_true", help="store everything as pruned.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compute, print a table and a few sentences for each task, and store."""
    from dynviz import api, figures
    from dynviz.errors import InputError
    from dynviz.measure import pruned
    from dynviz.records import pruned as stored
    from dynviz.training.examples import classes, file_of, rows_of

    api.one_thread()
    root = check_root(arguments.root) or api.checkpoint_root()
    found = {}
    by_task = groupby(api.checkpoints(root), key=lambda c: c.config.task)
    races = {name: pruned.asked(group) for _, of_task in by_task for name, group in api.by_backbone(of_task).items()}
    asked = {name: models for name, models in races.items() if models and _asked_for(arguments, models[0])}
    for models in asked.values():
        file_of(arguments.data, models[0].task, "report")  # a missing file is told before minutes are spent
    for name, models in asked.items():
        plain, tagger, task = api.plain_of(models[0]), api.find(TAGGER, root), models[0].task
        if plain is None:
            continue
        rows = rows_of(arguments.data, task, "report")
        texts, labels = rows["text"].tolist(), classes(task, rows["label"])
        found[name] = pruned.compute(models, plain, tagger, texts, labels, arguments.rows, arguments.seed, _progress(name))
        print(f"{name}\n{aligned(figures.pruned_table(found[name]))}\n\n{figures.pruned_finding(found[name])}\n")
    if not found:
        why = "no model of whole texts there drops tokens"
        raise InputError(f"There is nothing to ask of {root}", why, "Choose another task or folder")
    if arguments.write:
        file = root / stored.FILE
        part = arguments.task or arguments.backbone
        stored.write({**(stored.read(file) if part else {}), **found}, file)
        print(f"Written to {file}.")
    return 0


def _asked_for(arguments: argparse.Namespace, one: "Checkpoint") -> bool:
    """Whether the command speaks of the task and the pre-trained model of this checkpoint."""
    task, backbone = arguments.task, arguments.backbone
    return (not task or one.config.task in task) and (not backbone or one.backbone == backbone)


def _progress(task: str) -> "Progress":
    return lambda done, total: print(f"{task}: {done + 1} of {total}", file=sys.stderr)
