"""Files of strangers are read apart: in a process of their own, which is cut off when it takes too much time or memory.

The process imports no torch and no screen. It is given the file's bytes in a temporary file and answers with lines of JSON, which are
taken in bit by bit, so that neither the reading nor the taking in holds the interpreter of the server. Where the system has no
`resource` (Windows), memory and processor are not limited and the time alone is.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import IO, Any

from dynviz.data.formats.choose import table
from dynviz.data.tables import Header, Table, written
from dynviz.errors import InputError

SECONDS = 30  # on the clock
PROCESSOR = 3  # whole seconds; a file within the bounds takes two at most, on a machine of today
MEMORY = 360_000_000  # bytes of data of the process, some 60 of them before it reads
AT_ONCE = 2  # processes; others wait
PATIENCE = 60  # seconds for one's turn
_PART = 100_000  # bytes of a line of the answer, about
_START = "import sys; sys.path[:] = sys.argv[3:]; from dynviz.data.apart import answer; answer(sys.argv[1], sys.argv[2] == 'lenient')"
_turns = threading.BoundedSemaphore(AT_ONCE)


def table_apart(data: bytes, name: str, lenient: bool = True) -> Table:
    """The table of a file, read in another process; an InputError also where that was cut off."""
    name = written(name)
    if not _turns.acquire(timeout=PATIENCE):
        raise InputError(f"{name} is not read yet", "other files are being read", "Try again in a minute")
    try:
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
            given.write(data)
            given.seek(0)
            _run(name, lenient, given, answered)
            answered.seek(0)
            return _taken_in(answered, name)
    except OSError as error:
        why = error.strerror or "the system refuses a process or a file for it"
        raise InputError(f"{name} cannot be read now", why, "Try again later") from None
    finally:
        _turns.release()


def _run(name: str, lenient: bool, given: IO[bytes], answered: IO[bytes]) -> None:
    paths = [os.path.abspath(path) for path in sys.path]
    command = [sys.executable, "-I", "-c", _START, name, "lenient" if lenient else "strict", *paths]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with contextlib.suppress(subprocess.TimeoutExpired):  # then the answer has no end, which is said
        subprocess.run(
            command, stdin=given, stdout=answered, stderr=subprocess.DEVNULL, timeout=SECONDS, env=environment, check=False
        )  # fmt: skip


def _taken_in(answered: IO[bytes], name: str) -> Table:
    columns: dict[str, list[Any]] = {}
    places: list[int] = []
    skipped: list[tuple[int, str]] = []
    for line in answered:
        part = json.loads(line) if line.endswith(b"\n") else {}
        if "error" in part:
            raise InputError(*part["error"])
        for column, cells in part.get("columns", {}).items():
            columns.setdefault(column, []).extend(cells)
        places += part.get("places", [])
        skipped += map(tuple, part.get("skipped", []))
        if "end" in part:
            end = part["end"]
            header = Header(end["header"][0], tuple(end["header"][1])) if end["header"] else None
            classes = {column: tuple(names) for column, names in end["classes"].items()}
            return Table(name, columns, places, end["notes"], skipped, classes, header)
    raise InputError(f"{name} was not read to its end", "that took too much time or memory", "Take a part of it, or save it as plain CSV")


# In the other process


def answer(name: str, lenient: bool) -> None:
    """Read the file on standard input; write its table, or what is wrong with it, to standard output as lines of JSON."""
    _limit()
    gc.disable()  # nothing here refers to itself, and the process is short
    out = sys.stdout.buffer
    try:
        for part in _parts(table(sys.stdin.buffer.read(), name, lenient)):
            out.write(part + b"\n")
    except InputError as error:
        out.write(json.dumps({"error": [error.what, error.why, error.do]}).encode() + b"\n")
    out.flush()
    os._exit(0)  # nothing is left to do, and taking down what was read takes time


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_CPU, PROCESSOR), (resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _parts(found: Table) -> Iterator[bytes]:
    """The table in lines of JSON of bounded size: as many rows in each as the last one's size suggests."""
    start, rows = 0, 8
    while start < len(found):
        part = slice(start, start + rows)
        line = json.dumps({"places": found.places[part], "columns": {n: column[part] for n, column in found.columns.items()}}).encode()
        if len(line) > 4 * _PART and rows > 1:
            rows = max(1, rows // 8)
            continue
        yield line
        start, rows = start + rows, max(1, rows * _PART // max(len(line), _PART // 4))
    for start in range(0, len(found.skipped), 1000):
        yield json.dumps({"skipped": found.skipped[start : start + 1000]}).encode()
    header = [found.header.place, list(found.header.cells)] if found.header else None
    yield json.dumps({"end": {"notes": found.notes, "classes": dict(found.classes), "header": header}}).encode()
