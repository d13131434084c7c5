"""From a model and three parts of rows to a checkpoint: exits fitted, the encoder tuned if asked, the knob chosen, both measured."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from dynviz.checkpoint import config as configs
from dynviz.checkpoint import golden, hf, standing
from dynviz.checkpoint.config import CheckpointConfig, digest, identity, read_config
from dynviz.checkpoint.model import Model
from dynviz.core.encoder import Encoder
from dynviz.fitting import tuning
from dynviz.fitting.base import Base
from dynviz.fitting.knob import Wanted, taken
from dynviz.fitting.measured import FINE, Measured, answers, measured, stored_as
from dynviz.fitting.ramps import fitted
from dynviz.fitting.rows import Part
from dynviz.fitting.states import collected
from dynviz.measure.first import golden_of
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps
from dynviz.runtime import Progress
from dynviz.training.readings import settle

Tell = Callable[[str, int, int], None]  # (what is being done, done, to do)


def made(
    base: Base, parts: Mapping[str, Part], folder: Path, wanted: Wanted, seed: int, epochs: float, tell: Tell
) -> tuple[Model, tuple[str, ...]]:
    """The checkpoint in the folder, which must not be there yet, and what is to be said of it.

    wanted: how the knob is chosen. epochs: for how many the encoder is tuned; 0: it stays as it is.
    """
    began, ground = time.monotonic(), base.ground
    method, encoder, updates = standing.on(base.config, ground), ground.encoder, {}
    stages: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix=".states-", dir=folder.parent) as work:
        _fit_ramps(method, encoder, parts["fit"], Path(work), seed, tell)
        stages["ramps"] = {"steps": 0, "seconds": round(time.monotonic() - began, 1)}
        if epochs:
            start = {split: measured(encoder, method, base.config, parts[split], split) for split in ("calibration", "report")}
            train = tuning.tuned(base, method, parts["fit"], epochs, Path(work), seed, _telling(tell, "tuning"))
            encoder, updates, stages["joint"] = train.encoder, train.updates, train.told
            _fit_ramps(method, encoder, parts["fit"], Path(work), seed, tell)
            rounded(method, last=True)
    aside = _aside(encoder, method, base.config, parts, tell)
    told = {"rows": len(parts["fit"].rows.ids), "seed": seed, "stages": stages}  # nothing of the rows themselves
    if epochs:
        told["full_depth_before"] = {split: one.full_accuracy for split, one in start.items()}
    config = base.config.model_copy(update={"trained": {**base.config.trained, **told}})
    standing.save(config, method, updates, folder)
    tell("choosing the knob", 0, 1)
    said = _settled(folder, config, aside, wanted)
    if epochs:
        said = (*said, *_changed(start, aside, read_config(folder)))
    model = Model(
        read_config(folder), (encoder,), method, ground.tokenizer, digest(folder),
        hf.notes(ground.source, ground.tokenizer, ground.model), identity(configs.parts(folder)),
    )  # fmt: skip
    golden.write(golden_of(model), folder)
    tell("choosing the knob", 1, 1)
    return model, said


def _fit_ramps(method: Ramps, encoder: Encoder, part: Part, work: Path, seed: int, tell: Tell) -> None:
    """One pass through the frozen model, then a classifier for each layer but the last."""
    states = collected(encoder, method, part.pieces, work, seed, _telling(tell, "reading the rows"))
    labels = part.labels[states.chosen]
    for done, (layer, given) in enumerate(states.layers.items(), start=1):
        out = method.head(layer).out
        out.weight.data, out.bias.data = fitted(given, labels, method.shape.classes, seed)
        tell("fitting the exits", done, len(states.layers))
    rounded(method)
    method.requires_grad_(False)


def rounded(method: Ramps, last: bool = False) -> None:
    """Round what will be stored in half precision, so that what is measured is what is stored. last: the model's own classifier, too."""
    own = f"heads.{method.shape.layers}."
    for name, tensor in method.state_dict().items():
        if tensor.is_floating_point() and (last or not name.startswith(own)):
            tensor.copy_(tensor.to(torch.float16))


def _aside(encoder: Encoder, method: Ramps, config: CheckpointConfig, parts: Mapping[str, Part], tell: Tell) -> dict[str, Measured]:
    """The rows kept aside, read once each; a method that sets something from its readings does so on those that choose the knob."""
    aside = {}
    for split in ("calibration", "report"):
        aside[split] = measured(encoder, method, config, parts[split], split, _telling(tell, f"measuring, {split}"))
        if split == "calibration" and method.fits_on is not None:
            method.fit(*answers(aside[split]))
            rounded(method)
            aside[split] = measured(encoder, method, config, parts[split], split)
    return aside


def _settled(folder: Path, config: CheckpointConfig, aside: Mapping[str, Measured], wanted: Wanted) -> tuple[str, ...]:
    """Choose the knob on the rows kept for it, and store what was measured."""
    knobs = method_class(config.method).knobs
    choice, said = taken(aside["calibration"].sweep(config, FINE), knobs[0], wanted)
    settle(folder, stored_as(aside, config, choice.knobs), choice)
    return said


def _changed(before: Mapping[str, Measured], after: Mapping[str, Measured], config: CheckpointConfig) -> tuple[str, ...]:
    """What tuning did to the model itself, and to its early answers: those of exits on the model as it was, at no more compute.

    before, after: the rows kept aside, read before and after; config: with the knob that was chosen.
    """
    full, was = (100 * one["report"].full_accuracy for one in (after, before))
    said = f"The model was tuned: at full depth {full:.1f} % of the rows kept aside to measure are right, and {was:.1f} % were before."
    chosen = {split: one.at(config, [config.knobs]) for split, one in after.items()}
    settings = before["calibration"].settings(config, FINE)
    choosing, report = (before[split].at(config, settings) for split in ("calibration", "report"))
    share = float(chosen["calibration"].share[-1])
    without = 100 * float(report.score[choosing.choose(share)])
    exits = f"At the chosen knob {100 * float(chosen['report'].score[-1]):.1f} % are right; exits without tuning, set to spend no more,"
    return said, f"{exits} have {without:.1f} % right."


def _telling(tell: Tell, what: str) -> Progress:
    return lambda done, total: tell(what, done, total)
