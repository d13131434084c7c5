"""Captions of pictures that leave the app: what they show, and all that is needed to make them again. Pure; plain text."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dynviz.figures.wording import count, number, percent, points, shorten
from dynviz.records import Sweep, Trace
from dynviz.records.backbones import TaskBackbones
from dynviz.records.domain import Domain
from dynviz.records.pooling import Pooling
from dynviz.records.pruned import TaskPruned
from dynviz.records.reproduced import TaskReproduced
from dynviz.records.word_readings import WordReadings
from dynviz.records.zoo import TaskZoo

Names = Mapping[str, Mapping[str, str]]  # model -> name of a knob in code -> its words

WORDS_BY = "Measured by python -m dynviz masked --readings --data DATA --texts {texts} --seed {seed}."
TEXT_CHARS = 300
PURPOSES = {"report": "evaluation split", "calibration": "calibration split", "given": "rows brought along"}


def caption(finding: str, source: str, versions: Mapping[str, str]) -> str:
    """A caption: the finding, the data and models it comes from, and the versions that made it."""
    made = ", ".join(f"{name} {value}" for name, value in versions.items())
    return " ".join(part for part in (finding, source, f"Made with {made}." if made else "") if part)


def of_runs(traces: Sequence[Trace], seeds: Mapping[str, Any] | None = None, names: Names | None = None) -> str:
    """Runs of one or several texts: text, model, hash, training seed and knobs of each. seeds: by model name."""
    texts = list(dict.fromkeys(" ".join(trace.text.split()) for trace in traces))
    said = [f"Text: “{shorten(text, TEXT_CHARS)}”" + ("" if text.endswith((".", "!", "?")) else ".") for text in texts]
    runs = (_run(trace, (seeds or {}).get(trace.model), (names or {}).get(trace.model)) for trace in traces)
    return " ".join([*said, *dict.fromkeys(runs)])


def _run(trace: Trace, seed: Any, names: Mapping[str, str] | None) -> str:
    return _model(trace.model, trace.digest, seed, [_method(trace.method), _knobs(trace.knobs, names)])


def of_sweeps(
    sweeps: Sequence[Sweep], seeds: Mapping[str, Any] | None = None, point: int | None = None, names: Names | None = None
) -> str:
    """Operating points over data: task, split, n, and each model's hash and training seed. point: the first one's setting in use."""
    if not sweeps:
        return ""
    first = sweeps[0]
    answers = f" ({count(len(first.rows.labels), 'answer')})" if len(first.rows.labels) != len(first.rows.ids) else ""
    said = [f"Data: {first.task}, {PURPOSES.get(first.split, first.split)}, n = {len(first.rows.ids)}{answers}."]
    for sweep in sweeps:
        one = point is not None and sweep is first
        settings = _knobs(sweep.knobs[point or 0], (names or {}).get(sweep.model)) if one else count(len(sweep.knobs), "setting")
        said.append(_model(sweep.model, sweep.digest, (seeds or {}).get(sweep.model), [_method(sweep.method), settings]))
    if point:
        mean, low, high = map(points, map(float, first.differences[point]))
        said.append(
            f"At that setting: {percent(float(first.share[point]))} of full compute, {mean} points of {first.metric} against full depth, "
            f"95 % paired bootstrap [{low}, {high}] over texts (2,000 draws, seed 0)."
        )
    return " ".join(said)


def of_model(model: str, digest: str, seed: Any = None, more: Sequence[str] = ()) -> str:
    """A picture of what a checkpoint has learnt, or gives, without a text. more: further facts."""
    return _model(model, digest, seed, more)


def of_policy(policy: str, settings: Mapping[str, float], split: str, names: Mapping[str, str] | None = None) -> list[str]:
    """What a policy did to a checkpoint's readings, as further facts."""
    return [f"policy {policy}", _knobs(settings, names), f"{PURPOSES['report']} ({split})"]


def of_zoo(task: TaskZoo, seeds: Mapping[str, Any] | None = None, settings: str = "") -> str:
    """Many methods over the data of a task: split, n, at which settings, and all checkpoints by their number and one hash."""
    answers = f" ({task.answers:,} answers)" if task.answers != task.sentences else ""
    said = [f"Data: {task.task}, {PURPOSES['report']} ({task.report}), n = {task.sentences:,}{answers}."]
    said.append(settings)
    named = f"{count(len(task.contenders), 'method')}, {count(len(task.digests), 'checkpoint')}"
    said.append(f"{named} (combined hash {combined(task.digests)}, each method's own in the CSV).")
    return " ".join(filter(None, [*said, _trained(task.digests, seeds or {})]))


