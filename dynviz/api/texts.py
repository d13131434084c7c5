"""What a model does to a text: cut, run, traced, at any knob setting, and with decisions forced by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz.api.models import knobs_of
from dynviz.checkpoint.golden import CHOSEN, Pair
from dynviz.data import bundled
from dynviz.data.pieces import Pieces, cut
from dynviz.errors import InputError
from dynviz.records import Floats, Interventions, Run, Trace
from dynviz.records.card import Comparison
from dynviz.runtime import one_thread, versions

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model
    from dynviz.core.intervene import Settled

MAX_CHARACTERS = 200_000


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
        one_thread()
        settings, clock = knobs_of(self.model, knobs), [thread_time()]
        for _ in range(repeats + 1):  # the first warms up
            _run(self.model, self.pieces, settings)
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
        from dynviz.core import engine

        settings, method = knobs_of(self.model, knobs), self.model.method
        run = engine.replay(method, self.full_run, settings) if method.replayable else _run(self.model, self.pieces, settings)
        return to_trace(self.model, self.pieces, run)


def analyse(model: "Model", text: str | Sequence[str]) -> Analysis:
    """Run a text (or a list of words) once, at full depth."""
    pieces = cut_text(model, text)
    return Analysis(model, pieces, _run(model, pieces, model.method.off()))


def trace(model: "Model", text: str | Sequence[str], **knobs: float) -> Trace:
    """What the model does to a text at these knob settings (the checkpoint's own by default), really skipping.

    >>> trace(load("pos-tokee"), "The cat sleeps.", delta=0.2).depth  # doctest: +SKIP
    """
    pieces = cut_text(model, text)
    return to_trace(model, pieces, _run(model, pieces, knobs_of(model, knobs)))


def traces(model: "Model", texts: Sequence[str], knobs: Mapping[str, float] | None = None) -> list[Trace]:
    """What the model does to each of many texts at these settings, run together: cheaper than one by one, with the same outcome."""
    from dynviz.measure import evaluate

    if not texts:
        return []
    for text in texts:
        cut_text(model, text)  # says what is wrong with a text that cannot be read
    pieces = cut(model.tokenizer, list(texts), model.max_length, by_word=model.method.unit == "token")
    settings, out = knobs_of(model, knobs), []
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        run = _run(model, part, settings)
        out += [to_trace(model, part.only(np.array([s])), run.only(s)) for s in range(len(rows))]
    return out


def _run(model: "Model", pieces: Pieces, knobs: Mapping[str, float]) -> Run:
    from dynviz.core import engine

    return engine.run(model.stages, model.method, pieces.ids, pieces.sentences, knobs)


def settled(analysis: Analysis) -> "Settled | None":
    """From which layer on the answers of a text never change; None where there is nothing to choose."""
    from dynviz.core import intervene

    return intervene.settled(analysis.model.method, analysis.full_run)


def intervene(analysis: Analysis, knobs: Mapping[str, float] | None, forced: Interventions) -> Trace:
    """Run the text again at these settings with some decisions forced; an InputError where that cannot be.

    The trace says so: in its note, and among its knobs (`Interventions.from_knobs`).
    """
    from dynviz.core import engine
    from dynviz.core.intervene import Intervened, check

    check(forced, analysis.full_run)
    model, pieces = analysis.model, analysis.pieces
    run = engine.run(model.stages, Intervened(model.method, forced), pieces.ids, pieces.sentences, knobs_of(model, knobs))
    found = to_trace(model, pieces, run)
    if not forced:
        return found
    note = f"Forced by hand: {forced.described(found.tokens)}."
    return replace(found, knobs={**found.knobs, **forced.as_knobs()}, note=f"{note} {found.note}".strip())


def halting(trace: Trace) -> "tuple[Floats, Floats, Floats] | None":
    """For traces with a halting value per layer: (L,) the weight left to later layers, the least the leading class can end with, and
    the most the next one can; NaN after the exit. None for other traces."""
    if "halt" not in trace.readings or trace.readings["halt"].ndim != 1 or trace.probs.shape[1] != 1:
        return None  # there is none, or one of each token
    from dynviz.methods.dact import bounds, mixture

    ran, layers = trace.exit_layer, len(trace.layers)
    answers, left = mixture(trace.probs[1 : ran + 1], np.asarray(trace.readings["halt"])[1 : ran + 1, None])
    pairs = [bounds(a, p, layers - i) for i, (a, p) in enumerate(zip(answers, left, strict=True), start=1)]
    out = np.full((3, layers), np.nan)
    out[0, :ran], out[1, :ran], out[2, :ran] = left[:, 0], [low[0] for low, _ in pairs], [high[0] for _, high in pairs]
    return out[0], out[1], out[2]


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


def golden_pairs(model: "Model", ids: tuple[str, ...] | None = None) -> list[Pair]:
    """Run the chosen bundled sentences (by id) at the checkpoint's knobs and at full depth: its golden traces."""
    examples = bundled(model.config.task)
    place = {name: i for i, name in enumerate(examples.ids)}
    out = []
    for name in ids or CHOSEN[model.config.task]:
        analysis = analyse(model, examples.texts[place[name]])
        found = analysis.at()
        out.append(Pair(found, analysis.full, analysis.compared(found)))
    return out
