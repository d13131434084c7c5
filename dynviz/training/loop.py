"""One training loop for all methods: phases from the method's recipe, its loss, resumable, reproducible."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm

from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Method, Phase
from dynviz.core.teacher import Teacher
from dynviz.records import Ints
from dynviz.runtime import Progress
from dynviz.training.examples import Split, batches

WARM_UP = 0.06  # share of a phase's steps
DECAY = 0.01  # of the weights, except of parameters with a rate of their own (gates, thresholds)
LARGEST_NORM = 1.0  # of the gradient of a step
SAVE_EVERY = 60.0  # seconds
CLEARLY = 0.9  # of the time
Precision = Literal["fp32", "bf16"]


@dataclass
class Trainee:
    """What is being trained: the encoders (their low-rank updates in place, if any) and the method. frozen: patterns of names of the
    method's parameters that are not. teacher: the model it starts from, which stays as it is, where the method asks for it. own: whether
    the encoders' weights themselves may change; else only their updates do."""

    stages: tuple[Encoder, ...]
    method: Method
    device: torch.device
    frozen: tuple[str, ...] = ()
    teacher: Teacher | None = None
    own: bool = True

    def modules(self) -> nn.ModuleDict:
        """Everything with parameters, under one root."""
        return nn.ModuleDict({"method": self.method, **{f"stage_{i}": s.model.encoder for i, s in enumerate(self.stages)}})

    def changing(self) -> dict[str, Tensor]:
        """The tensors that training may change, by their names in `modules`: all that a state on disk has to hold."""
        whole = self.modules().state_dict()
        return {name: tensor for name, tensor in whole.items() if self.own or name.startswith("method.") or name.endswith((".a", ".b"))}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take the tensors of such a state."""
        lacking = self.changing().keys() - state.keys()
        if lacking:
            raise KeyError(f"the state of a training lacks {min(lacking)!r}")
        self.modules().load_state_dict(state, strict=False)

    def shared(self) -> dict[str, nn.Parameter]:
        """The parameters of the encoders that are being trained, by "<stage>.<Hugging Face name>"."""
        return {f"{s.name}.{name}": p for s in self.stages for name, p in s.model.encoder.named_parameters() if p.requires_grad}

    def groups(self, phase: Phase) -> list[dict[str, Any]]:
        """The parameter groups of the optimizer; everything else is frozen."""
        encoder: list[nn.Parameter] = []
        for number, s in enumerate(self.stages):
            s.model.requires_grad_(False)
            if number not in phase.encoders:
                continue
            for name, parameter in s.model.encoder.named_parameters():
                low_rank = name.endswith((".a", ".b"))
                if phase.trains == "all" or (phase.trains == "lora" and low_rank):
                    encoder.append(parameter.requires_grad_(True))
        for name, parameter in self.method.named_parameters():
            parameter.requires_grad_(not any(fnmatch(name, pattern) for pattern in self.frozen))
        heads = [p for p in self.method.parameters() if p.requires_grad]
        special = self.method.own_rates(phase)
        plain_heads = [p for p in heads if p not in special]
        groups = [{"params": plain_heads, "lr": phase.head_lr, "weight_decay": DECAY}]
        groups += [{"params": [p], "lr": rate, "weight_decay": 0.0} for p, rate in special.items() if rate > 0]
        return [g for g in [{"params": encoder, "lr": phase.lr, "weight_decay": DECAY}, *groups] if g["params"]]


def share_of_peak(step: int, steps: int) -> float:
    """The learning rate of a step (from 0), as a share of the highest: up in a straight line at first, and down to 0 over all steps.

    The library's warm-up gives the first step a rate of 0, and so wastes it; everything here was trained by this one.
    """
    return min((step + 1) / (WARM_UP * steps), 1.0) * (1 - step / steps)


def schedule(optimizer: torch.optim.Optimizer, peaks: Sequence[float], steps: int, done: int) -> LambdaLR:
    """The learning rates of every group from step `done` on: a function of the step alone, so that resumed training takes the same."""
    for group, peak in zip(optimizer.param_groups, peaks, strict=True):
        group["initial_lr"] = peak
    return LambdaLR(optimizer, lambda step: share_of_peak(step, steps), last_epoch=done - 1)


def train_phase(
    trainee: Trainee,
    phase: Phase,
    split: Split,
    seed: int,
    folder: Path,
    tokens: int = 512,
    limit_steps: int | None = None,
    progress: Progress | None = None,
) -> dict[str, float | str]:
    """Train one phase; returns loss, steps and seconds. Goes on from `folder`/<phase>.state.pt if it is there (our own file).

    progress: called with steps done and to do, in place of a bar.
    """
    steps = plan_steps(split, phase, seed, tokens)[:limit_steps]
    groups = trainee.groups(phase)
    optimizer = torch.optim.AdamW(groups, fused=True)
    peaks = [g["lr"] for g in groups]
    state_file = folder / f"{phase.name}.state.pt"
    torch.manual_seed(seed)
    done, spent, losses, precision = _resume(state_file, trainee, optimizer)
    rates = schedule(optimizer, peaks, len(steps), done)
    modules = trainee.modules().train()
    for number, encoder in enumerate(trainee.stages):
        encoder.model.encoder.train(number in phase.encoders)
    precision = precision or fastest(trainee, phase, split, steps)
    bar = tqdm(
        total=len(steps), initial=done, desc=f"{folder.name} {phase.name}", mininterval=10, unit="step", smoothing=0.05,
        disable=progress is not None,
    )  # fmt: skip
    begun = saved = time.monotonic()
    for number in range(done, len(steps)):
        losses.append(_step(trainee, phase, split, steps[number], number / len(steps), number, precision))
        torch.nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], LARGEST_NORM)
        optimizer.step()
        rates.step()
        optimizer.zero_grad(set_to_none=True)
        trainee.method.after_step(phase)
        bar.update()
        if progress is not None:
            progress(number + 1, len(steps))
        bar.set_postfix(loss=f"{np.mean(losses[-100:]):.4f}", refresh=False)
        if time.monotonic() - saved > SAVE_EVERY:
            saved = time.monotonic()
            _save(state_file, trainee, optimizer, number + 1, spent + saved - begun, losses, precision)
    bar.close()
    modules.eval()
    trainee.method.after_phase(phase)
    seconds = round(spent + time.monotonic() - begun, 1)
    _save(state_file, trainee, optimizer, len(steps), seconds, losses, precision)
    loss = round(float(np.mean(losses[-200:])), 4)
    report: dict[str, float | str] = {"steps": len(steps), "seconds": seconds, "loss": loss}
    return {**report, "precision": precision}


def fastest(trainee: Trainee, phase: Phase, split: Split, steps: Sequence[Ints]) -> Precision:
    """bf16 where it clearly shortens a step here, else fp32: on CPUs without the instructions for it, it doubles the step.

    Measured on one batch of middle length; the dice roll afterwards as if nothing had been measured.
    """
    device = trainee.device.type
    dice = torch.get_rng_state(), torch.cuda.get_rng_state() if device == "cuda" else None
    rows = sorted(steps[:9], key=lambda b: split.pieces.sentences.lengths[b].sum())[len(steps[:9]) // 2]
    took: dict[Precision, float] = {"fp32": np.inf, "bf16": np.inf}
    for _ in range(3):
        for precision in took:
            begun = time.perf_counter()
            _step(trainee, phase, split, rows, 0.0, 0, precision)
            if device == "cuda":
                torch.cuda.synchronize()
            took[precision] = min(took[precision], time.perf_counter() - begun)
    trainee.modules().zero_grad(set_to_none=True)
    torch.set_rng_state(dice[0])
    if dice[1] is not None:
        torch.cuda.set_rng_state(dice[1])
    return "bf16" if took["bf16"] < CLEARLY * took["fp32"] else "fp32"


def plan_steps(split: Split, phase: Phase, seed: int, tokens: int) -> list[Ints]:
    """The rows of every step of a phase; the same for the same seed, so that training can go on where it stopped."""
    rng = np.random.default_rng(seed)
    lengths = split.pieces.sentences.lengths
    rows = np.arange(len(split))
    if phase.whole:
        rows = with_whole_sentences(lengths, phase.whole, rng)
    steps: list[Ints] = []
    for _ in range(int(np.ceil(phase.epochs))):
        steps += [rows[b] for b in batches(lengths[rows], rng, tokens)]
    total = len(steps) / np.ceil(phase.epochs) * phase.epochs
    return steps[: max(1, int(total))]


def with_whole_sentences(lengths: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Rows such that a share of them are whole sentences (12 pieces or more, about what SST-2's dev set holds)."""
    rows = np.arange(len(lengths))
    whole, phrases = rows[lengths >= 12], rows[lengths < 12]
    wanted = int(len(whole) * (1 - share) / share)
    return np.concatenate([whole, rng.choice(phrases, min(wanted, len(phrases)), replace=False)])


