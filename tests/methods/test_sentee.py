"""SENTEE: the sentence waits for its most doubtful word; words of other sentences and pieces that are no words do not count."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dynviz.core.engine import run
from dynviz.core.method import Batch, Plan, Shape
from dynviz.data.pieces import Pieces
from dynviz.measure import evaluate
from dynviz.measure.evaluate import Subject
from dynviz.methods.sentee import Sentee
from dynviz.records import Rows, Sentences
from tests import tiny
from tests.methods.small import gradients, randomize, trainable_encoder, without_gradient

# Two sentences: [CLS] a b ##b [SEP], and [CLS] c [SEP].
WORD = np.array([-1, 0, 1, 1, -1, -1, 0, -1])
LAYOUT = Sentences(np.array([5, 3]), WORD < 0, WORD)
NAN = np.nan


def method(layers: int = 3, **options: str) -> Sentee:
    return Sentee(Shape((8,), (layers,), 3, "token"), **options)  # type: ignore[arg-type]


def goes_on(a: float, b: float, c: float, delta: float, **options: str) -> list[bool]:
    """Which of the two sentences is live after a layer that reads these uncertainties of its words."""
    row = [NAN, a, b, NAN, NAN, NAN, c, NAN]
    readings = {"uncertainty": np.array([[NAN] * 8, row])}
    return method(**options).decide("after", 1, readings, LAYOUT, Plan.everything(LAYOUT), {"delta": delta}).live.tolist()


def test_the_most_doubtful_word_decides() -> None:
    assert goes_on(0.1, 0.4, 0.2, delta=0.3) == [True, False]
    assert goes_on(0.1, 0.2, 0.4, delta=0.3) == [False, True]


def test_exactly_the_threshold_is_not_below_it() -> None:
    assert goes_on(0.1, 0.25, 0.25, delta=0.25) == [True, True]


def test_the_mean_may_stand_for_the_words_instead() -> None:
    assert goes_on(0.1, 0.4, 0.3, delta=0.3, reduce="mean") == [False, True]  # (0.1 + 0.4) / 2 is below 0.3, 0.3 is not


def test_larger_thresholds_stop_earlier_and_off_never_does() -> None:
    assert [sum(goes_on(0.3, 0.1, 0.6, delta)) for delta in (0.2, 0.5, 0.7)] == [2, 1, 0]
    assert goes_on(0.0, 0.0, 0.0, Sentee.off()["delta"]) == [True, True]
    assert Sentee.knobs[0].stops == "up"


def test_a_sentence_without_words_goes_through_all_layers() -> None:
    layout = Sentences(np.array([2]), np.array([True, True]), np.array([-1, -1]))
    plan = method().decide("after", 1, {"uncertainty": np.full((2, 2), NAN)}, layout, Plan.everything(layout), {"delta": 1.0})
    assert plan.live.tolist() == [True]


def test_a_sentence_that_has_its_answer_is_left_alone() -> None:
    plan = Plan.everything(LAYOUT, np.array([True, False]))
    readings = {"uncertainty": np.array([[NAN] * 8, [NAN, 0.9, 0.9, NAN, NAN, NAN, NAN, NAN]])}
    assert method().decide("after", 1, readings, LAYOUT, plan, {"delta": 0.5}).live.tolist() == [True, False]


def test_what_is_compared_is_the_largest_uncertainty_of_each_layer() -> None:
    unsure = np.array([[NAN] * 4, [NAN, 0.5, 0.9, NAN], [NAN, 0.2, 0.1, NAN], [NAN] * 4])
    (found,) = method().compares({"uncertainty": unsure}, {"delta": 0.3})
    np.testing.assert_array_equal(found.values, [NAN, 0.9, 0.2, NAN])
    np.testing.assert_array_equal(found.limits, [0.3] * 4)
    assert found.stops == "below"
    (mean,) = method(reduce="mean").compares({"uncertainty": unsure}, {"delta": 0.3})
    np.testing.assert_allclose(mean.values, [NAN, 0.7, 0.15, NAN])


def test_all_words_of_a_sentence_take_the_tags_of_the_layer_it_left_at() -> None:
    c = tiny.case("sentee")
    ids, layout = tiny.sentences([5, 9, 14, 12], 1)
    early = [run(c.stages, c.method, ids, layout, {"delta": delta}) for delta in np.linspace(0.1, 0.9, 9)]
    assert len({tuple(r.exit_layer) for r in early}) > 2
    for record in early:
        for s, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
            own = slice(start, start + length)
            assert set(record.depth[own]) == {record.exit_layer[s]}
            np.testing.assert_array_equal(record.answer[own], record.probs[record.exit_layer[s], own])
            worst = np.nanmax(record.readings["uncertainty"][1 : record.exit_layer[s] + 1, own], 1)
            assert (worst[:-1] >= record.knobs["delta"]).all()
            assert record.exit_layer[s] == 4 or worst[-1] < record.knobs["delta"]


@pytest.mark.parametrize("delta", [0.3, 0.6, 0.8])
def test_one_pass_over_tagged_sentences_serves_every_threshold(delta: float) -> None:
    c = tiny.case("sentee")
    ids, layout = tiny.sentences([5, 9, 14, 12], 1)
    pieces = Pieces(tuple("abcd"), ids, layout, ("x",) * len(ids), np.zeros((len(ids), 2), np.int64), np.zeros(4, np.int64))
    owner = layout.owner[layout.leads]
    rows = Rows(tuple("abcd"), layout.lengths, ((),) * 4, np.zeros(len(owner), np.int64), owner)
    found = evaluate.sweep(Subject(c.stages, c.method, "x", "pos", ""), pieces, rows, [{"delta": 0.0}, {"delta": delta}])
    alone = run(c.stages, c.method, ids, layout, {"delta": delta})
    assert found.flops[1].tolist() == alone.flops.tolist()
    assert found.predicted[1].tolist() == alone.predicted[layout.leads].tolist()
    assert found.exits[1].tolist() == alone.exit_layer.tolist()


def tagged(encoder: object) -> Batch:
    """Two sentences of 6 and 4 pieces; two and one words are labelled."""
    ids = torch.tensor([[7, 8, 9, 10, 11, 12], [13, 14, 15, 16, 0, 0]])
    real = torch.arange(6) < torch.tensor([6, 4])[:, None]
    labels = torch.tensor([[-100, 1, -100, 2, -100, -100], [-100, 0, -100, -100, -100, -100]])
    return Batch(ids, real, labels, torch.zeros(2, dtype=torch.bool), 0.0, (encoder,))  # type: ignore[arg-type]


@torch.no_grad()
def test_the_loss_weighs_layers_by_their_number() -> None:
    encoder, tagger = tiny.encoder(), Sentee(Shape((16,), (4,), 3, "token"))
    randomize(tagger)
    batch = tagged(encoder)
    states = encoder.padded(batch.ids, batch.real)
    want = 0.0
    for i in (1, 2, 3, 4):
        words = torch.stack([states[i][0, 1], states[i][0, 3], states[i][1, 1]])
        want += i / 10 * float(F.cross_entropy(tagger.head(i)(words).float(), torch.tensor([1, 2, 0])))
    assert float(tagger.loss(Sentee.recipe[0], batch)) == pytest.approx(want, rel=1e-6)


def test_the_loss_reaches_every_parameter() -> None:
    encoder, tagger = trainable_encoder(), Sentee(Shape((16,), (4,), 3, "token"))
    found = gradients(randomize(tagger).loss(Sentee.recipe[0], tagged(encoder)), tagger, encoder)
    assert without_gradient(found) <= {k for k in found if k.endswith("key.bias")}  # a key's bias moves no attention
