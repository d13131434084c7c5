"""The teacher's sheet: it names lessons that are there, and holds no number of a model."""

import re
from html import unescape
from itertools import pairwise

from dynviz.ui.learn import text_sheet as text
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.learn.sheet import page

TITLES = {number: f"Topic {'abcdefgh'[number - 1]}?" for number in range(1, 9)}


def test_every_part_of_the_half_hour_is_on_it_in_order() -> None:
    said = page(TITLES, 4, "")
    minutes = re.findall(r'data-name="Minutes">(\d+)–(\d+)<', said)
    assert (minutes[0][0], minutes[-1][1]) == ("0", "30")
    assert all(end == start for (_, end), (start, _) in pairwise(minutes)), "no gap"
    assert "Lesson 7: Topic g? or Lesson 6: Topic f?" in said
    assert "Lesson 5: Topic e? Let them vote" in said


def test_a_lesson_that_is_not_there_is_not_named() -> None:
    said = page({1: "One?", 6: "Six?"}, 4, "")
    assert set(re.findall(r"Lesson (\d)", said)) == {"1", "6"}
    assert " or " not in re.findall(r"<td[^>]*>(Lesson 6.*?)</td>", said)[0]
    assert {number for row in text.ROWS for number in row.lessons} <= {lesson.number for lesson in all_lessons()}, "today all are there"


def test_the_address_of_the_class_is_on_it_and_what_is_given_is_shown_as_typed() -> None:
    said = page({**TITLES, 1: "<script>"}, 9, "https://x.example/learn?class=a&b")
    assert "<b>https://x.example/learn?class=a&amp;b</b>" in said
    assert "&lt;script&gt;" in said
    assert said.count("9 hours") == 2


def test_its_texts_hold_no_number_but_minutes_and_lessons() -> None:
    kept = re.sub(r"Minutes.>\d+–\d+|Lesson \d|\{hours\}|<h\d>|</h\d>", "", unescape(page(TITLES, 0, "")).replace("0 hours", ""))
    assert not re.findall(r"\d", kept)
