"""ToMe's rule: pairs by turns, the most alike merge, means weighted by size, and attention that counts what a key holds."""

import math

import numpy as np
import pytest
import torch

from dynviz.core.engine import run
from dynviz.core.intervene import Intervened
from dynviz.core.method import Plan, Shape, View
from dynviz.measure.evaluate import join
from dynviz.methods.tome import ToMe, matched
from dynviz.records import Interventions, Run, Sentences
from tests.tiny import case, encoder, part, sentences

TWO = Sentences(np.array([5, 4]), np.zeros(9, bool), np.zeros(9, int))


def obvious(keys: np.ndarray, order: list[int], many: int) -> tuple[dict[int, int], list[int]]:
    """Whom each merged token goes to, and the order in which the others go on: the paper's five steps, one token at a time.

    keys: (T, d) by place; order: the places present, [CLS] first.
    """

    def likeness(a: int, b: int) -> float:
        return float(keys[a] @ keys[b] / math.sqrt(keys[a] @ keys[a]) / math.sqrt(keys[b] @ keys[b]))

    ours, theirs = order[::2], order[1::2]
    best = {a: max(theirs, key=lambda b: likeness(a, b)) for a in ours[1:]}
    merged = sorted(best, key=lambda a: -likeness(a, best[a]))[:many]
    return {a: best[a] for a in merged}, [a for a in ours if a not in merged] + theirs


def merging(share: float, sizes: list[int], seed: int = 0) -> tuple[np.ndarray, Sentences, Run]:
    c = case("tome", "sentence")
    ids, layout = sentences(sizes, seed)
    return ids, layout, run(c.stages, c.method, ids, layout, {"share": share})


def places(record: Run) -> np.ndarray:
    assert record.merged_into is not None
    return record.merged_into


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_matching_is_the_obvious_one_layer_after_layer(share: float) -> None:
    """The states are computed here too, a token at a time: sums over groups, and softmax of logits plus the logarithm of the size."""
    c = case("tome", "sentence")
    ids, _, record = merging(share, [14])
    order, groups = list(range(14)), {i: [i] for i in range(14)}
    with torch.inference_mode():
        states = dict(enumerate(c.stages[0].embed(torch.from_numpy(ids), torch.arange(14))))
        for number, layer in enumerate(c.stages[0].layers):
            x = torch.stack([states[i] for i in order])
            q, k, v = (layer.split(f(x)) for f in (layer.query, layer.key, layer.value))
            held = torch.tensor([float(len(groups[i])) for i in order]).double()
            weights = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).exp() * held
            context = (weights / weights.sum(-1, keepdim=True)) @ v
            attended = dict(zip(order, layer.attended(x, context.transpose(0, 1).flatten(-2)), strict=True))
            keys = np.zeros((14, k.shape[-1]))
            keys[order] = k.mean(0)
            goes, left = obvious(keys, order, int(share * len(order) + 1e-9))
            for a, b in goes.items():
                whole = groups[a] + groups[b]
                attended[b] = (len(groups[a]) * attended[a] + len(groups[b]) * attended[b]) / len(whole)
                groups[b] = whole
            order = left
            states = {i: layer.norm(layer.sums(attended[i])) for i in order}
            assert {i: sorted(groups[i]) for i in order} == {
                int(i): np.flatnonzero(places(record)[number] == i).tolist() for i in set(places(record)[number])
            }
        pooled = sum(len(groups[i]) * states[i] for i in order) / 14
        want = c.method.head(4)(pooled).softmax(-1)
    np.testing.assert_allclose(record.answer[0], want, rtol=0, atol=1e-9)


def test_a_token_goes_to_the_one_whose_key_points_its_way() -> None:
    keys = np.array([[1.0, 0], [0, 1], [0, 3], [1, 0], [2, 2]])  # by turns A, B, A, B, A
    likeness, best = matched(keys, np.array([5]))
    assert best.tolist() == [0, 0], "(0, 3) is as (0, 1); (2, 2) lies between both, and takes the first"
    np.testing.assert_allclose(likeness, [1, math.sqrt(0.5)], rtol=1e-6)


def test_the_most_alike_merge_as_many_as_the_share_says_in_each_sentence_for_itself() -> None:
    method = ToMe(Shape((4,), (2,), 2, heads=(1,)))
    likeness = np.full((2, 9), np.nan)
    likeness[1, [2, 4, 7]] = [0.3, 0.9, 0.1]
    partner = np.full((2, 9), np.nan)
    partner[1, [2, 4, 7]] = [1, 3, 3]
    read, plan = {"similarity": likeness, "partner": partner}, Plan.everything(TWO)

    def into(share: float) -> list[int]:
        after = method.decide("between", 1, read, TWO, plan, {"share": share})
        assert after.merged_into is not None
        assert np.array_equal(after.transformed, after.merged_into == np.arange(9))
        return [int(i) for i in after.merged_into]

    assert into(0.2) == [0, 1, 2, 3, 3, 5, 6, 7, 8], "one of five, the most alike; none of four"
    assert into(0.25) == [0, 1, 2, 3, 3, 5, 6, 8, 8]
    assert into(0.5) == [0, 1, 1, 3, 3, 5, 6, 8, 8], "at most (n - 1) / 2"
    assert method.decide("between", 1, read, TWO, plan, {"share": 0.1}) is plan


