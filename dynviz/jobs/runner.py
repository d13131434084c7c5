"""Jobs of a server: made, run in the background one part at a time, cancelled, resumed, forgotten.

One thread works; jobs take turns, a part each, so that a small one does not wait for a large one. A job's id is its key: whoever knows it
sees the job, nobody else does.
"""

import logging
import re
import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dynviz.data import Examples, Skip
from dynviz.errors import InputError
from dynviz.jobs.part import moves, read_part
from dynviz.jobs.store import MAX_SKIPPED, About, Store

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

log = logging.getLogger("dynviz.jobs")
State = Literal["waiting", "running", "cancelled", "done", "failed"]
PART_ROWS, PART_SECONDS = 512, 10.0
KEPT, AT_WORK, AGE = 12, 6, 24 * 3600.0
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_OVERHEAD = 20  # characters' worth of time that a row takes however short it is


@dataclass(frozen=True)
class Status:
    """How a job stands. left: seconds to go, as far as can be told; error: why it failed, for the visitor; others: jobs it takes turns
    with; parts: parts kept, which grows with every part."""

    state: State
    done: int
    total: int
    spent: float
    left: float | None
    error: str
    others: int
    parts: int

    @property
    def active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running")


class Job:
    """One run over one set of rows."""

    def __init__(self, store: Store, about: About, parts: int = 0, done: int = 0) -> None:
        self.store, self.about = store, about
        self.state: State = "done" if done >= about.total else "cancelled"
        self.error = ""
        self.parts, self.done, self.within = parts, done, 0
        self.spent, self.read = 0.0, 0.0  # seconds of work, and the share of the whole that took them
        self.stop = threading.Event()
        self.seen = time.monotonic()
        self.model: Model | None = None
        self.work = np.concatenate([[0], np.cumsum(store.characters() + _OVERHEAD)])

    @property
    def id(self) -> str:
        """The job's id, also its folder's name."""
        return self.about.id

    @property
    def active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running")


