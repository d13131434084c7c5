"""Tokens drawn by lot: as many of each sentence in each layer as the method's own choice, [CLS] among them, and others than its own."""

import numpy as np
import pytest

from dynviz.core.by_lot import ByLot, places
from dynviz.core.engine import run
from dynviz.methods import methods
from dynviz.records import Sentences
from tests import tiny

DROPPING = [name for name, kind in methods().items() if kind.kind == "tokens" and kind.serves[0] == "sentence"]
LENGTHS = [5, 9, 14, 12]


@pytest.mark.parametrize("name", DROPPING)
def test_counts_are_the_methods_own_and_the_choice_is_not(name: str) -> None:
    c = tiny.case(name, "sentence")
    ids, layout = tiny.sentences(LENGTHS)
    ran = [run(c.stages, c.method, ids, layout, knobs) for knobs in tiny.settings_of(c.method)]
    own = max(ran, key=lambda r: int(((r.kept > 1) & (r.kept < layout.lengths)).sum()))  # the one that leaves most to a lot
    assert not own.transformed.all()
    if own.merged_into is not None:
        return  # what is merged is not gone
    lots = [run(c.stages, ByLot(c.method, own, np.random.default_rng(seed)), ids, layout, own.knobs) for seed in range(4)]
    for lot in lots:
        assert (layout.count(lot.attending) == layout.count(own.attending)).all()
        assert (lot.kept == own.kept).all()
        assert lot.transformed[:, layout.first].all()
        assert np.isfinite(lot.answer).all()
    assert any((lot.transformed != own.transformed).any() for lot in lots)


def test_every_token_but_the_first_has_the_same_chance() -> None:
    layout = Sentences(np.array([4, 3]), np.zeros(7, bool), np.zeros(7, int))
    found = np.stack([places(layout, np.random.default_rng(seed)) for seed in range(600)])
    assert (found[:, [0, 4]] == 0).all()
    assert sorted(found[0, :4]) == [0, 1, 2, 3]
    for place in (1, 2, 3):
        assert np.allclose((found[:, 1:4] == place).mean(0), 1 / 3, atol=0.08)
