"""A method with its decisions overruled: tokens kept, dropped or halted by hand, and answers given after a chosen layer.

`Intervened` wraps a method without touching it, and runs in the engine like any other: what is forced really happens, later decisions see
its consequences, and its cost is counted. `Wrapped` passes everything on to the method inside, and is the base of all such wrappers.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from torch import Tensor

from dynviz.core import engine
from dynviz.core.method import Asked, Knobs, Method, Moment, Plan, Update, View
from dynviz.errors import InputError
from dynviz.records import Bools, Floats, Interventions, Ints, Run, Sentences, Unit
from dynviz.records.card import Comparison
from dynviz.records.settled import Settled

MOMENTS: frozenset[Moment] = frozenset({"before", "between", "after"})


class Wrapped(Method):
    """A method that passes everything on to another one: readings, decisions, answers and costs. The method inside is shared and never
    changed."""

    def __init__(self, method: Method) -> None:
        super().__init__(method.shape)
        self._inside = [method]  # in a list: not a sub-module
        self.title = method.title  # type: ignore[misc]
        self.needs_attention = method.needs_attention  # type: ignore[misc]
        self.needs_keys = method.needs_keys  # type: ignore[misc]
        self.moments = method.moments  # type: ignore[misc]

    @property
    def inner(self) -> Method:
        """The method inside."""
        return self._inside[0]

    def reading_units(self) -> dict[str, Unit]:
        """The inner method's."""
        return self.inner.reading_units()

    def starts(self, layer: int, plan: Plan, sentences: Sentences) -> Plan:
        """As the inner method starts."""
        return self.inner.starts(layer, plan, sentences)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        """As the inner method asks; nothing at moments it does not know."""
        return self.inner.asks(moment, layer, readings, sentences, plan, knobs) if moment in self.inner.moments else {}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        """The inner method's readings."""
        return self.inner.read(moment, layer, asked, view)

    def of_attention(self, weights: Tensor) -> Tensor:
        """What the inner method reads of it."""
        return self.inner.of_attention(weights)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        """The inner method's decision; none at moments it does not know."""
        return self.inner.decide(moment, layer, readings, sentences, plan, knobs) if moment in self.inner.moments else plan

    def carry(self, states: Tensor, update: Update, memory: dict[str, Any]) -> None:
        """As the inner method writes back."""
        self.inner.carry(states, update, memory)

    def answer(self, readings: Mapping[str, Floats], depth: Ints) -> Floats:
        """As the inner method answers."""
        return self.inner.answer(readings, depth)

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        """What the inner method's rule compares."""
        return self.inner.compares(readings, knobs)

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        """What the inner method's heads and gates cost."""
        return self.inner.flops(moment, layer, asked)

    def plain_head(self, sentences: Sentences) -> Ints:
        """What the plain model's answer costs."""
        return self.inner.plain_head(sentences)


class Exits(Wrapped):
    """A method that answers sentence s after layer exits[s], whatever its rule says."""

    def __init__(self, method: Method, exits: Ints) -> None:
        super().__init__(method)
        self.exits = exits
        self.replayable = True  # type: ignore[misc]

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        """Stop the sentences whose layer this is."""
        return plan.stop(plan.live & (self.exits <= layer), sentences) if moment == "after" else plan


def exits_at(method: Method, full: Run, exits: Ints) -> Run:
    """The replay of a run with the knob off in which sentence s exits after layer exits[s] (S,)."""
    return engine.replay(Exits(method, exits), full, method.off())


class Intervened(Wrapped):
    """A method under `Interventions`, whose tokens are places in the batch; a forced exit holds for every sentence of it."""

    def __init__(self, method: Method, forced: Interventions) -> None:
        super().__init__(method)
        self.moments = MOMENTS  # type: ignore[misc]
        self.forced = forced

    def starts(self, layer: int, plan: Plan, sentences: Sentences) -> Plan:
        """Without the tokens that are gone from the start."""
        return super().starts(layer, plan, sentences).drop(self._gone(layer, sentences))

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        """As the inner method asks; after the forced exit an answer is asked for in any case."""
        asked = super().asks(moment, layer, readings, sentences, plan, knobs)
        if moment == "after" and layer == self.forced.exit and "probs" not in asked:
            return super().asks(moment, layer, readings, sentences, plan, self.inner.off())
        return asked

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        """The inner method's readings, in which nothing is left of a token once it was dropped."""
        gone = self._gone(layer, view.sentences)
        return super().read(moment, layer, asked, replace(view, gone=gone) if gone.any() else view)

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        """The inner method's decision, then what is forced: the exit, what is kept, what is dropped or halted."""
        after = super().decide(moment, layer, readings, sentences, plan, knobs)
        if self.forced.exit:
            if moment == "after" and layer >= self.forced.exit:
                return after.stop(after.live, sentences)
            skips = sentences.any(plan.attending) & ~sentences.any(after.attending)  # the layer that answers has to run
            back = skips if layer == self.forced.exit else plan.live & ~after.live
            after = plan if self.unit == "token" else _revived(plan, after, back, sentences)
        return self._stopped(moment, layer, self._kept(moment, layer, plan, after, sentences), sentences)

    def _kept(self, moment: Moment, layer: int, plan: Plan, after: Plan, sentences: Sentences) -> Plan:
        """Tokens that are kept go on as they came. A sentence whose words all halted goes on while one of them is kept."""
        waits = [token for token, last in self.forced.halt if layer < last or (layer == last and moment != "after")]
        kept = _places([token for token, first in self.forced.keep if layer >= first] + waits, sentences)
        if not kept.any():
            return after
        if self.unit == "token":
            stopped = plan.live & ~after.live & sentences.any(kept & plan.attending)
            halted = (sentences.word >= 0) & ~kept
            after = _revived(plan.freeze(halted), after, stopped, sentences)
        going = kept & sentences.any(after.attending)[sentences.owner]  # a layer that the whole sentence skips stays skipped
        return replace(
            after,
            attending=after.attending | (plan.attending & going),
            visible=after.visible | (plan.visible & going),
            transformed=after.transformed | (plan.transformed & going),
            merged_into=_apart(plan, after, going),
        )

    def _stopped(self, moment: Moment, layer: int, plan: Plan, sentences: Sentences) -> Plan:
        """Tokens dropped leave before their layer, at the end of the one before; halted ones stay in sight."""
        reached = layer + (moment == "after")
        plan = plan.drop(self._gone(reached, sentences))
        halts = [token for token, last in self.forced.halt if reached > last]
        if not halts:
            return plan
        plan = plan.freeze(_places(halts, sentences) & ~sentences.first)
        waiting = sentences.any(plan.attending & (sentences.word >= 0))
        return plan.stop(plan.live & ~waiting, sentences)

    def _gone(self, layer: int, sentences: Sentences) -> Bools:
        """(N,) the tokens that take no part in this layer, dropped by hand."""
        return _places([token for token, first in self.forced.drop if layer >= first], sentences) & ~sentences.first


