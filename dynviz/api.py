"""The one path: app, command line and notebooks all come through here. Checks what users give, then calls the engine."""

import ast
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz import classifier, golden
from dynviz.card import Card, Comparison
from dynviz.config import CheckpointConfig, digest, is_foreign, read_config
from dynviz.data import Examples as Examples
from dynviz.data import bundled as bundled
from dynviz.data import label_rows
from dynviz.errors import InputError
from dynviz.records import Floats, Interventions, Rows, Run, Stream, Sweep, Trace
from dynviz.records.storage import read_recorded, read_sweep
from dynviz.tasks import CUSTOM, TASKS, Task, task_of
from dynviz.text import Pieces, as_typed, cut

if TYPE_CHECKING:  # torch is imported when a model is loaded, not when models are listed
    from dynviz.checkpoint import Model
    from dynviz.evaluate import Baseline, Progress
    from dynviz.intervene import Settled
    from dynviz.method import Method
    from dynviz.records.times import Times
    from dynviz.records.zoo import Zoo

MAX_CHARACTERS = 200_000


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint folder, not loaded."""

    folder: Path
    config: CheckpointConfig

    @property
    def name(self) -> str:
        """The folder's name in its config."""
        return self.config.name

    @property
    def task(self) -> Task:
        """What it answers."""
        return task_of(self.config.task, self.config.labels, self.config.name, self.config.max_length)

    @cached_property
    def digest(self) -> str:
        """Which checkpoint exactly: a hash over config and weights."""
        return digest(self.folder)

    @property
    def runnable(self) -> bool:
        """Whether weights lie there; otherwise only its readings ship (the static line)."""
        return not self.config.trained.get("readings_only", False)

    def readings(self, split: str) -> Path | None:
        """The file of shipped readings or outcomes for a split ("calibration", "report"), if there is one."""
        for kind in ("readings", "sweep"):
            file = self.folder / f"{kind}-{split}.parquet"
            if file.exists():
                return file
        return None


def checkpoint_root() -> Path:
    """Where the bundled checkpoints lie: $DYNVIZ_CHECKPOINTS, or sample_checkpoints beside the package."""
    return Path(os.environ.get("DYNVIZ_CHECKPOINTS") or Path(__file__).parent.parent / "sample_checkpoints")


def checkpoints(root: Path | None = None, problems: list[str] | None = None, repeats: bool = False) -> list[Checkpoint]:
    """All checkpoints of a folder (by default the bundled ones), by task and name. Nothing is loaded.

    problems: where given, a folder that cannot be used is left out and its sentence put here; else it is raised.
    repeats: also those that repeat another with a further seed; they are no models of their own, only tell what is noise.
    """
    found = []
    for folder in sorted(p.parent for p in (root or checkpoint_root()).glob("*/config.json")):
        try:
            found.append(checkpoint_at(folder))
        except InputError as error:
            if problems is None:
                raise
            problems.append(str(error))
    kept = [c for c in found if repeats or c.config.repeats is None]
    return sorted(kept, key=lambda c: ((*TASKS, *CUSTOM).index(c.config.task), c.name))


def repeats(checkpoint: Checkpoint) -> list[Checkpoint]:
    """The same training with other seeds, as far as its readings lie beside the checkpoint, by name."""
    there = checkpoints(checkpoint.folder.parent, [], repeats=True)
    return [c for c in there if c.config.repeats == checkpoint.name and c.config.task == checkpoint.config.task]


def checkpoint_at(folder: Path) -> Checkpoint:
    """The checkpoint of a folder, not loaded, or an InputError that names what does not fit."""
    config = classifier.in_folder(folder) if is_foreign(folder) else read_config(folder)
    if config.task not in (*TASKS, *CUSTOM):
        raise InputError(f"{folder / 'config.json'} names the task {config.task!r}", "it is not known", f"Use one of: {', '.join(TASKS)}")
    return Checkpoint(folder, config)


