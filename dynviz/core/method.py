"""The interface of every adaptive method: what it reads, and who goes on.

Tensors become numbers in `read`; numbers become masks in `decide`. A decision never sees a tensor, so `engine.replay`
can call the same `decide` on stored readings. Nothing here knows a particular method, and a method never knows the
engine. Everything works on many sentences at once, laid one after the other (`records.Sentences`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dynviz.core.encoder import Encoder
from dynviz.core.heads import HeadForm
from dynviz.core.teacher import Teacher
from dynviz.errors import InputError
from dynviz.records import Bools, Floats, Ints, Sentences, Trace, Unit
from dynviz.records.card import Comparison, Kind, Learned, default_settings, off_settings
from dynviz.records.card import Deviation as Deviation
from dynviz.records.card import Knob as Knob
from dynviz.records.card import Picture as Picture
from dynviz.records.card import Published as Published
from dynviz.records.card import Reading as Reading
from dynviz.records.card import Result as Result
from dynviz.records.card import reported as reported

Moment = Literal["before", "between", "after"]
Knobs = Mapping[str, float]
Pooling = Literal["cls", "mean"]


@dataclass(frozen=True, eq=False)
class Plan:
    """Which tokens are computed next: the three masks (N,) of the next step, and which sentences (S,) are still without their answer.

    merged_into: (N,) the place where each token's state now lies, its own unless it was merged into another; None while nothing was.
    """

    attending: Bools
    visible: Bools
    transformed: Bools
    live: Bools
    merged_into: Ints | None = None

    @classmethod
    def everything(cls, sentences: Sentences, live: Bools | None = None) -> "Plan":
        """All tokens of the live sentences (of all sentences, by default)."""
        live = np.ones(len(sentences.lengths), bool) if live is None else live
        all_tokens = live[sentences.owner]
        return cls(all_tokens, all_tokens, all_tokens, live)

    def drop(self, tokens: Bools) -> "Plan":
        """These tokens (N,) are gone: neither computed nor seen from here on."""
        if not tokens.any():
            return self
        attending = self.attending > tokens  # the one and not the other, in one go
        visible = attending if self.visible is self.attending else self.visible > tokens  # one mask stays one: the engine asks
        transformed = attending if self.transformed is self.attending else self.transformed > tokens
        return Plan(attending, visible, transformed, self.live, self.merged_into)

    def freeze(self, tokens: Bools) -> "Plan":
        """These tokens (N,) are no longer computed, but still seen."""
        if not tokens.any():
            return self
        attending = self.attending > tokens
        transformed = attending if self.transformed is self.attending else self.transformed > tokens
        return Plan(attending, self.visible, transformed, self.live, self.merged_into)

    def merge(self, into: Ints) -> "Plan":
        """Between attention and feed-forward: tokens are averaged into others, weighted by how many each stands for, and are gone.

        into: (N,) the place each token goes to, its own where it stays. One that others go to stays itself.
        """
        held = into if self.merged_into is None else into[self.merged_into]
        left = self.drop(into != np.arange(len(into)))
        return Plan(left.attending, left.visible, left.transformed, self.live, held)

    def seen(self, sentences: Sentences) -> Bools:
        """(N,) the tokens that others attend to: those visible, in sentences in which any token attends."""
        return self.visible if self.visible is self.attending else self.visible & sentences.any(self.attending)[sentences.owner]

    @cached_property
    def sizes(self) -> Ints | None:
        """(N,) how many tokens each one stands for: itself and those merged into it; None while nothing was merged."""
        return None if self.merged_into is None else np.bincount(self.merged_into, minlength=len(self.merged_into))

    def stop(self, done: Bools, sentences: Sentences) -> "Plan":
        """These sentences (S,) have their answer: nothing of them is computed any more."""
        if not done.any():
            return self
        return replace(self.drop(done[sentences.owner]), live=self.live & ~done)


@dataclass(frozen=True)
class Shape:
    """What a method has to fit on: width and layers of each stage, number of classes, one answer per sentence or token.

    heads: attention heads of each stage, for methods that read keys. last: the form of the classifier after the last layer, where a model
    brings its own.
    """

    widths: tuple[int, ...]
    depths: tuple[int, ...]
    classes: int
    unit: Unit = "sentence"
    heads: tuple[int, ...] = ()
    last: HeadForm | None = None

    @property
    def layers(self) -> int:
        """Layers of all stages on one axis."""
        return sum(self.depths)


@dataclass
class View:
    """What `read` may look at: the states and, between attention and feed-forward, the attention just computed.

    states: (N, D) of the current stage as heads read them (`Encoder.final`), valid where the token has been computed. sentences, plan: the
    layout and who goes on. attention: (K,) what `of_attention` made of the weights, for each token in sight of those that attended, and
    keys: their places (K,), and the keys (H, K, D/H), not turned by places; each None unless the method asked for it. memory: private to
    one run of one method. gone: (N,) tokens that a reader dropped by hand, which no answer may read; None where there are none.
    """

    states: Tensor
    sentences: Sentences
    plan: Plan
    attention: Tensor | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    keys: tuple[Ints, Tensor] | None = None
    gone: Bools | None = None

    def with_left(self) -> "View":
        """As if no token had left: for answers that read the last state of each, computed to the end or not."""
        everybody = Plan.everything(self.sentences, self.plan.live)
        return replace(self, plan=everybody if self.gone is None else everybody.drop(self.gone))

    def of(self, tokens: Bools) -> Tensor:
        """(n, D) the states of these tokens (N,), not to be changed."""
        return taken(self.states, tokens.nonzero()[0])

    def pooled(self, which: Bools, pooling: Pooling) -> Tensor:
        """(S', D) one vector for each sentence of `which` (S,): its [CLS] state, or the mean over its visible tokens, each as often as
        it stands for tokens that were merged into it."""
        if pooling == "cls":
            return taken(self.states, self.sentences.starts[which])
        seen, sizes = self.plan.visible, self.plan.sizes
        if sizes is None and len(which) == 1:
            return self.of(seen).mean(0, keepdim=True)
        counts = self.sentences.count(seen)
        if not np.array_equal(counts > 0, which):  # sentences of which others are in sight
            seen = seen & which[self.sentences.owner]
        counts = counts[which]
        rows, begins = seen.nonzero()[0], counts.cumsum() - counts
        bags = torch.from_numpy(rows), self.states, torch.from_numpy(begins)
        if sizes is None:
            return F.embedding_bag(*bags, mode="mean")
        share = sizes[rows] / np.add.reduceat(sizes[rows], begins).repeat(counts)
        return F.embedding_bag(*bags, mode="sum", per_sample_weights=torch.from_numpy(share).to(self.states))


def taken(states: Tensor, rows: Ints) -> Tensor:
    """(n, D) the states at these places, which rise; the whole array, not a copy, where it is all of them.

    By `index_select`: an index in brackets looks at every number's place and takes six times as long.
    """
    return states if len(rows) == states.shape[0] else states.index_select(0, torch.from_numpy(rows))


@dataclass
class Update:
    """What a layer computed. rows: (n,) places transformed; sums: (n, D) before the last LayerNorm; new: (n, D) after it.
    frozen: (m,) places seen but not computed. norm: the layer's last LayerNorm."""

    rows: Tensor
    sums: Tensor
    new: Tensor
    frozen: Tensor
    norm: Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Asked:
    """How many units a head was asked for in each sentence (S,), and how many tokens were visible there (S,)."""

    units: Mapping[str, Ints]
    visible: Ints


@dataclass(frozen=True)
class Phase:
    """One phase of a method's training.

    trains: "all" (encoder and heads), "lora" (low-rank updates of the encoder, and heads) or "heads". epochs over the
    training split; lr of the encoder (or its low-rank updates), head_lr of the heads; linear decay, short warm-up.
    whole: least share of whole sentences, as opposed to phrases, among the examples. encoders: which stages of a
    cascade are trained.
    """

    name: str
    trains: Literal["all", "lora", "heads"]
    epochs: float
    lr: float = 5e-5
    head_lr: float = 1e-3
    whole: float = 0.0
    encoders: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Batch:
    """Padded training examples. ids: (B, T); real: (B, T) bool; labels: (B,), or (B, T) with -100 on pieces without
    an answer; hard: (B,) examples held to be difficult, where a method asks for it; progress: share of the phase done;
    encoders: one a stage; step: optimizer steps done in this phase; unseen: (B, L, C) probabilities by exits that were not trained on
    these examples, where a method asks for them, else (B, 0, 0); teacher: the frozen model that the training starts from, where a method
    asks for it; types: (B, T) which of two texts a piece is of, where examples are pairs."""

    ids: Tensor
    real: Tensor
    labels: Tensor
    hard: Tensor
    progress: float
    encoders: tuple[Encoder, ...]
    step: int = 0
    unseen: Tensor = field(default_factory=lambda: torch.zeros(0, 0, 0))
    teacher: Teacher | None = None
    types: Tensor | None = None

    @property
    def positions(self) -> Tensor:
        """(B, T) the place of each piece in its sentence, from 0."""
        return torch.arange(self.ids.shape[1], device=self.ids.device).expand_as(self.ids)

    @property
    def first(self) -> Tensor:
        """(B, T) true on [CLS]."""
        return self.positions == 0

    def pooled(self, states: Tensor, pooling: Pooling, visible: Tensor | None = None) -> Tensor:
        """(B, D) one vector for each sentence: its [CLS] state, or the mean over the visible (by default real) tokens."""
        if pooling == "cls":
            return states[:, 0]
        weight = (self.real if visible is None else visible).to(states.dtype)[..., None]
        return (states * weight).sum(1) / weight.sum(1)


class Method(nn.Module):
    """One adaptive method: its heads (parameters), its readings and its rule. Subclasses live in `dynviz.methods`.

    Class attributes describe the method; `options` of a checkpoint (pooling, ...) come to `__init__` as keywords. All that is known of a
    method stands in its class: those without a default must be given (`tests/test_house.py` says which one is missing, and what to write).
    """

    title: ClassVar[str]
    kind: ClassVar[Kind]  # what sort of method it is: records.card.KINDS says each in words
    venue: ClassVar[str]  # whose, where published and when; "baseline" where nobody's
    stops: ClassVar[str]  # what stops, in a few words: "the sentence exits", "tokens are dropped"
    knobs: ClassVar[tuple[Knob, ...]] = ()
    serves: ClassVar[tuple[Unit, ...]] = ("sentence",)  # kinds of task: one answer per sentence, or per token
    readings: ClassVar[tuple[Reading, ...]] = ()
    moments: ClassVar[frozenset[Moment]] = frozenset({"after"})
    needs_attention: ClassVar[bool] = False
    needs_keys: ClassVar[bool] = False
    stages: ClassVar[int] = 1  # encoders it runs one after the other
    replayable: ClassVar[bool] = False  # decisions cannot change later readings
    measured_at: ClassVar[tuple[float, ...]] = ()  # of the first knob, where it cannot be replayed; (): even steps of compute
    pictures: ClassVar[tuple[Picture, ...]] = ()  # of its own, beside those that every method gets
    recipe: ClassVar[tuple[Phase, ...]] = ()
    asks_unseen: ClassVar[bool] = False  # its loss asks what exits that were not trained on an example say of it (`Batch.unseen`)
    asks_teacher: ClassVar[bool] = False  # its loss asks the frozen model that the training starts from (`Batch.teacher`)
    fits_on: ClassVar[Literal["train", "calibration"] | None] = None  # the split whose readings `fit` is given after training
    untrained: ClassVar[Mapping[str, Any] | None] = None  # options with which a model's own classifier is all it needs; None: it is trained
    fits_frozen: ClassVar[bool] = False  # linear classifiers, fitted on a model that stays as it is, are all it needs (`dynviz.fitting`)
    fits_tuned: ClassVar[bool] = False  # the same, trained together with low-rank updates of the model in the one phase of its recipe
    searches: ClassVar[bool] = False  # after training, `search` is given a way to measure the method on calibration rows
    published: ClassVar[tuple[Published, ...]] = ()  # figures that others report, with their source
    deviations: ClassVar[tuple[Deviation, ...]] = ()  # from the paper or its authors' code

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    @property
    def unit(self) -> Unit:
        """Whether the method answers once per sentence or once per token."""
        return self.shape.unit

    def reading_units(self) -> dict[str, Unit]:
        """What each reading is taken of, the class probabilities "probs" among them."""
        own: dict[str, Unit] = {r.name: self.unit if r.unit == "answer" else r.unit for r in self.readings}
        return {"probs": self.unit, **own}

    @classmethod
    def off(cls) -> dict[str, float]:
        """The knob settings at which nothing stops."""
        return off_settings(cls.knobs)

    @classmethod
    def defaults(cls, own: Mapping[str, float] | None = None) -> dict[str, float]:
        """The knob settings the method suggests, overruled by a checkpoint's own."""
        return default_settings(cls.knobs, own)

    @classmethod
    def checked(cls, settings: Mapping[str, Any]) -> dict[str, float]:
        """These knob settings as numbers, or an InputError for a knob that is not there or a value out of its range."""
        if not isinstance(settings, Mapping):
            raise InputError("The knobs were given as no table", f"a {type(settings).__name__} was given", "Pass {'name': value}")
        known = {knob.name: knob for knob in cls.knobs}
        for name in settings.keys() - known.keys():
            names = ", ".join(known) or "none"
            raise InputError(f"{cls.title} has no knob {name!r}", f"its knobs are: {names}", "Use one of these")
        return {name: known[name].checked(value) for name, value in settings.items()}

    def starts(self, layer: int, plan: Plan, sentences: Sentences) -> Plan:
        """Who is there when a stage begins, before this layer; by default all tokens, as in the plan given."""
        return plan

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        """Which units each reading is taken of, at this moment of this layer: name -> (S,) or (N,) bool.

        `readings` holds the rows read so far. "probs" is a reading like any other. What is not asked costs nothing.
        """
        raise NotImplementedError

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        """The values of every asked reading, in order of place: name -> (units asked,), "probs" -> (units asked, C)."""
        raise NotImplementedError

    def of_attention(self, weights: Tensor) -> Tensor:
        """(K,) what `read` is shown of a sentence's attention weights (H, Q, K), where `needs_attention`: a mean over those that attend.
        The weights are not kept. In a layer with a window it is made one over the tokens that can see a key; even so, layers with a
        window and layers without give scores of different size."""
        raise NotImplementedError

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        """Which tokens are computed next, from the readings alone. Pure; ties are broken by position. By default everybody does.

        readings: name -> rows 0..layer read so far (row l: after, or between, layer l; before layer l: row l-1 is the
        newest). The plan returned holds for whatever comes next: the feed-forward block, or the next layer.
        """
        return plan

    def carry(self, states: Tensor, update: Update, memory: dict[str, Any]) -> None:
        """Write what the layer computed into states (N, D), in place; by default the new state where transformed."""
        if update.rows.shape == states.shape[:1]:
            states.copy_(update.new)
        else:
            states.index_copy_(0, update.rows, update.new)

    def answer(self, readings: Mapping[str, Floats], depth: Ints) -> Floats:
        """(U, C) the answer of units that stopped after layers `depth` (U,): by default what was last read of each."""
        return readings["probs"][depth, np.arange(len(depth))]

    def compares(self, readings: Mapping[str, Floats], knobs: Knobs) -> tuple[Comparison, ...]:
        """The conditions of the rule in a run of one sentence, for the reader; by default readings against the first knob.

        readings: name -> (L+1,) or (L+1, T), "probs" -> (L+1, U, C), all rows. Each condition is enough by itself, save where several
        bear the same `group`: these must hold together. Where the rule stops a sentence, it does so where they first say so.
        """
        if not self.knobs:
            return ()
        limits = np.full(self.shape.layers + 1, knobs[self.knobs[0].name])
        return tuple(Comparison(r.name, r.label, readings[r.name], limits, r.side) for r in self.readings if r.side)

    @classmethod
    def outlook(cls, trace: Trace) -> tuple[Floats, Floats, Floats] | None:
        """(L,) the weight left to later layers, the least the leading class can end with, and the most the next one can, after each
        layer of a trace; NaN after the exit. None, by default, for a method (or a trace) without such a bound. A method that has one
        says so by a picture that draws "outlook"."""
        return None

    @classmethod
    def learned(cls, picture: Picture, tensors: Mapping[str, Floats]) -> Learned | None:
        """The numbers of one of its `pictures`, from what a checkpoint stores under the picture's names; None where they do not fit."""
        return None

    def foresees(self, readings: Mapping[str, Floats], knobs: Knobs) -> Ints | None:
        """(S,) the layer after which the method says, early on, that each sentence will be done; None where it foresees nothing.

        readings: name -> (L+1, S) all rows of a run with the knob off.
        """
        return None

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        """(S,) FLOPs of the method's own heads and gates for what was asked."""
        raise NotImplementedError

    def plain_head(self, sentences: Sentences) -> Ints:
        """(S,) FLOPs of the plain model's own answer, the last head alone."""
        raise NotImplementedError

    def loss(self, phase: Phase, batch: Batch) -> Tensor:
        """The training loss of a batch in a phase of the recipe: one number, or its parts (k,), where `backward` treats them apart."""
        raise NotImplementedError

    def backward(self, loss: Tensor, shared: Mapping[str, nn.Parameter]) -> None:
        """Add the gradients of a loss to every trained parameter. shared: those of the encoders among them, by "<stage>.<its name>"."""
        loss.sum().backward()  # type: ignore[no-untyped-call]

    def fit(self, readings: Mapping[str, Floats], labels: Ints) -> None:
        """After training: set what no gradient finds (temperatures, tables) from a run with the knob off over the split `fits_on`.

        readings: name -> (L+1, U), "probs" -> (L+1, U, C), NaN where not read; labels: (U,) classes.
        """

    def own_rates(self, phase: Phase) -> dict[nn.Parameter, float]:
        """Learning rates of parameters that need their own (gates, thresholds); 0 freezes one."""
        return {}

    def after_step(self, phase: Phase) -> None:
        """Called after each optimizer step; for constraints on parameters (gates clipped to [0, 1])."""

    def after_phase(self, phase: Phase) -> None:
        """Called when a phase is done, and again when training goes on after it; to read off what the next one takes as given."""

    def search(self, measure: Callable[[Knobs], tuple[float, float]]) -> None:
        """After training: set what only runs can tell, such as a number of tokens for each layer; called where `searches` is true.

        measure: knobs -> (the task's metric, share of the plain model's compute) of the method as it then is, over calibration rows.
        """
