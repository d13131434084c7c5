"""Many visitors of one server: each keeps to a share of his own, waits for his turn, and nobody's runs push out another's."""

import pytest

from dynviz.errors import InputError
from dynviz.jobs import Registry, runner, shelf
from dynviz.jobs.queue import Turns
from tests.jobs.conftest import Models, hold, made, started, wait


def test_ones_own_oldest_goes_first_and_nobody_elses(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "OWN", 3)
    other = [made(registry, models, "b") for _ in range(3)]
    own = [made(registry, models, "a") for _ in range(3)]
    registry.find(own[0].id)
    made(registry, models, "a")
    assert [registry.find(job.id) is not None for job in own] == [True, False, True]
    assert not own[1].store.folder.exists()
    assert all(registry.find(job.id) for job in other)


def test_a_visitor_whose_runs_are_all_under_way_is_told_so(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "OWN", 2)
    held, go = hold(monkeypatch, 0)
    jobs = [started(registry, models, "a") for _ in range(2)]
    assert held.wait(30)
    with pytest.raises(InputError, match="You have 2 runs: all are under way"):
        made(registry, models, "a")
    made(registry, models, "b")
    go.set()
    wait(registry)
    assert all(job.state == "done" for job in jobs)


@pytest.mark.parametrize(("bound", "value"), [("KEPT", 2), ("DISK", 1)])
def test_a_full_server_takes_no_more_and_deletes_nothing(
    registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    jobs = [made(registry, models, name) for name in "ab"]
    monkeypatch.setattr(runner, bound, value)
    with pytest.raises(InputError, match="no room for another run"):
        made(registry, models, "c")
    assert all(registry.find(job.id) for job in jobs)
    assert len(shelf.folders(registry.root)) == 2
    registry.forget(jobs[0])
    monkeypatch.setattr(runner, "DISK", shelf.size(registry.root) + 1)
    made(registry, models, "c")


def test_what_earlier_servers_left_counts(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    made(registry, models)
    monkeypatch.setattr(runner, "DISK", shelf.size(registry.root))
    later = Registry(registry.root)
    with pytest.raises(InputError, match="fill"):
        made(later, models)


def test_a_class_of_thirty_gets_all_its_runs(registry: Registry, models: Models) -> None:
    jobs = [started(registry, models, f"student {i}", rows=50) for i in range(30)]
    wait(registry)
    assert [job.state for job in jobs] == ["done"] * 30
    assert all(registry.find(job.id) is job for job in jobs)


def test_the_queue_says_ones_place(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = hold(monkeypatch, 0)
    first = started(registry, models, "a")
    assert held.wait(30)
    rest = [started(registry, models, name) for name in ("a", "a", "b", "c")]
    assert registry.status(first).place == 0
    assert [registry.status(job).place for job in rest] == [1, 4, 2, 3], "one of each visitor before a second of the same"
    go.set()
    wait(registry)
    assert [registry.status(job).place for job in rest] == [0] * 4


def test_visitors_take_turns_a_part_each(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 2)
    order: list[str] = []
    real = runner.Registry._part
    monkeypatch.setattr(runner.Registry, "_part", lambda self, job: (order.append(job.about.title), real(self, job))[1])
    held, go = hold(monkeypatch, 0)
    started(registry, models, "greedy", 4, "g1")
    assert held.wait(30)
    for title in ("g2", "g3"):
        started(registry, models, "greedy", 4, title)
    started(registry, models, "modest", 4, "m")
    go.set()
    wait(registry)
    assert order == ["g1", "m", "g2", "m", "g3", "g1", "g2", "g3"]


def test_turns_forget_who_has_left(registry: Registry, models: Models) -> None:
    turns, jobs = Turns(), [made(registry, models, name) for name in "ab"]
    for job in jobs:
        turns.join(job)
    turns.leave(jobs[:1])
    assert (list(turns.jobs), list(turns.owners)) == ([jobs[0].id], ["a"])
    wait(registry)
    started(registry, models, "c")
    wait(registry)
    assert not registry.turns.jobs
    assert not registry.turns.owners