def find(name: str, root: Path | None = None) -> Checkpoint:
    """The checkpoint of this name, or the one in the folder of this path."""
    beside = (root or checkpoint_root()) / name
    if beside.parent == (root or checkpoint_root()) and (beside / "config.json").exists():
        return checkpoint_at(beside)
    usable = checkpoints(root, [], repeats=True)
    for checkpoint in usable:
        if checkpoint.name == name:
            return checkpoint
    if (Path(name) / "config.json").exists():
        return checkpoint_at(Path(name))
    known = ", ".join(c.name for c in usable) or "none"
    raise InputError(
        f"No checkpoint is called {name!r}", f"there are: {known}", "Use one of these names, or the path of a checkpoint folder"
    )


def load(name: str | Path, root: Path | None = None, method: str | None = None) -> "Model":
    """The model of a bundled checkpoint, of a checkpoint folder, or of a Hugging Face classifier's folder or Hub id.

    method: for a Hugging Face classifier, "plain" (the default) or a method that needs no training.
    """
    hub = re.fullmatch(r"[\w.-]+/[\w.-]+", str(name)) and not Path(name).exists()
    found = None if hub else find(str(name), root)
    if found is None or is_foreign(found.folder):
        from dynviz import foreign

        return foreign.load(found.folder if found else name, method or "plain")
    if method:
        raise InputError(f"A method was given for {name}", "a checkpoint has its own", "Leave it out, or name a Hugging Face model")
    if not found.runnable:
        raise InputError(f"{found.name} has no weights", "only its readings ship", "Train it, or choose another checkpoint")
    from dynviz import checkpoint

    return checkpoint.load(found.folder)


def knobs_of(model: "Model", given: Mapping[str, float] | None = None) -> dict[str, float]:
    """All knob settings: the method's defaults, the checkpoint's, then those given; each checked against its range."""
    kind = type(model.method)
    return {**kind.defaults(), **model.config.knobs, **kind.checked(given or {})}


@dataclass(frozen=True, eq=False)
class Analysis:
    """A text, cut, and what the model does to it at full depth. `at` gives the trace at any knob setting."""

    model: "Model"
    pieces: Pieces
    full_run: Run

    def milliseconds(self, knobs: Mapping[str, float] | None = None, repeats: int = 5) -> float:
        """Milliseconds of one thread, measured here and now on this text alone: the median of some runs at these settings.

        The thread's own time, so that other visitors and programs do not count.
        """
        from dynviz import engine

        one_thread()
        settings, clock = knobs_of(self.model, knobs), [thread_time()]
        for _ in range(repeats + 1):  # the first warms up
            engine.run(self.model.stages, self.model.method, self.pieces.ids, self.pieces.sentences, settings)
            clock.append(thread_time())
        return 1000 * float(np.median(np.diff(clock)[1:]))

    def compared(self, trace: Trace) -> tuple[Comparison, ...]:
        """What the rule held against what in a trace of this text, layer by layer."""
        return self.model.method.compares({**trace.readings, "probs": trace.probs}, trace.knobs)

    @cached_property
    def full(self) -> Trace:
        """The trace at full depth: the knob off."""
        return to_trace(self.model, self.pieces, self.full_run)

    def at(self, knobs: Mapping[str, float] | None = None) -> Trace:
        """The trace at these settings: replayed where the method permits, else run again."""
        from dynviz import engine

        settings, method = knobs_of(self.model, knobs), self.model.method
        if method.replayable:
            run = engine.replay(method, self.full_run, settings)
        else:
            run = engine.run(self.model.stages, method, self.pieces.ids, self.pieces.sentences, settings)
        return to_trace(self.model, self.pieces, run)


def analyse(model: "Model", text: str | Sequence[str]) -> Analysis:
    """Run a text (or a list of words) once, at full depth."""
    from dynviz import engine

    pieces = cut_text(model, text)
    return Analysis(model, pieces, engine.run(model.stages, model.method, pieces.ids, pieces.sentences, model.method.off()))


def trace(model: "Model", text: str | Sequence[str], **knobs: float) -> Trace:
    """What the model does to a text at these knob settings (the checkpoint's own by default), really skipping.

    >>> trace(load("pos-tokee"), "The cat sleeps.", delta=0.2).depth  # doctest: +SKIP
    """
    from dynviz import engine

    pieces = cut_text(model, text)
    run = engine.run(model.stages, model.method, pieces.ids, pieces.sentences, knobs_of(model, knobs))
    return to_trace(model, pieces, run)


