"""Fits of a server: one at a time, in the order in which they were asked for; each visitor has one under way. Cancelled, found, forgotten.

What comes out is a checkpoint in the fit's own folder. It names the model by its folder's name alone, and a link to that folder lies beside
it: so no path of the server is in what a visitor takes home. Like runs, fits are kept until a day after their last look; who knows a fit's
id sees it. The rows are in memory while it waits and works, their states on disk while it reads; neither outlives it.
"""

import io
import json
import logging
import re
import secrets
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path

from dynviz import api
from dynviz.errors import InputError
from dynviz.jobs import shelf
from dynviz.jobs.fit import Fit, Fitting, Wish
from dynviz.jobs.lock import Lock
from dynviz.jobs.store import MAX_CHARACTERS, damaged, writing
from dynviz.records.files import read_json

log = logging.getLogger("dynviz.jobs")
QUEUE, OWN, KEPT = 8, 4, 200  # fits that wait or work; results of one visitor, and of all
DISK = 2 << 30  # bytes of all results
YIELD = 0.001  # seconds in which somebody who waits for a turn takes it
FRESH = 60.0  # seconds in which a folder may be one that another server has just made
_FULL = "Start it later, or install DynViz: there the room is yours"


class Cancelled(Exception):
    """The visitor wants no more of it."""


