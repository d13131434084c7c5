"""Entity F1 on tags a reader can count by hand, its intervals, and accuracy as it always was."""

import numpy as np
import pytest

from dynviz.records import Rows, Sweep
from dynviz.records.metric import entity_f1, metric_of, right_answers, stacked
from dynviz.records.redraw import differences, paired_bootstrap, simultaneous_differences
from dynviz.records.slices import against, by_tag
from dynviz.records.sweep import table
from dynviz.records.tasks import TASKS

TAGS = ("O", "B-x", "I-x", "B-y", "I-y")
NAMES = TASKS["wnut17"].labels


def counted(said: str, right: str, owner: list[int] | None = None) -> tuple[list[float], list[float]]:
    """2 * right and said + there, of each sentence, of tags written as "O Bx Ix"."""
    said_ids, right_ids = (np.array([["O", "Bx", "Ix", "By", "Iy"].index(t) for t in text.split()]) for text in (said, right))
    of = np.array(owner or [0] * len(right_ids))
    scores = entity_f1(said_ids[None], right_ids, of, int(of.max()) + 1, TAGS)
    return scores.gained[0].tolist(), scores.of[0].tolist()


@pytest.mark.parametrize(
    ("said", "right", "found", "entities"),
    [
        ("Bx Ix O By", "Bx Ix O By", 2, 4),  # both
        ("Bx O O By", "Bx Ix O By", 1, 4),  # the first ends too early
        ("Bx Ix Ix By", "Bx Ix O By", 1, 4),  # the first ends too late
        ("By Iy O By", "Bx Ix O By", 1, 4),  # the first is of another type
        ("O Ix O By", "Bx Ix O By", 1, 4),  # an I- after O begins an entity, one word too late here
        ("Ix Ix O By", "Bx Ix O By", 2, 4),  # an I- at the start begins the same entity as a B-
        ("Bx Iy O O", "Bx Ix O By", 0, 4),  # an I- of another type begins an entity: two said, none right
        ("Bx Bx O By", "Bx Ix O By", 1, 5),  # a second B- ends the first entity
        ("O O O O", "Bx Ix O By", 0, 2),  # nothing said
        ("O O O O", "O O O O", 0, 0),  # nothing there
    ],
)
def test_an_entity_is_right_if_both_ends_and_the_type_are(said: str, right: str, found: int, entities: int) -> None:
    assert counted(said, right) == ([2 * found], [entities])


def test_no_entity_runs_from_one_sentence_into_the_next() -> None:
    assert counted("Bx Ix Ix", "Bx Ix Ix", [0, 0, 1]) == ([2, 2], [2, 2])
    assert counted("Bx O Ix", "Bx Ix Ix", [0, 0, 1]) == ([0, 2], [2, 2])


def sweep(predicted: list[list[str]], right: list[str], owner: list[int], task: str = "wnut17") -> Sweep:
    """Points over sentences of tagged words, by the names of their tags."""
    points, count = len(predicted), max(owner) + 1
    ids = np.array([[NAMES.index(t) for t in tags] for tags in predicted])
    tags = tuple(("first",) if i == 0 else () for i in range(count))
    rows = Rows(tuple(map(str, range(count))), np.full(count, 3), tags, np.array([NAMES.index(t) for t in right]), np.array(owner))
    flops = np.full((points, count), 10) - np.arange(points)[:, None]
    knobs = tuple({"k": float(i)} for i in range(points))
    return Sweep(
        "m", "ltp", task, "test", "d", rows, knobs, ids, flops, np.full(count, 10), np.ones((points, count)), np.ones((points, count)), 1
    )  # fmt: skip


RIGHT = ["B-person", "I-person", "O", "O", "B-group", "O"]
FULL = ["B-person", "I-person", "O", "O", "B-group", "O"]
EARLY = ["B-person", "I-person", "O", "O", "O", "O"]  # one of two entities: F1 = 2 * 1 / (1 + 2)
NONE = ["O"] * 6
OWNER = [0, 0, 0, 1, 1, 1]


def test_a_sweep_of_names_is_scored_by_entity_and_chosen_by_it() -> None:
    found = sweep([FULL, EARLY, NONE], RIGHT, OWNER)
    assert found.metric == "entity F1"
    assert found.score.tolist() == pytest.approx([1, 2 / 3, 0])
    assert found.accuracy.tolist() == pytest.approx([1, 5 / 6, 1 / 2])  # half of the words right, and not one name
    assert found.choose(1.0) == 0
    assert found.choose(0.9) == 1
    assert [row["entity F1"] for row in table(found)] == found.score.tolist()
    assert found.differences[:, 0].tolist() == pytest.approx([0, -1 / 3, -1])
    assert found.difference(1)[0] == pytest.approx(-1 / 3)
    assert against(found, found, 2) == found.difference(2)


def test_slices_have_the_metric_of_their_sentences() -> None:
    everything, first = by_tag(sweep([FULL, EARLY], RIGHT, OWNER), 1)
    assert (everything.accuracy, everything.full) == pytest.approx((2 / 3, 1))
    assert (first.tag, first.accuracy, first.difference, first.low, first.high) == ("first", 1, 0, 0, 0)


def test_the_interval_of_f1_redraws_sentences_and_divides_afterwards() -> None:
    rng = np.random.default_rng(1)
    owner = np.repeat(np.arange(40), 6)
    labels, said = rng.integers(0, 5, 240), rng.integers(0, 5, (2, 240))
    said[:, ::2] = labels[::2]
    scores = entity_f1(said, labels, owner, 40, TAGS)
    mean, low, high = differences(scores.at([1]), scores.at(0))[0]
    lots, slow = np.random.default_rng(0), []
    for _ in range(2000):
        rows = lots.integers(0, 40, 40)
        one, two = (scores.gained[i][rows].sum() / scores.of[i][rows].sum() for i in (1, 0))
        slow.append(one - two)
    assert mean == pytest.approx(scores.value[1] - scores.value[0])
    assert (low, high) == pytest.approx(tuple(np.percentile(slow, [2.5, 97.5])))
    both = stacked([scores.at(0), scores.at(1)])
    wide = simultaneous_differences(both, scores.at(0))[1]
    assert wide[0] == pytest.approx(mean)
    assert wide[1] < low + 0.02


def test_accuracy_is_the_mean_of_answers_to_the_bit() -> None:
    rng = np.random.default_rng(2)
    owner = np.sort(rng.integers(0, 30, 200))
    owner[:30] = np.arange(30)
    owner.sort()
    correct = rng.random((3, 200)) < 0.7
    scores = right_answers(correct, owner, 30)
    assert scores.value.tolist() == correct.mean(1).tolist()
    gain = correct[2].astype(int) - correct[0]
    assert tuple(differences(scores.at([2]), scores.at(0))[0]) == paired_bootstrap(gain, owner, 30)


def test_models_of_others_are_scored_by_accuracy() -> None:
    assert [metric_of(task) for task in ("sst2", "wnut17", "custom-tags")] == ["accuracy", "entity F1", "accuracy"]
