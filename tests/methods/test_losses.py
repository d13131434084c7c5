"""The losses of the oldest exit methods, sentence by sentence and layer by layer, as the papers write them."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from dynviz import methods
from dynviz.core.encoder import Encoder
from dynviz.core.method import Batch, Pooling, Shape
from dynviz.methods._ramps import Ramps, uncertainty
from dynviz.methods.cascade import Cascade
from dynviz.methods.dact import Dact
from dynviz.methods.deebert import DeeBert
from dynviz.methods.entropy_exit import EntropyExit
from dynviz.methods.plain import Plain
from dynviz.methods.tokee import THRESHOLDS, Tokee, sampled_exits
from tests import tiny
from tests.methods import small

METHODS = Path(methods.__file__).parent
SHAPE = Shape((16,), (3,), 2)
POOLINGS: tuple[Pooling, ...] = ("cls", "mean")


def vectors(given: Batch, pooling: Pooling) -> list[Tensor]:
    """(B, D) after 0..L layers: what a classifier reads of each sentence."""
    if pooling == "mean":
        return small.pooled(given)
    return [states[:, 0] for states in given.encoders[0].padded(given.ids, given.real)]


def test_every_loss_and_teacher_is_told_which_of_two_texts_a_piece_is_of() -> None:
    """A model trained without would meet segments first when it runs."""
    calls = 0
    for file in (*METHODS.glob("*.py"), METHODS.parent / "core" / "teacher.py", METHODS.parent / "training" / "distil.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("padded", "embed", "through"):
                given = [ast.unparse(argument) for argument in node.args]
                calls += given[0] == "batch.ids"
                assert given[0] != "batch.ids" or given[2:] == ["batch.types"], f"{file.name}, line {node.lineno}"
    assert calls > 30


def wrong(probs: Tensor, label: int) -> float:
    """The cross-entropy of one answer."""
    return -float(probs.detach()[label].log())


def of_layer(method: Ramps, given: Batch, layer: int) -> float:
    """Mean cross-entropy of a layer's classifier over the four sentences."""
    said = [method.head(layer)(v).softmax(-1) for v in vectors(given, method.pooling)[layer]]
    return sum(wrong(probs, int(label)) for probs, label in zip(said, given.labels, strict=True)) / 4


def number(loss: Tensor) -> float:
    """The loss of a batch; its parts, if it comes in parts, add up."""
    return float(loss.detach().sum())


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_plain_model_learns_by_its_last_layer_alone(pooling: Pooling) -> None:
    encoder = small.trainable_encoder(3)
    given, method = small.batch(encoder), Plain(SHAPE, pooling=pooling)
    small.randomize(method)
    loss = method.loss(Plain.recipe[0], given)
    assert number(loss) == pytest.approx(of_layer(method, given, 3), rel=1e-5)
    reached = small.gradients(loss, method, encoder)
    assert all(bool(reached[f"encoder.layer.{i}.output.dense.weight"].any()) for i in range(3))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_joint_training_weights_the_classifier_of_layer_i_by_i(pooling: Pooling) -> None:
    encoder = small.trainable_encoder(3)
    given, method = small.batch(encoder), EntropyExit(SHAPE, pooling=pooling)
    small.randomize(method)
    one, two, three = (of_layer(method, given, i) for i in (1, 2, 3))
    loss = method.loss(EntropyExit.recipe[0], given)
    assert number(loss) == pytest.approx((1 * one + 2 * two + 3 * three) / 6, rel=1e-5)
    assert not any(name.startswith("heads.") for name in small.without_gradient(small.gradients(loss, method, encoder)))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_deeberts_ramps_learn_alike_and_neither_the_last_classifier_nor_the_encoder_does(pooling: Pooling) -> None:
    encoder = small.trainable_encoder(3)
    given, method = small.batch(encoder), DeeBert(SHAPE, pooling=pooling)
    small.randomize(method)
    loss = method.loss(DeeBert.recipe[0], given)
    assert number(loss) == pytest.approx(of_layer(method, given, 1) + of_layer(method, given, 2), rel=1e-5)
    still = small.without_gradient(small.gradients(loss, method, encoder))
    assert {name.split(".")[1] for name in still if name.startswith("heads.")} == {"3"}
    assert {name for name in still if name.startswith("encoder.")} == {f"encoder.{k}" for k, _ in encoder.model.encoder.named_parameters()}


