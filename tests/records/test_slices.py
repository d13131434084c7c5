"""What changes at an operating point, on numbers a reader can check in the head."""

import numpy as np
import pytest

from dynviz.records import Rows, Sweep
from dynviz.records.slices import against, by_tag, flips
from dynviz.records.sweep import bootstraps, grouped_bootstraps, paired_bootstrap


def sweep(predicted: list[list[int]], tags: tuple[tuple[str, ...], ...] = ((), (), (), ())) -> Sweep:
    points, sentences = np.array(predicted).shape
    return Sweep(
        "m", "exit", "sst2", "report", "", Rows(tuple("abcd"), np.full(4, 5), tags, np.array([1, 1, 1, 1]), np.arange(4)),
        tuple({"knob": float(i)} for i in range(points)), np.array(predicted), np.full((points, sentences), 50), np.full(sentences, 100),
        np.full((points, sentences), 3.0), np.full((points, sentences), 3), 6,
    )  # fmt: skip


def test_a_flip_is_worse_avoided_or_wrong_either_way() -> None:
    found = flips(sweep([[1, 0, 0, 1], [0, 1, 2, 1]]), 1)
    assert [(f.row, f.kind) for f in found] == [("a", "worse"), ("b", "avoided"), ("c", "changed")]


def test_every_tag_has_its_own_numbers_and_all_comes_first() -> None:
    rows = by_tag(sweep([[1, 1, 0, 1], [0, 1, 1, 1]], (("x",), ("x", "y"), ("y",), ())), 1)
    assert [(r.tag, r.sentences, r.difference, r.worse, r.avoided) for r in rows] == [
        ("all", 4, 0, 1, 1),
        ("x", 2, -0.5, 1, 0),
        ("y", 2, 0.5, 0, 1),
    ]
    assert all(r.low <= r.difference <= r.high for r in rows)


def test_all_points_at_once_give_the_interval_of_each() -> None:
    rng = np.random.default_rng(1)
    owner = np.sort(rng.integers(0, 60, 300))
    gains = rng.integers(-1, 2, (5, 300))
    for row, gain in zip(bootstraps(gains, owner, 60), gains, strict=True):
        assert tuple(row) == paired_bootstrap(gain, owner, 60)


def test_a_group_of_everybody_is_the_paired_bootstrap() -> None:
    rng = np.random.default_rng(2)
    gain, owner = rng.integers(-1, 2, 80), np.arange(80)
    assert tuple(grouped_bootstraps(gain, owner, np.ones((1, 80), bool))[0]) == pytest.approx(paired_bootstrap(gain, owner, 80))


def test_the_interval_is_the_slow_obvious_one() -> None:
    gain, owner = np.array([1, 0, -1, -1, 0, 0, 1, -1]), np.arange(8)
    rng = np.random.default_rng(0)
    means = [gain[rng.integers(0, 8, 8)].mean() for _ in range(2000)]
    assert paired_bootstrap(gain, owner, 8) == pytest.approx((gain.mean(), *np.percentile(means, [2.5, 97.5])))


def test_models_are_compared_on_the_same_examples_only() -> None:
    one, other = sweep([[1, 1, 1, 1]]), sweep([[1, 1, 0, 0]])
    found = against(one, other, 0)
    assert found is not None
    assert found[0] == 0.5
    assert against(one, sweep([[1, 1, 0, 0]], ((), (), (), ())), 0) is not None
