"""ModernBERT (windows, RoPE, states without a norm) and DeBERTa (distances of their own), as transformers runs them, whatever is dropped
or frozen."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode
from transformers import DebertaV2Config, DebertaV2Model

from dynviz.core import lora
from dynviz.core.bounds import check_config
from dynviz.core.encoder import Encoder
from dynviz.core.engine import Live
from dynviz.core.layer import Places
from dynviz.core.method import Plan, Shape, View
from dynviz.errors import InputError
from dynviz.methods.plain import Plain
from dynviz.records.cost import layers_flops
from tests.core import test_agreements as agreements
from tests.tiny import EXTRA, case, encoder, sentences

FAMILIES = ("modernbert", "deberta-v2")
METHODS = {"modernbert": ("entropy_exit", "tokee", "power_bert", "tome"), "deberta-v2": ("tokee", "ltp", "tome")}  # of several kinds
NEAR = {"modernbert": 1e-4, "deberta-v2": 1e-6}  # parts of which transformers computes in single precision
LONG = 60  # pieces: windows see 9 of them, and DeBERTa's buckets hold more than one distance from 5 places on
# Tokens that stay: near each of the others there is one, as transformers' run with a mask makes a token that sees none no number.
BIG = np.array([0, 1, 2, 6, 10, 14, 15, 23, 30, 33, 34, 42, 50, 51, 58, 59])
DEBERTAS: dict[str, dict[str, Any]] = {
    "version 3": {},
    "projections of its own, one row a distance": {"share_att_key": False, "position_buckets": -1},
    "few places told apart, absolute ones and types besides": {
        "max_relative_positions": 20, "position_biased_input": True, "type_vocab_size": 2, "norm_rel_ebd": "none",
    },
    "no distances": {"relative_attention": False, "pos_att_type": [], "position_biased_input": True},
}  # fmt: skip
every_family = pytest.mark.parametrize("family", FAMILIES)


def deberta(more: dict[str, Any]) -> Encoder:
    sizes = {"vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 32}
    torch.manual_seed(0)
    model = DebertaV2Model(DebertaV2Config(**{**sizes, "max_position_embeddings": 70, **EXTRA["deberta-v2"], **more}))
    model = model.double().eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.add_(torch.randn_like(parameter) * 0.2)
    return Encoder(model)


@pytest.mark.parametrize(("family", "name"), [(family, name) for family in FAMILIES for name in METHODS[family]])
@settings(max_examples=2)
@given(agreements.lengths, agreements.seeds, st.integers(0, 30))
def test_the_five_agreements_hold(family: str, name: str, sizes: list[int], seed: int, pick: int) -> None:
    c = case(name, family=family)
    agreements.off_is_the_plain_model(c, sizes, seed, NEAR[family])
    agreements.skipped_equals_masked(c, sizes, seed, pick)
    agreements.batched_equals_alone(c, sizes, seed, pick, list(range(len(sizes)))[::-1])
    agreements.claimed_are_counted(c, sizes, seed, pick)
    if c.method.replayable:
        agreements.replay_equals_run(c, sizes, seed)


def mask(kept: np.ndarray) -> np.ndarray:
    return np.isin(np.arange(LONG), kept)


def driven(e: Encoder, ids: np.ndarray, layout: Any, schedule: list[tuple[np.ndarray, np.ndarray]]) -> torch.Tensor:
    """The states that heads read after all layers, of a packed run in which these (attending, visible) tokens take part in each."""
    live = Live((e,), Plain(Shape((e.width,), (len(e.layers),), 3)).double().eval(), ids, layout)
    with torch.inference_mode():
        live.enter(0, Plan.everything(layout))
        for layer, (attending, visible) in enumerate(schedule, start=1):
            plan = Plan(attending, visible, attending, np.ones(1, bool))
            live.attend(layer, plan)
            live.transform(layer, plan)
        return e.final(live.states).clone()


def theirs(e: Encoder, ids: np.ndarray, schedule: list[tuple[np.ndarray, np.ndarray]]) -> torch.Tensor:
    """The same by transformers' own layers: all of the text, a mask a layer, rows that do not attend put back."""
    model, tokens, at = e.model, len(ids), torch.arange(len(ids))
    whole = {"mask": torch.ones(1, tokens)} if e.config.model_type == "deberta-v2" else {}
    states = model.embeddings(input_ids=torch.from_numpy(ids)[None], **whole)
    for number, (attending, visible) in enumerate(schedule):
        seen = torch.from_numpy(visible).expand(1, 1, tokens, tokens)
        if e.config.model_type == "deberta-v2":
            x, own = model.encoder.layer[number], model.encoder
            new = x(states, seen, relative_pos=own.get_rel_pos(states), rel_embeddings=own.get_rel_embedding())[0]
        else:
            x = model.layers[number]
            if x.attention_type == "sliding_attention":
                seen = seen & ((at[:, None] - at).abs() <= e.config.sliding_window)
            blocked = torch.zeros(seen.shape, dtype=states.dtype).masked_fill(~seen, torch.finfo(states.dtype).min)
            turns = model.rotary_emb(states, at[None], x.attention_type)
            new = x(states, attention_mask=blocked, position_embeddings=turns)
        states = torch.where(torch.from_numpy(attending)[None, :, None], new, states)
    return e.final(states[0])


