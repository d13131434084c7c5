"""The package: a model beside plain transformers, a sweep beside one pass, import time."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from dynviz import api
from dynviz.data import Examples, bundled
from dynviz.measure import bench, evaluate

Row = dict[str, object]
MODELS = ("sst2-plain", "sst2-joint", "sst2-deebert", "sst2-cascade", "sst2-ltp", "pos-tokee", "sst2-12-plain", "sst2-12-joint")


def models(rounds: int) -> Iterator[Row]:
    """Times per sentence and ratios to plain transformers, knob off and at the checkpoint's own setting, batch 1 and 32."""
    there = {c.name for c in api.checkpoints()}
    for name in MODELS:
        if name in there:
            model = api.load(name)
            for row in bench.compare(model, api.knobs_of(model), rounds=rounds):
                about = {"what": "model", "model": name, "batch": row["batch"], "setting": row["way"]}
                yield {**about, "measure": "ms per sentence", "value": row["ms"]}
                yield {**about, "measure": "time over plain", "value": row["time_ratio"]}
                yield {**about, "measure": "FLOPs over plain", "value": row["flops_ratio"]}


def realised(rounds: int, name: str = "sst2-joint") -> Iterator[Row]:
    """Whether FLOPs saved are time saved: time at a setting over time with the knob off, beside the same ratio of FLOPs."""
    model = api.load(name)
    for row in _pairs(bench.compare(model, api.knobs_of(model), rounds=rounds)):
        about = {"what": "realised", "model": name, "batch": row[0]["batch"], "setting": row[1]["way"]}
        times, flops = row[1]["time_ratio"] / row[0]["time_ratio"], row[1]["flops_ratio"] / row[0]["flops_ratio"]
        yield {**about, "measure": "time ratio over FLOPs ratio", "value": times / flops}


def _pairs(rows: list[Row]) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
    ours = [r for r in rows if r["way"] != "plain transformers"]
    return zip(ours[::2], ours[1::2], strict=True)  # type: ignore[return-value]


def sweep(name: str = "sst2-joint", sentences: int = 872, points: int = 100) -> Iterator[Row]:
    """A sweep of many points of a replayable method, beside one pass over the same sentences."""
    model = api.load(name)
    some = bundled("sst2")
    at = np.arange(sentences) % len(some)
    many = Examples(*(tuple(column[i] for i in at) for column in (some.ids, some.texts, some.labels or (), some.tags)))
    pieces, rows = api.prepare(model, many)
    settings = evaluate.settings(type(model.method), points)
    subject = api.subject(model)
    works: dict[str, Callable[[], object]] = {
        "one pass": lambda: evaluate.run_all(subject, pieces, model.method.off()),
        "sweep": lambda: evaluate.sweep(subject, pieces, rows, settings),
    }
    _, cpu = bench.in_turns(works, 3)
    about = {"what": "sweep", "model": name, "batch": "", "setting": f"{len(settings)} points, {sentences} sentences"}
    yield {**about, "measure": "sweep over one pass", "value": float(np.median(cpu["sweep"] / cpu["one pass"]))}


def imports(rounds: int = 7) -> Iterator[Row]:
    """Seconds that `import dynviz` takes, and whether it brought torch along."""
    code = "import time, sys; t = time.perf_counter(); import dynviz; print(time.perf_counter() - t, 'torch' in sys.modules)"
    seconds = []
    for _ in range(rounds):
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        assert out[1] == "False", "import dynviz must not import torch"
        seconds.append(float(out[0]))
        time.sleep(0.05)
    yield {"what": "import", "model": "", "batch": "", "setting": "without torch", "measure": "seconds", "value": float(np.median(seconds))}
