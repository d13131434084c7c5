"""The rules of the oldest methods on hand-made readings: which side stops, what happens at the limit itself, and who is protected."""

import numpy as np
import pytest
import torch

from dynviz.core.method import Asked, Method, Plan, Shape
from dynviz.methods.cascade import Cascade
from dynviz.methods.content_gate import ContentGate
from dynviz.methods.dact import Dact
from dynviz.methods.deebert import DeeBert
from dynviz.methods.entropy_exit import EntropyExit
from dynviz.methods.gate_bert import GateBert
from dynviz.methods.ltp import Ltp
from dynviz.methods.tokee import Tokee
from dynviz.records import Sentences
from tests.methods import small

NAN = np.nan
SHAPE = Shape((16,), (3,), 2)


@pytest.mark.parametrize("kind", [EntropyExit, DeeBert])
def test_a_sentence_leaves_strictly_below_the_entropy_asked_for(kind: type[Method]) -> None:
    readings = {"uncertainty": small.rows([0.5, 0.3, 0.2], [0.3, 0.5, 0.4], [0.2, 0.9, 0.9])}
    assert small.exits(kind(SHAPE), readings, entropy=0.3) == [3, 3, 1]
    assert small.exits(kind(SHAPE), readings, entropy=0.4) == [2, 1, 1]
    assert small.exits(kind(SHAPE), {"uncertainty": small.rows([0.0, 0.0, 0.0])}, entropy=0.0) == [3]  # off


def test_the_small_model_answers_strictly_above_the_confidence_asked_for() -> None:
    method = Cascade(Shape((8, 16), (2, 4), 2))
    readings = {"confidence": small.rows(*([NAN, sure, NAN, NAN, NAN, 0.9] for sure in (0.95, 0.9, 0.6)))}
    assert small.exits(method, readings, confidence=0.9) == [2, 6, 6]
    assert small.exits(method, readings, confidence=0.5) == [2, 2, 2]
    assert small.exits(method, {"confidence": small.rows([NAN, 1.0, NAN, NAN, NAN, 1.0])}, confidence=1.0) == [6]  # off


def dact(halts: list[float], slack: float) -> int:
    """Where a sentence leaves whose votes are 3/4 and 1/4 after every layer."""
    readings = {"probs": np.full((4, 1, 2), NAN), "halt": small.rows(halts)}
    readings["probs"][1:] = [0.75, 0.25]
    return small.exits(Dact(SHAPE), readings, slack=slack)[0]


def test_dact_leaves_when_no_later_layer_could_change_the_answer() -> None:
    """With a weight p left and d layers to go the leader keeps 3/4 (1 - p)^d, and the other can reach 1/4 + p d."""
    assert dact([1 / 8, 1, 1], 0.0) == 1  # 3/4 * 49/64 = 0.57 against 1/4 + 2/8 = 0.5
    assert dact([1 / 4, 1, 1], 0.0) == 2  # 3/4 * 9/16 = 0.42 against 0.75; then 3/4 * 3/4 = 0.56 against 0.5
    assert dact([1, 1, 1], 0.0) == 3  # nothing is settled before the last
    behind = 0.75 - 0.421875  # of the second, after layer 1
    assert dact([1 / 4, 1, 1], behind) == 1  # the slack itself is enough
    assert dact([1 / 4, 1, 1], behind - 0.01) == 2


# [CLS] a b ##b c [SEP]
WORD = np.array([-1, 0, 1, 1, 2, -1])
LAYOUT = Sentences(np.array([6]), WORD < 0, WORD)


def goes_on(method: Method, moment: str, layer: int, readings: dict[str, list[float]], **knobs: float) -> list[int]:
    """The places still computed after this moment; readings: of the row that was read last."""
    row = layer - 1 if moment == "before" else layer
    rows = {k: np.array([[NAN] * 6] * row + [v]) for k, v in readings.items()}
    return np.flatnonzero(method.decide(moment, layer, rows, LAYOUT, Plan.everything(LAYOUT), knobs).attending).tolist()  # type: ignore[arg-type]


def tokee(a: float, b: float, c: float, delta: float = 0.3, window: int = 1) -> list[int]:
    method = Tokee(Shape((16,), (3,), 3, "token"))
    return goes_on(method, "after", 1, {"uncertainty": [NAN, a, b, NAN, c, NAN]}, delta=delta, window=window)


