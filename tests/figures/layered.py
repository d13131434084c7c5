"""Every picture whose size or marks depend on the number of layers, of made-up records with as many layers as asked for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dynviz import figures
from dynviz.figures.columns import columns, layer_names
from dynviz.figures.counts import counts
from dynviz.figures.guesses import guesses
from dynviz.figures.race import Lane, race
from dynviz.figures.square import Block, square
from dynviz.figures.tower import tower
from dynviz.figures.verdicts import verdicts
from dynviz.records import Trace
from dynviz.records.card import Comparison
from dynviz.records.times import Flow
from dynviz.records.zoo import TaskZoo, Trust, Worth
from tests.figures.build import trace
from tests.figures.test_zoo import TASK

WORDS = ["The", "cast", "is", "wonderful", "but", "the", "plot", "is", "dull", "and", "drags", "on"]
WIDE = 11 * ["fine"] + ["unfathomably"] + 48 * ["it"]  # sixty words
NAN = float("nan")


def climbing(layers: int, words: list[str] | None = None, kind: str = "freeze", unit: str = "token", stages: int = 1) -> Trace:
    """A text whose tokens stop at depths from first to last layer."""
    words = words or WORDS
    count = len(words) + 2
    depth = [1 + (i * 7) % layers for i in range(count)] if unit == "token" or kind == "drop" else [layers * 2 // 3] * count
    depth[0] = depth[-1] = layers if kind == "drop" else max(depth)
    names = [("small", "big")[i * stages // layers] for i in range(layers)] if stages > 1 else None
    return trace(words, depth, layers, unit, kind, ("positive", "negative"), names, readings={"read": np.zeros(layers + 1)})


def told(layers: int) -> list[Comparison]:
    """Two quantities of a sentence, with three digits each."""
    rising = np.array([NAN, *(0.901 * np.arange(1, layers + 1) / layers)])
    half = np.full(layers + 1, 0.5)
    sure = Comparison("sure", "largest probability", rising, half, "at least")
    return [sure, Comparison("open", "entropy (nats)", 1 - rising, half, "below")]


def scored(t: Trace, deciding: bool = True) -> Comparison:
    """A score of each token, read in every layer in which it was computed."""
    values = np.where(t.attending, 0.02 + 0.01 * (np.arange(len(t.tokens)) % 5), NAN)
    rows = np.vstack([np.full(len(t.tokens), NAN), values])
    return Comparison("score", "attention received", rows, np.full(len(rows), 0.021 if deciding else NAN), "below")


def _shares(layers: int) -> tuple[float, ...]:
    return tuple(0.6 + 0.3 * i / layers for i in range(layers))


def _zoo(layers: int) -> TaskZoo:
    share = _shares(layers)
    trust = tuple(Trust(name, name, share, share, share, "uncertainty (entropy)", share) for name in ("good", "bad", "thrifty"))
    exits = tuple((v, v - 0.02, v + 0.02) for v in share[:-1])
    worth = tuple(Worth(name, name, (*share[:-1], None), (*exits, None), (0.8, 0.7, 0.9), 0.8, 0.05) for name in ("good", "bad"))
    return replace(TASK, trust=trust, worth=worth, static=tuple(zip(share, share, strict=True)))


def _flow(layers: int) -> Flow:
    ends = np.arange(layers + 1, dtype=float)
    return Flow(np.arange(1, layers + 1), ends * 3, ends * 2, 3.0 * layers)


def _exits(layers: int) -> tuple[np.ndarray, np.ndarray]:
    """872 sentences over all layers."""
    last = np.repeat(np.arange(1, layers + 1), -(-872 // layers))[:872]
    return last, np.arange(872) % 9 > 0


def _lanes(layers: int) -> list[Lane]:
    names = tuple(f"layer {i}" for i in range(1, layers + 1))
    spent = np.arange(1, layers + 1, dtype=float) * 3
    return [Lane("one", spent, names, "positive", 3.0 * layers), Lane("other", np.minimum(spent, 9), names, "negative", 3.0 * layers)]


def _halting(layers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    part = np.arange(1, layers + 1) / layers
    return 0.987 * (1 - part), 0.4 + 0.5 * part, 0.95 - 0.5 * part, layers // 2


def pictures(layers: int) -> dict[str, Callable[[], Any]]:
    """Each by its name, drawn when called."""
    text, long = climbing(layers), climbing(layers, WIDE)
    going, sentence = climbing(layers, kind="drop", unit="sentence"), climbing(layers, kind="exit", unit="sentence")
    stages, every = climbing(layers, kind="exit", unit="sentence", stages=2), np.ones_like(sentence.attending)
    probs = np.where(np.isnan(sentence.probs), 0.5, sentence.probs)
    whole = replace(sentence, attending=every, visible=every, transformed=every, probs=probs)
    names, pair = layer_names(text.layers), (columns(text)[1], columns(text)[4])
    of_words = [replace(scored(text), side="at least"), replace(scored(text), label="another quantity, with a longer name")]
    share = np.array(_shares(layers))
    zoo = _zoo(layers)
    return {
        "staircase": lambda: figures.staircase(text, text, 2, title="", subtitle=""),
        "staircase, long": lambda: figures.staircase(long, long, window=(0, 28), title="", subtitle=""),
        "staircase, sentence": lambda: figures.staircase(sentence, whole, title="", subtitle=""),
        "staircase, stages": lambda: figures.staircase(stages, title="", subtitle=""),
        "staircase, level": lambda: figures.staircase(text, text, title="", subtitle="", level=560),
        "ladder": lambda: figures.ladder(going, 2, title="", subtitle=""),
        "ladder, sentence": lambda: figures.ladder(sentence, title="", subtitle=""),
        "funnel": lambda: figures.funnel(*figures.funnel_of(going), title="", subtitle=""),
        "scores": lambda: figures.scores(going, scored(going), title="", subtitle=""),
        "ranks": lambda: figures.ranks(going, scored(going, False), title="", subtitle=""),
        "rule, tokens": lambda: figures.rule(text, [scored(text)], title="", subtitle=""),
        "rule": lambda: figures.rule(sentence, told(layers), title="", subtitle=""),
        "rule, stages": lambda: figures.rule(stages, told(layers), title="", subtitle=""),
        "boxes": lambda: figures.boxes(sentence, told(layers), title="", subtitle=""),
        "trajectory": lambda: figures.trajectory(sentence, whole, title="", subtitle=""),
        "halting": lambda: figures.halting(*_halting(layers), title="", subtitle=""),
        "couple": lambda: figures.couple(text, pair, of_words),
        "verdicts": lambda: verdicts(sentence, whole, "positive"),
        "tower": lambda: tower(sentence, title="", subtitle=""),
        "tower, large": lambda: tower(stages, title="", subtitle="", size=22),
        "square": lambda: square([Block("run", going)], title="", subtitle=""),
        "deltas": lambda: figures.deltas(text, climbing(layers, WORDS[1:]), title="", subtitle=""),
        "deltas, sentence": lambda: figures.deltas(sentence, whole, title="", subtitle=""),
        "strip": lambda: figures.strip(long, "word", (0, 28)),
        "exits": lambda: figures.exit_distribution(*_exits(layers), layers, title="", subtitle=""),
        "beside": lambda: figures.beside(_exits(layers)[0], _exits(layers)[0] // 2 + 1, names, ("one", "other")),
        "foresight": lambda: figures.foresight(names, share, 1 - share, share),
        "guesses": lambda: guesses(range(layers), names, layers // 2, [layers // 3]),
        "waterfall": lambda: figures.waterfall(_flow(layers), [f"text {i}" for i in range(layers)], names, title="", subtitle=""),
        "race": lambda: race(_lanes(layers), title="", subtitle=""),
        "counts": lambda: counts(np.linspace(60, 4, layers)),
        "gates": lambda: figures.gates(np.linspace(1, 0, layers * 20).reshape(layers, 20), title="", subtitle=""),
        "zoo, exits": lambda: figures.zoo_exits(zoo, subtitle=""),
        "zoo, trust": lambda: figures.zoo_trust(zoo, subtitle=""),
        "zoo, worth": lambda: figures.zoo_worth(zoo, subtitle=""),
    }  # fmt: skip
