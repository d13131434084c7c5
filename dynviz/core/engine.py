"""The one loop: run a method on texts, really skipping; and replay it at another knob setting without the model.

`run` and `replay` walk the same loop (`_walk`) and call the same `decide`. They differ in where readings come from: a live
encoder, or a recorded run. Execution is packed: states of all sentences lie one after the other, linear layers run
over the concatenated computed tokens, attention per sentence, so neither padding nor a stopped token is ever computed.
Nothing here knows the name of a method.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from dynviz.core.encoder import Encoder
from dynviz.core.layer import Layer, Places
from dynviz.core.method import Asked, Knobs, Method, Moment, Plan, Update, View, taken
from dynviz.errors import InputError
from dynviz.records import Bools, Floats, Ints, Run, Sentences, Unit
from dynviz.records.cost import LayerSize

NOBODY = torch.zeros(0, dtype=torch.int64)


class ReadingSource(Protocol):
    """Where the loop gets its readings from."""

    def enter(self, stage: int, plan: Plan) -> None:
        """Begin a stage: embed the sentences of the plan."""

    def attend(self, layer: int, plan: Plan) -> None:
        """Attention of a layer (from 1) for the plan's attending tokens over its visible ones."""

    def transform(self, layer: int, plan: Plan) -> None:
        """Feed-forward block of a layer for the plan's transformed tokens."""

    def read(self, moment: Moment, layer: int, row: int, asked: Mapping[str, Bools], plan: Plan) -> Mapping[str, Floats]:
        """The readings of the units asked, in order of place."""


def run(
    stages: Sequence[Encoder],
    method: Method,
    ids: Ints,
    sentences: Sentences,
    knobs: Knobs,
    watch: Callable[[ReadingSource], ReadingSource] | None = None,
) -> Run:
    """Run a method on packed texts at these knob settings, skipping what it stops.

    ids: (N,) piece ids; sentences: how they lie. The knobs must all be given (see `Method.off`, `Method.defaults`).
    watch: what is put between the loop and the encoders, such as a clock.
    """
    with torch.inference_mode():
        live = Live(stages, method, ids, sentences)
        return _answered(_walk(method, sentences, _sizes(stages), knobs, watch(live) if watch else live))


def _answered(run: Run) -> Run:
    """The run, if every text has its answer: a sentence's own, or each word's at its first piece."""
    told = run.answer if run.unit == "sentence" else run.answer[run.sentences.leads]
    if not np.isfinite(told).all():
        why = "its weights overflow, or what it divides by is too small"
        raise InputError("The model answers with what is no number", why, "Check its config.json, or train it again")
    return run


def replay(method: Method, full: Run, knobs: Knobs) -> Run:
    """What `run` would have done at these settings, from a run with the knob off. The method must be replayable."""
    if not method.replayable:
        raise ValueError(f"{method.title} cannot be replayed: its decisions change later readings")
    return _walk(method, full.sentences, full.sizes, knobs, Recording(full))


def _sizes(stages: Sequence[Encoder]) -> tuple[LayerSize, ...]:
    return tuple(size for stage in stages for size in stage.sizes())