def of_pruned(task: TaskPruned, seeds: Mapping[str, Any] | None = None, settings: str = "") -> str:
    """Models that drop tokens over a sample of a task's data: split, n, how they were judged, and all checkpoints by one hash."""
    digests = {d.model: d.digest for d in task.droppers} | dict(task.digests)
    said = [f"Data: {task.task}, {PURPOSES['report']} ({task.split}), {task.sentences:,} texts drawn with seed {task.seed}.", settings]
    said.append(f"{count(len(digests), 'checkpoint')} (combined hash {combined(digests)}, each model's own in the CSV).")
    return " ".join(filter(None, [*said, _trained(digests, seeds or {})]))


def of_pooling(found: Pooling) -> str:
    """Classifiers on frozen states: taught and asked on which rows, and the plain models by their hashes."""
    models = ", ".join(f"{one.plain} ({one.digest})" for one in found.backbones)
    asked = f"Data: {found.task}, {PURPOSES['report']} ({found.split}), n = {found.sentences:,}"
    return f"{asked}; classifiers taught on {found.taught:,} training rows, on the states of {models} and of what they were tuned from."


def of_words(found: WordReadings) -> str:
    """Words of tagged texts: which rows, what was read, by its hashes, at which setting, and the command that measured it."""
    models = f"base {found.base} ({found.bound.base}), its heads for hidden words ({found.bound.heads})"
    data = f"Data: {found.task}, {PURPOSES['report']} ({found.split}), {count(found.texts, 'text')} drawn with seed {found.seed}"
    tagger = _model(found.tagger, found.bound.tagger, None, [_knobs(found.knobs)])
    return f"{data}, n = {count(found.words, 'word')}; {models}. {tagger} {WORDS_BY.format(seed=found.seed, texts=found.texts)}"


def of_reproduced(task: TaskReproduced, seeds: Mapping[str, Any] | None = None, settings: str = "") -> str:
    """Published results beside models of a task: split, n, at which settings, and all checkpoints by one hash."""
    said = [f"Data: {task.task}, {PURPOSES['report']} ({task.report}), n = {task.sentences:,}.", settings]
    named = f"{count(len(task.rows), 'published result')}, {count(len(task.digests), 'checkpoint')}"
    said.append(f"{named} (combined hash {combined(task.digests)}).")
    return " ".join(filter(None, [*said, _trained(task.digests, seeds or {})]))


def _trained(models: Iterable[str], seeds: Mapping[str, Any]) -> str:
    """Which training seeds how many of the models had; "" where none is known."""
    trained = Counter(str(seeds[name]) for name in models if name in seeds)
    return f"Training seeds: {', '.join(f'{seed} ({n})' for seed, n in sorted(trained.items()))}." if trained else ""


def of_domain(found: Domain) -> str:
    """Models on texts of another task: which rows, how many models, and one hash of all."""
    digests = {moved.model: digest for digest, moved in found.models.items()}
    return (
        f"Data: {found.away}, {PURPOSES['report']} ({found.split}), n = {found.sentences:,}, at most {found.pieces} pieces; models trained "
        f"on {found.home}, at the settings they ship with. {count(len(digests), 'checkpoint')} (combined hash {combined(digests)})."
    )


def of_backbones(found: TaskBackbones) -> str:
    """The same methods on two backbones of a task: which rows, at which settings, how many checkpoints, and one hash of all."""
    few, many = found.layers
    return (
        f"Data: {found.task}, {PURPOSES['report']} ({found.report}), n = {found.sentences:,}; models of {few} and of {many} layers, knobs "
        f"chosen on the calibration split. {count(len(found.digests), 'checkpoint')} (combined hash {combined(found.digests)})."
    )


def combined(digests: Mapping[str, str]) -> str:
    """One hash of many checkpoints: the first 12 hex digits of SHA-256 over their names and hashes, a line each, by name."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _model(name: str, digest: str, seed: Any, more: Sequence[str]) -> str:
    if not name:
        return "".join(f"{part[:1].upper()}{part[1:]}." for part in more if part)
    facts = [f"checkpoint {digest}" if digest else "", f"training seed {seed}" if seed is not None else "", *more]
    return f"Model {name}: {', '.join(filter(None, facts))}." if any(facts) else f"Model {name}."


def _method(name: str) -> str:
    return f"method {name}" if name else ""


def _knobs(knobs: Mapping[str, float], names: Mapping[str, str] | None = None) -> str:
    """Their words, and in brackets what is typed to make the picture again."""
    said = {name: f"{names[name]} ({name})" if names and name in names else name for name in knobs}
    return "knobs " + ", ".join(f"{said[name]} = {number(value)}" for name, value in knobs.items()) if knobs else "no knob"