class Registry:
    """The jobs of a process."""

    def __init__(self, root: Path, turn: Callable[[], AbstractContextManager[Any]] = nullcontext, at_work: int | None = None) -> None:
        self.root, self.turn, self.at_work = root, turn, at_work
        self.jobs: dict[str, Job] = {}
        self.queue: deque[Job] = deque()
        self.lock = threading.RLock()
        self.worker: threading.Thread | None = None
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for about in root.glob("*/about.json"):  # of an earlier process
            if _ID.fullmatch(about.parent.name) and time.time() - about.stat().st_mtime > AGE:
                shutil.rmtree(about.parent, ignore_errors=True)

    def create(
        self, model: "Model", title: str, examples: Examples, knobs: dict[str, float], skipped: list[Skip] | None = None, note: str = ""
    ) -> Job:
        """A job for these rows, not started; room is made for it, or an InputError says that there is none."""
        left_out = skipped or []
        config = model.config
        about = About(
            secrets.token_urlsafe(16), title, config.name, model.digest, config.task, model.method.unit, tuple(config.labels), dict(knobs),
            examples.labels is not None, len(examples), time.time(), " ".join(filter(None, (note, examples.note))),
            tuple(left_out[:MAX_SKIPPED]), len(left_out), moves(model), dict(config.options), config.method,
        )  # fmt: skip
        with self.lock:
            self._make_room()
            store = Store(self.root / about.id)
            store.write(about, examples)
            job = self.jobs[about.id] = Job(store, about)
        return job

    def find(self, id: str) -> Job | None:
        """The job of this id, if it is still kept (also by an earlier process, where the folder outlived it)."""
        if not _ID.fullmatch(id):
            return None
        with self.lock:
            job = self.jobs.get(id)
            if job is None and (self.root / id / "about.json").exists():
                store = Store(self.root / id)
                found = store.parts()
                job = self.jobs[id] = Job(store, store.about(), len(found), found[-1][1] if found else 0)
            if job is not None:
                job.seen = time.monotonic()
            return job

    def start(self, job: Job, model: "Model") -> None:
        """Begin, or go on where it was left; an InputError where too many are at work."""
        with self.lock:
            if job.active or job.state == "done":
                return
            if model.digest != job.about.digest:
                raise InputError("The run cannot go on", "the checkpoint was changed since", "Start it anew")
            most = self.at_work or AT_WORK
            if sum(j.active for j in self.jobs.values()) >= most:
                raise InputError(f"{most} runs are under way on this server", "they share one thread", "Wait for one to end")
            job.stop.clear()
            job.state, job.error, job.model, job.seen = "waiting", "", model, time.monotonic()
            self.queue.append(job)
            if self.worker is None or not self.worker.is_alive():
                self.worker = threading.Thread(target=self._work, name="dynviz-jobs", daemon=True)
                self.worker.start()

    def cancel(self, job: Job) -> None:
        """Stop after the batch in hand; what was read stays."""
        with self.lock:
            job.stop.set()
            if job.state == "waiting":
                job.state, job.model = "cancelled", None

    def forget(self, job: Job) -> None:
        """Delete it and all its files."""
        self.cancel(job)
        with self.lock:
            self.jobs.pop(job.id, None)
        if job.state != "running":  # else the worker sees that it is gone
            shutil.rmtree(job.store.folder, ignore_errors=True)

    def status(self, job: Job) -> Status:
        """The job's status now."""
        with self.lock:
            others = sum(j.active for j in self.jobs.values()) - job.active
            done = job.done + job.within
            total = float(job.work[-1])
            share = float(job.work[done]) / total
            speed = job.read / job.spent if job.spent > 1 and job.read else 0.0
            left = (1 - share) / speed * (others + 1) if speed and job.active else None
            return Status(job.state, done, job.about.total, job.spent, left, job.error, others, job.parts)

    def _make_room(self) -> None:
        now = time.monotonic()
        idle = sorted((j for j in self.jobs.values() if not j.active), key=lambda j: j.seen)
        for job in idle:
            if len(self.jobs) >= KEPT or now - job.seen > AGE:
                self.forget(job)
        if len(self.jobs) >= KEPT:
            raise InputError(f"This server keeps {KEPT} runs", "all are under way", "Wait for one to end")

    def _work(self) -> None:
        while True:
            with self.lock:
                job = next((j for j in self.queue if j.state == "waiting"), None)
                self.queue = deque(j for j in self.queue if j.state == "waiting" and j is not job)
                if job is None:
                    self.worker = None
                    return
                job.state = "running"
            self._part(job)
            with self.lock:
                self._after(job)

    def _after(self, job: Job) -> None:
        """Where it stands after a part."""
        if job.id not in self.jobs:
            shutil.rmtree(job.store.folder, ignore_errors=True)
        elif job.state == "running":
            job.state = "done" if job.done >= job.about.total else "cancelled" if job.stop.is_set() else "waiting"
        if job.state == "waiting" and job.id in self.jobs:
            self.queue.append(job)
        else:
            job.model = None

    def _part(self, job: Job) -> None:
        """Read the next rows, and keep their numbers."""
        start, began = job.done, time.monotonic()
        known = job.spent, job.read

        def told(rows: int) -> None:
            with self.lock:
                job.within = rows
                job.spent = known[0] + time.monotonic() - began
                job.read = known[1] + float(job.work[start + rows] - job.work[start]) / float(job.work[-1])

        def enough() -> bool:
            return job.stop.is_set() or (job.within > 0 and time.monotonic() - began > PART_SECONDS)

        try:
            assert job.model is not None
            some = job.store.rows(start, min(start + PART_ROWS, job.about.total))
            found = read_part(job.model, some, job.about.knobs, self.turn, enough, told)
            if found is not None:
                job.store.add(start, found)
                with self.lock:
                    job.done, job.within, job.parts = start + found.num_rows, 0, job.parts + 1
        except InputError as error:
            job.state, job.error = "failed", str(error)
        except Exception:
            log.exception("a job failed")
            job.state = "failed"
        job.within = 0
