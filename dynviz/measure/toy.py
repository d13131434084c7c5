"""A model small enough to check by hand: two layers, three words, four numbers a word, and the sum behind every number.

A word is four numbers: its feeling (good +1, bad -1), whether it is "not", whether it is "it's", and an empty one, where layer 2 writes
the plain feeling. A layer does two things. Look: each word looks at all three (a softmax of dot products over 2, the root of 4) and adds
what it sees. Think: two neurons, max(0, w · word), each of which adds something to the word. After each layer an exit reads the first word:
a score for positive, minus the score for negative, a softmax of the two, and their entropy as the doubt.

All weights were chosen by hand and nothing was trained. Query, key, value and output matrices are the identity, so they are left out here;
their products are counted, as those of any model are. Nothing but numpy until a threshold asks who stops where: that is the rule of the
real exits, replayed by the engine.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np

from dynviz.records import Floats, Run
from dynviz.records.cost import LayerSize
from dynviz.records.worked import Worked, WorkedLayer

FEATURES = ("feeling", "not", "it's", "plain")
NEURONS = ("1", "2")
LABELS = ("positive", "negative")
TRUTH = {"it's so good": "positive", "it's not good": "negative", "it's not bad": "positive", "it's so bad": "negative"}
THRESHOLD = 0.5  # stop when the doubt, at most ln 2 = 0.69, is below it
_WORDS = {"it's": (0, 0, 1, 0), "so": (0, 0, 0, 0), "not": (0, 1, 0, 0), "good": (1, 0, 0, 0), "bad": (-1, 0, 0, 0)}
_HEAR = (  # what the two neurons of each layer listen to
    np.array([[1, 0, 0, 0], [-1, 0, 0, 0]]),  # layer 1: a good feeling, a bad feeling
    np.array([[1, -3, 0, 0], [-1, -3, 0, 0]]),  # layer 2: the same, but a "not" keeps both quiet
)
_ADD = (  # what they add to the word
    np.array([[0.5, 0, 0, 0], [-0.5, 0, 0, 0]]),  # layer 1: the feeling, half as strong again
    np.array([[0, 0, 0, 1], [0, 0, 0, -1]]),  # layer 2: a feeling that they heard is written down as plain
)
_EXITS = np.array([[2, -2, 0, 0], [-1, 0, 0, 2]])  # layer 1 holds "not" to be negative; layer 2: twice the plain feeling, less the feeling
_SIZES = (LayerSize("model", len(FEATURES), len(NEURONS)),) * len(_HEAR)


@lru_cache
def worked(text: str) -> tuple[WorkedLayer, ...]:
    """Both layers on one of the four texts, whatever any rule says."""
    words = tuple(text.split())
    now = np.array([_WORDS[word] for word in words], float)
    enter = Worked(words, FEATURES, now, tuple(tuple(written(v) for v in row) for row in now))
    layers = []
    for which in range(len(_HEAR)):
        layers.append(_layer(which, enter))
        enter = layers[-1].leaves
    return tuple(layers)


def _layer(which: int, enter: Worked) -> WorkedLayer:
    x, words = enter.values, enter.rows
    scores = x @ x.T / 2
    looks = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    looked = x + looks @ x
    neurons = np.maximum(looked @ _HEAR[which].T, 0)
    leaves = looked + neurons @ _ADD[which]
    score = float(_EXITS[which] @ leaves[0])
    odds = np.array([1, np.exp(-2 * score)]) / (1 + np.exp(-2 * score))  # softmax of score and -score
    return WorkedLayer(
        enter,
        Worked(words, words, looks, _grid(looks, lambda r, c: _share(scores[r], c))),
        Worked(words, FEATURES, looked, _grid(looked, lambda r, c: _added(x[r, c], zip(looks[r], x[:, c], strict=True)))),
        Worked(words, NEURONS, neurons, _grid(neurons, lambda r, c: f"max(0, {_sum(zip(_HEAR[which][c], looked[r], strict=True))})")),
        Worked(words, FEATURES, leaves, _grid(leaves, lambda r, c: _added(looked[r, c], zip(_ADD[which][:, c], neurons[r], strict=True)))),
        score,
        _sum(zip(_EXITS[which], leaves[0], strict=True)),
        dict(zip(LABELS, odds.tolist(), strict=True)),
        float(-(odds * np.log(odds)).sum()),
    )


@lru_cache(128)
def replayed(threshold: float) -> Run:
    """The four texts, in the order of `TRUTH`, with this threshold: the readings worked out here, the rule and the costs of real exits.

    The rule divides the entropy by its most, ln 2, so that it reads alike for any number of classes: so are doubt and threshold, here.
    """
    import torch

    from dynviz.core import engine
    from dynviz.core.method import Shape
    from dynviz.methods._entropy import EntropyRule

    with torch.device("meta"):
        rule = EntropyRule(Shape((len(FEATURES),), (len(_SIZES),), len(LABELS)), hidden=False)
    doubts, probs = _readings()
    lengths = np.array([len(text.split()) for text in TRUTH])
    head = np.full(len(lengths), rule.head(len(_SIZES)).flops)
    most = np.log(len(LABELS))
    full = Run.of_readings(lengths, _SIZES, {"uncertainty": doubts / most}, probs, head)
    return engine.replay(rule, full, {"entropy": threshold / most})


def _readings() -> tuple[Floats, Floats]:
    """(L+1, S) doubts and (L+1, S, C) probabilities of the four texts; nothing is read before layer 1."""
    doubts, probs = np.full((len(_SIZES) + 1, len(TRUTH)), np.nan), np.full((len(_SIZES) + 1, len(TRUTH), len(LABELS)), np.nan)
    for s, text in enumerate(TRUTH):
        doubts[1:, s] = [layer.doubt for layer in worked(text)]
        probs[1:, s] = [list(layer.probs.values()) for layer in worked(text)]
    return doubts, probs


def written(value: float) -> str:
    """A number as the sums have it: "1", "0.27", "−1.37"."""
    text = f"{abs(value):.0f}" if value == round(value) else f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and float(text) else text


def _grid(values: Floats, of: Callable[[int, int], str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(of(r, c) for c in range(values.shape[1])) for r in range(values.shape[0]))


def _share(scores: Sequence[float], place: int) -> str:
    """A softmax, written out."""
    powers = [f"e^{_inside(score)}" for score in scores]
    return f"{powers[place]} / ({' + '.join(powers)})"


def _added(own: float, products: Iterable[tuple[float, float]]) -> str:
    """A number, and what is added to it; products with a zero are left out."""
    rest = _sum((weight, value) for weight, value in products if weight and value)
    return written(own) if rest == "0" else f"{written(own)} − {rest[1:]}" if rest.startswith("−") else f"{written(own)} + {rest}"


def _sum(products: Iterable[tuple[float, float]]) -> str:
    """Products with their signs: "2·(−0.41) − 2·0.27"; without those of weight 0; "0" for none."""
    text = ""
    for weight, value in ((w, v) for w, v in products if w):
        sign = ("−" if weight < 0 else "") if not text else " − " if weight < 0 else " + "
        bare = written(value) if not text and weight == 1 else _inside(value)
        text += sign + (bare if abs(weight) == 1 else f"{written(abs(weight))}·{_inside(value)}")
    return text or "0"


def _inside(value: float) -> str:
    return f"({written(value)})" if value < 0 else written(value)
