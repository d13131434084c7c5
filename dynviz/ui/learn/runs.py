"""What a model did to a lesson's text: the stored trace where there is one, so that the first picture waits for no torch; else run."""

from collections.abc import Sequence

from dynviz import api
from dynviz.errors import InputError
from dynviz.records import Trace
from dynviz.records.alignment import word_depths, words_of
from dynviz.records.card import Knob
from dynviz.records.pair import Pair
from dynviz.ui.shell import cache, state


def stored(name: str, text: str) -> Pair | None:
    """The stored run of a text at the settings the model ships with; None where there is none."""
    return next((pair for pair in cache.stored_pairs(name) if pair.trace.text == text), None)


def pair(name: str, text: str, knob: float | None = None) -> Pair:
    """A text at a setting of the first knob (None: as the model ships), and at full depth."""
    found = stored(name, text) if knob is None or knob == shipped(name) else None
    return found or Pair(at(name, text, knob), full(name, text))


def full(name: str, text: str) -> Trace:
    """A text at full depth."""
    found = stored(name, text)
    return found.full if found else cache.trace(name, text, tuple(sorted((knob.name, knob.off) for knob in cache.card(name).knobs)))


def at(name: str, text: str, knob: float | None) -> Trace:
    """A text at one setting of the first knob, the others as the model ships."""
    if knob is None or knob == shipped(name):
        found = stored(name, text)
        if found:
            return found.trace
    settings = state.defaults(cache.checkpoint(name), cache.card(name))
    if knob is not None and (first := first_knob(name)):
        settings |= {first.name: allowed(first, knob, settings[first.name])}
    return cache.trace(name, text, cache.key(settings))


def many(name: str, texts: Sequence[str]) -> list[Trace]:
    """Many texts together, as the model ships; nothing of them is kept."""
    model = cache.model(name)
    with cache.turn():
        return api.traces(model, texts)


def words(trace: Trace) -> list[tuple[str, int]]:
    """The words of a text as typed, with their depths; signs, which no learner would call a word, are left out where there are others."""
    found = list(zip(words_of(trace), word_depths(trace), strict=True))
    return [(word, depth) for word, depth in found if any(c.isalnum() for c in word)] or found


def first_knob(name: str) -> Knob | None:
    """The knob that a lesson turns; None where the model has none."""
    return next(iter(cache.card(name).knobs), None)


def shipped(name: str) -> float | None:
    """Where the first knob stands when the model ships."""
    knob = first_knob(name)
    return None if knob is None else state.defaults(cache.checkpoint(name), cache.card(name))[knob.name]


def spending(name: str, share: float) -> dict[str, float]:
    """The most accurate settings that spend at most this share of the plain model's compute on the calibration split; as the model ships
    where none are stored."""
    sweep = cache.sweep(name, "calibration")
    return dict(sweep.knobs[sweep.choose(share)]) if sweep else state.defaults(cache.checkpoint(name), cache.card(name))


def allowed(knob: Knob, value: float, otherwise: float) -> float:
    """A value the knob can take: this one, or the other where it cannot."""
    try:
        return knob.checked(value)
    except InputError:
        return otherwise