def frozen_card(
    model: "Model", text: str, knobs: Mapping[str, float] | None = None, points: int = 41, checkpoint: Checkpoint | None = None
) -> str:
    """One HTML file that shows a text under a model, and whose slider for the first knob works without anything else.

    knobs: the settings it opens with; the first knob is run at `points` further ones. checkpoint: whose shipped numbers make the curve
    (by default the bundled one of the model's name, if it is the same).
    """
    from dynviz import captions, frozen

    given, analysis = knobs_of(model, knobs), analyse(model, text)
    knob = next(iter(card_of(model).knobs), None)
    values = sorted({*knob.points(points), knob.off, given[knob.name]}) if knob else []
    found = [analysis.at({**given, knob.name: value}) for value in values] if knob else [analysis.at(given)]
    at = values.index(given[knob.name]) if knob else 0
    shipped = checkpoint or _shipped(model)
    sweep = stored_sweep(shipped, "report") if shipped else None
    source = captions.of_runs([found[at]], {model.config.name: model.config.trained.get("seed")})
    said = captions.caption("", f"{source} {frozen.settings_line(knob, len(found))}".strip(), versions())
    data = f"{shipped.task.title}, {shipped.task.splits['report']}" if shipped else ""
    return frozen.page(frozen.Deck(found, at, analysis.full, knob, model.config.title, said, sweep, data))


def _shipped(model: "Model") -> Checkpoint | None:
    """The bundled checkpoint this model was loaded from."""
    try:
        found = find(model.config.name)
    except InputError:
        return None
    return found if found.digest == model.digest else None


def settled(analysis: Analysis) -> "Settled | None":
    """From which layer on the answers of a text never change; None where there is nothing to choose."""
    from dynviz import intervene

    return intervene.settled(analysis.model.method, analysis.full_run)


def intervene(analysis: Analysis, knobs: Mapping[str, float] | None, forced: Interventions) -> Trace:
    """Run the text again at these settings with some decisions forced; an InputError where that cannot be.

    The trace says so: in its note, and among its knobs (`Interventions.from_knobs`).
    """
    from dynviz import engine
    from dynviz.intervene import Intervened, check

    check(forced, analysis.full_run)
    model, pieces = analysis.model, analysis.pieces
    run = engine.run(model.stages, Intervened(model.method, forced), pieces.ids, pieces.sentences, knobs_of(model, knobs))
    found = to_trace(model, pieces, run)
    if not forced:
        return found
    note = f"Forced by hand: {forced.described(found.tokens)}."
    return replace(found, knobs={**found.knobs, **forced.as_knobs()}, note=f"{note} {found.note}".strip())


def traces(model: "Model", texts: Sequence[str], knobs: Mapping[str, float] | None = None) -> list[Trace]:
    """What the model does to each of many texts at these settings, run together: cheaper than one by one, with the same outcome."""
    from dynviz import engine, evaluate

    if not texts:
        return []
    for text in texts:
        cut_text(model, text)  # says what is wrong with a text that cannot be read
    pieces = cut(model.tokenizer, list(texts), model.max_length, by_word=model.method.unit == "token")
    settings, out = knobs_of(model, knobs), []
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        run = engine.run(model.stages, model.method, part.ids, part.sentences, settings)
        out += [to_trace(model, part.only(np.array([s])), run.only(s)) for s in range(len(rows))]
    return out


def cut_text(model: "Model", text: str | Sequence[str]) -> Pieces:
    """A text as the model's pieces, or an InputError where nothing of it can be read."""
    joined = text if isinstance(text, str) else " ".join(text)
    if not joined.strip():
        raise InputError("There is no text", "it is empty or blank", "Type a sentence")
    try:
        joined.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("The text is not valid Unicode", "it holds half of a surrogate pair", "Paste it again as plain text") from None
    given = text[:MAX_CHARACTERS] if isinstance(text, str) else text
    unseen = len(text[MAX_CHARACTERS:].split()) if isinstance(text, str) else 0
    pieces = cut(model.tokenizer, [given], model.max_length, by_word=model.method.unit == "token")
    if pieces.sentences.special.all():
        raise InputError("The text holds nothing to read", "it has no letters, digits or marks the model knows", "Type a sentence")
    return replace(pieces, lost=pieces.lost + unseen)