ALL = np.ones(LONG, bool)
DROPPING = [(mask(BIG), mask(BIG))] * 4
BOTH = [(ALL, ALL), (mask(BIG), ALL), (mask(BIG[::2]), mask(BIG)), (mask(BIG[::4]), mask(BIG[::2]))]  # frozen, then dropped


@pytest.mark.parametrize("which", [*DEBERTAS, "modernbert"])
def test_long_texts_run_as_in_the_library_whatever_is_kept(which: str) -> None:
    e = encoder(kind="modernbert") if which == "modernbert" else deberta(DEBERTAS[which])
    ids, layout = sentences([LONG], 2)
    given, near = torch.from_numpy(ids)[None], NEAR["modernbert" if which == "modernbert" else "deberta-v2"]
    whole = e.model(given).last_hidden_state[0]
    torch.testing.assert_close(driven(e, ids, layout, [(ALL, ALL)] * 4), whole, rtol=0, atol=near)
    kept = e.model(given, attention_mask=torch.from_numpy(mask(BIG).astype(int))[None]).last_hidden_state[0, BIG]
    torch.testing.assert_close(driven(e, ids, layout, DROPPING)[BIG], kept, rtol=0, atol=near)
    torch.testing.assert_close(driven(e, ids, layout, BOTH)[BIG], theirs(e, ids, BOTH)[BIG], rtol=0, atol=near)
    assert (whole[BIG] - kept).abs().max() > 0.1
    few, short = sentences([len(BIG)], 2)
    renumbered = driven(e, ids[BIG], short, [(few > -1, few > -1)] * 4)
    assert (renumbered - kept).abs().max() > 0.05, "a text of these tokens alone is another text"


@every_family
def test_padded_texts_run_as_packed_ones_also_beyond_the_window(family: str) -> None:
    """Padding further from the text than a window sees only itself, and spoils nothing."""
    e = encoder(kind=family)
    ids, layout = sentences([LONG], 2)
    padded = torch.zeros(2, LONG, dtype=torch.long)
    padded[0], padded[1, :7] = torch.from_numpy(ids), torch.from_numpy(ids[:7])
    real = torch.arange(LONG) < torch.tensor([[LONG], [7]])
    states = e.padded(padded, real)
    assert all(bool(s.isfinite().all()) for s in states)
    torch.testing.assert_close(states[-1][0], driven(e, ids, layout, [(ALL, ALL)] * 4), rtol=0, atol=1e-9)
    few, short = sentences([7], 2)
    torch.testing.assert_close(states[-1][1, :7], driven(e, ids[:7], short, [(few > -1, few > -1)] * 4), rtol=0, atol=1e-9)


