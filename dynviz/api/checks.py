"""Does a model of one's own fit? The steps of loading it, one by one, each with its fix in words."""

import os
import platform
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import torch

from dynviz.api import beside
from dynviz.api.texts import trace
from dynviz.checkpoint import hf, hf_tokenizer, hf_weights
from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.config import CheckpointConfig, is_foreign, read_config
from dynviz.checkpoint.hf_config import Foreign
from dynviz.checkpoint.hf_files import HUB_ID
from dynviz.checkpoint.hf_settings import settings_of
from dynviz.checkpoint.model import Model, load
from dynviz.checkpoint.shelf import checkpoint_root
from dynviz.core.encoder import Encoder
from dynviz.core.engine import Live
from dynviz.core.layer import Places
from dynviz.core.method import Plan
from dynviz.errors import InputError, refusing
from dynviz.figures.wording import count, percent
from dynviz.measure.analysis import cut_text
from dynviz.measure.stored import stored_golden
from dynviz.records.checks import Step
from dynviz.runtime import versions

SENTENCE = "The film is not bad, and that surprised everyone."
PACKAGES = ("torch", "transformers", "safetensors", "numpy", "pandas", "pyarrow", "plotly", "streamlit", "pydantic")
TOLERANCE = 1e-4  # single precision, many layers
T = TypeVar("T")


class _Report:
    """Collects checks; a step that needs what an earlier one did not give is not tried."""

    def __init__(self) -> None:
        self.checks: list[Step] = []

    def step(self, name: str, *needs: object | None, do: Callable[[], tuple[T, str, *tuple[str, ...]]]) -> T | None:
        """Run one step; what it gives, or None. do: gives it with what was found, and the worries."""
        if any(need is None for need in needs):
            self.checks.append(Step(name, None, "not checked: something above comes first"))
            return None
        try:
            value, found, *worries = do()
        except InputError as error:
            self.checks.append(Step(name, False, f"{error.what}: {error.why}", error.do))
            return None
        self.checks.append(Step(name, True, found, worries=tuple(worries)))
        return value


def installed() -> Step:
    """What is installed where, for whoever reads the report; a package that the app needs and that is missing fails it."""
    found = {name: _version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if not number]
    said = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
    system = f"dynviz {versions()['dynviz']}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, {said}"
    return Step("installed", not missing, system, f"pip install {' '.join(missing)}" if missing else "")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def first_bundled() -> str:
    """The first bundled checkpoint that can run."""
    found = next((c.name for c in checkpoints() if c.runnable), None)
    if found is None:
        raise InputError("There is no bundled checkpoint", f"{checkpoint_root()} holds none that can run", "Name a model to check")
    return found


def examine(where: str) -> list[Step]:
    """All checks of a checkpoint's folder or name, or of a Hugging Face model's folder or Hub id."""
    bundled = checkpoint_root() / where
    folder = Path(where) if os.path.isdir(where) else bundled if "/" not in where and os.path.isdir(bundled) else None
    if folder is None and not HUB_ID.fullmatch(where):
        raise InputError(f"There is nothing at {where!r}", "neither a folder nor a checkpoint of that name is there", "Check the path")
    if folder and (folder / "config.json").is_file() and not is_foreign(folder):
        return _ours(folder)
    return _theirs(str(folder or where))


def _ours(folder: Path) -> list[Step]:
    report = _Report()

    def config() -> tuple[CheckpointConfig, str]:
        found = read_config(folder)
        return found, f"{found.method} for {found.task}, {count(len(found.labels), 'label')}"

    def model() -> tuple[Model, str]:
        found = load(folder)
        layers = count(sum(len(s.layers) for s in found.stages), "layer")
        return found, f"{count(len(found.stages), 'encoder')}, {layers}, hash {found.digest}"

    read, loaded = report.step("configuration", do=config), None
    if read is None or Checkpoint(folder, read).runnable:  # of others numbers ship alone
        loaded = report.step("weights and tokenizer", read, do=model)
        report.step("layers", loaded, do=lambda: _layers(loaded))
        report.step("a sentence", loaded, do=lambda: _sentence(loaded))
    if read is not None:
        _beside(report, Checkpoint(folder, read), loaded)
    return report.checks