def to_trace(model: "Model", pieces: Pieces, run: Run) -> Trace:
    """The record of a run of one text."""
    lost, read = int(pieces.lost[0]), len(pieces.tokens)
    beyond = f"{lost:,} words lie" if lost > 1 else "1 word lies"
    note = f"Only the first {read} pieces were read; {beyond} beyond the model's limit." if lost else ""
    return Trace(
        pieces.texts[0], pieces.tokens, pieces.offsets, pieces.sentences.word, pieces.sentences.special, run.attending, run.visible,
        run.transformed, {k: _one(v) for k, v in run.readings.items()}, run.probs, run.answer, tuple(model.config.labels), run.sizes,
        run.extra_flops[:, 0], int(run.plain_head[0]), run.knobs, model.config.name, model.config.method, model.config.task, model.digest,
        versions(), note,
    )  # fmt: skip


def _one(values: Any) -> Any:
    return values[:, 0] if values.shape[1] == 1 else values


def warm() -> None:
    """Import all that loading and running a model needs (seconds), so that the first one does not have to wait for it."""
    import dynviz.checkpoint
    import dynviz.engine
    import dynviz.methods

    dynviz.methods.methods()


def one_thread() -> None:
    """Compute on one thread from here on: for texts this short more threads lose time, and times would not compare."""
    import torch

    torch.set_num_threads(1)


def versions() -> dict[str, str]:
    """What computed a record."""
    return dict(_versions())


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Read once: looking into the packages takes a tenth of a knob tick."""
    from dynviz import __version__

    return ("dynviz", __version__), *((name, version(name)) for name in ("torch", "transformers"))


def prepare(model: "Model", examples: Examples) -> tuple[Pieces, Rows]:
    """Labelled examples, cut for a model."""
    pieces = cut(model.tokenizer, examples.texts, model.max_length, by_word=model.task.unit == "token")
    return pieces, label_rows(examples, pieces, model.task)


def sweep(
    model: "Model", examples: Examples, points: int = 21, knobs: Mapping[str, float] | None = None, progress: "Progress | None" = None
) -> Sweep:
    """Accuracy and compute over labelled examples at full depth (point 0) and `points` settings of the first knob."""
    from dynviz import evaluate

    pieces, rows = prepare(model, examples)
    settings = evaluate.settings(type(model.method), points, knobs_of(model, knobs))
    return evaluate.sweep(subject(model), pieces, rows, settings, "given", progress)


def compare(model: "Model", examples: Examples, knobs: Mapping[str, float] | None = None, progress: "Progress | None" = None) -> Sweep:
    """Labelled examples at full depth (point 0) and at one setting (the last point; there is but one where that is full depth)."""
    from dynviz import evaluate

    pieces, rows = prepare(model, examples)
    off, here = model.method.off(), knobs_of(model, knobs)
    return evaluate.sweep(subject(model), pieces, rows, [off] if here == off else [off, here], "given", progress)


def subject(model: "Model") -> Any:
    """The model as `evaluate` takes it."""
    from dynviz.evaluate import Subject

    return Subject(model.stages, model.method, model.config.name, model.config.task, model.digest)


def stored_sweep(checkpoint: Checkpoint, split: str, points: int = 41) -> Sweep | None:
    """The shipped operating points over a split ("calibration", "report"): replayed from readings, or as stored."""
    from dynviz import evaluate
    from dynviz.methods import method_class

    file = checkpoint.readings(split)
    if file is None:
        return None
    if file.name.startswith("sweep"):
        return read_sweep(file)
    recorded, about = read_recorded(file)
    kind = method_class(checkpoint.config.method)
    return evaluate.replayed(recorded, about, evaluate.settings(kind, points, {**kind.defaults(), **checkpoint.config.knobs}))


def stored_energy(checkpoint: Checkpoint, split: str, points: int = 41) -> Floats | None:
    """(P,) mean relative energy (`dynviz.energy`: a model, no measurement) at the points of `stored_sweep`; None where the method does not
    foresee its exits, or no readings ship."""
    from dynviz import engine, evaluate
    from dynviz.energy import relative_energy
    from dynviz.method import Method
    from dynviz.methods import method_class

    file, kind = checkpoint.readings(split), method_class(checkpoint.config.method)
    if kind.foresees is Method.foresees or file is None or not file.name.startswith("readings"):
        return None
    recorded, about = read_recorded(file)
    method, run, out = evaluate.method_of(recorded.run, about), recorded.run, []
    for knobs in evaluate.settings(kind, points, {**kind.defaults(), **checkpoint.config.knobs}):
        foreseen = method.foresees({**run.readings, "probs": run.probs}, knobs)
        assert foreseen is not None
        out.append(relative_energy(engine.replay(method, run, knobs).exit_layer, foreseen, len(run.sizes)).mean())
    return np.array(out)


def fitted_on(checkpoint: Checkpoint) -> str | None:
    """The split on which parts of a checkpoint were fitted after training ("train", "calibration"), if any were."""
    from dynviz.methods import method_class

    return method_class(checkpoint.config.method).fits_on


def measure(model: "Model", progress: "Progress | None" = None) -> "Times":
    """How long the layers of a model take on this machine, measured now on bundled texts: a few seconds of one thread."""
    from dynviz import timing

    return timing.measure(model, progress)


def stored_baselines(checkpoint: Checkpoint, split: str) -> "list[Baseline]":
    """Random and oracle exit over a split, where the shipped readings allow them."""
    from dynviz import evaluate

    file = checkpoint.readings(split)
    if file is None or file.name.startswith("sweep"):
        return []
    recorded, about = read_recorded(file)
    method = evaluate.method_of(recorded.run, about)
    return [evaluate.random_exit(recorded, method), evaluate.oracle_exit(recorded, method)]


def static_line(task: str, split: str, root: Path | None = None) -> "Baseline | None":
    """The plain model cut and tuned at each depth, over a split: share of the deepest one's compute, and accuracy."""
    from dynviz.evaluate import Baseline

    plain = [c for c in checkpoints(root, []) if c.config.task == task and c.config.method == "plain"]
    sweeps = [s for s in (stored_sweep(c, split) for c in plain) if s is not None]
    if not sweeps:
        return None
    sweeps.sort(key=lambda s: s.layers)
    share = np.array([s.flops[0].sum() for s in sweeps]) / sweeps[-1].plain_flops.sum()
    accuracy, depth = (np.array([getattr(s, name)[0] for s in sweeps]) for name in ("accuracy", "mean_depth"))
    return Baseline("one fixed depth", "static", share, accuracy, depth)


