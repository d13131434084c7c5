"""The cost formula, by numbers a reader can check in the head."""

import numpy as np

from dynviz.records.cost import LayerSize, layers_flops, plain_flops
from tests.figures.build import sweep


def n(*values: int) -> np.ndarray:
    return np.array(values)


def test_one_token_of_width_one_costs_its_products() -> None:
    # query, key, value, output: 4 multiply-adds; its attention to itself: 2; feed-forward of inner size 3: 6
    assert LayerSize("model", 1, 3).flops(n(1), n(1), n(1)).tolist() == [2 * (4 + 2 + 6)]


def test_a_frozen_token_still_pays_its_key_and_value() -> None:
    size = LayerSize("model", 10, 40)
    with_it, without = size.flops(n(1), n(2), n(1)), size.flops(n(1), n(1), n(1))
    assert (with_it - without).tolist() == [2 * (2 * 10 * 10) + 2 * (2 * 10)]  # key and value; one more place attended to


def test_a_token_dropped_between_saves_only_its_feed_forward() -> None:
    size = LayerSize("model", 10, 40)
    assert (size.flops(n(3), n(3), n(3)) - size.flops(n(3), n(3), n(2))).tolist() == [2 * 2 * 10 * 40]


def test_nothing_costs_nothing() -> None:
    assert LayerSize("model", 10, 40).flops(n(0), n(0), n(0)).tolist() == [0]


def test_layers_of_minilm_cost_what_was_counted() -> None:
    """42.69 million a layer for 12 pieces, counted by torch."""
    size = LayerSize("model", 384, 1536)
    assert size.flops(n(12), n(12), n(12)).tolist() == [42_688_512]
    assert size.flops(n(12), n(12), n(12))[0] == 2 * 12 * (4 * 384**2 + 2 * 384 * 1536) + 4 * 12**2 * 384


def test_layers_are_counted_each_by_its_own_size() -> None:
    sizes = (LayerSize("a", 1, 1), LayerSize("a", 1, 2))
    counts = np.array([[1, 2], [1, 0]])
    assert layers_flops(sizes, counts, counts, counts, n(2, 2)).tolist() == [[16, 40], [20, 0]]


def test_the_plain_model_of_a_cascade_is_its_dearest_stage() -> None:
    sizes = (LayerSize("small", 1, 1), LayerSize("big", 1, 2), LayerSize("big", 1, 2))
    assert plain_flops(sizes, n(1), n(7)).tolist() == [2 * 20 + 7]


def test_entering_is_paid_for_every_token() -> None:
    sizes = (LayerSize("model", 1, 1, entry=100), LayerSize("model", 1, 1))
    assert plain_flops(sizes, n(2), n(0)).tolist() == [2 * 40 + 200]


def test_compute_is_a_share_of_the_plain_models_also_where_full_depth_costs_more() -> None:
    found = sweep([[1, 1], [1, 1]], [1.25, 0.5])  # a quarter more than the plain model, for its heads
    assert found.share.tolist() == [1.25, 0.5]


def test_distances_cost_the_rows_that_a_text_can_need() -> None:
    """Queries of those that attend and keys of those in sight, with the distances to either side, and no more than the table has."""
    size, bare = LayerSize("model", 10, 40, distances=16), LayerSize("model", 10, 40)
    for length, rows in ((1, 1), (3, 5), (8, 15), (9, 16), (100, 16)):
        more = size.flops(n(1), n(2), n(1), n(length)) - bare.flops(n(1), n(2), n(1))
        assert more.tolist() == [2 * 10 * rows * 3]
    assert size.flops(n(3), n(3), n(3)).tolist() == size.flops(n(3), n(3), n(3), n(3)).tolist()
    assert "distances" not in bare.as_dict()
    assert LayerSize(**size.as_dict()) == size
