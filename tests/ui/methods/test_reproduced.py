"""What others report beside ours, and [CLS] beside the mean, on the page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dynviz import api
from dynviz.figures.pooling import pooling_finding
from dynviz.figures.reproduced import reproduced_finding
from dynviz.records import pooling as pooling_file
from dynviz.records import reproduced as reproduced_file
from dynviz.records import zoo as zoo_file
from dynviz.ui.methods import text_pooling, text_reproduced
from tests.figures.test_pooling import FOUND as POOLING
from tests.figures.test_reproduced import FOUND
from tests.ui.methods.look import alts, opened, typed, words
from tests.ui.methods.test_zoo import stored as stored  # the zoo of the shelf


@pytest.fixture
def beside(shelf: Path) -> Iterator[None]:
    reproduced_file.write({"sst2": replace(FOUND, digests={})}, shelf / reproduced_file.FILE)
    yield
    (shelf / reproduced_file.FILE).unlink()


@pytest.fixture
def pooled(shelf: Path, stored: zoo_file.Zoo) -> Iterator[pooling_file.Pooling]:
    digest = api.find("sst2-plain", shelf).digest
    found = replace(POOLING, backbones=(replace(POOLING.backbones[0], digest=digest),))
    pooling_file.write(found, shelf / pooling_file.FILE)
    yield found
    (shelf / pooling_file.FILE).unlink()


def test_without_stored_numbers_nothing_is_said_of_what_others_report() -> None:
    assert text_reproduced.HEAD not in [h.value for h in opened(view="all").header]


def test_a_picture_and_a_table_hold_each_published_result_beside_ours(beside: None) -> None:
    at = opened(view="all")
    assert text_reproduced.HEAD in [h.value for h in at.header]
    assert alts(at) == [reproduced_finding(replace(FOUND, digests={}))]
    table = next(t.value.map(typed) for t in at.table if "What parts the two" in t.value.columns)
    assert list(table.columns) == list(text_reproduced.COLUMNS.values())
    assert len(table) == len(FOUND.rows)
    first = list(table.iloc[0])
    assert first[0] == "A  \n`sst2-a`"
    assert first[1] == "92.0 to 90.0  \nSST-2 test, BERT-base, 2x fewer layers  \n:gray[a paper, Table 1]"
    assert first[2:3] + first[4:] == ["-2.0", "-1.0 [-1.5, -0.5]", "more kept here", "Because."]


def test_what_cannot_be_drawn_is_told(shelf: Path) -> None:
    alone = replace(FOUND, rows=(FOUND.rows[2],), digests={})
    reproduced_file.write({"sst2": alone}, shelf / reproduced_file.FILE)
    at = opened(view="all")
    (shelf / reproduced_file.FILE).unlink()
    assert alts(at) == []
    assert "1 cannot be held against ours" in words(at)


def test_a_damaged_file_takes_nothing_else_with_it(shelf: Path) -> None:
    for file in (reproduced_file.FILE, pooling_file.FILE):
        (shelf / file).write_text("{}")
    at, zoo = opened(view="all"), opened(view="zoo")
    for file in (reproduced_file.FILE, pooling_file.FILE):
        (shelf / file).unlink()
    assert text_reproduced.HEAD not in [h.value for h in at.header]
    assert text_pooling.HEAD not in [typed(h.value) for h in zoo.header]


def test_cls_and_the_mean_stand_in_the_comparison_of_their_task(pooled: pooling_file.Pooling) -> None:
    at = opened(view="zoo")
    assert text_pooling.HEAD in [typed(h.value) for h in at.header]
    assert pooling_finding(pooled) in alts(at)