def policies() -> dict[str, Card]:
    """The policies there are, by name: they change a threshold while sentences stream by. Needs no torch."""
    from dynviz.policies import POLICIES

    return {name: policy.card for name, policy in POLICIES.items()}


def streamable(checkpoint: Checkpoint) -> bool:
    """Whether a policy can be played over the shipped readings of a checkpoint: class probabilities of whole sentences."""
    file = checkpoint.readings("report")
    return file is not None and file.name.startswith("readings") and checkpoint.config.method != "plain"


def stream(
    checkpoint: Checkpoint,
    knobs: Mapping[str, float] | None = None,
    policy: str = "ceebert",
    split: str = "report",
    seeds: Sequence[int] = range(5),
) -> list[Stream]:
    """A policy played over the shipped readings of a checkpoint, once for each seed, which shuffles the sentences. Needs no torch."""
    from dynviz.policies import POLICIES

    if policy not in POLICIES:
        raise InputError(f"No policy is called {policy!r}", f"there are: {', '.join(POLICIES)}", "Use one of these names")
    card, play = POLICIES[policy]
    settings = {knob.name: knob.default for knob in card.knobs}
    for name, value in (knobs or {}).items():
        known = next((knob for knob in card.knobs if knob.name == name), None)
        if known is None:
            raise InputError(f"{card.title} has no knob {name!r}", f"its knobs are: {', '.join(settings)}", "Use one of these")
        settings[name] = known.checked(value)
    file = checkpoint.readings(split)
    if file is None or not streamable(checkpoint):
        why = "a policy is played over class probabilities after every layer, of whole sentences"
        raise InputError(f"{checkpoint.name} ships no such readings for {split}", why, "Choose a model of early exits, e.g. sst2-joint")
    return play(read_recorded(file)[0], checkpoint.name, settings, list(seeds))