# CascadeBERT


def cascade(hard: list[bool], **options: float) -> tuple[Cascade, Batch]:
    """A small and a big model, and a batch in which these examples are hard."""
    stages = (tiny.encoder("small", 8, 2, 1), tiny.encoder("big", 16, 4, 2))
    method = Cascade(Shape((8, 16), (2, 4), 2), **options)
    small.randomize(method)
    return method, replace(small.batch(stages[0]), encoders=stages, hard=torch.tensor(hard))


def sureness(method: Cascade, given: Batch) -> list[float]:
    """The small model's largest probability for each sentence, after its two layers."""
    return [float(method.head(2)(v).softmax(-1).max().detach()) for v in vectors(given, "mean")[2]]


@pytest.mark.parametrize(("margin", "weight"), [(0.5, 0.5), (0.1, 2.0), (0.0, 1.0)])
def test_the_small_model_must_be_surer_of_easy_examples_than_of_a_hard_one_by_a_margin(margin: float, weight: float) -> None:
    method, given = cascade([False, True, False, False], margin=margin, weight=weight)
    first, hard, third, fourth = sureness(method, given)
    missing = [max(0.0, margin - (easy - hard)) for easy in (first, third, fourth)]
    want = of_layer(method, given, 2) + weight * sum(missing) / 3
    assert number(method.loss(Cascade.recipe[0], given)) == pytest.approx(want, rel=1e-5)


def test_the_margins_above_are_missed_by_some_and_kept_by_others() -> None:
    """Guards the test above."""
    method, given = cascade([False, True, False, False])
    first, hard, third, fourth = sureness(method, given)
    leads = [easy - hard for easy in (first, third, fourth)]
    assert min(leads) < 0 < max(leads) < 0.5


@pytest.mark.parametrize("hard", [[False] * 4, [True] * 4])
def test_without_an_easy_and_a_hard_example_there_is_no_margin(hard: list[bool]) -> None:
    method, given = cascade(hard)
    assert number(method.loss(Cascade.recipe[0], given)) == pytest.approx(of_layer(method, given, 2), rel=1e-5)


# DACT-BERT


def test_dact_pays_for_the_mixed_answer_and_for_the_weight_left_to_later_layers() -> None:
    given, method = small.batch(small.trainable_encoder(3)), Dact(SHAPE, tau=0.7)
    small.randomize(method)
    read, want = small.pooled(given), 0.0
    for b in range(4):
        one, two, three = (method.head(i)(read[i][b]).softmax(-1) for i in (1, 2, 3))
        h = [float(method.halts[str(i)](read[i][b]).sigmoid().detach()) for i in (1, 2, 3)]
        left = [h[0], h[0] * h[1], h[0] * h[1] * h[2]]
        answer = three * left[1] + (1 - left[1]) * (two * left[0] + (1 - left[0]) * one)
        want += (wrong(answer, int(given.labels[b])) + 0.7 * sum(left)) / 4
    assert number(method.loss(Dact.recipe[0], given)) == pytest.approx(want, rel=1e-5)


def test_dacts_halting_heads_learn_at_their_own_rate_ten_times_the_classifiers() -> None:
    method = Dact(SHAPE)
    assert set(method.own_rates(Dact.recipe[0])) == set(method.halts.parameters())
    assert set(method.own_rates(Dact.recipe[0]).values()) == {10 * Dact.recipe[0].head_lr}


# TOKEE

JOINT, SAMPLING = Tokee.recipe


def tokee(layers: int = 3) -> tuple[Tokee, Batch]:
    """Four sentences with words of one and of two pieces; tags stand on the first pieces."""
    method = Tokee(Shape((16,), (layers,), 3, "token"), hidden=False)
    small.randomize(method)
    given = small.batch(small.trainable_encoder(layers))
    tags = torch.full((4, 7), -100)
    for b, row in enumerate(([0, 1, -100, 2, 0], [2, 2, -100], [1, -100, 0, 0, 2], [0, 1])):
        tags[b, 1 : 1 + len(row)] = torch.tensor(row)
    return method, replace(given, labels=tags)


