"""What is forced really happens, costs what it costs, and nothing else changes: for every registered method, in float64."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from dynviz.core.engine import run
from dynviz.core.intervene import Intervened, Wrapped, answered, check
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.methods import methods
from dynviz.records import Interventions, Recorded, Rows, Run, Sentences
from tests.core.test_agreements import CASES, CPU_ATTENTION, REPLAYABLE, assert_same, few, masks, numbers
from tests.tiny import Case, case, sentences, settings_of

every_case = pytest.mark.parametrize(("name", "unit"), CASES)
WORDWISE = [name for name, unit in CASES if unit == "token"]
EXITS = [name for name, unit in REPLAYABLE if unit == "sentence"]
seeds = st.integers(0, 10_000)


def forced_run(c: Case, ids: np.ndarray, layout: Sentences, knobs: dict[str, float], forced: Interventions) -> Run:
    return run(c.stages, Intervened(c.method, forced), ids, layout, knobs)


def bold(c: Case) -> dict[str, float]:
    """The settings of those tried at which least is computed."""
    ids, layout = sentences([12], 3)
    return min(settings_of(c.method), key=lambda knobs: run(c.stages, c.method, ids, layout, knobs).flops.sum())


@every_case
@few
@given(st.lists(st.integers(3, 14), min_size=1, max_size=4), seeds, st.integers(0, 30))
def test_without_interventions_nothing_changes_by_a_bit(name: str, unit: str, lengths: list[int], seed: int, pick: int) -> None:
    c = case(name, unit)
    ids, layout = sentences(lengths, seed)
    settings = settings_of(c.method)
    knobs = settings[pick % len(settings)]
    plain = run(c.stages, c.method, ids, layout, knobs)
    for method in (Wrapped(c.method), Intervened(c.method, Interventions())):
        wrapped = run(c.stages, method, ids, layout, knobs)
        for a, b in zip(masks(plain), masks(wrapped), strict=True):
            assert np.array_equal(a, b)
        for key, values in numbers(plain).items():
            assert np.array_equal(values, numbers(wrapped)[key], equal_nan=True), key
        assert np.array_equal(plain.flops, wrapped.flops)


@every_case
@few
@given(st.integers(4, 12), seeds, st.integers(0, 30), st.data())
def test_claimed_flops_are_counted_ones_whatever_is_forced(name: str, unit: str, length: int, seed: int, pick: int, data: object) -> None:
    c = case(name, unit)
    ids, layout = sentences([length], seed)
    settings = settings_of(c.method)
    ends = answered(run(c.stages, c.method, ids, layout, c.method.off()))
    layers = st.sampled_from(ends) if unit == "token" else st.integers(1, sum(c.method.shape.depths))
    places = st.lists(st.tuples(st.integers(1, length - 1), layers), max_size=3, unique_by=lambda p: p[0])
    keep, stop = data.draw(places), data.draw(places)  # type: ignore[attr-defined]
    kept = tuple(p for p in keep if p[0] not in {t for t, _ in stop})
    exit_ = data.draw(st.sampled_from([0, *ends]))  # type: ignore[attr-defined]
    stops = {"halt": tuple(stop)} if unit == "token" else {"drop": tuple(stop)}
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counted:
        record = forced_run(c, ids, layout, settings[pick % len(settings)], Interventions(exit_, kept, **stops))
    assert counted.get_total_flops() == record.flops.sum()
    ran = layout.any(record.attending)
    for mask in masks(record):
        assert np.array_equal(mask[:, layout.starts], ran), "[CLS] is computed as long as its sentence is"
    assert not np.isnan(record.answer[layout.leads if unit == "token" else slice(None)]).any()


@pytest.mark.parametrize("name", EXITS)
@few
@given(st.lists(st.integers(3, 14), min_size=1, max_size=4), seeds)
def test_a_forced_exit_is_the_replay_that_stops_there(name: str, lengths: list[int], seed: int) -> None:
    c = case(name, "sentence")
    ids, layout = sentences(lengths, seed)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    count = len(lengths)
    rows = Rows(tuple(map(str, range(count))), layout.lengths, ((),) * count, np.zeros(count), np.arange(count))
    for layer in answered(full):
        record = forced_run(c, ids, layout, c.method.off(), Interventions(layer))
        assert_same(record, evaluate.forced(Recorded(rows, full), c.method, np.full(count, layer)))
        assert (record.exit_layer == layer).all()


@pytest.mark.parametrize("name", EXITS)
def test_an_exit_is_put_off_as_well_as_brought_forward(name: str) -> None:
    c = case(name, "sentence")
    ids, layout = sentences([9, 12], 1)
    places = answered(run(c.stages, c.method, ids, layout, c.method.off()))
    for layer in places:
        assert (forced_run(c, ids, layout, bold(c), Interventions(layer)).exit_layer == layer).all()


@every_case
def test_a_kept_token_is_computed_as_long_as_its_sentence(name: str, unit: str) -> None:
    c = case(name, unit)
    ids, layout = sentences([13], 2)
    knobs = bold(c)
    before = run(c.stages, c.method, ids, layout, knobs)
    for token in range(13):
        record = forced_run(c, ids, layout, knobs, Interventions(keep=((token, 1),)))
        for mask in masks(record):
            assert np.array_equal(mask[:, token], layout.any(record.attending)[:, 0]), "a layer that the whole sentence skips stays skipped"
        if unit == "token" and layout.word[token] >= 0:
            assert record.exit_layer[0] == len(record.sizes), "the sentence waits for its last word"
        assert record.flops[0] >= 0
    assert before.flops[0] <= forced_run(c, ids, layout, knobs, Interventions(keep=tuple((t, 1) for t in range(13)))).flops[0]


@pytest.mark.parametrize("name", ["ltp", "attention_topk", "gate_bert", "content_gate", "random_tokens", "adapler", "tr_bert"])
def test_keeping_a_dropped_token_brings_it_back_and_later_decisions_see_it(name: str) -> None:
    c = case(name, "sentence")
    ids, layout = sentences([13], 2)
    knobs = bold(c)
    before = run(c.stages, c.method, ids, layout, knobs)
    gone = np.flatnonzero(before.depth < len(before.sizes))
    assert len(gone), "something is dropped here"
    record = forced_run(c, ids, layout, knobs, Interventions(keep=((int(gone[-1]), 1),)))
    assert record.depth[gone[-1]] == len(record.sizes) > before.depth[gone[-1]]
    assert not np.array_equal(record.answer, before.answer)


@pytest.mark.parametrize("name", [name for name, unit in CASES if unit == "sentence"])
def test_a_dropped_token_is_gone_from_its_layer_on(name: str) -> None:
    c = case(name, "sentence")
    ids, layout = sentences([9], 4)
    knobs = c.method.off()
    for layer in range(1, sum(c.method.shape.depths) + 1):
        record = forced_run(c, ids, layout, knobs, Interventions(drop=((3, layer),)))
        assert not record.visible[layer - 1 :, 3].any()
        assert record.transformed[: layer - 1, 3].all()
        assert record.transformed[:, [0, 1, 2, 4, 5, 6, 7, 8]].all()


@pytest.mark.parametrize("name", [name for name, unit in CASES if unit == "sentence"])
def test_nothing_that_is_read_or_answered_depends_on_a_token_that_was_dropped_at_the_start(name: str) -> None:
    """Neither a gate before the first layer nor an answer that reads the last states of tokens that left."""
    c = case(name, "sentence")
    ids, layout = sentences([9], 4)
    other = np.where(np.arange(9) == 3, ids + 1, ids)
    for knobs in (c.method.off(), bold(c)):
        assert_same(*(forced_run(c, i, layout, knobs, Interventions(drop=((3, 1),))) for i in (ids, other)))


@pytest.mark.parametrize("name", WORDWISE)
def test_a_halted_word_stops_at_its_layer_and_stays_in_sight(name: str) -> None:
    c = case(name, "token")
    ids, layout = sentences([9], 4)
    full = run(c.stages, c.method, ids, layout, c.method.off())
    word = int(np.flatnonzero(layout.leads)[1])
    for knobs in (c.method.off(), bold(c)):
        for layer in set(answered(full)) - {len(full.sizes)}:
            record = forced_run(c, ids, layout, knobs, Interventions(halt=((word, layer),)))
            ended = int(record.exit_layer[0])
            assert record.depth[word] == layer
            assert record.visible[:ended, word].all()
            assert np.array_equal(record.answer[word], record.probs[layer, word])


@pytest.mark.parametrize("name", WORDWISE)
def test_when_every_word_is_halted_the_sentence_ends(name: str) -> None:
    c = case(name, "token")
    ids, layout = sentences([9], 4)
    layer = answered(run(c.stages, c.method, ids, layout, c.method.off()))[0]
    words = tuple((int(t), layer) for t in np.flatnonzero(layout.word >= 0))
    assert forced_run(c, ids, layout, c.method.off(), Interventions(halt=words)).exit_layer[0] == layer
    assert forced_run(c, ids, layout, bold(c), Interventions(exit=layer)).exit_layer[0] == layer


def test_the_first_token_cannot_be_dropped_by_the_wrapper_either() -> None:
    c = case("ltp", "sentence")
    ids, layout = sentences([8], 1)
    record = forced_run(c, ids, layout, c.method.off(), Interventions(drop=((0, 1), (5, 1))))
    assert record.transformed[:, 0].all()
    assert not record.transformed[:, 5].any()


def test_the_shared_method_is_left_as_it_was() -> None:
    c = case("tokee", "token")
    ids, layout = sentences([9], 4)
    before = {k: v.clone() for k, v in c.method.state_dict().items()}
    attributes = dict(c.method.__dict__)
    forced_run(c, ids, layout, bold(c), Interventions(keep=((2, 1),), halt=((3, 2),)))
    assert all(torch.equal(v, before[k]) for k, v in c.method.state_dict().items())
    assert c.method.__dict__ == attributes
    assert not list(Intervened(c.method, Interventions()).parameters()), "the wrapper owns nothing"


@pytest.mark.parametrize(
    ("name", "unit", "forced", "said"),
    [
        ("ltp", "sentence", Interventions(2), "No answer can be given after layer 2"),
        ("entropy_exit", "sentence", Interventions(9), "No answer can be given after layer 9"),
        ("entropy_exit", "sentence", Interventions(drop=((0, 1),)), "The first token cannot be stopped"),
        ("entropy_exit", "sentence", Interventions(drop=((99, 1),)), "Token 99 in layer 1 is not there"),
        ("entropy_exit", "sentence", Interventions(drop=((2, 0),)), "Token 2 in layer 0 is not there"),
        ("entropy_exit", "sentence", Interventions(halt=((2, 1),)), "Tokens cannot be halted here"),
        ("tokee", "token", Interventions(drop=((2, 1),)), "Tokens cannot be dropped here"),
        ("plain", "token", Interventions(halt=((2, 1),)), "No answer can be given after layer 1"),
        ("tokee", "token", Interventions(keep=((2, 1),), halt=((2, 1),)), "Token 2 is kept and stopped"),
    ],
)
def test_what_cannot_be_forced_is_one_sentence(name: str, unit: str, forced: Interventions, said: str) -> None:
    c = case(name, unit)
    ids, layout = sentences([7], 0)
    with pytest.raises(InputError) as error:
        check(forced, run(c.stages, c.method, ids, layout, c.method.off()))
    assert str(error.value).startswith(said)


def test_interventions_survive_as_knobs() -> None:
    forced = Interventions(3, ((4, 1), (7, 1)), ((2, 2),), ((5, 1),))
    assert Interventions.from_knobs({"entropy": 0.3, **forced.as_knobs()}) == forced
    assert not Interventions.from_knobs({"entropy": 0.3, "kept token x": 1.0})
    assert forced.tokens == {2, 4, 5, 7}


def test_interventions_are_told_in_words() -> None:
    tokens = list("abcdefghij")
    assert Interventions(3, ((1, 1),), ((2, 2),)).described(tokens) == "answer after layer 3; “b” kept; “c” dropped from layer 2 on"
    assert Interventions(halt=((4, 2), (5, 2))).described(tokens) == "“e”, “f” halted after layer 2"
    assert Interventions(keep=tuple((t, 1) for t in range(10))).described(tokens).endswith("“f” and 4 more kept")


def test_every_method_is_here() -> None:
    assert {name for name, _ in CASES} == set(methods())