def _step(trainee: Trainee, phase: Phase, split: Split, rows: Ints, share: float, number: int, precision: Precision) -> float:
    ids, real, labels = (x.to(trainee.device) for x in split.padded(rows))
    hard = split.hard[torch.from_numpy(rows)].to(trainee.device)
    unseen = split.unseen[torch.from_numpy(rows)].to(trainee.device)
    types = split.types(rows)
    batch = Batch(
        ids, real, labels, hard, share, trainee.stages, number, unseen, trainee.teacher, None if types is None else types.to(trainee.device)
    )  # fmt: skip
    with torch.autocast(trainee.device.type, dtype=torch.bfloat16, enabled=precision == "bf16"):
        loss: Tensor = trainee.method.loss(phase, batch)
    total = float(loss.detach().sum())
    if not np.isfinite(total):
        raise RuntimeError(f"the loss became {total} in phase {phase.name!r}: lower the learning rate")
    trainee.method.backward(loss, trainee.shared())
    return total


def _save(
    file: Path, trainee: Trainee, optimizer: torch.optim.Optimizer, done: int, seconds: float, losses: list[float], precision: Precision
) -> None:
    state = {"done": done, "seconds": seconds, "losses": losses, "model": trainee.changing(), "optimizer": optimizer.state_dict()}
    state["precision"] = precision
    state["dice"] = [torch.get_rng_state(), *([torch.cuda.get_rng_state()] if trainee.device.type == "cuda" else [])]
    part = file.with_suffix(".part")
    torch.save(state, part)
    part.rename(file)


def _resume(file: Path, trainee: Trainee, optimizer: torch.optim.Optimizer) -> tuple[int, float, list[float], Precision | None]:
    if not file.exists():
        return 0, 0.0, [], None
    state = torch.load(file, weights_only=True, map_location=trainee.device)
    trainee.restore(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    for dice, roll in zip(state.get("dice", []), (torch.set_rng_state, torch.cuda.set_rng_state), strict=False):
        roll(dice.cpu())
    return int(state["done"]), float(state["seconds"]), list(state["losses"]), state["precision"]


def low_rank(stages: tuple[Encoder, ...], rank: int, alpha: float) -> tuple[Encoder, ...]:
    """Put low-rank updates into every encoder, and take the encoders apart anew."""
    for stage in stages:
        lora.add(stage.model.encoder, rank, alpha)
    return tuple(Encoder(stage.model, stage.name) for stage in stages)