def test_the_tag_classifiers_are_weighted_by_layer() -> None:
    method, given = tokee()
    states, want = given.encoders[0].padded(given.ids, given.real), 0.0
    words = [(b, t) for b in range(4) for t in range(7) if given.labels[b, t] >= 0]
    for i in (1, 2, 3):
        said = [wrong(method.head(i)(states[i][b, t]).softmax(-1), int(given.labels[b, t])) for b, t in words]
        want += i / 6 * sum(said) / len(words)
    assert number(method.loss(JOINT, given)) == pytest.approx(want, rel=1e-5)


def halting(method: Tokee, given: Batch, exits: Tensor) -> float:
    """The loss of a pass in which a piece is computed up to layer `exits`; each layer pays for the words that still ran in it."""
    encoder: Encoder = given.encoders[0]
    paid: dict[int, list[float]] = {i: [] for i in (1, 2, 3)}
    for b, n in enumerate(given.real.sum(1).tolist()):
        state = sums = encoder.embed(given.ids[b, :n], torch.arange(n))
        for i, layer in enumerate(encoder.layers, start=1):
            context, *_ = layer.attend_packed(state, state, None, [(n, n)])
            new = layer.sums(layer.attended(state, context))
            sums = torch.stack([new[t] if exits[b, t] >= i else sums[t] for t in range(n)])
            state = layer.norm(sums)
            for t in range(n):
                if given.labels[b, t] >= 0 and exits[b, t] >= i:
                    paid[i].append(wrong(method.head(i)(state[t]).softmax(-1), int(given.labels[b, t])))
    return sum(i / 6 * sum(losses) / len(losses) for i, losses in paid.items() if losses)


@pytest.mark.parametrize("last", [2, 3])
def test_a_word_is_paid_for_up_to_the_layer_after_which_it_halts(last: int) -> None:
    """Up to layer 2 where all words halt there: the last layer then has nothing to pay for, and its weight still counts."""
    method, given = tokee()
    exits = torch.full((4, 7), 3)
    words = given.labels >= 0
    exits[words] = 1 + torch.arange(int(words.sum())) % last
    assert number(method._halting_loss(given, exits)) == pytest.approx(halting(method, given, exits), rel=1e-5)


def test_the_second_stage_halts_words_where_a_pass_without_exits_was_sure() -> None:
    method, given = tokee()
    with torch.no_grad():
        for i in (1, 2, 3):
            method.head(i).out.weight.mul_(4.0)  # so sure that words halt
    states = given.encoders[0].padded(given.ids, given.real)
    unsure = torch.stack([uncertainty(method.head(i)(states[i]).float().softmax(-1)) for i in (1, 2, 3)])
    exits = sampled_exits(unsure.detach(), given.labels, torch.manual_seed(3))
    assert {1, 2, 3} <= set(exits[given.labels >= 0].tolist())
    torch.manual_seed(3)
    assert number(method.loss(SAMPLING, given)) == pytest.approx(halting(method, given, exits), rel=1e-5)


def drawn(value: float, sentences: int = 3000) -> float:
    """The share of sentences of a single word, read with this uncertainty, that halts after layer 1 of 2."""
    unsure, labels = torch.full((2, sentences, 1), value), torch.zeros(sentences, 1, dtype=torch.int64)
    return float((sampled_exits(unsure, labels, torch.Generator().manual_seed(0)) == 1).float().mean())


def test_a_fifth_of_the_sentences_is_bold_and_two_fifths_have_no_exits() -> None:
    assert drawn(0.0) == pytest.approx(0.6, abs=0.03)
    between = 0.24  # only the boldest threshold, 0.25, is above it: a fifth, and a seventh of two fifths
    assert max(THRESHOLDS) == 0.25
    assert drawn(between) == pytest.approx(0.2 + 0.4 / 7, abs=0.03)
    assert drawn(0.25) == 0.0  # exactly the threshold is not below it
