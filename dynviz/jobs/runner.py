"""Jobs of a server: made, run in the background one part at a time, cancelled, resumed, forgotten.

One thread works; visitors take turns, a part each, so that a small run does not wait for a large one, nor a visitor for another's many. A
job's id is its key: whoever knows it sees the job, nobody else does. Who needs room gives up runs of his own, never another's.
"""

import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.data import Examples, Skip
from dynviz.errors import InputError
from dynviz.jobs import shelf
from dynviz.jobs.job import Job, Load, Status
from dynviz.jobs.part import moves, read_part
from dynviz.jobs.queue import Turns
from dynviz.jobs.store import MAX_SKIPPED, About, Store, writing

if TYPE_CHECKING:
    from dynviz.checkpoint.model import Model

log = logging.getLogger("dynviz.jobs")
PART_ROWS, PART_SECONDS = 512, 10.0
OWN, KEPT = 12, 600  # runs of one visitor, and of all
DISK = 4 << 30  # bytes of all runs together
LOOK = 60.0  # seconds after which another look is written down
_FULL = "Start it later, or install DynViz: there the room is yours"


class Registry:
    """The jobs of a process, in a folder that other processes may use too."""

    def __init__(self, root: Path, turn: Callable[[], AbstractContextManager[object]] = nullcontext) -> None:
        self.root, self.turn = root, turn
        self.jobs: dict[str, Job] = {}
        self.turns = Turns()
        self.lock = threading.RLock()
        self.worker: threading.Thread | None = None
        with writing():
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.tidy()

    def create(
        self, model: "Model", title: str, examples: Examples, knobs: dict[str, float], skipped: list[Skip] | None = None, note: str = "",
        owner: str = "",
    ) -> Job:
        """A job for these rows, not started; room is made for it, or an InputError says that there is none."""
        left_out = skipped or []
        config = model.config
        about = About(
            secrets.token_urlsafe(16), title, config.name, model.digest, config.task, model.method.unit, tuple(config.labels), dict(knobs),
            examples.labels is not None, len(examples), time.time(), " ".join(filter(None, (note, examples.note))),
            tuple(left_out[:MAX_SKIPPED]), len(left_out), moves(model), dict(config.options), config.method,
            model.identity,
        )  # fmt: skip
        with self.lock:
            self._make_room(owner)
        store = Store(self.root / about.id)
        with writing():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            store.write(about, examples)
        except InputError:
            shutil.rmtree(store.folder, ignore_errors=True)
            raise
        with self.lock:
            job = self.jobs[about.id] = Job(store, about, owner)
            job.reread()
        return job

    def find(self, id: str) -> Job | None:
        """The job of this id, if it is still kept, also by another process; an InputError where its files are damaged."""
        if not shelf.known(id):
            return None
        with self.lock:
            job = self.jobs.get(id)
            folder = self.root / id
            if not folder.is_dir() or folder.is_symlink():
                self._gone(job)
                return None
            if job is None:
                store = Store(folder)
                job = self.jobs[id] = Job(store, store.about())
                shelf.looked(folder)
            if not job.active and job.state != "done":
                job.reread()
            if time.monotonic() - job.seen > LOOK:
                shelf.looked(folder)
            job.seen = time.monotonic()
            return job

    def kept(self, id: str) -> bool:
        """Whether there is a job of this id, whole or not."""
        return shelf.known(id) and (self.root / id).is_dir()

    def start(self, job: Job, load: Load) -> None:
        """Begin, or go on where it was left; an InputError where that cannot be."""
        with self.lock:
            if job.active or job.state == "done":
                return
            with writing():
                free = job.lock.take()
            if not free:
                job.state = "elsewhere"
                return
            job.reread()  # another server may have read more of it
            job.begin(load)
            job.seen = time.monotonic()
            self.turns.join(job)
            if self.worker is None or not self.worker.is_alive():
                self.worker = threading.Thread(target=self._work, name="dynviz-jobs", daemon=True)
                self.worker.start()

    def cancel(self, job: Job) -> None:
        """Stop after the batch in hand; what was read stays."""
        with self.lock:
            job.stop.set()
            if job.state == "waiting":
                job.end("cancelled")

    def forget(self, job: Job) -> None:
        """Delete it and all its files."""
        self.cancel(job)
        with self.lock:
            self.jobs.pop(job.id, None)
        if job.state != "running":  # else the worker sees that it is gone
            shutil.rmtree(job.store.folder, ignore_errors=True)

    def delete(self, id: str) -> None:
        """Delete the job of this id, whole or not."""
        if not self.kept(id):
            return
        with self.lock:
            job = self.jobs.get(id)
        if job is not None:
            self.forget(job)
        else:
            shutil.rmtree(self.root / id, ignore_errors=True)

    def status(self, job: Job) -> Status:
        """The job's status now."""
        with self.lock:
            others = sum(j.active for j in self.jobs.values()) - job.active
            place = self._queue().index(job) + 1 if job.state == "waiting" else 0
            left = job.left(others + 1) if job.active else None
            return Status(job.state, job.done + job.within, job.about.total, job.spent, left, job.error, others, place, job.parts)

    def tidy(self) -> None:
        """Delete what nobody looked at for a day."""
        with self.lock:
            for job in self.jobs.values():
                if job.active:
                    shelf.looked(job.store.folder)  # a day from its end, at the earliest
            shelf.tidy(self.root)
            for id in [id for id, job in self.jobs.items() if not job.active and not job.store.folder.exists()]:
                self.jobs.pop(id)

    def _queue(self) -> list[Job]:
        return self.turns.order(j for j in self.jobs.values() if j.state == "waiting")

    def _gone(self, job: Job | None) -> None:
        """Its folder was deleted, here or by another server."""
        if job is not None and not job.active:
            self.jobs.pop(job.id, None)

    def _make_room(self, owner: str) -> None:
        """Within one's own share; then there is room or there is none."""
        self.tidy()
        own = sorted((j for j in self.jobs.values() if owner and j.owner == owner), key=lambda j: j.seen)
        idle = [j for j in own if not j.active and j.state != "elsewhere"]
        surplus = len(own) - OWN + 1
        if surplus > len(idle):
            raise InputError(f"You have {OWN} runs", "all are under way", "Wait for one to end, or cancel one")
        for job in idle[: max(surplus, 0)]:
            self.forget(job)
        if len(shelf.folders(self.root)) >= KEPT:
            raise InputError("There is no room for another run", f"this server keeps {KEPT}, each until a day after its last look", _FULL)
        if shelf.size(self.root) >= DISK:
            raise InputError("There is no room for another run", f"the runs kept on this server fill {DISK >> 30} GB", _FULL)

    def _work(self) -> None:
        while True:
            with self.lock:
                job = next(iter(self._queue()), None)
                if job is None:
                    self.worker = None
                    return
                job.state = "running"
            self._part(job)
            with self.lock:
                self._after(job)

    def _after(self, job: Job) -> None:
        """Where it stands after a part."""
        job.within = 0
        self.turns.served(job)
        if job.id not in self.jobs:
            job.end("done")
            shutil.rmtree(job.store.folder, ignore_errors=True)
        elif job.state == "running" and (job.done >= job.about.total or job.stop.is_set()):
            job.end("done" if job.done >= job.about.total else "cancelled")
        elif job.state == "running":
            job.state = "waiting"
        self.turns.leave(j for j in self.jobs.values() if j.active)

    def _part(self, job: Job) -> None:
        """Read the next rows, and keep their numbers."""
        start, began, known = job.done, time.monotonic(), (job.spent, job.read)

        def told(rows: int) -> None:
            with self.lock:
                job.told(rows, time.monotonic() - began, known)

        def enough() -> bool:
            return job.stop.is_set() or (job.within > 0 and time.monotonic() - began > PART_SECONDS)

        try:
            assert job.load is not None
            model = job.load()
            if (model.digest, model.identity) != (job.about.digest, job.about.identity):
                raise InputError("The run cannot go on", "the checkpoint was changed since", "Start it anew")
            some = job.store.rows(start, min(start + PART_ROWS, job.about.total))
            found = read_part(model, some, job.about.knobs, self.turn, enough, told)
            if found is not None:
                job.store.add(start, found)
                with self.lock:
                    job.done, job.within, job.parts = start + found.num_rows, 0, job.parts + 1
        except InputError as error:
            job.end("failed", str(error))
        except BaseException:  # a panic of a library in Rust is no Exception, and the thread is there for the others too
            log.exception("a job failed")
            job.end("failed")
