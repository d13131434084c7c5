"""How far each layer's classifier of a checkpoint can be trusted, and how well the method's own signal foretells its mistakes.

The own signal is what the rule holds against a setting (`Method.compares`): BERxiT's predicted chance of being wrong, PABEE's patience
counter, DACT-BERT's guaranteed lead. It is judged where the method reads it, which is not every layer: nothing else stands in for it.
Of a rule that holds several things against settings it is the first.
"""

from collections.abc import Mapping

import numpy as np

from dynviz.checkpoint.cards import default_knobs
from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.core.method import Method
from dynviz.measure.calibration import auroc, ece
from dynviz.measure.stored import replayable
from dynviz.records import Bools, Floats, Recorded, Run
from dynviz.records.card import Comparison
from dynviz.records.zoo import Trust, rounded


def trust(checkpoint: Checkpoint, contender: str) -> Trust | None:
    """Of every layer, over all sentences of the report split; None where no readings ship."""
    found = replayable(checkpoint, "report")
    if found is None:
        return None
    recorded, _, method = found
    name, own = signal(method, recorded.run, default_knobs(checkpoint))
    return judged(recorded, name, own, contender, checkpoint.name)


def judged(recorded: Recorded, name: str, own: Floats, contender: str = "", checkpoint: str = "") -> Trust:
    """Every layer's classifier, and a signal (L, S) of that name, against the right answers."""
    probs = recorded.run.probs[1:]
    sure = probs.max(-1)
    right = np.nan_to_num(probs, nan=-1).argmax(-1) == recorded.rows.labels
    read = [not np.isnan(c).all() for c in sure]
    return Trust(
        contender, checkpoint, tuple(rounded(r.mean()) if here else None for r, here in zip(right, read, strict=True)),
        tuple(rounded(ece(c, r)) if here else None for c, r, here in zip(sure, right, read, strict=True)),
        _foretold(sure, right, read), name, _foretold(own, right, read),
    )  # fmt: skip


def signal(method: Method, run: Run, knobs: Mapping[str, float]) -> tuple[str, Floats]:
    """The first thing the rule holds against a setting, in words, and its values (L, S), larger where the rule would rather stop; NaN where
    it is not read. Without a name where the rule compares nothing, or not once a sentence."""
    sentences = len(run.sentences.lengths)
    found = [_first(method, run, s, knobs) for s in range(sentences)]
    held = [c for c in found if c is not None and c.values.ndim == 1]
    if not held or len(held) < sentences:
        return "", np.full((len(run.sizes), sentences), np.nan)
    values = np.stack([c.values[1:] for c in held], axis=1)
    return held[0].label, values if held[0].stops == "above" else -values


def _first(method: Method, run: Run, sentence: int, knobs: Mapping[str, float]) -> Comparison | None:
    only = slice(sentence, sentence + 1)
    readings = {name: values[:, sentence] for name, values in run.readings.items()}
    compared = method.compares({**readings, "probs": run.probs[:, only]}, knobs)
    return next((c for c in compared if not np.isnan(c.limits).all()), compared[0] if compared else None)  # all may be switched off


def _foretold(certain: Floats, right: Bools, read: list[bool]) -> tuple[float | None, ...]:
    """The AUROC of each layer; None where nothing is read, all say the same, or all answers are right or all wrong."""
    return tuple(
        rounded(area) if here and _varies(c) and (area := auroc(c, r)) == area else None
        for c, r, here in zip(certain, right, read, strict=True)
    )  # fmt: skip


def _varies(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 0 and bool(known.max() > known.min())
