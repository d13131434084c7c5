"""What a method goes by foretells its mistakes, or does not: on readings that can be checked in the head."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from dynviz.measure.evaluate import method_of
from dynviz.measure.trust import judged, signal
from dynviz.records import Floats, Recorded, Rows, Run
from dynviz.records.cost import LayerSize

NAN = float("nan")


def recorded(first: Sequence[Sequence[float]], readings: Mapping[str, Floats] | None = None) -> Recorded:
    """first: for each layer the probability of class 0 in each sentence, NaN where no classifier was asked. Class 0 is right throughout."""
    layers, sentences = np.array(first).shape
    p = np.vstack([np.full(sentences, NAN), np.array(first)])
    run = Run.of_readings(
        np.full(sentences, 5), (LayerSize("model", 4, 8),) * layers, readings or {}, np.stack([p, 1 - p], -1), np.zeros(sentences, np.int64)
    )
    rows = Rows(tuple("abcdef"[:sentences]), np.full(sentences, 5), ((),) * sentences, np.zeros(sentences, np.int64), np.arange(sentences))
    return Recorded(rows, run)


def own(of: Recorded, method: str, **knobs: float) -> tuple[str, Floats]:
    return signal(method_of(of.run, {"method": method}), of.run, knobs)


def test_the_own_signal_is_judged_where_it_is_read_and_nothing_stands_in_for_it_elsewhere() -> None:
    """BERxiT foresees its mistakes after every layer but the last. Both layers answer b wrongly. After the first the doubt is largest about
    a, which is right, and least about b: each right answer looks less sure than the wrong one. The probability is least sure of b."""
    probs = [[0.9, 0.4, 0.8], [0.9, 0.4, 0.8]]
    one = recorded(probs, {"doubt": np.array([[NAN] * 3, [0.3, 0.1, 0.2], [NAN] * 3]), "uncertainty": np.full((3, 3), 0.5)})
    name, values = own(one, "berxit", doubt=0.02, entropy=0.0)
    assert name == "predicted chance of being wrong"
    assert values[0].tolist() == [-0.3, -0.1, -0.2], "larger where the rule would rather stop"
    found = judged(one, name, values)
    assert found.own == (0.0, None)
    assert found.probability == (1.0, 1.0)
    assert found.accuracy == (0.66667, 0.66667)


def test_a_signal_that_no_reading_holds_is_built_as_the_rule_builds_it() -> None:
    """PABEE counts the layers in a row that agreed: nothing after the first, and after the second none for c alone, whose answer changed
    and is wrong."""
    one = recorded([[0.9, 0.8, 0.7], [0.9, 0.8, 0.3]], {"uncertainty": np.full((3, 3), 0.5)})
    name, values = own(one, "pabee", patience=1)
    assert name.startswith("patience counter")
    assert values.tolist() == [[0, 0, 0], [1, 1, 0]]
    found = judged(one, name, values)
    assert found.own == (None, 1.0), "the same for all says nothing"


def test_the_signal_is_the_same_with_the_knob_off() -> None:
    one = recorded([[0.9, 0.8, 0.7], [0.9, 0.8, 0.3]], {"uncertainty": np.full((3, 3), 0.5)})
    assert own(one, "pabee", patience=0)[1].tolist() == own(one, "pabee", patience=1)[1].tolist()


def test_of_a_rule_that_is_told_a_prediction_the_prediction_is_judged() -> None:
    """EdgeBERT exits where the uncertainty foreseen after layer 1 is small; the true one is not asked."""
    readings = {"uncertainty": np.array([[NAN] * 2, [0.1, 0.2], [0.9, 0.0]]), "predicted": np.array([[NAN] * 2, [0.1, 0.2], [0.3, 0.4]])}
    name, values = own(recorded([[0.9, 0.4], [0.9, 0.4]], readings), "edgebert", entropy=0.3, test=0)
    assert name.startswith("predicted uncertainty")
    assert values == pytest.approx(np.array([[-0.1, -0.2], [-0.3, -0.4]]))


def test_a_method_that_compares_nothing_has_no_signal_of_its_own() -> None:
    name, values = own(recorded([[NAN, NAN], [0.9, 0.4]]), "plain")
    assert name == ""
    assert np.isnan(values).all()
    found = judged(recorded([[NAN, NAN], [0.9, 0.4]]), name, values)
    assert (found.own, found.probability) == ((None, None), (None, 1.0))
    assert found.ece == (None, pytest.approx(0.35))  # 0.9 and right, 0.6 and wrong: (0.1 + 0.6) / 2
    assert found.accuracy == (None, 0.5)


def test_a_layer_without_mistakes_foretells_none() -> None:
    one = recorded([[0.9, 0.8]])
    assert judged(one, "any", np.array([[1.0, 2.0]])).own == (None,)
