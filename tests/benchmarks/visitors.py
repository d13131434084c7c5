"""Many visitors at once on the real server: `python -m tests.benchmarks.visitors [--sessions 20] [--pace 5]`;
or at a cold start: `... --cold 8 --times 10`.

Each visitor is a session of its own, with a model and texts of its own; it opens the page, types, turns a knob and looks at other pages,
waiting `pace` seconds on average between two actions (0: none waits). What a knob tick, a new sentence and a page switch take is measured
from the request until the server's script has run to its end; no browser draws. Each answer is held against what the model alone says, and
every byte is searched for the others' words.
"""

import argparse
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from dynviz import api
from dynviz.ui.parts.words import verdict
from tests.benchmarks import cold
from tests.benchmarks.app import quantiles, row
from tests.benchmarks.client import Visitor, visiting
from tests.browser.server import process, resident, serving

Row = dict[str, object]
MODELS = ("sst2-joint", "sst2-ltp", "pos-tokee", "sst2-cascade")
PLOTS = ("plot", "cast", "music", "ending", "pace", "dialogue", "camera work", "humour")
PAGES = ("tradeoff", "compare", "methods")
TICKS = 6  # of a knob, for each new sentence
GONE = 10  # seconds after which the server forgets a session that was closed; by default two minutes


def mark(i: int) -> str:
    """A word that only this visitor writes."""
    return f"Visitor{i:03}"


def sentence(i: int, n: int) -> str:
    """The n-th text of a visitor."""
    return f"{mark(i)} thinks that the {PLOTS[n % len(PLOTS)]} is not without charm, but would not sit through it {n + 2} times."


