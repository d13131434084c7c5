"""The bandit on tables whose numbers can be checked in the head; that it sees nothing beyond the exit; and what always holds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynviz import api
from dynviz.errors import InputError
from dynviz.policies.ceebert import Confidences, leave, play, run, thresholds

NAN = np.nan


def table(confidence: list[list[float]], answers: list[list[int]] | None = None, labels: list[int] | None = None) -> Confidences:
    """confidence: one row a layer. By default everything is answered rightly."""
    values = np.array(confidence)
    said = np.array(answers if answers else np.zeros(values.shape))
    return Confidences(values, said, np.array(labels if labels else [0] * values.shape[1]))


def random_table(seed: int, layers: int = 4, sentences: int = 60) -> Confidences:
    rng = np.random.default_rng(seed)
    return Confidences(rng.uniform(0.5, 1, (layers, sentences)), rng.integers(0, 2, (layers, sentences)), rng.integers(0, 2, sentences))


def test_arms_begin_where_everything_leaves_at_once() -> None:
    assert thresholds(2).tolist() == pytest.approx([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
    assert thresholds(4, 3).tolist() == pytest.approx([0.25, 0.5, 0.75])


@pytest.mark.parametrize(
    ("threshold", "layer", "reward"),
    [
        (0.6, 0, 0.0),  # at the threshold it leaves; the first exit earns nothing
        (0.7, 1, 0.8 - 0.6 - 0.1 / 4),
        (0.85, 3, 0.9 - 0.6 - 0.1 * 3 / 4),  # layer 3 is less sure than layer 2
        (0.99, 3, 0.9 - 0.6 - 0.1 * 3 / 4),  # never sure: the last layer answers
    ],
)
def test_a_sentence_leaves_at_the_first_confident_layer_and_earns_the_gain_less_the_price(
    threshold: float, layer: int, reward: float
) -> None:
    found = leave(table([[0.6], [0.8], [0.7], [0.9]]), 0, threshold, mu=0.1)
    assert found == (layer, pytest.approx(reward))


def test_layers_without_a_classifier_are_passed() -> None:
    assert leave(table([[NAN], [0.6], [NAN], [0.9]]), 0, 0.7, mu=0.2) == (3, pytest.approx(0.3 - 0.2 * 2 / 4))


def test_every_arm_is_tried_once_then_the_best_upper_bound_is_played() -> None:
    """Two layers, confidences 0.6 then 0.9, mu 0.2: the low arm earns 0 each time, the high one 0.9 - 0.6 - 0.1 = 0.2."""
    stream = play(table([[0.6] * 8, [0.9] * 8]), np.array([0.5, 0.8]), mu=0.2, exploration=0.0, order=np.arange(8))
    assert stream.arms.tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert stream.exits.tolist() == [1, 2, 2, 2, 2, 2, 2, 2]
    assert stream.values == pytest.approx([0.0, 0.2])
    assert stream.counts.tolist() == [1, 7]
    assert stream.best == 1
    assert stream.regret == pytest.approx([0.2] * 8)


def test_exploration_brings_back_the_arm_that_was_tried_least() -> None:
    """Both arms earn 0: beta sqrt(ln t / N) alone decides, ties to the first."""
    stream = play(table([[0.9] * 4, [0.9] * 4]), np.array([0.5, 0.8]), mu=0.2, exploration=1.0, order=np.arange(4))
    assert stream.arms.tolist() == [0, 1, 0, 1]


def test_the_bound_is_the_mean_plus_beta_root_log_t_over_n() -> None:
    """After 3 sentences Q = [0, 0.2], N = [1, 2]: 0 + b sqrt(ln 3) against 0.2 + b sqrt(ln 3 / 2); equal at b = 0.6514."""
    edge = 0.2 / (np.sqrt(np.log(3)) - np.sqrt(np.log(3) / 2))
    four = table([[0.6] * 4, [0.9] * 4])
    for factor, arm in ((0.99, 1), (1.01, 0)):
        assert play(four, np.array([0.5, 0.8]), 0.2, edge * factor, np.arange(4)).arms.tolist() == [0, 1, 1, arm]


@given(seed=st.integers(0, 50), mu=st.sampled_from([0.0, 0.1, 0.5]), beta=st.sampled_from([0.0, 0.05, 2.0]))
def test_nothing_beyond_the_exit_is_looked_at(seed: int, mu: float, beta: float) -> None:
    seen = random_table(seed)
    order = np.random.default_rng(seed).permutation(60)
    before = play(seen, thresholds(2), mu, beta, order)
    hidden, rng = seen.confidence.copy(), np.random.default_rng(seed + 1)
    for sentence, last in zip(order, before.exits, strict=True):
        hidden[last:, sentence] = rng.uniform(0.5, 1, len(hidden) - last)
    after = play(Confidences(hidden, seen.answers, 1 - seen.labels), thresholds(2), mu, beta, order)
    for name in ("arms", "exits", "rewards", "values", "counts"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    assert np.array_equal(before.right, ~after.right), "labels are for the reader alone"


@given(seed=st.integers(0, 50), mu=st.sampled_from([0.0, 0.1, 0.5]), beta=st.sampled_from([0.0, 0.05, 2.0]))
def test_what_always_holds(seed: int, mu: float, beta: float) -> None:
    seen = random_table(seed)
    order = np.random.default_rng(seed).permutation(60)
    stream = play(seen, thresholds(2), mu, beta, order)
    assert stream.counts.sum() == 60
    assert (stream.counts >= 1).all()
    assert np.array_equal(np.bincount(stream.arms, minlength=10), stream.counts)
    for arm in range(10):
        played = stream.arms == arm
        assert stream.values[arm] == pytest.approx(stream.rewards[played].mean())
        assert stream.rewards[played] == pytest.approx(stream.fixed[arm, played]), "an arm earns the same played throughout"
    assert stream.regret[-1] == pytest.approx(stream.fixed.sum(1).max() - stream.rewards.sum())
    assert (stream.fixed[0] == 0).all(), "the lowest arm leaves at once and earns nothing"
    other = play(seen, thresholds(2), mu, beta, order[::-1])
    assert stream.fixed.sum(1) == pytest.approx(other.fixed.sum(1)), "a fixed arm does not care for the order"
    assert stream.fixed_exits == pytest.approx(np.sort(stream.fixed_exits)), "a higher threshold leaves later"


def test_one_arm_alone_has_no_regret() -> None:
    stream = play(random_table(0), np.array([0.8]), 0.1, 1.0, np.arange(60))
    assert stream.regret == pytest.approx(np.zeros(60))


def test_the_papers_form_of_the_reward_has_the_same_regret() -> None:
    """c_exit - mu exit / L differs by c_first and a constant, whatever the arm."""
    seen = random_table(3)
    stream = play(seen, thresholds(2), 0.1, 0.05, np.arange(60))
    at = stream.exits - 1
    quoted = seen.confidence[at, np.arange(60)] - 0.1 * (at + 1) / 4
    assert quoted - stream.rewards == pytest.approx(seen.confidence[0] - 0.1 / 4)


def test_running_means_are_of_what_came_so_far() -> None:
    stream = play(table([[0.9] * 3], [[0, 1, 0]], [0, 0, 0]), np.array([0.5]), 0.1, 0.0, np.arange(3))
    assert stream.accuracy == pytest.approx([1, 1 / 2, 2 / 3])
    assert stream.depth == pytest.approx([1, 1, 1])


# Over the readings of a checkpoint


def test_a_stream_over_stored_readings_is_the_exit_rule_at_the_arm_played(shelf: Path) -> None:
    found = api.stream(api.find("sst2-joint", shelf), knobs={"mu": 0.2}, seeds=(0, 1))
    again = api.stream(api.find("sst2-joint", shelf), knobs={"mu": 0.2}, seeds=(0, 1))
    assert [s.arms.tolist() for s in found] == [s.arms.tolist() for s in again]
    assert found[0].model == "sst2-joint"
    assert found[0].layers == 4
    sweep = api.stored_sweep(api.find("sst2-joint", shelf), "report")
    assert sweep is not None
    assert found[0].fixed_exits[0] == 1
    assert found[0].fixed_right[0] == pytest.approx(sweep.accuracy[sweep.share.argmin()]), "confidence above 1/C: everything leaves at once"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("sst2-ltp", {}, "ships no such readings"),
        ("sst2-plain", {}, "ships no such readings"),
        ("pos-tokee", {}, "ships no such readings"),
        ("sst2-joint", {"knobs": {"mu": 9.0}}, "The knob mu was set to 9"),
        ("sst2-joint", {"knobs": {"nu": 1.0}}, "CeeBERT has no knob 'nu'"),
        ("sst2-joint", {"policy": "greedy"}, "No policy is called 'greedy'"),
    ],
)
def test_what_cannot_be_streamed_is_refused_in_a_sentence(shelf: Path, name: str, more: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        api.stream(api.find(name, shelf), **more)  # type: ignore[arg-type]


def test_readings_of_words_are_refused() -> None:
    class Words:
        class run:
            unit = "token"
            probs = np.zeros((2, 1, 2))

    with pytest.raises(InputError, match="whole sentences"):
        run(Words, "m", {"mu": 0.1, "exploration": 0.1}, [0])  # type: ignore[arg-type]