def test_tokens_equally_alike_merge_by_their_place() -> None:
    method = ToMe(Shape((4,), (2,), 2, heads=(1,)))
    likeness, partner = np.full((2, 9), np.nan), np.full((2, 9), np.nan)
    likeness[1, [2, 4]], partner[1, [2, 4]] = 0.5, 1
    after = method.decide("between", 1, {"similarity": likeness, "partner": partner}, TWO, Plan.everything(TWO), {"share": 0.2})
    assert after.merged_into is not None
    assert after.merged_into.tolist() == [0, 1, 1, 3, 4, 5, 6, 7, 8]


def test_cls_stays_itself_and_a_text_of_marks_alone_is_read() -> None:
    for length in range(1, 15):
        _, _, record = merging(0.5, [length], length)
        left = 1 if length == 1 else 2
        assert record.kept[-1, 0] >= left
        if record.merged_into is not None:
            assert (record.merged_into == 0).sum(1).tolist() == [1] * 4, "nothing goes into [CLS]"
        assert np.isfinite(record.answer).all()


def test_a_mean_counts_each_token_as_often_as_it_holds_pieces() -> None:
    plan = Plan.everything(TWO).merge(np.array([0, 1, 1, 1, 4, 5, 6, 7, 8]))
    states = torch.arange(9.0).double()[:, None]
    pooled = View(states, TWO, plan).pooled(np.array([True, True]), "mean")
    assert pooled[:, 0].tolist() == [(0 + 3 * 1 + 4) / 5, (5 + 6 + 7 + 8) / 4]
    assert View(states, TWO, plan).pooled(np.array([False, True]), "cls").tolist() == [[5]]


def test_matching_is_counted_where_it_is_done() -> None:
    _, _, record = merging(0.25, [9, 3])
    # 9 tokens: 4 of A but [CLS] against 4 of B, keys of 8 numbers; 7 left: 3 against 3; 6 left: 2 against 3; 5 left: 2 against 2
    assert record.extra_flops[1:4, 0].tolist() == [2 * 8 * 16, 2 * 8 * 9, 2 * 8 * 6]
    assert record.extra_flops[1:4, 1].tolist() == [0, 0, 0], "a quarter of three is none"


@pytest.mark.parametrize("kind", ["distilbert", "albert", "roberta", "electra"])
def test_every_encoder_merges(kind: str) -> None:
    made = encoder(kind=kind)
    method = ToMe(Shape((made.width,), (4,), 3, heads=(made.heads,))).double().eval().requires_grad_(False)
    record = run((made,), method, *sentences([12, 7]), {"share": 0.3})
    assert record.kept[:, 0].tolist() == [9, 7, 5, 4]
    assert record.kept[:, 1].tolist() == [5, 4, 3, 3]


def test_a_token_kept_by_hand_is_not_merged_with_all_that_it_holds() -> None:
    c = case("tome", "sentence")
    ids, layout, record = merging(0.3, [14], 3)
    gone = [int(i) for i in np.flatnonzero(places(record)[-1] != np.arange(14))]
    holders = [i for i in gone if (places(record)[0] == i).sum() > 1]
    assert holders, "one that held others was merged later"
    apart = run(c.stages, Intervened(c.method, Interventions(keep=((holders[0], 2),))), ids, layout, {"share": 0.3})
    assert places(apart)[-1, holders[0]] == holders[0]
    held = np.flatnonzero(places(record)[0] == holders[0])
    assert (places(apart)[-1, held] == holders[0]).all(), "what it held before stays with it"
    assert apart.transformed[:, holders[0]].all()


def test_a_token_dropped_by_hand_takes_what_it_holds_with_it() -> None:
    c = case("tome", "sentence")
    ids, layout, record = merging(0.3, [14], 3)
    holder = int(np.flatnonzero(np.bincount(places(record)[0], minlength=14) > 1)[0])
    without = run(c.stages, Intervened(c.method, Interventions(drop=((holder, 2),))), ids, layout, {"share": 0.3})
    held = np.flatnonzero(places(record)[0] == holder)
    assert not without.visible[1:, held].any()
    assert not np.allclose(without.answer, record.answer)


def test_runs_side_by_side_keep_their_places() -> None:
    c = case("tome", "sentence")
    ids, layout, together = merging(0.3, [9, 12, 2])
    joined = join([run(c.stages, c.method, *part(ids, layout, [s]), {"share": 0.3}) for s in range(3)])
    assert np.array_equal(places(joined), places(together))
    assert np.array_equal(places(together.only(1)), places(together)[:, 9:21] - 9)
    assert together.only(2).merged_into is not None
    assert join([joined.only(2)]).merged_into is not None
    plain = run(c.stages, c.method, ids, layout, c.method.off())
    assert plain.merged_into is None
    assert join([plain, plain]).merged_into is None


def test_a_word_that_was_merged_away_is_told_from_the_state_of_the_token_that_holds_it() -> None:
    c = case("tome", "token")
    ids, layout = sentences([12, 9])
    record = run(c.stages, c.method, ids, layout, {"share": 0.5})
    holder = places(record)[-1]
    gone = np.flatnonzero(layout.leads & (holder != np.arange(len(holder))))
    told = gone[layout.leads[holder[gone]]]
    assert len(told), "or there is nothing to see"
    np.testing.assert_array_equal(record.answer[told], record.answer[holder[told]])
    apart = np.flatnonzero(layout.leads & (holder == np.arange(len(holder))))
    assert len(np.unique(record.answer[apart], axis=0)) == len(apart), "words that were not, each from its own"