def _places(tokens: list[int], sentences: Sentences) -> Bools:
    out = np.zeros(len(sentences.special), bool)
    out[tokens] = True
    return out


def _revived(plan: Plan, after: Plan, sentences_back: Bools, sentences: Sentences) -> Plan:
    """The decision `after`, but some sentences (S,) as they stand in `plan`."""
    if not sentences_back.any():
        return after
    back = sentences_back[sentences.owner]
    masks = {name: np.where(back, getattr(plan, name), getattr(after, name)) for name in ("attending", "visible", "transformed")}
    return Plan(**masks, live=after.live | sentences_back, merged_into=_apart(plan, after, back))


def _apart(plan: Plan, after: Plan, tokens: Bools) -> Ints | None:
    """Where the states lie by the decision `after`, but those of these tokens (N,), and of what they held before, where they lay."""
    if after.merged_into is None:
        return None
    before = np.arange(len(tokens)) if plan.merged_into is None else plan.merged_into
    return np.where(tokens[before], before, after.merged_into)


def answered(full: Run) -> list[int]:
    """The layers (from 1) after which an answer is read in a run with the knob off."""
    read = np.asarray(~np.isnan(full.probs).any(-1))
    return [layer for layer in range(1, len(full.sizes) + 1) if read[layer].any()]


def check(forced: Interventions, full: Run) -> None:
    """InputError unless this can be forced in a run of one text. full: the text at full depth."""
    layers, tokens = len(full.sizes), len(full.sentences.special)
    places = answered(full)
    for end in [*([forced.exit] if forced.exit else []), *(last for _, last in forced.halt)]:
        if end not in places:
            names = ", ".join(map(str, places))
            raise InputError(f"No answer can be given after layer {end}", f"the model answers after layer {names} only", "Choose another")
    kind = "halt" if full.unit == "token" else "drop"
    for what, token, layer in forced:
        if not 0 <= token < tokens or not 1 <= layer <= layers:
            there = f"there are tokens 0 to {tokens - 1} and layers 1 to {layers}"
            raise InputError(f"Token {token} in layer {layer} is not there", there, "Choose another")
        if what not in ("keep", kind):
            why = "each word has an answer of its own" if kind == "halt" else "the text has one answer"
            raise InputError(f"Tokens cannot be {'dropped' if what == 'drop' else 'halted'} here", why, f"Use {kind!r}")
        if what != "keep" and token == 0:
            raise InputError("The first token cannot be stopped", "it stands for the whole text", "Choose another")
    both = {t for t, _ in forced.keep} & {t for t, _ in (*forced.drop, *forced.halt)}
    if both:
        raise InputError(f"Token {min(both)} is kept and stopped", "it cannot be both", "Take one of the two back")


def settled(method: Method, full: Run) -> Settled | None:
    """The earliest layer from which each answer of one text no longer changes, from its run with the knob off; None where the answer is
    read but once."""
    ends = answered(full)
    if len(ends) < 2 or (method.unit == "sentence" and not method.replayable):
        return None
    if method.unit == "token":
        read = ~np.isnan(full.probs[1:]).any(-1)
        answers = np.where(read, np.nan_to_num(full.probs[1:]).argmax(-1), -1)
        return Settled(np.where(read.any(0), _lasting(answers, ends), 0), answers, None)
    runs = {layer: exits_at(method, full, np.array([layer])) for layer in ends}
    answers = np.full((len(full.sizes), 1), -1)
    for layer, run in runs.items():
        answers[layer - 1] = run.predicted
    layers = _lasting(answers, ends)
    return Settled(layers, answers, float(runs[int(layers[0])].flops[0] / full.plain_flops[0]))


def _lasting(answers: Ints, ends: list[int]) -> Ints:
    """(U,) the earliest of the layers `ends` from which the answers (L, U) never change."""
    same = answers[[layer - 1 for layer in ends]] == answers[ends[-1] - 1]
    onward = np.logical_and.accumulate(same[::-1], 0)[::-1]
    return np.asarray(np.array(ends)[onward.argmax(0)])
