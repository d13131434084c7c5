"""Hand-made records for the figure tests: every number can be checked in the head."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dynviz.records import Rows, Sweep, Trace
from dynviz.records.cost import LayerSize


def trace(
    words: Sequence[str],
    depth: Sequence[int] | None = None,
    layers: int = 3,
    unit: str = "token",
    kind: str = "freeze",
    labels: Sequence[str] = ("DET", "NOUN"),
    stages: Sequence[str] | None = None,
    probs: Any = None,
    readings: dict[str, Any] | None = None,
    transformed: Any = None,
    visible: Any = None,
    pieces: Sequence[Sequence[str]] | None = None,
) -> Trace:
    """A trace of [CLS] words [SEP]; `depth` per token (special ones included) unless masks are given.

    kind: "freeze" (stays visible), "drop" (gone), "exit" (all of it ends with the deepest). The uncertainty after layer l
    is 1/(1+l), the first label's probability 0.9 after every layer.
    """
    pieces = pieces or [[w] for w in words]
    tokens = ["[CLS]", *(p for ps in pieces for p in ps), "[SEP]"]
    word = [-1, *(i for i, ps in enumerate(pieces) for _ in ps), -1]
    text = " ".join(words)
    spans = [(0, 0), *_offsets(words, pieces), (0, 0)]
    count = len(tokens)
    depth = [layers] * count if depth is None else depth
    done = np.arange(layers)[:, None] < np.array(depth)[None] if transformed is None else np.array(transformed, bool)
    end = np.array(done.any(1))[:, None]
    seen = np.broadcast_to(end, done.shape) if kind == "freeze" else done
    units = 1 if unit == "sentence" else count
    if probs is None:
        probs = np.full((layers + 1, units, len(labels)), 0.1 / (len(labels) - 1))
        probs[:, :, 0] = 0.9
        probs[0] = np.nan
        probs[:, [i for i in range(units) if unit == "token" and word[i] < 0]] = np.nan
        last = done.sum(0) if unit == "token" else np.array([int(done.any(1).sum())])
        for u in range(units):
            probs[last[u] + 1 :, u] = np.nan
    probs = np.asarray(probs, float)
    answer = np.stack([_last(probs[:, u]) for u in range(units)])
    return Trace(
        text=text,
        tokens=tuple(tokens),
        offsets=np.array(spans),
        word=np.array(word),
        special=np.array([w < 0 for w in word]),
        attending=done,
        visible=seen if visible is None else np.array(visible, bool),
        transformed=done,
        readings=readings if readings is not None else _uncertainty(probs, unit),
        probs=probs,
        answer=answer,
        labels=tuple(labels),
        layers=tuple(LayerSize(s, 4, 16) for s in (stages or ["model"] * layers)),
        extra_flops=np.zeros(layers + 1),
        plain_head=0,
        knobs={"entropy": 0.3},
    )


def _offsets(words: Sequence[str], pieces: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    out, start = [], 0
    for word, parts in zip(words, pieces, strict=True):
        lengths = [len(p.removeprefix("##")) for p in parts]
        stops = np.cumsum(lengths)
        out += [(start + int(stop) - n, start + int(stop)) for stop, n in zip(stops, lengths, strict=True)]
        start += len(word) + 1
    return out


def _uncertainty(probs: np.ndarray, unit: str) -> dict[str, np.ndarray]:
    rows = np.arange(len(probs))[:, None] + 1.0
    values = np.where(np.isnan(probs).any(-1), np.nan, 1 / rows)
    return {"uncertainty": values[:, 0] if unit == "sentence" else values}


def _last(rows: np.ndarray) -> np.ndarray:
    read = np.flatnonzero(~np.isnan(rows).any(-1))
    return rows[read[-1]] if len(read) else rows[0]


def sweep(correct: Sequence[Sequence[int]], share: Sequence[float], knobs: Sequence[float] | None = None) -> Sweep:
    """A sweep whose sentence s at point p is right where correct[p][s]; every sentence costs 1000 at full depth."""
    right = np.array(correct)
    points, sentences = right.shape
    return Sweep(
        model="m",
        method="exit",
        task="t",
        split="s",
        digest="",
        rows=Rows(tuple(map(str, range(sentences))), np.full(sentences, 5), ((),) * sentences, np.ones(sentences), np.arange(sentences)),
        knobs=tuple({"entropy": k} for k in (knobs or np.linspace(0, 1, points))),
        predicted=right,
        flops=np.array([[round(s * 1000)] * sentences for s in share]),
        plain_flops=np.full(sentences, 1000),
        depth=np.array([[s * 6] * sentences for s in share]),
        exits=np.array([[max(round(s * 6), 1)] * sentences for s in share]),
        layers=6,
    )
