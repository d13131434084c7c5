"""Every family of encoders, driven layer by layer and packed, is the model Hugging Face runs; and costs what is claimed."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModel

from dynviz.core.bounds import check_config
from dynviz.core.encoder import LONGEST, Encoder
from dynviz.core.engine import Live, _sizes, _walk, run
from dynviz.core.method import Shape
from dynviz.errors import InputError
from dynviz.methods.attention_topk import AttentionTopK
from dynviz.methods.plain import Plain
from tests.core.test_agreements import CPU_ATTENTION
from tests.tiny import case, encoder, part, sentences, settings_of

FAMILIES = ("bert", "roberta", "distilbert", "albert", "electra", "mpnet", "modernbert", "deberta-v2")
NEAR = {"modernbert": 1e-4, "deberta-v2": 1e-6}  # parts of which transformers computes in single precision
every_family = pytest.mark.parametrize("family", FAMILIES)


def method_on(e: Encoder, kind: type[Plain] | type[AttentionTopK]) -> Plain | AttentionTopK:
    torch.manual_seed(0)
    return kind(Shape((e.width,), (len(e.layers),), 3)).double().eval().requires_grad_(False)


@every_family
def test_layer_by_layer_is_the_whole_model(family: str) -> None:
    e = encoder(kind=family)
    ids, layout = sentences([5, 14, 3, 9])
    method = method_on(e, Plain)
    live = Live((e,), method, ids, layout)
    with torch.inference_mode():
        _walk(method, layout, _sizes((e,)), {}, live)
        for start, length in zip(layout.starts, layout.lengths, strict=True):
            want = e.model(torch.from_numpy(ids[start : start + length])[None]).last_hidden_state[0]
            ours = e.final(live.states[start : start + length])
            np.testing.assert_allclose(ours.numpy(), want.numpy(), rtol=0, atol=NEAR.get(family, 1e-9))


@every_family
@pytest.mark.parametrize("keep", [1.0, 0.6])
def test_claimed_flops_are_counted_embedding_projection_included(family: str, keep: float) -> None:
    e = encoder(kind=family)
    ids, layout = sentences([5, 14, 3, 9])
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counted:
        record = run((e,), method_on(e, AttentionTopK), ids, layout, {"keep": keep})
    assert counted.get_total_flops() == record.flops.sum()


@pytest.mark.parametrize(("family", "entry"), [("bert", 0), ("albert", 2 * 8 * 16), ("electra", 2 * 8 * 16)])
def test_only_the_first_layer_carries_the_embedding_projection(family: str, entry: int) -> None:
    assert [size.entry for size in encoder(kind=family).sizes()] == [entry, 0, 0, 0]


@every_family
def test_training_runs_the_same_numbers_padded(family: str) -> None:
    e = encoder(kind=family)
    ids, layout = sentences([5, 9])
    padded = torch.zeros(2, 9, dtype=torch.long)
    padded[0, :5], padded[1] = torch.from_numpy(ids[:5]), torch.from_numpy(ids[5:])
    real = torch.arange(9) < torch.tensor([[5], [9]])
    with torch.no_grad():
        states = e.padded(padded, real)[-1]
        for row, (start, length) in enumerate(zip(layout.starts, layout.lengths, strict=True)):
            want = e.model(torch.from_numpy(ids[start : start + length])[None]).last_hidden_state[0]
            torch.testing.assert_close(states[row, :length], want, rtol=0, atol=NEAR.get(family, 1e-9))


def test_segments_travel_with_their_tokens() -> None:
    """Into padded batches, and into the second encoder of a cascade, which only some sentences reach."""
    e = encoder()
    ids, layout = sentences([9, 6, 12], 3)
    layout = replace(layout, segment=(layout.position > 3).astype(np.int64))
    first = layout.span(0)
    types = torch.from_numpy(np.array(layout.segment[first]))[None]
    given, real = torch.from_numpy(ids[first])[None], torch.ones(1, 9, dtype=torch.bool)
    want = e.model(given, token_type_ids=types).last_hidden_state
    torch.testing.assert_close(e.padded(given, real, types)[-1], want, rtol=0, atol=1e-9)
    assert not torch.allclose(e.padded(given, real)[-1], want, atol=1e-2)
    c = case("cascade")
    reached = set()
    for knobs in settings_of(c.method, 9):
        together = run(c.stages, c.method, ids, layout, knobs)
        reached |= {int(together.attending[-1, layout.starts].sum())}
        for s in range(3):
            alone = run(c.stages, c.method, *part(ids, layout, [s]), knobs)
            np.testing.assert_allclose(alone.answer[0], together.answer[s], rtol=0, atol=1e-9)
    assert reached & {1, 2}


def test_albert_repeats_its_layers() -> None:
    layers = encoder(kind="albert").layers
    assert len(layers) == 4
    assert layers[0].query is layers[1].query
    assert layers[0].query is not layers[2].query


def test_positions_reserved_by_roberta_shorten_its_limit() -> None:
    assert encoder(kind="bert").max_length == 70
    assert encoder(kind="roberta").max_length == 68
    assert encoder(kind="modernbert", positions=8192).max_length == LONGEST


def test_other_kinds_of_models_are_refused() -> None:
    gpt = AutoModel.from_config(AutoConfig.for_model("gpt2", n_embd=8, n_layer=1, n_head=2, vocab_size=10))
    with pytest.raises(InputError, match="type 'gpt2': dynviz drives BERT-like encoders only"):
        Encoder(gpt)


def test_decoders_are_refused() -> None:
    config = AutoConfig.for_model("bert", hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=10)
    config.is_decoder = True
    with pytest.raises(InputError, match="must see the whole sentence"):
        Encoder(AutoModel.from_config(config))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hidden_size", 10**9), ("num_hidden_layers", 10**6), ("vocab_size", -1), ("num_attention_heads", 0), ("hidden_size", "wide"),
        ("intermediate_size", 2.5), ("num_hidden_layers", True), ("num_attention_heads", 5), ("model_type", "gpt2"), ("model_type", None),
        ("position_embedding_type", "relative_key"),
    ],
)  # fmt: skip
def test_absurd_configurations_are_refused_before_anything_is_built(key: str, value: object) -> None:
    good = {"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    check_config(good, "it")
    with pytest.raises(InputError):
        check_config({**good, key: value}, "it")
