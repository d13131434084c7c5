"""Runs of several visitors on the Data page: places in the queue, shares, what a server's end and torn files leave."""

import pytest

from dynviz.jobs import runner, shelf
from dynviz.ui.data import cache, text
from dynviz.ui.data.progress import ordinal
from dynviz.ui.shell import cache as shell
from tests.jobs.conftest import hold
from tests.ui.data import fine, finished, job, opened, pasted, ran
from tests.ui.look import words

pytestmark = pytest.mark.usefixtures("runs")


def test_places_are_said_as_people_say_them() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111, 1003)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th", "1,003rd",
    ]  # fmt: skip


def test_a_visitor_who_waits_is_told_the_place_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = hold(monkeypatch, 0)
    first = fine(opened().button(key="data.run").click().run())
    assert held.wait(30)
    assert first.get("progress")[0].proto.text == "Loading the model and reading the first of 151 rows", "it takes a while where it is cold"
    others = [fine(opened().button(key="data.run").click().run()) for _ in range(2)]
    said = [at.get("progress")[0].proto.text for at in others]
    assert said == [text.WAITING.format(place=place) for place in ("1st", "2nd")]
    go.set()
    assert "of 151 rows" in words(finished(first))


def test_a_visitors_oldest_run_makes_room_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runner.OWN == 12, "text.GONE speaks of a thirteenth"
    monkeypatch.setattr(runner, "OWN", 2)
    other, mine = ran(opened()), ran(opened())
    first = job(mine).id
    for _ in range(2):
        fine(mine.button(key="data.new").click().run())
        ran(mine)
    assert not cache.registry().kept(first)
    assert cache.registry().kept(job(other).id)
    at = opened(job=first)
    assert [w.value for w in at.warning] == [text.GONE]
    assert at.button(key="data.run")


def test_a_run_that_a_servers_end_interrupted_goes_on_when_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    at = ran(opened())
    id, folder = job(at).id, job(at).store.folder
    next(folder.glob("part-*")).unlink()
    cache.registry().jobs.clear()  # as the next server finds it
    at = finished(opened(job=id))
    assert job(at).state == "done"
    assert "of 151 rows" in words(at)


def test_an_interrupted_run_whose_model_is_gone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    at = ran(opened())
    id = job(at).id
    next(job(at).store.folder.glob("part-*")).unlink()
    cache.registry().jobs.clear()
    found = tuple(c for c in shell.catalogue()[0] if c.name != "sst2-joint")
    monkeypatch.setattr(shell, "_everything", lambda: (found, 0))
    at = finished(opened("sst2-ltp", job=id))
    assert text.NO_MODEL[1] in words(at)


@pytest.mark.parametrize("name", ["about.json", "texts.parquet", "part-000000-000151.parquet"])
def test_a_torn_run_is_said_and_another_one_can_be_started(name: str) -> None:
    at = ran(opened())
    id, file = job(at).id, job(at).store.folder / name
    assert file.exists()
    file.write_bytes(file.read_bytes()[:-300] + b"\0" * 8)
    cache.registry().jobs.clear()
    cache._gathered.clear()
    at = opened(job=id)
    if name.startswith("part"):
        assert job(finished(at)).state == "done", "read again"
        return
    assert "its files on the server are damaged" in words(at)
    assert "went wrong" not in words(at)
    ran(pasted(opened()))


def test_a_full_server_says_so_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "KEPT", 0)
    at = fine(opened().button(key="data.run").click().run())
    assert "There is no room for another run" in words(at).replace("\\", "")
    assert not shelf.folders(cache.registry().root)