@dataclass
class Tape:
    """The arrays a run fills layer by layer: masks, readings and costs, from which its `Run` is made."""

    method: Method
    sentences: Sentences
    sizes: tuple[LayerSize, ...]
    attending: Bools = field(init=False)
    visible: Bools = field(init=False)
    transformed: Bools = field(init=False)
    readings: dict[str, NDArray[np.float64]] = field(init=False)
    units: dict[str, Unit] = field(init=False)
    extra_flops: Ints = field(init=False)
    merged_into: Ints | None = field(init=False, default=None)
    asked: list[tuple[Moment, int, Mapping[str, Bools], Plan]] = field(init=False, default_factory=list)
    known: tuple[int, dict[str, NDArray[np.float64]]] = field(init=False, default=(-1, {}))  # `so_far` of a row: moments share one

    def __post_init__(self) -> None:
        layers, tokens, count = len(self.sizes), len(self.sentences.special), len(self.sentences.lengths)
        self.attending, self.visible, self.transformed = (np.zeros((layers, tokens), bool) for _ in range(3))
        self.units = self.method.reading_units()
        self.readings = {
            name: np.full((layers + 1, self.sentences.units(unit), *([self.method.shape.classes] if name == "probs" else [])), np.nan)
            for name, unit in self.units.items()
        }
        self.extra_flops = np.zeros((layers + 1, count), np.int64)

    def so_far(self, row: int) -> dict[str, NDArray[np.float64]]:
        """All readings taken so far, which is all a decision may use; a row that is filled later is filled here too."""
        if self.known[0] != row:
            self.known = row, {name: values[: row + 1] for name, values in self.readings.items()}
        return self.known[1]

    def count(self) -> None:
        """Count what the heads and gates cost that were asked. In one go, after the last layer: between two layers, whose weights have
        taken the processor's cache, all that is looked at has to be fetched anew."""
        for moment, layer, asked, plan in self.asked:
            self.extra_flops[row_of(moment, layer)] += self.method.flops(moment, layer, _counts(self, asked, plan))

    def merged(self, layer: int, plan: Plan) -> None:
        """Note where each token's state lies from this layer on, once anything was merged."""
        if plan.merged_into is not None:
            if self.merged_into is None:
                self.merged_into = np.tile(np.arange(len(plan.merged_into)), (len(self.sizes), 1))
            self.merged_into[layer - 1 :] = plan.merged_into

    def finish(self, knobs: Knobs) -> Run:
        """The record of the run."""
        self.count()
        if self.method.unit == "sentence":
            ran = self.sentences.any(self.attending)
            depth = len(ran) - np.argmax(ran[::-1], axis=0)
        else:
            depth = self.transformed.sum(0)
        probs = self.readings["probs"]
        answer = self.method.answer(self.readings, depth)
        merged = () if self.merged_into is None else (self.merged_into,)
        for array in (self.attending, self.visible, self.transformed, self.extra_flops, answer, *self.readings.values(), *merged):
            array.setflags(write=False)
        return Run(
            self.sentences, self.sizes, self.method.unit, self.attending, self.visible, self.transformed,
            {k: v for k, v in self.readings.items() if k != "probs"}, probs, answer, self.extra_flops,
            self.method.plain_head(self.sentences), dict(knobs), self.merged_into,
        )  # fmt: skip


def _walk(method: Method, sentences: Sentences, sizes: tuple[LayerSize, ...], knobs: Knobs, source: ReadingSource) -> Run:
    tape = Tape(method, sentences, sizes)
    plan = Plan.everything(sentences)
    stage = -1
    for layer, size in enumerate(sizes, start=1):
        if layer == 1 or size.stage != sizes[layer - 2].stage:
            stage += 1
            plan = Plan.everything(sentences, plan.live)
            source.enter(stage, plan)
            tape.extra_flops[layer - 1] += size.entry * sentences.lengths * plan.live
            plan = method.starts(layer, plan, sentences)
        plan = _moment("before", method, layer, tape, plan, knobs, source)
        if not plan.live.any():
            break
        tape.attending[layer - 1] = plan.attending
        tape.visible[layer - 1] = plan.seen(sentences)
        if plan.attending.any():
            source.attend(layer, plan)
            plan = _moment("between", method, layer, tape, plan, knobs, source)
            tape.transformed[layer - 1] = plan.transformed
            tape.merged(layer, plan)
            source.transform(layer, plan)
        plan = _moment("after", method, layer, tape, plan, knobs, source)
    return tape.finish(knobs)


