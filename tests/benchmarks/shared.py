"""Layers that several models share (twelve layers of MPNet): what loading them takes, what updates cost, memory with both backbones.

Bars, on two cores: the first load adds under 700 MB and 4 s; the app with both backbones visited stays under 2.2 GB; many runs add nothing
to what a few have taken; and updates beside weights cost at most a tenth more than merged ones.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from dynviz import api
from dynviz.data import bundled
from dynviz.measure import bench
from tests.benchmarks.app import TEXT, text
from tests.benchmarks.client import visiting
from tests.benchmarks.savings import Subject
from tests.browser.server import process, resident, serving

Row = dict[str, object]
CELLS = {(1, 25): (4, 15), (1, 256): (1, 9), (32, 25): (32, 5)}  # batch, pieces -> texts, rounds
RUNS = 200
LIVE = 5  # texts after the first
SWEPT = 50  # bundled texts

# Every load in a process of its own, which has imported everything: seconds, MB that it added, MB at the most while it loaded.
LOADS = """
import json, sys, time
from pathlib import Path
from dynviz import api

def memory(what):
    return int(Path("/proc/self/status").read_text().split(what + ":")[1].split()[0]) / 1024

api.warm()
api.one_thread()
kept = []
for name in sys.argv[1:]:
    Path("/proc/self/clear_refs").write_text("5")
    before, begun = memory("VmRSS"), time.perf_counter()
    kept.append(api.load(name))
    seconds = time.perf_counter() - begun
    print(json.dumps([name, seconds, memory("VmRSS") - before, memory("VmHWM") - before]), flush=True)
"""


def on_base() -> list[api.Checkpoint]:
    """The models whose layers are a base's."""
    return [c for c in api.checkpoints() if c.base and c.runnable]


def loads(names: Sequence[str]) -> Iterator[Row]:
    """The first load, which brings the layers, and each further model's."""
    out = subprocess.run([sys.executable, "-c", LOADS, *names], capture_output=True, text=True, check=True).stdout
    taken = [json.loads(line) for line in out.splitlines()]
    first, others = taken[0], taken[1:]
    for measure, value in zip(("seconds", "MB more", "MB more at the most, meanwhile"), first[1:], strict=True):
        yield row("first model, with the layers it shares", measure, value)
    if others:
        yield row(f"each further model, n = {len(others)}", "seconds, median", float(np.median([one[1] for one in others])))
        yield row(f"each further model, n = {len(others)}", "MB more, median", float(np.median([one[2] for one in others])))


def updates(names: Sequence[str]) -> Iterator[Row]:
    """Time of updates beside shared weights over that of updates merged into weights of one's own, at full depth."""
    from dynviz.checkpoint.encoders import trainable_copy

    api.one_thread()
    for name in names:
        model = api.load(name)
        merged = replace(model, stages=tuple(trainable_copy(stage) for stage in model.stages))
        off = dict(model.method.off())
        for (batch, length), (count, rounds) in CELLS.items():
            works = {"beside": Subject(model, off), "merged": Subject(merged, off)}
            _, cpu = bench.in_turns({way: one.work(length, count, batch) for way, one in works.items()}, rounds)
            more = float(np.median(cpu["beside"] / cpu["merged"]))
            yield row(f"{length} pieces, batch {batch}", "updates beside weights over merged, time", more, name)


def runs(name: str) -> Iterator[Row]:
    """Resident memory after ten runs and after many more, each on another text; none is kept."""
    api.one_thread()
    model = api.load(name)
    for i in range(10):
        api.trace(model, text(i))
    before = resident_here()
    for i in range(RUNS):
        api.trace(model, text(i))
    yield row(f"{RUNS} runs on one text each, after 10", "MB more", resident_here() - before, name)


def commands(name: str) -> Iterator[Row]:
    """Seconds of commands, from the shell and back: imports, load, and the work."""
    with TemporaryDirectory() as folder:
        data, out = Path(folder) / "texts.csv", str(Path(folder) / "sweep.csv")
        texts = bundled("sst2")
        pd.DataFrame({"text": texts.texts[:SWEPT], "label": (texts.labels or ())[:SWEPT]}).to_csv(data, index=False)
        works = {"trace, one text": ["trace", TEXT], f"sweep, {SWEPT} texts": ["sweep", "--data", str(data), "--out", out]}
        for what, words in works.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-m", "dynviz", *words, "--model", name], capture_output=True, check=True)
            yield row(f"python -m dynviz {what}", "seconds", time.perf_counter() - begun, name)


def answers(name: str) -> Iterator[Row]:
    """On a fresh server: from sending the first text to the end of the page, and of texts after it, when the layers are there."""
    with serving() as address, visiting(address, model=name) as visitor:
        visitor.run()
        time.sleep(30)  # in which the server imports what the first model needs, as it does while a visitor reads and types
        yield row("first text, server, the layers not there yet", "seconds", visitor.say(text(-1)), name)
        yield row("each further text, server", "seconds, median", float(np.median([visitor.say(text(i)) for i in range(LIVE)])), name)


def app() -> Iterator[Row]:
    """Memory of one server after a text went through every model of both backbones, and every page was opened with one of each."""
    found = [c for c in api.checkpoints() if c.runnable]
    deep = on_base()
    with serving() as address:
        server = process(address)
        for checkpoint in [*(c for c in found if c not in deep), *deep]:
            with visiting(address, model=checkpoint.name, text=TEXT) as visitor:
                visitor.run()
        for name in (next(c.name for c in found if c not in deep), deep[0].name):
            with visiting(address, model=name, text=TEXT) as visitor:
                visitor.run()
                for page in sorted(visitor.pages):
                    visitor.go(page)
        yield row(f"memory, {len(found)} models of both backbones and all pages visited", "MB", resident(server))
        yield row(f"memory, {len(found)} models of both backbones and all pages visited", "MB at the most", peak(server))


def peak(process: int) -> float:
    """The most memory a process has had so far, in MB."""
    return int(Path(f"/proc/{process}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def resident_here() -> float:
    """Memory of this process, in MB."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def row(setting: str, measure: str, value: float, model: str = "") -> Row:
    """A line of the results."""
    return {"what": "shared", "model": model, "batch": "", "setting": setting, "measure": measure, "value": value}


def rows() -> Iterator[Row]:
    """All of the above; nothing where no model shares layers."""
    names = [c.name for c in on_base()]
    if names:
        of_others = {c.config.stages[0].encoder != c.base.name: c.name for c in reversed(on_base()) if c.base}  # theirs have twice the rank
        yield from loads(names)
        yield from updates(sorted(of_others.values()))
        yield from runs(names[0])
        yield from commands(names[0])
        yield from answers(names[0])
        yield from app()
