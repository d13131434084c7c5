"""What a model does to a text: cut, run, traced, at any knob setting, and with decisions forced by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dynviz.api.models import knobs_of
from dynviz.data import several_texts
from dynviz.data.cutting import cut_for
from dynviz.measure.analysis import Analysis, cut_pair, cut_text, loaded, run_text, to_trace
from dynviz.records import Floats, Interventions, Trace
from dynviz.records.card import Card

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model
    from dynviz.records.settled import Settled


def trace(model: "Model", text: str | Sequence[str], pair: str | None = None, **knobs: float) -> Trace:
    """What the model does to a text at these knob settings (the checkpoint's own by default), really skipping.

    text: a string; for a model that answers word by word also a list of words. Several texts go to `traces`. pair: the second text, for a
    model that compares two.

    >>> trace(load("pos-tokee"), "The cat sleeps.", delta=0.2).depth  # doctest: +SKIP
    """
    pieces = cut_text(model, text) if pair is None else cut_pair(model, text, pair)
    return to_trace(model, pieces, run_text(model, pieces, knobs_of(model, knobs)))


def traces(model: "Model", texts: Sequence[str], knobs: Mapping[str, float] | None = None) -> list[Trace]:
    """What the model does to each of many texts at these settings, run together: cheaper than one by one, with the same outcome."""
    from dynviz.measure import evaluate

    model, given = loaded(model), several_texts(texts)
    if not given:
        return []
    for text in given:
        cut_text(model, text)  # says what is wrong with a text that cannot be read
    pieces = cut_for(model.task, model.tokenizer, given, model.max_length)
    settings, out = knobs_of(model, knobs), []
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        run = run_text(model, part, settings)
        out += [to_trace(model, part.only(np.array([s])), run.only(s)) for s in range(len(rows))]
    return out


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


def halting(trace: Trace, card: Card) -> "tuple[Floats, Floats, Floats] | None":
    """What later layers can still change in a run of the method of this card: `Method.outlook`, where the card says that it can tell."""
    if not any(picture.draws == "outlook" for picture in card.pictures):
        return None  # so that torch is not imported for it
    from dynviz.methods import method_class

    return method_class(card.name).outlook(trace)