class Fits:
    """The fits of a process, in a folder of their own. turn: a context in which few computations run at a time."""

    def __init__(self, root: Path, turn: Callable[[], AbstractContextManager[object]] = nullcontext) -> None:
        self.root, self.turn = root, turn
        self.fits: dict[str, Fit] = {}
        self.locks: dict[str, Lock] = {}
        self.lock = threading.RLock()
        self.worker: threading.Thread | None = None
        with writing():
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clean()

    def start(self, wish: Wish, owner: str = "") -> Fit:
        """Begin, or wait for those before; an InputError where there is no room."""
        _check(wish)
        with self.lock:
            self._make_room(owner)
            base = wish.where.name
            name = f"{re.sub(r'[^A-Za-z0-9_]+', '-', base).strip('-')[:40] or 'model'}-exits-{secrets.token_hex(6)}"
            fit = Fit(self.root / secrets.token_urlsafe(16), name, base, owner, wish)
            fit.title = self._title(fit, wish.title)
            with writing():
                fit.folder.mkdir(mode=0o700, parents=True)
                (fit.folder / base).symlink_to(wish.where.resolve(), target_is_directory=True)
                self.locks[fit.id] = Lock(fit.folder)
                self.locks[fit.id].take()
            self.fits[fit.id] = fit
            if self.worker is None:
                self.worker = threading.Thread(target=self._work, name="dynviz-fits", daemon=True)
                self.worker.start()
        return fit

    def find(self, id: str) -> Fit | None:
        """The fit of this id, if it is still kept; one of an earlier server where it was done. An InputError where its file is damaged."""
        with self.lock:
            fit = self.fits.get(id)
            if fit is None and shelf.known(id) and (self.root / id / shelf.ABOUT).is_file():
                fit = self.fits[id] = _read(self.root / id)
            if fit is not None and fit.state == "done" and not fit.checkpoint.is_dir():
                self.fits.pop(id)
                return None
            if fit is not None:
                fit.seen = time.monotonic()
                shelf.looked(fit.folder)
            return fit

    def status(self, fit: Fit) -> Fitting:
        """How it stands now."""
        with self.lock:
            return fit.stands(self._queue().index(fit) + 1 if fit.state == "waiting" else 0)

    def cancel(self, fit: Fit) -> None:
        """Stop after the batch in hand; nothing of it is kept."""
        with self.lock:
            fit.stop.set()
            if fit.state == "waiting":
                self._end(fit, "cancelled")

    def forget(self, fit: Fit) -> None:
        """Delete it and all its files."""
        self.cancel(fit)
        with self.lock:
            self.fits.pop(fit.id, None)
        if fit.state != "running":  # else the worker sees that it is gone
            shutil.rmtree(fit.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what nobody looked at for a day."""
        with self.lock:
            for fit in self.fits.values():
                if fit.active:
                    shelf.looked(fit.folder)
            shelf.tidy(self.root)
            for id in [id for id, fit in self.fits.items() if not fit.active and not fit.folder.exists()]:
                self.fits.pop(id)

    def _clean(self) -> None:
        """Delete what servers left that ended before their fits did."""
        for folder in shelf.folders(self.root):
            whole, old = (folder / shelf.ABOUT).exists(), time.time() - shelf.seen(folder) > FRESH
            if not whole and old and not Lock(folder).elsewhere:
                shutil.rmtree(folder, ignore_errors=True)

    def _queue(self) -> list[Fit]:
        return [fit for fit in self.fits.values() if fit.state == "waiting"]

    def _make_room(self, owner: str) -> None:
        """Within one's own share; then there is room or there is none."""
        self.tidy()
        own = sorted((f for f in self.fits.values() if owner and f.owner == owner), key=lambda f: f.seen)
        if any(fit.active for fit in own):
            raise InputError("A fit of yours is under way", "one runs at a time", "Wait for it to end, or cancel it")
        for fit in own[: max(len(own) - OWN + 1, 0)]:
            self.forget(fit)
        if sum(fit.active for fit in self.fits.values()) >= QUEUE:
            raise InputError("There is no room for another fit now", f"{QUEUE} are waiting on this server", "Try again in a while")
        if len(shelf.folders(self.root)) >= KEPT or shelf.size(self.root) >= DISK:
            why = f"this server keeps {KEPT} and {DISK >> 30} GB, each until a day after its last look"
            raise InputError("There is no room for another fit", why, _FULL)

    def _title(self, fit: Fit, title: str) -> str:
        """The title asked for, numbered where the visitor has another of it on the same model."""
        taken = {other.title for other in self.fits.values() if fit.owner and (other.owner, other.base) == (fit.owner, fit.base)}
        numbered = (f"{title} ({number})" for number in range(2, len(taken) + 3))
        return title if title not in taken or not title else next(one for one in numbered if one not in taken)

    def _work(self) -> None:
        while True:
            with self.lock:
                fit = next(iter(self._queue()), None)
                if fit is None:
                    self.worker = None
                    return
                fit.begin()
            try:
                self._fit(fit)
            except Cancelled:
                self._end(fit, "cancelled")
            except InputError as error:
                self._end(fit, "failed", _named(str(error), fit))
            except BaseException:  # a panic of a library in Rust is no Exception, and the thread is there for the others too
                log.exception("a fit failed")
                self._end(fit, "failed")

    def _fit(self, fit: Fit) -> None:
        """All of one fit; between two steps whoever waits for a turn has one."""
        wish = fit.wish
        assert wish is not None
        with ExitStack() as held:
            held.enter_context(self.turn())

            def tell(stage: str, done: int, total: int) -> None:
                with self.lock:
                    fit.told(stage, done, total)
                if fit.stop.is_set():
                    raise Cancelled
                held.close()
                time.sleep(YIELD)
                held.enter_context(self.turn())

            api.one_thread()
            found = api.fit_exits(
                wish.where, wish.examples, fit.checkpoint, method=wish.method, budget=wish.budget, risk=wish.risk,
                confidence=wish.confidence, seed=wish.seed, pair="text2" if wish.pair else None, beside=True, tell=tell,
                title=fit.title or None,
            )  # fmt: skip
        fit.notes = tuple(_named(note, fit) for note in (*found.model.notes, *found.notes))
        about = {"name": fit.name, "base": fit.base, "notes": fit.notes}
        with writing():
            (fit.folder / shelf.ABOUT).write_text(json.dumps(about), encoding="utf-8")
        self._end(fit, "done")

    def _end(self, fit: Fit, state: str, error: str = "") -> None:
        with self.lock:
            fit.end("done" if state == "done" else "cancelled" if state == "cancelled" else "failed", error)
            if lock := self.locks.pop(fit.id, None):
                lock.free()
            if state != "done" or fit.id not in self.fits:
                shutil.rmtree(fit.folder, ignore_errors=True)


def _check(wish: Wish) -> None:
    """InputError for more than is held in memory."""
    characters = sum(len(t) if isinstance(t, str) else sum(map(len, t)) for t in wish.examples.texts)
    if characters > MAX_CHARACTERS:
        what = f"The rows have more than {MAX_CHARACTERS // 1_000_000} million characters"
        raise InputError(what, "that much would take hours", "Take a part of them")


def _named(words: str, fit: Fit) -> str:
    """What is said to a visitor, without paths of the server."""
    with suppress(OSError):
        there = (fit.folder / fit.base).resolve()
        words = words.replace(str(there), fit.base)
    if fit.wish is not None:
        words = words.replace(str(fit.wish.where), fit.base)
    return words.replace(f"{fit.folder}/", "").replace(str(fit.folder), "this server")


def zipped(fit: Fit) -> bytes:
    """The checkpoint of a fit that is done, as a zip of one folder; the same bytes each time."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(fit.checkpoint.iterdir()):
            packed.writestr(zipfile.ZipInfo(f"{fit.name}/{file.name}"), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _read(folder: Path) -> Fit:
    """A fit that is done, by its file."""
    with damaged():
        about = read_json(folder / shelf.ABOUT)
        name, base, notes = str(about["name"]), str(about["base"]), tuple(map(str, about["notes"]))
        if Path(name).name != name or Path(base).name != base:
            raise ValueError(name)
    fit = Fit(folder, name, base)
    fit.notes = notes
    return fit
