"""A class on the screen, without a browser: each AppTest is a visitor of one server. The page is a lesson's skeleton with one question."""

import json
import re
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dynviz.ui.learn import text_class as text
from dynviz.ui.learn.class_bar import table
from dynviz.ui.learn.class_visit import room
from tests.ui.look import charts, drawn, words

STOPS = ("layer 1", "layer 2", "layer 3")
PAGE = f"""
import streamlit as st
from dynviz.ui.learn import classes
classes.bar()
classes.entrance()
stop = st.pills("Guess", [0, 1, 2], key="stop")
if st.button("Guess", key="guess"):
    classes.guessed("depth", stop)
    st.query_params["step"] = "seen"
classes.histogram("depth", {STOPS}, (2,) if "step" in st.query_params else ())
"""


@pytest.fixture(autouse=True)
def server() -> Iterator[None]:
    """A process of its own: nobody has opened a class."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def visitor(**parameters: str) -> AppTest:
    at = AppTest.from_string(PAGE, default_timeout=180)
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.run()


def teacher() -> tuple[AppTest, str, str]:
    """A teacher, the class and its key."""
    at = visitor()
    at.button(key="class-open").click().run()
    found = at.session_state["class-visit"]
    return at, found.name, found.key


def guess(at: AppTest, stop: int) -> AppTest:
    at.pills(key="stop").set_value(stop)
    return at.button(key="guess").click().run()


def heights(at: AppTest) -> list[int]:
    (bars,) = json.loads(charts(at)[0].spec)["data"]
    return list(bars["y"])


def test_outside_a_class_there_is_but_the_way_into_one() -> None:
    at = guess(visitor(), 1)
    assert [b.label for b in at.button] == [text.OPEN, "Guess"]
    assert not words(at)
    assert not charts(at)
    assert set(at.query_params) == {"step"}


def test_a_teacher_sees_guesses_and_a_student_only_after_guessing() -> None:
    host, name, _ = teacher()
    assert not [b for b in host.button if b.label == text.OPEN], "one class at a time"
    assert "No guess yet." in words(host)
    one, other = visitor(**{"class": name}), visitor(**{"class": name})
    assert text.PRIVACY.format(hours=4) in words(one)
    guess(one, 2)
    assert (heights(one), "1 guess. Most said “layer 3” (1); 1 was right (100 %)." in words(one)) == ([0, 0, 1], True)
    assert not charts(other)
    assert "guess." not in words(other).replace(text.PRIVACY, "")
    other.query_params["step"] = "seen"
    assert not charts(other.run()), "who has not guessed sees nothing, the answer shown or not"
    guess(other, 0)
    assert heights(other) == heights(host.run()) == [1, 0, 1]
    assert "“layer 1” and “layer 3” (1 each)" in words(host)
    assert "✓" in drawn(charts(other)[0])
    assert "<br>you" in drawn(charts(other)[0])
    assert "✓" not in drawn(charts(host)[0]), "the answer is not out on the teacher's page"
    assert "<br>you" not in drawn(charts(host)[0])


def test_a_second_guess_a_teachers_and_one_on_sentences_of_ones_own_are_not_counted() -> None:
    host, name, _ = teacher()
    student = visitor(**{"class": name})
    guess(guess(student, 2), 0)
    guess(host, 1)
    guess(visitor(**{"class": name, "text": "My own words."}), 1)
    assert room().table(name) == [("depth", 2, 1)]
    own = visitor(**{"class": name, "seat": student.query_params["seat"], "step": "seen", "text": "My own words."})
    assert not charts(own), "the class was asked something else"


def test_the_seat_stands_in_the_address_and_survives_a_reload() -> None:
    _, name, _ = teacher()
    student = guess(visitor(**{"class": name}), 2)
    seat = student.query_params["seat"]
    assert re.fullmatch("[0-9a-f]{8}", seat)
    again = visitor(**{"class": name, "seat": seat, "step": "seen"})
    assert heights(again) == [0, 0, 1]
    for wrong in ("", "x" * 8, "0" * 90, "<b>"):
        assert re.fullmatch("[0-9a-f]{8}", visitor(**{"class": name, "seat": wrong}).query_params["seat"])


def test_the_key_makes_a_teacher_and_leaves_the_address() -> None:
    host, name, key = teacher()
    assert set(host.query_params) == {"class"}
    assert key not in repr(host), "nor does it stand on the page"
    there = visitor(**{"class": name, "teacher": key})
    assert set(there.query_params) == {"class"}
    assert there.button(key="class-close")
    assert key not in repr(there)
    false = visitor(**{"class": name, "teacher": f"{key}x"})
    assert set(false.query_params) == {"class", "seat"}
    assert text.NO_KEY in words(false)
    assert not [b for b in false.button if b.key == "class-close"]


def test_a_teacher_asks_anew_hides_the_bars_and_takes_the_counts_away() -> None:
    host, name, _ = teacher()
    student = guess(visitor(**{"class": name}), 1)
    assert table(name, {"depth": STOPS}) == [{"question": "depth", "stop": 2, "label": "layer 2", "guesses": 1}]
    assert table(name, {}) == [{"question": "depth", "stop": 2, "label": "", "guesses": 1}], "a question the teacher has not opened"
    host.toggle(key="class-hide").set_value(True).run()
    assert not charts(host)
    assert text.WAITING.format(n="1 guess") in words(host)
    host.query_params["step"] = "seen"
    assert heights(host.run()) == [0, 1, 0], "once the answer is out the bars are"
    host.button(key="class-again-depth").click().run()
    assert room().table(name) == []
    guess(student, 0)
    assert heights(student) == [1, 0, 0]


def test_a_class_that_is_closed_or_held_by_another_process_is_said_in_words() -> None:
    host, name, key = teacher()
    student = visitor(**{"class": name})
    host.button(key="class-close").click().run()
    assert "class" not in host.query_params
    assert text.UNKNOWN in words(student.run())
    assert not charts(guess(student, 1)), "the lesson goes on without"
    student.button(key="class-leave").click().run()
    assert set(student.query_params) == {"step"}
    assert not words(student)
    for link in ({"class": name}, {"class": name, "teacher": key}, {"class": "x" * 3000}, {"class": "<b>"}):
        assert text.UNKNOWN in words(visitor(**link))


def test_a_full_class_and_a_full_server_are_said_in_words() -> None:
    _, name, _ = teacher()
    for seat in range(room().limits.seats):
        room().guess(name, f"{seat:08x}", "depth", 0)
    late = guess(visitor(**{"class": name}), 1)
    assert text.NO_SEAT in words(late)
    assert not charts(late)
    for _ in range(room().limits.classes - 1):
        room().open()
    at = visitor()
    at.button(key="class-open").click().run()
    assert [e.value.replace("\\", "") for e in at.error] == [
        "No free class now: the next ends in 240 minutes. Try again then; the lessons go on without a class."
    ]
    assert "class" not in at.query_params


def test_a_demo_gives_each_visitor_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_DEMO", "1")
    host, _, _ = teacher()
    host.button(key="class-close").click().run()
    host.button(key="class-open").click().run()
    assert text.ONE_EACH[0] in host.error[0].value
    assert "class" not in host.query_params
    assert teacher()[1], "another visitor has one"


def back(at: AppTest, **parameters: str) -> AppTest:
    """From another page, which is opened by an address: that is read anew."""
    at.session_state["link-read"] = set()
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.run()


def test_who_comes_back_from_another_page_keeps_the_part_in_the_class() -> None:
    host, name, _ = teacher()
    back(host, **{"class": name})
    assert set(host.query_params) == {"class"}, "no student's seat"
    assert host.button(key="class-close")
    student = visitor(**{"class": name})
    seat = student.query_params["seat"]
    assert back(student, **{"class": name, "seat": "0" * 8}).query_params["seat"] == seat, "one vote"
    _, other, key = teacher()
    assert "seat" in back(host, **{"class": other}).query_params, "in another class one is a student"
    assert set(back(host, **{"class": other, "teacher": key}).query_params) == {"class"}


def test_guesses_about_another_model_are_not_counted() -> None:
    _, name, _ = teacher()
    guess(visitor(**{"class": name, "model": "another"}), 1)
    assert room().table(name) == []