def _moment(moment: Moment, method: Method, layer: int, tape: Tape, plan: Plan, knobs: Knobs, source: ReadingSource) -> Plan:
    """Ask, read, count and decide at one moment of a layer."""
    if moment not in method.moments:
        return plan
    row = row_of(moment, layer)
    readings = tape.so_far(row)
    asked = method.asks(moment, layer, readings, tape.sentences, plan, knobs)
    asked = {name: units for name, units in asked.items() if np.count_nonzero(units)}
    if asked:
        values = source.read(moment, layer, row, asked, plan)
        for name, units in asked.items():
            tape.readings[name][row][units] = values[name]
        tape.asked.append((moment, layer, asked, plan))
    return method.decide(moment, layer, readings, tape.sentences, plan, knobs)


def row_of(moment: Moment, layer: int) -> int:
    """The row of the readings taken at a moment of a layer: before it, the row of the layer that was done last."""
    return layer - 1 if moment == "before" else layer


def _counts(tape: Tape, asked: Mapping[str, Bools], plan: Plan) -> Asked:
    count, visible = tape.sentences.count, tape.sentences.count(plan.visible)
    many = {name: visible if units is plan.visible else count(units) for name, units in asked.items() if tape.units[name] == "token"}
    return Asked({name: many[name] if name in many else units.astype(np.int64) for name, units in asked.items()}, visible)


class Recording:
    """Readings taken from a recorded run: replay, without a model."""

    def __init__(self, full: Run) -> None:
        self.readings: dict[str, Floats] = {**full.readings, "probs": full.probs}

    def enter(self, stage: int, plan: Plan) -> None:
        """Nothing to compute."""

    def attend(self, layer: int, plan: Plan) -> None:
        """Nothing to compute."""

    def transform(self, layer: int, plan: Plan) -> None:
        """Nothing to compute."""

    def read(self, moment: Moment, layer: int, row: int, asked: Mapping[str, Bools], plan: Plan) -> Mapping[str, Floats]:
        """The recorded readings of the units asked."""
        return {name: self.readings[name][row, units] for name, units in asked.items()}


@dataclass(frozen=True, eq=False)
class Packed:
    """The tokens that a plan computes, one after the other.

    attending, visible: (N,) the plan's masks. rows: (n,) places of the tokens that attend; keys: (m,) of the visible tokens of their
    sentences, the same array where they are the same; counts: for each of these sentences, how many attend and are visible; lengths: how
    many pieces it has.
    """

    attending: Bools
    visible: Bools
    rows: Ints
    keys: Ints
    counts: list[tuple[int, int]]
    lengths: list[int]

    @classmethod
    def of(cls, plan: Plan, sentences: Sentences) -> "Packed":
        """Of the masks of this plan."""
        attending, seen = plan.attending, plan.seen(sentences)
        many, rows = sentences.count(attending), attending.nonzero()[0]
        keys = rows if seen is attending or np.array_equal(seen, attending) else seen.nonzero()[0]
        there = many if keys is rows else sentences.count(seen)
        counts = [(attend, see) for attend, see in zip(many.tolist(), there.tolist(), strict=True) if attend]
        return cls(attending, plan.visible, rows, keys, counts, sentences.lengths[many > 0].tolist())


