"""The parts of training, with numbers that can be checked in the head."""

import numpy as np
import pytest
import torch
from torch import nn

from dynviz.core import lora
from dynviz.core.method import Phase, Shape
from dynviz.data.tags import tags_of
from dynviz.methods import _gates
from dynviz.methods.content_gate import ContentGate
from dynviz.methods.gate_bert import GateBert
from dynviz.methods.ltp import Ltp
from dynviz.methods.tokee import sampled_exits
from dynviz.training.distil import passages
from dynviz.training.examples import batches
from dynviz.training.loop import with_whole_sentences
from dynviz.training.readings import choose, named
from tests.tiny import encoder


def test_batches_hold_every_row_once_and_about_so_many_tokens() -> None:
    lengths = np.array([4] * 10 + [8] * 10)
    drawn = list(batches(lengths, np.random.default_rng(0), tokens=32))
    assert sorted(np.concatenate(drawn)) == list(range(20))
    assert all(len(rows) * lengths[rows].max() <= 40 for rows in drawn)


def test_batches_hold_similar_lengths_together() -> None:
    lengths = np.arange(5, 105)
    assert all(np.ptp(lengths[rows]) <= 40 for rows in batches(lengths, np.random.default_rng(0), tokens=400))


def test_half_of_the_examples_are_whole_sentences_when_asked() -> None:
    lengths = np.array([20] * 10 + [5] * 90)
    rows = with_whole_sentences(lengths, 0.5, np.random.default_rng(0))
    assert (lengths[rows] >= 12).sum() == 10
    assert len(rows) == 20


def test_whole_sentences_are_all_kept_when_phrases_are_few() -> None:
    assert len(with_whole_sentences(np.array([20, 20, 5]), 0.5, np.random.default_rng(0))) == 3


def exits_drawn(unsure: list[list[float]], labels: list[int]) -> set[tuple[int, ...]]:
    """What `sampled_exits` gives for one sentence, over many draws."""
    generator = torch.Generator().manual_seed(0)
    readings, answers = torch.tensor(unsure)[:, None], torch.tensor(labels)[None]
    return {tuple(sampled_exits(readings, answers, generator)[0].tolist()) for _ in range(200)}


def test_a_sure_word_halts_at_layer_1_in_some_draws_and_never_in_those_without_exits() -> None:
    drawn = exits_drawn([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [-100, 3, -100])
    assert drawn == {(2, 1, 2), (2, 2, 2)}  # [CLS] and [SEP] always go through


def test_an_unsure_word_never_halts() -> None:
    assert exits_drawn([[0.0, 0.9, 0.0], [0.0, 0.9, 0.0]], [-100, 3, -100]) == {(2, 2, 2)}


def test_the_pieces_of_a_word_halt_together_and_neighbours_hold_it_back_in_wide_windows() -> None:
    drawn = exits_drawn([[0.0, 0.0, 0.0, 0.9, 0.0], [0.0, 0.0, 0.0, 0.9, 0.0]], [-100, 3, -100, 4, -100])
    assert drawn == {(2, 1, 1, 2, 2), (2, 2, 2, 2, 2)}


def test_merged_updates_compute_what_the_low_rank_layers_did() -> None:
    trained, merged = encoder(layers=2), encoder(layers=2)
    lora.add(trained.model.encoder, rank=2, alpha=4.0)
    for name, parameter in trained.model.encoder.named_parameters():
        if name.endswith(".b"):
            nn.init.normal_(parameter, std=0.3)
    trained.model.double()
    lora.merge(merged.model.encoder, lora.tensors(trained.model.encoder), scale=2.0)
    x = torch.randn(3, 16, dtype=torch.float64)
    for name, module in trained.model.encoder.named_modules():
        if isinstance(module, lora.LowRank):
            inside = x.repeat(1, module.in_features // 16)
            assert torch.allclose(module(inside), merged.model.encoder.get_submodule(name)(inside), atol=1e-5)


def test_fresh_updates_change_nothing() -> None:
    plain, updated = encoder(layers=2), encoder(layers=2)
    lora.add(updated.model.encoder, rank=2, alpha=4.0)
    name = "layer.0.attention.self.query"
    x = torch.randn(3, 16, dtype=torch.float64)
    assert torch.equal(plain.model.encoder.get_submodule(name)(x), updated.model.double().encoder.get_submodule(name)(x))


def test_gates_are_clipped_to_0_and_1_after_a_step() -> None:
    method = GateBert(Shape((16,), (3,), 2), bins=2)
    with torch.no_grad():
        method.gates.copy_(torch.tensor([[1.7, -0.2], [0.4, 0.9]]))
    method.after_step(GateBert.recipe[0])
    assert method.gates.tolist() == [[1.0, 0.0], [pytest.approx(0.4), pytest.approx(0.9)]]


def test_the_regularizer_counts_open_gates_and_adds_what_lies_between() -> None:
    gates = torch.tensor([0.0, 1.0, 0.5, 0.5])
    assert float(_gates.bimodal(gates, mu=0.0).mean()) == 0.5  # the count alone
    assert float(_gates.bimodal(gates, mu=4.0).mean()) == 0.5 + 4 * (0.25 + 0.25) / 4


@pytest.mark.parametrize("kind", [GateBert, ContentGate, Ltp])
def test_what_was_learned_in_the_first_stage_is_fixed_in_the_second(kind: type) -> None:
    method = kind(Shape((16,), (3,), 2))
    first, second = kind.recipe
    assert all(rate > 0 for rate in method.own_rates(first).values())
    assert all(rate == 0 for rate in method.own_rates(second).values())
    assert set(method.own_rates(first)) == set(method.own_rates(second))


def test_passages_are_runs_of_whole_sentences() -> None:
    text = "One two three. Four five six seven. " * 20
    cut = passages([text], np.random.default_rng(0))
    assert all(part.endswith((".", "seven.", "three.")) for part in cut if len(part.split()) < 40)
    assert " ".join(cut).split()[:7] == text.split()[:7]


def test_tags_follow_the_word_rules() -> None:
    assert tags_of("it isn't bad but long") == ("short", "negation", "contrast")
    assert tags_of(["Is", "it", "better", "than", '"', "this", '"', "?"]) == ("short", "comparison", "question", "quotes")
    assert tags_of("the story moves along at a good pace today") == ("plain",)
    assert "long" in tags_of("word " * 30)


class Points:
    """As much of a sweep as `choose` looks at."""

    score = np.array([0.900, 0.899, 0.896, 0.880])
    share = np.array([1.0, 0.8, 0.5, 0.3])


def test_the_chosen_knob_is_the_cheapest_within_half_a_point() -> None:
    assert choose(Points()) == 2  # type: ignore[arg-type]
    assert choose(Points(), allowed=0.03) == 3  # type: ignore[arg-type]


def test_a_stage_of_less_than_an_epoch_takes_part_of_the_batches() -> None:
    stage = Phase("x", "heads", epochs=0.5)
    assert (stage.lr, stage.whole, stage.encoders) == (5e-5, 0.0, (0,))


def test_a_deep_model_is_run_at_every_second_setting_with_the_last_among_them() -> None:
    settings = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert named(settings, 6) == settings
    assert named(settings, 12) == (0.2, 0.4, 0.6)
    assert named(settings[:5], 12) == (0.1, 0.3, 0.5)
