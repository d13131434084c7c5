"""MPNet, whose attention depends on how far apart tokens stand: as transformers runs it, whatever is dropped, frozen or merged."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from dynviz.core import lora
from dynviz.core.bounds import check_config
from dynviz.core.encoder import Encoder
from dynviz.core.engine import Live
from dynviz.core.layer import Places
from dynviz.core.method import Plan, Shape
from dynviz.errors import InputError
from dynviz.methods.plain import Plain
from tests.core import test_agreements as agreements
from tests.tiny import case, encoder, sentences

# A method of every kind: sentences exit, words freeze, tokens are dropped, merged, pass by a layer, layers are skipped, two models.
METHODS = ("entropy_exit", "tokee", "ltp", "adapler", "tome", "mixture_of_depths", "smartbert", "cascade")
FAR = 140  # pieces, more than the distance at which all buckets end


def far(layers: int = 3) -> Encoder:
    """A model that takes long texts, its weights such that a wrong place shows."""
    found = encoder(kind="mpnet", layers=layers, positions=FAR + 4)
    for parameter in found.model.parameters():
        if parameter.dim() == 1:
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return found


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=4)
@given(agreements.lengths, agreements.seeds, st.integers(0, 30))
def test_the_five_agreements_hold(name: str, sizes: list[int], seed: int, pick: int) -> None:
    c = case(name, family="mpnet")
    agreements.off_is_the_plain_model(c, sizes, seed)
    agreements.skipped_equals_masked(c, sizes, seed, pick)
    agreements.batched_equals_alone(c, sizes, seed, pick, list(range(len(sizes)))[::-1])
    agreements.claimed_are_counted(c, sizes, seed, pick)
    if c.method.replayable:
        agreements.replay_equals_run(c, sizes, seed)


def test_kept_tokens_keep_their_places() -> None:
    """A few of many pieces from the first layer on: as transformers runs the whole text with a mask, and not as a text of these pieces."""
    e, kept = far(), np.array([0, 1, 4, 40, 99, 120, FAR - 1])
    ids, layout = sentences([FAR])
    seen = np.isin(np.arange(FAR), kept)
    states, alone = driven(e, ids, layout, seen), driven(e, *sentences([FAR]), np.ones(FAR, bool))
    mask = torch.from_numpy(seen.astype(int))[None]
    want = e.model(torch.from_numpy(ids)[None], attention_mask=mask).last_hidden_state[0, seen]
    torch.testing.assert_close(states[seen], want, rtol=0, atol=1e-9)
    short = e.model(torch.from_numpy(ids[kept])[None]).last_hidden_state[0]
    assert (short - want).abs().max() > 0.1
    assert (alone[seen] - want).abs().max() > 0.1


def driven(e: Encoder, ids: np.ndarray, layout: object, seen: np.ndarray) -> torch.Tensor:
    """The states after all layers, run packed with only some tokens."""
    method = Plain(Shape((e.width,), (len(e.layers),), 3)).double().eval()
    live, plan = Live((e,), method, ids, layout), Plan.everything(layout)  # type: ignore[arg-type]
    with torch.inference_mode():
        live.enter(0, plan)
        plan = plan.drop(~seen)
        for layer in range(1, len(e.layers) + 1):
            live.attend(layer, plan)
            live.transform(layer, plan)
    return live.states.clone()


def test_the_bias_of_far_tokens_costs_nothing_and_weights_are_the_librarys() -> None:
    e = far(1)
    ids = torch.from_numpy(sentences([FAR])[0])
    places, layer = torch.arange(FAR), e.layers[0]
    states = e.embed(ids, places)
    q, k = (layer.split(f(states)) for f in (layer.query, layer.key))
    with FlopCounterMode(display=False) as counted:
        bias = layer.by_place(q, k, places, places, FAR)
    assert counted.get_total_flops() == 0
    assert torch.equal(bias, e.model.encoder.compute_position_bias(states[None])[0])
    _, weights, _ = layer.attend_packed(states, states, Places(places, places, [FAR]), [(FAR, FAR)], torch.clone)
    _, padded = layer.attend_padded(states[None].float().double(), None, weights=True)
    assert padded is not None
    torch.testing.assert_close(padded[0].double(), weights[0], rtol=0, atol=1e-5)


def test_a_typed_padding_piece_stands_where_the_library_puts_it() -> None:
    """Piece 1, whatever a configuration calls padding: it gets place 1, and does not count for the others; its distances stay as typed."""
    e = encoder(kind="mpnet")
    e.config.pad_token_id = 3
    ids = torch.tensor([5, 9, 1, 7, 3, 8])
    real = torch.ones(1, len(ids), dtype=torch.bool)
    want = e.model(ids[None]).last_hidden_state[0]
    torch.testing.assert_close(e.padded(ids[None], real)[-1][0], want, rtol=0, atol=1e-9)
    assert e.max_length == 68


def test_the_table_learns_where_an_encoder_is_trained_whole() -> None:
    e = encoder(kind="mpnet")
    e.model.requires_grad_(True)
    ids, real = torch.tensor([[5, 9, 6, 7]]), torch.ones(1, 4, dtype=torch.bool)
    e.padded(ids, real)[-1].square().sum().backward()
    grad = e.model.encoder.relative_attention_bias.weight.grad
    assert set(grad.abs().sum(1).nonzero().flatten().tolist()) <= {0, 1, 2, 3, 17, 18, 19}
    assert bool(grad.any())


def test_low_rank_updates_reach_every_product_of_a_layer() -> None:
    e = encoder(kind="mpnet", layers=2)
    assert len(lora.shapes(e.model.encoder, 2)) == 2 * 6 * 2


def test_too_few_buckets_are_refused() -> None:
    good = {"model_type": "mpnet", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    check_config({**good, "relative_attention_num_buckets": 32}, "it")
    with pytest.raises(InputError, match="relative_attention_num_buckets below 32"):
        check_config({**good, "relative_attention_num_buckets": 16}, "it")