class Live:
    """Readings from encoders that run now. `states` (N, D) hold each token's latest state."""

    def __init__(self, stages: Sequence[Encoder], method: Method, ids: Ints, sentences: Sentences) -> None:
        self.stages, self.method, self.sentences = stages, method, sentences
        self.ids = torch.from_numpy(np.ascontiguousarray(ids))
        self.positions = torch.tensor(sentences.position)
        self.types = None if sentences.segment is None else torch.tensor(sentences.segment)
        self.layers: list[Layer] = [layer for stage in stages for layer in stage.layers]
        self.states = torch.empty(0)
        self.final: Callable[[Tensor], Tensor] = stages[0].final
        self.attended = torch.empty(0)
        self.packed: Packed | None = None  # the tokens that attended, in order of `attended`
        self.attention: Tensor | None = None
        self.keys: tuple[Ints, Tensor] | None = None
        self.sizes: Ints | None = None  # of the tokens that attended, how many each stood for
        self.memory: dict[str, Any] = {}

    def enter(self, stage: int, plan: Plan) -> None:
        """Embed the live sentences."""
        where, self.final = plan.visible, self.stages[stage].final
        if where.all():
            self.states = self.stages[stage].embed(self.ids, self.positions, self.types)
            return
        rows = torch.from_numpy(where.nonzero()[0])
        fresh = self.stages[stage].embed(self.ids[rows], self.positions[rows], None if self.types is None else self.types[rows])
        self.states = fresh.new_zeros(len(where), fresh.shape[1])
        self.states[rows] = fresh

    def attend(self, layer: int, plan: Plan) -> None:
        """Attention, packed: queries of the attending tokens, keys and values of the visible ones of the same sentence."""
        if self.packed is None or plan.attending is not self.packed.attending or plan.visible is not self.packed.visible:
            self.packed = Packed.of(plan, self.sentences)
        packed, block = self.packed, self.layers[layer - 1]
        queries = taken(self.states, packed.rows)
        keys = queries if packed.keys is packed.rows else taken(self.states, packed.keys)
        self.sizes = plan.sizes
        held = None if self.sizes is None else np.log(self.sizes[packed.keys])  # a key counts as what it stands for
        larger = None if held is None else torch.from_numpy(held).to(keys)
        reads = self.method.of_attention if self.method.needs_attention else None
        context, read, k = block.attend_packed(queries, keys, self._stand(packed) if block.placed else None, packed.counts, reads, larger)
        self.attended = block.attended(queries, context)
        if self.method.needs_keys:
            self.keys = packed.keys, k
        if read:
            self.attention = read[0] if len(read) == 1 else torch.cat(read)

    def _stand(self, packed: Packed) -> Places:
        return Places(taken(self.positions, packed.rows), taken(self.positions, packed.keys), packed.lengths)

    def transform(self, layer: int, plan: Plan) -> None:
        """Feed-forward block of the transformed tokens; the method writes the states back."""
        assert self.packed is not None
        rows, kept, block = self.packed.rows, self.attended, self.layers[layer - 1]
        if plan.transformed is not self.packed.attending:
            if plan.merged_into is not None and plan.sizes is not None:
                rows, kept = self._merged(rows, plan.merged_into, plan.sizes)
            chosen = plan.transformed[rows].nonzero()[0]
            rows, kept = rows[chosen], taken(kept, chosen)
        sums = block.sums(kept)
        frozen = NOBODY if plan.visible is plan.transformed else torch.from_numpy((plan.visible & ~plan.transformed).nonzero()[0])
        update = Update(torch.from_numpy(rows), sums, block.norm(sums), frozen, block.norm)
        self.method.carry(self.states, update, self.memory)

    def _merged(self, rows: Ints, into: Ints, total: Ints) -> tuple[Ints, Tensor]:
        """The places where attended states lie now, and the states: of those that were merged the mean, each weighted by how many it stood
        for. total: (N,) for how many each stands now."""
        place = into[rows]
        order = place.argsort(kind="stable")
        place, left = place[order], rows[place == rows]
        held = np.ones(len(rows)) if self.sizes is None else self.sizes[rows]
        bags = torch.from_numpy(order), self.attended, torch.from_numpy(place.searchsorted(left))
        weights = torch.from_numpy(held[order] / total[place]).to(self.attended)
        return left, F.embedding_bag(*bags, mode="sum", per_sample_weights=weights)

    def read(self, moment: Moment, layer: int, row: int, asked: Mapping[str, Bools], plan: Plan) -> Mapping[str, Floats]:
        """The outputs of the method's heads on the current states."""
        view = View(self.final(self.states), self.sentences, plan, self.attention, self.memory, self.keys)
        return {name: tensor.numpy() for name, tensor in self.method.read(moment, layer, asked, view).items()}
