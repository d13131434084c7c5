"""A text under a model as one HTML file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dynviz.api.models import knobs_of
from dynviz.checkpoint.cards import card_of
from dynviz.checkpoint.catalogue import Checkpoint, find
from dynviz.errors import InputError
from dynviz.measure.analysis import analyse
from dynviz.measure.shipped import stored_sweep
from dynviz.runtime import versions

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model


def frozen_card(
    model: "Model", text: str, knobs: Mapping[str, float] | None = None, points: int = 41, checkpoint: Checkpoint | None = None
) -> str:
    """One HTML file that shows a text under a model, and whose slider for the first knob works without anything else.

    knobs: the settings it opens with; the first knob is run at `points` further ones. checkpoint: whose shipped numbers make the curve
    (by default the bundled one of the model's name, if it is the same).
    """
    from dynviz import frozen
    from dynviz.figures import captions

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
        return found if found.digest == model.digest else None
    except InputError:
        return None