def test_a_word_halts_with_all_its_pieces_strictly_below_the_threshold() -> None:
    assert tokee(0.3, 0.2, 0.9) == [0, 1, 4, 5]
    assert tokee(0.9, 0.9, 0.29) == [0, 1, 2, 3, 5]
    assert tokee(0.1, 0.1, 0.1) == []  # every word has its tag: the sentence is done
    assert tokee(0.0, 0.0, 0.0, delta=0.0) == [0, 1, 2, 3, 4, 5]  # off


def test_in_a_window_of_three_a_word_waits_for_its_neighbours() -> None:
    assert tokee(0.1, 0.2, 0.9, window=3) == [0, 2, 3, 4, 5]  # b waits for c
    assert tokee(0.1, 0.9, 0.1, window=3) == [0, 1, 2, 3, 4, 5]
    assert tokee(0.1, 0.2, 0.9, window=5) == [0, 1, 2, 3, 4, 5]  # a waits for c too


def test_a_halted_word_is_asked_again_only_where_its_neighbours_wait_for_it() -> None:
    method, plan = Tokee(Shape((16,), (3,), 3, "token")), Plan.everything(LAYOUT).freeze(WORD == 1)  # b has halted
    alone, wide = (method.asks("after", 2, {}, LAYOUT, plan, {"delta": 0.3, "window": w})["probs"] for w in (1, 3))
    assert np.flatnonzero(alone).tolist() == [1, 4]
    assert np.flatnonzero(wide).tolist() == [1, 2, 4]


def test_ltp_drops_tokens_strictly_below_the_layers_threshold_times_the_knob_and_never_the_first() -> None:
    method = Ltp(SHAPE)
    with torch.no_grad():
        method.thresholds.copy_(torch.tensor([0.25, 0.5, 0.75]))
    received = {"received": [0.0, 0.25, 0.2, 0.5, 0.49, 0.75]}
    assert goes_on(method, "between", 1, received, scale=1.0) == [0, 1, 3, 4, 5]
    assert goes_on(method, "between", 2, received, scale=1.0) == [0, 3, 5]
    assert goes_on(method, "between", 1, received, scale=2.0) == [0, 3, 5]
    assert goes_on(method, "between", 1, received, scale=0.0) == [0, 1, 2, 3, 4, 5]  # off
    assert goes_on(method, "after", 2, received, scale=1.0) == [0, 1, 2, 3, 4, 5]


def test_gate_bert_gives_the_first_gates_to_the_tokens_that_received_most() -> None:
    """Three gates, two tokens each by rank: [CLS] and the most attended, the next two, the last two."""
    method = GateBert(SHAPE, bins=3)
    with torch.no_grad():
        method.gates.copy_(torch.tensor([[1.0, 0.5, 0.25], [0.0, 0.0, 0.0]]))
    received = {"received": [0.0, 0.1, 0.5, 0.3, 0.4, 0.2]}  # after [CLS]: places 2; 4, 3; 5, 1
    assert goes_on(method, "before", 2, received, tau=0.5) == [0, 2, 3, 4]  # a gate of exactly the knob is open
    assert goes_on(method, "before", 2, received, tau=0.6) == [0, 2]
    assert goes_on(method, "before", 3, received, tau=0.5) == [0]  # [CLS] has no gate
    assert goes_on(method, "before", 3, received, tau=0.0) == [0, 1, 2, 3, 4, 5]  # off


def test_the_content_gate_keeps_tokens_at_or_above_the_knob() -> None:
    gates = {"gate": [NAN, 0.5, 0.4, 0.9, 0.49, 0.51]}
    assert goes_on(ContentGate(SHAPE), "before", 1, gates, tau=0.5) == [0, 1, 3, 5]
    assert goes_on(ContentGate(SHAPE), "before", 1, gates, tau=0.0) == [0, 1, 2, 3, 4, 5]  # off


def test_each_head_costs_two_flops_a_weight() -> None:
    """Classifiers of 16 to 16 to 2, a halting head and a gate of 16 to 1."""
    asked = Asked({"probs": np.array([1]), "gate": np.array([5])}, np.array([6]))
    classifier = 2 * (16 * 16 + 16 * 2)
    assert DeeBert(SHAPE).flops("after", 1, asked).tolist() == [classifier]
    assert Dact(SHAPE).flops("after", 1, asked).tolist() == [classifier + 2 * 16]
    assert ContentGate(SHAPE).flops("before", 1, asked).tolist() == [5 * 2 * 16]
    assert ContentGate(SHAPE).flops("after", 3, asked).tolist() == [classifier]
    tagger = Tokee(Shape((16,), (3,), 3, "token"), hidden=False)
    assert tagger.flops("after", 1, Asked({"probs": np.array([4])}, np.array([6]))).tolist() == [4 * 2 * 16 * 3]