@every_family
def test_one_layer_costs_what_is_counted(family: str) -> None:
    e = encoder(kind=family)
    ids, layout = sentences([LONG], 2)
    live, states = Live((e,), Plain(Shape((16,), (4,), 3)), ids, layout), e.embed(torch.from_numpy(ids), torch.arange(LONG))
    rows, keys = torch.from_numpy(BIG[::2]), torch.from_numpy(BIG)
    places = Places(live.positions[rows], live.positions[keys], [LONG])
    counts = [(len(rows), len(keys))]
    for layer, size in zip(e.layers, e.sizes(), strict=True):
        with FlopCounterMode(display=False, custom_mapping=agreements.CPU_ATTENTION) as counted:
            context, *_ = layer.attend_packed(states[rows], states[keys], places, counts)
            layer.sums(layer.attended(states[rows], context))
        a, v = (np.array([[k]]) for k in counts[0])
        assert counted.get_total_flops() == layers_flops((size,), a, v, a, np.array([LONG])).sum()


def test_heads_read_the_states_of_every_layer_under_the_last_norm() -> None:
    """And the layer above reads them as they are."""
    e = encoder(kind="modernbert")
    ids, layout = sentences([9], 2)
    views: list[torch.Tensor] = []

    class Looking(Plain):
        def read(self, moment: Any, layer: int, asked: Any, view: View) -> Any:
            views.append(view.states)
            return super().read(moment, layer, asked, view)

    live = Live((e,), Looking(Shape((16,), (4,), 3)).double(), ids, layout)
    plan = Plan.everything(layout)
    live.enter(0, plan)
    live.attend(1, plan)
    live.transform(1, plan)
    with torch.no_grad():
        live.read("after", 4, 4, {"probs": np.ones(1, bool)}, plan)
    hidden = e.model(torch.from_numpy(ids)[None], output_hidden_states=True).hidden_states[1][0]
    torch.testing.assert_close(live.states, hidden, rtol=0, atol=1e-5)
    torch.testing.assert_close(views[0], e.model.final_norm(hidden), rtol=0, atol=1e-5)


def test_attention_within_a_window_is_a_mean_over_those_that_can_see() -> None:
    e = encoder(kind="modernbert")
    states = e.embed(torch.from_numpy(sentences([20], 2)[0]), torch.arange(20))
    at, layer = torch.arange(20), e.layers[1]
    assert layer.window == 4
    _, (read,), _ = layer.attend_packed(states, states, Places(at, at, [20]), [(20, 20)], lambda w: w.mean((0, 1)))
    _, weights = layer.attend_padded(states[None], None, weights=True)
    assert weights is not None
    for key in (0, 3, 10):
        near = [i for i in range(20) if abs(i - key) <= 4]
        torch.testing.assert_close(read[key], weights[0][:, near, key].mean())


def test_tables_of_distances_follow_their_weights() -> None:
    """Made once where nothing changes; anew where weights did, and with a gradient where they learn."""
    layer = deberta({}).layers[0]
    first = layer.relative()
    assert layer.relative()[0] is first[0]
    layer.key.weight.mul_(2)
    changed = layer.relative()
    assert not torch.equal(changed[0], first[0])
    assert torch.equal(changed[1], first[1])
    layer.key.weight.requires_grad_(True)
    assert layer.relative()[0].requires_grad
    with torch.inference_mode():
        assert torch.equal(layer.relative()[0], changed[0])


@every_family
def test_low_rank_updates_reach_every_product_of_a_layer(family: str) -> None:
    """Beside weights they run as merged into them, in one product or in its parts."""
    e, other = (encoder(kind=family, layers=2) for _ in range(2))
    made = {name: torch.randn(shape) * 0.3 for name, shape in lora.shapes(e.model, 2).items()}
    assert len(made) == 2 * 2 * {"modernbert": 4, "deberta-v2": 6}[family]
    lora.beside(e.model, {k: v.double() for k, v in made.items()}, 0.5)
    lora.merge(other.model, made, 0.5)
    e, other = Encoder(e.model.double()), Encoder(other.model)
    ids, layout = sentences([LONG], 2)
    torch.testing.assert_close(driven(e, ids, layout, BOTH[:2]), driven(other, ids, layout, BOTH[:2]), rtol=0, atol=1e-6)
    lora.folded(e.model)
    torch.testing.assert_close(driven(Encoder(e.model), ids, layout, BOTH[:2]), driven(other, ids, layout, BOTH[:2]), rtol=0, atol=1e-6)