def _beside(report: _Report, checkpoint: Checkpoint, model: Model | None) -> None:
    """Every file of numbers that ships with a checkpoint; and what it did to a few texts when it was made against what it does now."""
    fine = {name: report.step(name, do=partial(_said, read)) for name, read in beside.readers(checkpoint).items()}
    if beside.GOLDEN in fine and checkpoint.runnable:
        again = partial(_again, checkpoint, model)
        report.step(f"{beside.GOLDEN} against a run", model, fine[beside.GOLDEN], do=again)


def _said(read: Callable[[], str]) -> tuple[bool, str]:
    return True, read()


def _again(checkpoint: Checkpoint, model: Model | None) -> tuple[bool, str]:
    assert model is not None
    return True, beside.agree(model, stored_golden(checkpoint))


def _theirs(where: str) -> list[Step]:
    report = _Report()

    def config() -> tuple[Foreign, str, *tuple[str, ...]]:
        found = hf.describe(where)
        settings_of(found)
        return found, f"{found.raw['model_type']}, one answer per {'word' if found.unit == 'token' else found.unit}", *found.notes

    source = report.step("configuration and classifier", do=config)
    report.step("labels", source, do=lambda: _labels(source))
    pieces = report.step("tokenizer", source, do=lambda: _tokenizer(source))
    weights = report.step("safetensors", source, do=lambda: _weights(source))
    report.step("unread tensors", weights, do=lambda: _unread(source, weights))
    loaded = report.step("model", pieces, weights, do=lambda: _pair(hf.load(where), _size))
    report.step("layers", loaded, do=lambda: _layers(loaded))
    report.step("a sentence", loaded, do=lambda: _sentence(loaded))
    return report.checks


def _labels(source: Foreign | None) -> tuple[bool, str]:
    assert source is not None
    return True, ", ".join(source.labels)[:120]


def _tokenizer(source: Foreign | None) -> tuple[Any, str, *tuple[str, ...]]:
    assert source is not None
    found = hf_tokenizer.load(source)
    return found, f"{len(found)} pieces", *hf_tokenizer.warnings(found, source)


def _weights(source: Foreign | None) -> tuple[Any, str]:
    assert source is not None
    model = hf_weights.empty(source)
    return model, f"complete, {count(len(hf_weights.matched(model, source)), 'tensor')}"


def _unread(source: Foreign | None, model: Any) -> tuple[bool, str, *tuple[str, ...]]:
    assert source is not None
    notes = hf.unread_notes(source, model)
    return True, "some" if notes else "none: every tensor has its place", *notes


def _pair(value: T, say: Callable[[T], str]) -> tuple[T, str]:
    return value, say(value)[:120]


def _size(model: Model) -> str:
    return f"{count(len(model.stages[0].layers), 'layer')} of width {model.stages[0].width:,}"


def _layers(model: Model | None) -> tuple[bool, str]:
    """Our packed, layer-by-layer run against the model's own last_hidden_state."""
    assert model is not None
    worst = max(difference(model, encoder) for encoder in model.stages)
    if worst > TOLERANCE:
        why = f"largest difference to its own last_hidden_state: {worst:.1e}"
        raise InputError("The layers do not run as the model does", why, "Report the model's configuration to us")
    return True, f"equal to the model's own last_hidden_state (largest difference {worst:.0e})"


def difference(model: Model, encoder: Encoder) -> float:
    """Largest difference between our run of an encoder on a sentence and its own."""
    pieces = cut_text(model, SENTENCE)
    live = Live((encoder,), model.method, pieces.ids, pieces.sentences)
    plan = Plan.everything(pieces.sentences)
    with torch.inference_mode():
        live.enter(0, plan)
        states, places = live.states.clone(), Places(live.positions, live.positions, [len(live.positions)])
        for layer in encoder.layers:
            stand = places if layer.placed else None
            context, *_ = layer.attend_packed(states, states, stand, [(len(states), len(states))])
            states = layer.norm(layer.sums(layer.attended(states, context)))
        with refusing("The model does not run by itself", "Report its configuration to us"):
            own = encoder.model(input_ids=torch.from_numpy(pieces.ids)[None]).last_hidden_state[0]
        return float((encoder.final(states) - own).abs().max())


def _sentence(model: Model | None) -> tuple[bool, str]:
    assert model is not None
    found = trace(model, SENTENCE)
    said = found.predicted[0] if found.unit == "sentence" else " ".join(p for p in found.predicted if p)
    return True, f"{said} ({percent(found.share)} of full compute)"
