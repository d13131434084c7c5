"""What others report of each method: cited, plausible, and in words that say the same as the numbers."""

import pytest

from dynviz.methods import methods
from dynviz.policies import ceebert
from dynviz.records.card import Published
from dynviz.records.tasks import TASKS

ALL = [(name, one) for name, kind in methods().items() for one in kind.published]
RESULTS = [(name, one) for name, one in ALL if one.result is not None]


def test_something_is_told_of_most_methods_and_with_numbers_of_ten() -> None:
    assert len({name for name, _ in ALL}) >= 30
    assert len({name for name, _ in RESULTS}) >= 10
    assert ceebert.__doc__


@pytest.mark.parametrize(("name", "one"), ALL)
def test_every_figure_says_on_what_by_what_and_where_it_is_printed(name: str, one: Published) -> None:
    for words in (one.data, one.backbone, one.score, one.cost, one.source):
        assert words.strip() == words != "", name


@pytest.mark.parametrize(("name", "one"), RESULTS)
def test_numbers_are_of_a_task_here_and_plausible(name: str, one: Published) -> None:
    result = one.result
    assert result is not None
    task = TASKS[result.task]
    assert f"({one.data.split()[0]}" in task.title
    assert one.data.endswith(result.split)
    assert result.split in ("", "dev", "test")
    assert 50 < result.score < 100
    assert result.full is None or (50 < result.full < 100 and abs(result.full - result.score) < 15)
    assert 0.1 < result.share < 1
    assert result.padded == 0 or result.padded >= 32
    assert result.why.endswith("."), f"{name} does not say what may part ours from it"


@pytest.mark.parametrize(("name", "one"), RESULTS)
def test_the_words_hold_the_numbers(name: str, one: Published) -> None:
    result = one.result
    assert result is not None
    assert one.score.startswith(f"{result.score:.1f} accuracy")
    assert result.full is None or f"({result.full:.1f} without)" in one.score
    assert one.cost.startswith(result.cost)