def zoo(root: Path | None = None) -> "Zoo":
    """What all methods of each task reach beside each other, as stored by `python -m dynviz insights --write`; empty where it is not."""
    from dynviz.records import zoo as stored

    return stored.read((root or checkpoint_root()) / stored.FILE)


def card_of(model: "Model") -> Card:
    """What a model's method says of itself."""
    from dynviz import methods

    return methods.card(model.config.method)


def method_of(checkpoint: Checkpoint) -> "type[Method]":
    """The method class of a checkpoint: its title, knobs, readings and docstring."""
    from dynviz.methods import method_class

    return method_class(checkpoint.config.method)


def card(checkpoint: Checkpoint) -> Card:
    """What the checkpoint's method says of itself: from its file, or, while torch is not imported, as stored with the golden traces."""
    stored = golden.read_card(checkpoint.folder) if "torch" not in sys.modules else None
    if stored is not None:
        return stored
    from dynviz import methods

    return methods.card(checkpoint.config.method)


def registered() -> dict[str, str]:
    """All methods there are, by name, with the docstrings of their files: read, not imported, so that torch is not needed."""
    folder = Path(__file__).parent / "methods"
    files = sorted(f for f in folder.glob("*.py") if not f.name.startswith("_"))
    return {f.stem: ast.get_docstring(ast.parse(f.read_text(encoding="utf-8"))) or "" for f in files}


def stored_tensor(checkpoint: Checkpoint, name: str) -> "Floats | None":
    """A tensor of a checkpoint's method (gates, thresholds), without loading the model; None where it has none of that name."""
    from safetensors import SafetensorError, safe_open

    file = checkpoint.folder / "model.safetensors"
    try:
        with safe_open(str(file), "numpy") as tensors:
            key = f"method.{name}"
            return np.asarray(tensors.get_tensor(key), np.float64) if key in tensors.keys() else None  # noqa: SIM118
    except (OSError, SafetensorError):
        return None


def halting(trace: Trace) -> "tuple[Floats, Floats, Floats] | None":
    """For traces with a halting value per layer: (L,) the weight left to later layers, the least the leading class can end with, and
    the most the next one can; NaN after the exit. None for other traces."""
    if "halt" not in trace.readings or trace.probs.shape[1] != 1:
        return None
    from dynviz.methods.dact import bounds, mixture

    ran, layers = trace.exit_layer, len(trace.layers)
    answers, left = mixture(trace.probs[1 : ran + 1], np.asarray(trace.readings["halt"])[1 : ran + 1, None])
    pairs = [bounds(a, p, layers - i) for i, (a, p) in enumerate(zip(answers, left, strict=True), start=1)]
    out = np.full((3, layers), np.nan)
    out[0, :ran], out[1, :ran], out[2, :ran] = left[:, 0], [low[0] for low, _ in pairs], [high[0] for _, high in pairs]
    return out[0], out[1], out[2]


def default_knobs(checkpoint: Checkpoint) -> dict[str, float]:
    """The settings a checkpoint is shown at: its method's defaults, then its own."""
    return {**{knob.name: knob.default for knob in card(checkpoint).knobs}, **checkpoint.config.knobs}


def stored_pairs(checkpoint: Checkpoint) -> list[golden.Pair]:
    """Stored traces of a few sentences, each with the one at full depth; none where none ship. Needs no torch."""
    return golden.read(checkpoint.folder)


@dataclass(frozen=True)
class Example:
    """A bundled text: its kind in tags, what to look for, and the true labels, one or one for each word; none where not known."""

    id: str
    text: str
    tags: tuple[str, ...]
    look_for: str
    labels: tuple[str, ...] = ()


def examples(task: str) -> list[Example]:
    """The bundled texts of a task as a reader would type them."""
    found = bundled(task)
    labels = [(label,) if isinstance(label, str) else tuple(label) for label in found.labels or [()] * len(found)]
    rows = zip(found.ids, found.texts, found.tags, found.look_for, labels, strict=True)
    return [Example(name, given if isinstance(given, str) else as_typed(given), tags, line, own) for name, given, tags, line, own in rows]


def first_texts(task: str) -> tuple[str, str]:
    """An easy and a hard bundled text: those the golden traces are made of."""
    by_id = {example.id: example.text for example in examples(task)}
    easy, hard = golden.CHOSEN[task][:2]
    return by_id[easy], by_id[hard]
