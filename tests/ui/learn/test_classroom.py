"""The room of classes: what it keeps, its bounds, its end, and many at once. No screen."""

import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from dynviz.errors import InputError
from dynviz.ui.learn.classroom import Limits, Room
from dynviz.ui.learn.quiz import counted
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.learn.text_quiz import QUESTIONS

SMALL = Limits(classes=2, seats=3, questions=2, stops=8, seconds=600)
WORST_MB = 5  # 20 classes of 150 seats with 30 guesses each: 2.3 on Python 3.11


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_every_question_of_the_lessons_and_tests_has_room() -> None:
    names = [ask.id for lesson in all_lessons() for ask in lesson.asks]
    names += [counted(when, i) for when in ("before", "after") for i in range(len(QUESTIONS))]
    assert len(set(names)) == len(names), "two questions of one name would be counted together"
    assert len(names) <= Room().limits.questions


def test_the_first_guess_of_a_seat_counts_and_no_later_one() -> None:
    room = Room()
    name, _ = room.open()
    assert room.guess(name, "a", "q", 3)
    assert room.guess(name, "a", "q", 5), "kept is the first"
    assert room.guess(name, "b", "q", 3)
    assert (room.own(name, "a", "q"), room.own(name, "c", "q")) == (3, None)
    assert room.counts(name, "q", 6) == (0, 0, 0, 2, 0, 0)
    assert room.counts(name, "other", 2) == (0, 0)
    room.guess(name, "b", "p", 0)
    assert room.table(name) == [("p", 0, 1), ("q", 3, 2)]


def test_names_are_the_servers_own_and_keys_cannot_be_guessed() -> None:
    room = Room()
    opened = [room.open() for _ in range(room.limits.classes)]
    assert len({name for name, _ in opened}) == len({key for _, key in opened}) == room.limits.classes
    for name, key in opened:
        assert re.fullmatch(r"[a-z]+-[a-z]+-[1-9]\d{3}", name)
        assert len(key) >= 20
        assert room.teaches(name, key)
    (one, key), (other, _) = opened[:2]
    for wrong in ("", key[:-1], opened[1][1], "schlüssel", "\ud800"):
        assert not room.teaches(one, wrong)
    assert not room.teaches(other, key)
    assert not room.teaches("green-otter-1", key)


def test_only_the_teacher_asks_anew_and_ends_the_class() -> None:
    room = Room()
    name, key = room.open()
    room.guess(name, "a", "q", 3)
    room.guess(name, "a", "p", 1)
    room.reset(name, "not it", "q")
    room.close(name, "not it")
    assert room.counts(name, "q", 4)[3] == 1
    room.reset(name, key, "q")
    assert (room.own(name, "a", "q"), room.own(name, "a", "p")) == (None, 1)
    assert room.guess(name, "a", "q", 2)
    assert room.own(name, "a", "q") == 2
    room.close(name, key)
    assert name not in room
    assert not room.guess(name, "a", "q", 3)
    assert (room.minutes(name), room.table(name), room.counts(name, "q", 2)) == (0, [], (0, 0))


def test_a_class_takes_so_many_seats_questions_and_stops() -> None:
    room = Room(SMALL)
    name, _ = room.open()
    for seat, question in product("abc", "pq"):
        assert room.guess(name, seat, question, 7)
    assert not room.guess(name, "d", "p", 1)
    assert room.full(name, "d", "p")
    assert not room.guess(name, "a", "r", 1)
    assert room.full(name, "a", "r")
    assert not room.full(name, "a", "p")
    assert sum(room.counts(name, "p", 8)) == 3
    other, _ = room.open()
    for stop in (-1, 8, 1 << 70):
        assert not room.guess(other, "a", "p", stop)
    assert room.table(other) == []


def test_full_is_a_sentence_that_says_until_when() -> None:
    clock = Clock()
    room = Room(SMALL, clock)
    room.open()
    clock.now += 200
    room.open()
    with pytest.raises(InputError) as refused:
        room.open()
    assert str(refused.value).startswith("No free class now: the next ends in 7 minutes.")  # 400 s
    clock.now += 399.9
    with pytest.raises(InputError, match=r"in 1 minute\."):
        room.open()
    clock.now += 0.1
    assert room.open()


def test_twenty_classes_are_all_there_are() -> None:
    room = Room()
    for _ in range(20):
        room.open()
    with pytest.raises(InputError, match="in 240 minutes"):
        room.open()


def test_a_class_is_over_after_its_hours_whatever_happened_in_it() -> None:
    clock = Clock()
    room = Room(now=clock)
    name, key = room.open()
    assert room.minutes(name) == 240
    clock.now += 4 * 3600 - 1
    assert room.guess(name, "a", "q", 1), "no guess makes it longer"
    clock.now += 1
    assert name not in room
    assert not room.teaches(name, key)
    assert room.own(name, "a", "q") is None
    assert not room._classes, "nothing of it is kept"


def test_many_threads_at_once_lose_no_guess_and_count_none_twice() -> None:
    room = Room()
    name, _ = room.open()
    tries = [(f"{seat:08x}", f"q{question}", stop) for stop in range(3) for seat in range(150) for question in range(10)]
    with ThreadPoolExecutor(16) as pool:
        kept = list(pool.map(lambda one: room.guess(name, *one), tries))
        opened = list(pool.map(lambda _: _opened(room), range(40)))
    assert all(kept)
    assert [sum(room.counts(name, f"q{question}", 3)) for question in range(10)] == [150] * 10
    assert opened.count(True) == 19


def _opened(room: Room) -> bool:
    try:
        return bool(room.open())
    except InputError:
        return False


def test_a_room_with_no_place_left_takes_few_megabytes() -> None:
    room = Room()
    limits = room.limits
    tracemalloc.start()
    try:
        for _ in range(limits.classes):
            name, _key = room.open()
            for question in range(limits.questions + 2):
                for seat in range(limits.seats + 2):
                    room.guess(name, f"{seat:08x}", f"lesson-{question}.guess", seat % limits.stops)
        taken = tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()
    assert sum(n for *_, n in room.table(name)) == limits.seats * limits.questions
    assert taken < WORST_MB
