"""What tests of jobs share: tiny models, a registry that ends clean, and a way to hold its worker."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dynviz import api
from dynviz.data import Examples, bundled
from dynviz.jobs import Job, Registry, runner
from tests.checkpoints import build

Models = dict[str, Any]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    root = build(tmp_path_factory.mktemp("jobs"), sentences=4)
    return {name: api.load(root / name) for name in ("sst2-joint", "sst2-ltp", "pos-tokee", "sst2-cascade", "pos-plain", "sst2-dact-a")}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    found = Registry(tmp_path / "jobs")
    yield found
    for job in list(found.jobs.values()):
        found.forget(job)
    wait(found)


def wait(registry: Registry, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while any(job.active for job in registry.jobs.values()) or registry.worker is not None:
        assert time.monotonic() < end, "a job did not end"
        time.sleep(0.01)


def made(registry: Registry, models: Models, owner: str = "", rows: int = 5, title: str = "rows") -> Job:
    """A job of a few rows, not started."""
    return registry.create(models["sst2-joint"], title, first(bundled("sst2"), rows), {"entropy": 0.5}, owner=owner)


def first(examples: Examples, rows: int) -> Examples:
    labels = None if examples.labels is None else examples.labels[:rows]
    return Examples(examples.ids[:rows], examples.texts[:rows], labels, examples.tags[:rows])


def started(registry: Registry, models: Models, owner: str = "", rows: int = 5, title: str = "rows") -> Job:
    job = made(registry, models, owner, rows, title)
    registry.start(job, lambda: models["sst2-joint"])
    return job


def hold(monkeypatch: pytest.MonkeyPatch, after: int) -> tuple[threading.Event, threading.Event]:
    """Let a job read `after` parts, then hold it. Returns (it is held, go on)."""
    held, go = threading.Event(), threading.Event()
    real, count = runner.read_part, [0]

    def slow(*arguments: object) -> object:
        count[0] += 1
        if count[0] > after:
            held.set()
            go.wait(30)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "read_part", slow)
    return held, go
