"""A text under a model: cut, run at full depth, and what it does at any knob setting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from dynviz.data import one_text, pairs
from dynviz.data.cutting import both, cut_for, two_lines
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.records import Run, Trace
from dynviz.records.card import Comparison
from dynviz.records.tasks import TASKS
from dynviz.runtime import one_thread, versions

if TYPE_CHECKING:  # torch is imported when a model is loaded
    from dynviz.checkpoint.model import Model

MAX_CHARACTERS = 100_000  # of a text, more than any model here reads


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
        settings, clock = self.model.knobs(knobs), [thread_time()]
        for _ in range(repeats + 1):  # the first warms up
            run_text(self.model, self.pieces, settings)
            clock.append(thread_time())
        return 1000 * float(np.median(np.diff(clock)[1:]))

    def compared(self, trace: Trace) -> tuple[Comparison, ...]:
        """The quantities the rule tests in a trace of this text, and their thresholds, layer by layer."""
        return self.model.method.compares({**trace.readings, "probs": trace.probs}, trace.knobs)

    @cached_property
    def full(self) -> Trace:
        """The trace at full depth: the knob off."""
        return to_trace(self.model, self.pieces, self.full_run)

    def at(self, knobs: Mapping[str, float] | None = None) -> Trace:
        """The trace at these settings: replayed where the method permits, else run again."""
        from dynviz.core import engine

        settings, method = self.model.knobs(knobs), self.model.method
        run = engine.replay(method, self.full_run, settings) if method.replayable else run_text(self.model, self.pieces, settings)
        return to_trace(self.model, self.pieces, run)


def analyse(model: "Model", text: str | Sequence[str], pair: str | None = None) -> Analysis:
    """Run a text (or a list of words) once, at full depth. pair: the second text, for a model that compares two; such a model also takes
    both as one text of two lines."""
    pieces = cut_text(model, text) if pair is None else cut_pair(model, text, pair)
    return Analysis(model, pieces, run_text(model, pieces, model.method.off()))


def run_text(model: "Model", pieces: Pieces, knobs: Mapping[str, float]) -> Run:
    """Run the pieces at these settings."""
    from dynviz.core import engine

    return engine.run(model.stages, model.method, pieces.ids, pieces.sentences, knobs)


def loaded(model: Any) -> "Model":
    """The model itself; an InputError that says how to get one where it is anything else, such as a checkpoint's name."""
    from dynviz.checkpoint.model import Model

    if isinstance(model, Model):
        return model
    name = model if isinstance(model, str) else "sst2-joint"
    raise InputError("No model was given", f"a {type(model).__name__} was", f"Pass what dynviz.load({name[:60]!r}) returns")


def cut_text(model: "Model", text: str | Sequence[str]) -> Pieces:
    """A text (or, for a model that answers word by word, a list of its words; for one that compares two texts, both in two lines) as the
    model's pieces; an InputError where it is none or nothing of it can be read."""
    text, task = one_text(text, by_word=loaded(model).method.unit == "token"), model.task
    check_text(text if isinstance(text, str) else " ".join(text))
    parts = both(text) if task.pair and isinstance(text, str) else (text,)
    given, unseen = zip(*map(_bounded, parts), strict=True)
    pieces = cut_for(task, model.tokenizer, [two_lines(*given)] if task.pair else given, model.max_length)
    if pieces.sentences.special.all():
        raise InputError("The text holds nothing to read", "it has no letters, digits or marks the model knows", "Type a sentence")
    return replace(pieces, lost=pieces.lost + sum(unseen))


def cut_pair(model: "Model", first: str | Sequence[str], second: str) -> Pieces:
    """Two texts as the model's pieces, between its marks, whether it is known to compare two or not; an InputError where one of them
    cannot be read. Line breaks within a text become blanks."""
    if loaded(model).method.unit == "token":
        raise InputError("Two texts were given", f"{model.config.name} answers word by word, of one text", "Give one text")
    if model.config.task in TASKS and not model.task.pair:
        why = f"{model.config.name} was trained on single texts ({model.task.title})"
        raise InputError("Two texts were given", why, "Give one text, or name a model that compares two")
    texts = [one_text(text, by_word=False) for text in (first, second)]
    for text in texts:
        check_text(str(text))
    if model.task.pair:
        return cut_text(model, two_lines(str(texts[0]), str(texts[1])))
    given, unseen = zip(*(_bounded(str(text)) for text in texts), strict=True)
    pieces = pairs.cut(model.tokenizer, [both(two_lines(*map(str, given)))], model.max_length)
    return replace(pieces, lost=pieces.lost + sum(unseen))


def check_text(text: str) -> None:
    """An InputError where there is no text, or one that is not valid: before a model is loaded for it."""
    if not text.strip():
        raise InputError("There is no text", "it is empty or blank", "Type a sentence")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("The text is not valid Unicode", "it holds half of a surrogate pair", "Paste it again as plain text") from None


def _bounded(text: str | tuple[str, ...]) -> tuple[Any, int]:
    """As much of a text as any model here may read, and how many words lie beyond."""
    return (text[:MAX_CHARACTERS], len(text[MAX_CHARACTERS:].split())) if isinstance(text, str) else (text, 0)


def to_trace(model: "Model", pieces: Pieces, run: Run) -> Trace:
    """The record of a run of one text."""
    lost, read = int(pieces.lost[0]), len(pieces.tokens)
    beyond = f"{lost:,} words lie" if lost > 1 else "1 word lies"
    notes = ([f"Only the first {read} pieces were read; {beyond} beyond the model's limit."] if lost else [])
    notes += [*_typed_specials(model, pieces), *model.notes]
    return Trace(
        pieces.texts[0], pieces.tokens, pieces.offsets, pieces.sentences.word, pieces.sentences.special, run.attending, run.visible,
        run.transformed, {k: _one(v) for k, v in run.readings.items()}, run.probs, run.answer, tuple(model.config.labels), run.sizes,
        run.extra_flops[:, 0], int(run.plain_head[0]), run.knobs, model.config.name, model.config.method, model.config.task, model.digest,
        versions(), " ".join(notes), run.merged_into,
    )  # fmt: skip


def _typed_specials(model: "Model", pieces: Pieces) -> list[str]:
    """A sentence where a text itself names pieces like [SEP], which every tokenizer takes for its own signs and not for words."""
    own = set(model.tokenizer.all_special_tokens)
    typed = dict.fromkeys(t for t, special in zip(pieces.tokens, pieces.sentences.special, strict=True) if t in own and not special)
    return [f"The text names {', '.join(typed)}: the model takes that for its own sign, not for a word."] if typed else []


def _one(values: Any) -> Any:
    return values[:, 0] if values.shape[1] == 1 else values