@dataclass
class Told:
    """What came of it. seconds: by action; wrong: answers that are not this visitor's own; met: others' words that reached somebody;
    refused: what was shown in red."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    met: set[bytes] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def took(self, action: str, seconds: float, visitor: Visitor) -> None:
        self.seconds.setdefault(action, []).append(seconds)
        self.refused += visitor.errors


@dataclass(frozen=True)
class Load:
    """How many, how often, how long. pace: mean seconds between two actions; root: where the checkpoints lie, None for the bundled."""

    sessions: int
    rounds: int = 2
    ticks: int = TICKS
    pace: float = 5.0
    models: Sequence[str] = MODELS
    root: Path | None = None
    pages: Sequence[str] = PAGES


def expected(load: Load) -> dict[tuple[str, str, float], str]:
    """The verdict on every text of a visitor at every setting it will choose, by a model that nobody else uses."""
    out = {}
    models = {name: api.load(name, load.root) for name in load.models}
    for i in range(load.sessions):
        name = load.models[i % len(load.models)]
        for n in range(load.rounds):
            found = api.analyse(models[name], sentence(i, n))
            for value in settings(load, name, i, n):
                knobs = {**api.knobs_of(models[name]), knob(load, name)[0]: value}
                out[name, sentence(i, n), value] = verdict(found.at(knobs), found.full)
    return out


def knob(load: Load, name: str) -> tuple[str, float, float, float]:
    """The first knob of a checkpoint, and its scale."""
    first = api.card(api.find(name, load.root)).knobs[0]
    return first.name, float(first.low), float(first.high), float(first.step)


def settings(load: Load, name: str, i: int, n: int) -> list[float]:
    """Where a visitor turns its knob to: each time somewhere else, and each visitor otherwise."""
    _, low, high, step = knob(load, name)
    steps = round((high - low) / step)
    places = random.Random(1000 * i + n).sample(range(steps + 1), min(load.ticks, steps))
    return [round(low + place * step, 10) for place in places]


def visit(visitor: Visitor, i: int, load: Load, right: dict[tuple[str, str, float], str], told: Told, begin: threading.Barrier) -> None:
    """What one visitor does."""
    chance, name = random.Random(i), load.models[i % len(load.models)]

    def wait() -> None:
        time.sleep(chance.expovariate(1 / load.pace) if load.pace else 0.0)

    begin.wait()
    wait()
    told.took("first picture", visitor.run(), visitor)
    parameter = f"{name}.{knob(load, name)[0]}"
    for n in range(load.rounds):
        wait()
        told.took("new sentence", visitor.say(sentence(i, n)), visitor)
        for value in settings(load, name, i, n):
            wait()
            told.took("knob tick", visitor.turn(parameter, value), visitor)
            said, truth = visitor.verdict, right[name, sentence(i, n), value]
            if said != truth:
                told.wrong.append(f"{name} at {value:g}, {sentence(i, n)!r}: {said!r}, not {truth!r}")
        for page in (*load.pages[n % len(load.pages or (0,)) :][:1], ""):
            wait()
            told.took("page switch", visitor.go(page), visitor)
    told.met |= visitor.met


def crowd(address: str, load: Load, stack: ExitStack) -> Told:
    """All visitors at once; their sessions stay open until the stack is closed."""
    right, told, begin = expected(load), Told(), threading.Barrier(load.sessions)
    marks = [mark(i) for i in range(load.sessions)]
    visitors = [
        stack.enter_context(visiting(address, tuple(m for m in marks if m != marks[i]), model=load.models[i % len(load.models)]))
        for i in range(load.sessions)
    ]
    with ThreadPoolExecutor(load.sessions) as pool:
        for job in [pool.submit(visit, v, i, load, right, told, begin) for i, v in enumerate(visitors)]:
            job.result()
    return told


def warmed(address: str, load: Load, server: int) -> Iterator[Row]:
    """One visitor opens a page, then sends a text through every model of the load; the memory before and after."""
    yield _row("memory, idle, nobody there", "MB", resident(server))
    with visiting(address) as visitor:
        visitor.run()
        yield _row("memory, one page open", "MB", resident(server))
    for name in load.models:
        with visiting(address, model=name, text="A fine film.") as visitor:
            visitor.run()
            for page in (*load.pages, ""):
                visitor.go(page)
    yield _row(f"memory, {len(load.models)} models in use", "MB", resident(server))


def rows(load: Load) -> Iterator[Row]:
    """Times and memory with that many visitors. Raises where one saw what is another's."""
    with serving({"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": f"{GONE}"}) as address:
        server = process(address)
        yield from warmed(address, load, server)
        before, spent, handles = resident(server), _busy(server), _handles(server)
        with ExitStack() as stack:
            told = crowd(address, load, stack)
            after, actions = resident(server), sum(map(len, told.seconds.values()))
            about = f"{load.sessions} visitors, one action every {load.pace:g} s" if load.pace else f"{load.sessions} visitors, no pause"
            yield from ({**found, "what": "visitors"} for found in quantiles(told.seconds, about))
            yield _row(f"processor time of the server for one action, {about}", "seconds, mean", (_busy(server) - spent) / actions)
            yield _row(f"memory, {load.sessions} visitors", "MB", after)
            yield _row(f"memory for each of {load.sessions} visitors", "MB", (after - before) / load.sessions)
            yield _row(f"open handles for each of {load.sessions} visitors", "count", (_handles(server) - handles) / load.sessions)
            yield _row(f"refusals and errors shown to {load.sessions} visitors", "count", len(told.refused))
        time.sleep(2 * GONE)
        with visiting(address) as last:  # Streamlit forgets old sessions when another is closed
            last.run()
        time.sleep(1)
        yield _row(f"memory, after {load.sessions} visitors left", "MB", resident(server))
        yield _row(f"open handles, after {load.sessions} visitors left, more than before they came", "count", _handles(server) - handles)
    if told.met or told.wrong:
        raise AssertionError(f"visitors saw what is not theirs: {sorted(told.met)} {told.wrong[:5]}")


def _handles(server: int) -> int:
    """Files and sockets that it holds open."""
    return len(list(Path(f"/proc/{server}/fd").iterdir()))


def _busy(server: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _row(setting: str, measure: str, value: float) -> Row:
    return {**row(setting, measure, value), "what": "visitors"}


def main() -> None:
    """Print what was measured; nothing is written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=2, help="sentences of each visitor")
    parser.add_argument("--pace", type=float, default=5.0, help="mean seconds between two actions of a visitor; 0: none")
    parser.add_argument("--cold", type=int, default=0, help="only this: so many visitors open a fresh server at the same moment")
    parser.add_argument("--times", type=int, default=10, help="fresh servers")
    given = parser.parse_args()
    if given.cold:
        raise SystemExit(cold.report(given.cold, given.times) > 0)
    for found in rows(Load(given.sessions, given.rounds, pace=given.pace)):
        print(f"{found['setting']:80}{found['measure']:18}{found['value']:10.3f}", flush=True)


if __name__ == "__main__":
    main()
