"""How fast rows of the Data page are read, how long a knob tick takes at 50,000 of them, and what that takes in memory."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from dynviz import api
from dynviz.data import Examples, bundled
from dynviz.jobs import Gathered, Registry, at, gather
from dynviz.records import Rows
from tests.benchmarks.package import Row

MODEL, READ, SHOWN = "sst2-joint", 1000, 50_000


def rows() -> Iterator[Row]:
    """One job of a thousand bundled sentences (repeated) is run; what it found is repeated fifty times and replayed."""
    api.one_thread()
    model, data = api.load(MODEL), bundled("sst2")
    with TemporaryDirectory() as folder:
        registry = Registry(Path(folder) / "jobs")
        job = registry.create(model, "bundled", _repeated(data, READ), api.knobs_of(model))
        before, clock = _resident(), time.process_time()
        registry.start(job, model)
        while registry.status(job).active:
            time.sleep(0.05)
        yield _row(READ, "rows read per second of processor time", READ / (time.process_time() - clock))
        yield _row(READ, "MB more while it runs", _resident() - before)
        found = gather(job.store, job.about)
        assert found is not None
        large = _many(found, SHOWN // READ)
        before, clock = _resident(), time.process_time()
        at(large, job.about.knobs)
        yield _row(SHOWN, "seconds of a knob tick's replay", time.process_time() - clock)
        yield _row(SHOWN, "MB more after it", _resident() - before)


def _repeated(data: Examples, count: int) -> Examples:
    assert data.labels is not None
    places = [i % len(data) for i in range(count)]
    some = {name: tuple(getattr(data, name)[i] for i in places) for name in ("texts", "labels", "tags")}
    return replace(data, ids=tuple(map(str, range(count))), look_for=(), **some)


def _many(found: Gathered, times: int) -> Gathered:
    """As if the same rows stood there so many times."""
    given, n = found.rows, len(found.rows.ids) * times
    rows = Rows(tuple(map(str, range(n))), np.tile(given.lengths, times), given.tags * times, np.tile(given.labels, times), np.arange(n))
    columns = {name: np.tile(v, (1, times, 1) if name == "probs" else times) for name, v in found.columns.items()}
    layers = {name: np.tile(getattr(found, name), (1, times)) for name in ("layer_answer", "layer_sure")}
    return replace(found, rows=rows, columns=columns, **layers)


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _row(count: int, measure: str, value: float) -> Row:
    return {"what": "data", "model": MODEL, "batch": "", "setting": f"{count:,} bundled sentences", "measure": measure, "value": value}