BASE = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("modernbert", {"local_attention": 0}, "local_attention = 0"),
    ("modernbert", {"global_attn_every_n_layers": 0}, "global_attn_every_n_layers = 0"),
    ("modernbert", {"layer_types": ["full_attention"]}, "layer_types that do not fit"),
    ("modernbert", {"layer_types": ["full_attention", "linear_attention"]}, "layer_types that do not fit"),
    ("modernbert", {"intermediate_size": 31}, "odd intermediate_size"),
    ("modernbert", {"num_attention_heads": 16}, "odd intermediate_size or width of a head"),
    ("modernbert", {"rope_parameters": {"full_attention": {"rope_type": "yarn", "factor": 4}}}, "turns places by 'yarn'"),
    ("modernbert", {"rope_scaling": {"type": "linear", "factor": 2.0}}, "turns places by 'linear'"),
    ("modernbert", {"rope_parameters": [1]}, "rope_parameters = "),
    ("modernbert", {"rope_parameters": {"full_attention": {"rope_theta": 0}}}, "rope_theta = 0"),
    ("modernbert", {"local_rope_theta": "far"}, "rope_theta = far"),
    ("modernbert", {"norm_eps": -1.0}, "norm_eps = -1.0"),
    ("deberta-v2", {"conv_kernel_size": 3}, r"a convolution \(conv_kernel_size\), as deberta-v2-xlarge"),
    ("deberta-v2", {"pos_att_type": ["c2p"]}, "both c2p and p2c are driven"),
    ("deberta-v2", {"pos_att_type": "p2c|p2p|c2p"}, "both c2p and p2c are driven"),
    ("deberta-v2", {"pos_att_type": 7}, "pos_att_type = 7"),
    ("deberta-v2", {"relative_attention": False}, "with relative_attention false, none are driven"),
    ("deberta-v2", {"relative_attention": 1}, "relative_attention = 1: it is true or false"),
    ("deberta-v2", {"max_relative_positions": -2}, "max_relative_positions = -2"),
    ("deberta-v2", {"position_buckets": 10**9}, "position_buckets = 1000000000"),
    ("deberta-v2", {"position_buckets": 1}, "position_buckets = 1"),
    ("deberta-v2", {"norm_rel_ebd": "batch_norm"}, "norm_rel_ebd = batch_norm"),
    ("deberta-v2", {"embedding_size": 8}, "embedding_size = 8"),
    ("deberta-v2", {"attention_head_size": 4}, "attention_head_size = 4"),
    ("deberta-v2", {"type_vocab_size": -1}, "type_vocab_size = -1"),
]


@pytest.mark.parametrize(("family", "change", "why"), REFUSED)
def test_what_is_not_driven_is_refused_by_name(family: str, change: dict[str, Any], why: str) -> None:
    good = {"model_type": family, **BASE, **EXTRA[family]}
    check_config(good, "it")
    with pytest.raises(InputError, match=why):
        check_config({**good, **change}, "it")


def test_a_key_that_modernbert_does_not_read_refuses_nothing() -> None:
    check_config({"model_type": "modernbert", **BASE, "position_embedding_type": "sans_pos"}, "it")


@pytest.mark.parametrize("buckets", [16, 18])
def test_buckets_that_hold_less_than_one_distance_are_refused(buckets: int) -> None:
    with pytest.raises(InputError, match="a bucket would hold less than one distance"):
        deberta({"position_buckets": buckets, "max_relative_positions": 18})
