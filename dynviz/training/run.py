"""From a job to a checkpoint folder: start, train the phases, save, say how it went."""

import json
import platform
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dynviz.checkpoint.config import FORMAT, CheckpointConfig, Family, LoraConfig, StageConfig, write_config
from dynviz.checkpoint.encoders import tokenizer, trainable_copy
from dynviz.checkpoint.model import Model, build_method, load, save
from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.method import Knobs, Method
from dynviz.measure.evaluate import Subject, run_all
from dynviz.records.metric import scores_of
from dynviz.records.tasks import TASKS
from dynviz.training.difficulty import judged
from dynviz.training.examples import Split, load_split
from dynviz.training.loop import Trainee, low_rank, train_phase
from dynviz.training.recipes import TrainingJob
from dynviz.training.start import BASE, SMALL, phases_of, pretrained_encoder, stands_on, start, teacher_of, warm_start, write_base
from dynviz.training.unseen import with_unseen

FITTED_ON = 4_000  # rows, at most, of the split a method is fitted on
SEARCHED_ON = 400  # calibration rows, at most, on which a method's search measures: it runs them many times


def train(job: TrainingJob, data: Path, out: Path, base: str | None = None, limit_steps: int | None = None) -> Path:
    """Train one job into `out`/<name>; what is finished is not done again. Returns the folder."""
    folder, work = out / job.name, out / ".work" / job.name
    if (folder / "config.json").exists():
        return folder
    task = TASKS[job.task]
    work.mkdir(parents=True, exist_ok=True)
    below = stands_on(job, out)
    if below == BASE:
        write_base(out, base)
    torch.manual_seed(job.seed)
    config, encoders, method = begin(job, data, out, base, limit_steps)
    phases = phases_of(job)
    if not phases and method.fits_on is None and not method.searches:  # it stands on its encoder's checkpoint, heads and all
        folder.mkdir(parents=True, exist_ok=True)
        write_config(config.model_copy(update={"trained": {"start": job.encoder, "stages": {}}}), folder)
        return folder
    seen = "train" if phases else method.fits_on or "train"  # what is only fitted sees no other split
    split = load_split(data, task, seen, tokenizer(out / below), job.limit, job.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    for module in (method, *(e.model for e in encoders)):
        module.to(device)
    if job.judged:
        split = with_difficulty(split, job, encoders[0], out, limit_steps)
    if method.asks_unseen:
        split = with_unseen(split, pretrained_encoder(job, out, base), len(task.labels), out / ".work", job.seed, limit_steps)
    trainee = Trainee(encoders, method, device, job.frozen, teacher_of(job, out, device) if method.asks_teacher else None, job.own)
    reports = {}
    for phase in phases:
        reports[phase.name] = train_phase(trainee, phase, split, job.seed, work, limit_steps=limit_steps)
        print(job.name, phase.name, json.dumps(reports[phase.name]), flush=True)
    config = config.model_copy(update={"trained": _trained(job, split, reports, device)})
    for module in (method, *(e.model for e in encoders)):
        module.to("cpu").eval()
    if method.fits_on is not None:
        fit(method, encoders, load_split(data, task, method.fits_on, tokenizer(out / below), FITTED_ON, job.seed), config)
    if method.searches:
        search(method, encoders, load_split(data, task, "calibration", tokenizer(out / below), SEARCHED_ON, job.seed), config)
    if job.updates_of:
        config, encoders = as_updates(config, encoders, out / job.updates_of, job.rank)
    save(config, encoders, method, folder, job.in_blocks, job.large_in_4)
    return folder


def as_updates(
    config: CheckpointConfig, encoders: tuple[Encoder, ...], base: Path, rank: int
) -> tuple[CheckpointConfig, tuple[Encoder, ...]]:
    """A whole encoder as low-rank updates of another checkpoint's lower layers; what is measured afterwards is measured of these."""
    near = trainable_copy(load(base).stages[0])
    near.model.encoder.layer = near.model.encoder.layer[: len(encoders[0].layers)]
    lora.add(near.model.encoder, rank, float(rank))
    lora.approximate(near.model.encoder, encoders[0].model.encoder)
    stage = config.stages[0].model_copy(update={"encoder": base.name, "lora": LoraConfig(rank=rank, alpha=float(rank))})
    return config.model_copy(update={"stages": [stage]}), (Encoder(near.model, encoders[0].name),)


def fit(method: Method, encoders: tuple[Encoder, ...], split: Split, config: CheckpointConfig) -> None:
    """Let the method set, from its own readings of a split, what no gradient finds."""
    run = run_all(Subject(encoders, method, config.name, config.task, ""), split.pieces, method.off())
    method.fit({**run.readings, "probs": run.probs}, split.labels)


def search(method: Method, encoders: tuple[Encoder, ...], split: Split, config: CheckpointConfig) -> None:
    """Let the method find, by running it at settings of its choice over some rows, what neither a gradient nor readings tell."""
    subject = Subject(encoders, method, config.name, config.task, "")

    def measure(knobs: Knobs) -> tuple[float, float]:
        run = run_all(subject, split.pieces, {**method.off(), **knobs})
        answered = np.flatnonzero(split.labels >= 0)
        owner = run.sentences.owner[answered] if method.unit == "token" else answered
        found = scores_of(config.task, run.answer.argmax(1)[None, answered], split.labels[answered], owner, len(run.flops))
        return float(found.value[0]), float(run.flops.sum() / run.plain_flops.sum())

    method.search(measure)


def begin(
    job: TrainingJob, data: Path, out: Path, base: str | None = None, limit_steps: int | None = None
) -> tuple[CheckpointConfig, tuple[Encoder, ...], Method]:
    """What training starts from: the config to be, the encoders (low-rank updates in place) and the method with its first heads."""
    stage_configs, encoders = start(job, data, out, base, limit_steps)
    config = _config(job, stage_configs, stands_on(job, out))
    if any(s.lora for s in stage_configs):
        encoders = low_rank(encoders, job.rank, 2.0 * job.rank)
    method = build_method(config, encoders)
    warm_start(method, job, out)
    return config, encoders, method


def before_rounding(job: TrainingJob, data: Path, out: Path, base: str | None = None) -> Model | None:
    """The trained model as it was in fp32, from the last state of its training; None where that was thrown away."""
    phases = phases_of(job)
    file = out / ".work" / job.name / f"{phases[-1].name}.state.pt" if phases else out
    if not file.is_file():
        return None
    config, encoders, method = begin(job, data, out, base)
    trainee = Trainee(encoders, method, torch.device("cpu"), own=job.own)
    trainee.restore(torch.load(file, weights_only=True)["model"])
    trainee.modules().eval().requires_grad_(False)
    return Model(config, encoders, method, tokenizer(out / config.embeddings), "")


def with_difficulty(split: Split, job: TrainingJob, small: Encoder, out: Path, limit_steps: int | None) -> Split:
    """The split judged by two small models; judged once for all jobs of a task and seed."""
    file = out / ".work" / f"difficulty-{job.task}-{split.digest}-{job.seed}.npy"
    if not file.exists():
        folder = out / ".work" / f"{SMALL}-{job.task}"
        folder.mkdir(parents=True, exist_ok=True)
        np.save(file, judged(split, small, len(TASKS[job.task].labels), folder, job.seed, limit_steps).hard.numpy())
    hard = np.load(file)
    print(f"{job.name}: {hard.mean():.1%} of {len(hard)} examples are hard", flush=True)
    return replace(split, hard=torch.from_numpy(hard))


def _trained(job: TrainingJob, split: Split, reports: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """How it was trained, for config.json."""
    return {
        "data": f"{TASKS[job.task].folder}/{split.name}", "data_digest": split.digest, "rows": len(split), "seed": job.seed,
        "start": job.encoder, "stages": reports, "versions": {p: version(p) for p in ("torch", "transformers", "numpy")},
        "python": platform.python_version(), "device": device.type, "when": time.strftime("%Y-%m-%d"),
        **({"readings_only": True} if job.readings_only else {}),
    }  # fmt: skip


def _config(job: TrainingJob, stages: tuple[StageConfig, ...], base: str) -> CheckpointConfig:
    task = TASKS[job.task]
    knobs = dict(job.knobs.knobs) if job.knobs else {}
    return CheckpointConfig(
        format=FORMAT, name=job.name, title=job.title, method=job.method, task=job.task, labels=list(task.labels), embeddings=base,
        stages=list(stages), options=job.options, knobs=knobs, max_length=task.max_length, repeats=job.repeats,
        heads=job.encoder if job.frozen else None,
        family=Family(name=job.family[0], parameter=job.family[1], value=job.family[2]) if job.family else None,
    )  # fmt: skip
