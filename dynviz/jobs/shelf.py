"""The folder in which a server's jobs lie: the operator's own, which outlives servers, or a temporary one, which ends with its server.

What a server that was killed left in the temporary folder is found by name when the next one starts, and deleted: only folders of the same
user that no living server holds, and none that a link leads to. How full a folder is, is read from the disk, whoever wrote there.
"""

import atexit
import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from dynviz.jobs.lock import NAME, Lock

PREFIX = "dynviz-jobs-"
AGE = 24 * 3600.0  # seconds since a job was last looked at
ABOUT = "about.json"
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_kept: list[Lock] = []  # of this process's temporary folders


def temporary() -> Path:
    """A new folder for this server, deleted when it stops; those of servers that were killed are deleted now."""
    clean(Path(tempfile.gettempdir()))
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = Lock(root)
    lock.take()
    _kept.append(lock)
    return root


@atexit.register
def delete_temporary() -> None:
    """Delete this process's temporary folders: at its end, or before, where a signal will end it."""
    while _kept:
        lock = _kept.pop()
        lock.free()
        shutil.rmtree(lock.file.parent, ignore_errors=True)


def clean(where: Path) -> None:
    """Delete the temporary folders whose servers are gone."""
    for folder in where.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another server that starts now cleans too
            if _ours(folder) and not _alive(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _ours(folder: Path) -> bool:
    """Whether it is a folder, no link, of this user's alone."""
    found = folder.lstat()
    mine = found.st_uid == os.getuid() if hasattr(os, "getuid") else True
    return stat.S_ISDIR(found.st_mode) and mine and not (os.name == "posix" and found.st_mode & 0o077)


def _alive(folder: Path) -> bool:
    """Whether its server may be there still. One that has no lock yet is just being made, or old."""
    return Lock(folder).elsewhere if (folder / NAME).exists() else time.time() - folder.lstat().st_mtime < AGE


def known(id: str) -> bool:
    """Whether it can be a job's id at all."""
    return _ID.fullmatch(id) is not None


def folders(root: Path) -> list[Path]:
    """The folders of all jobs that lie there."""
    with suppress(FileNotFoundError), os.scandir(root) as found:
        return [Path(e.path) for e in found if known(e.name) and e.is_dir(follow_symlinks=False)]
    return []  # a system that cleans its temporary folders has taken it


def looked(folder: Path) -> None:
    """Remember that somebody looked at a job, for this server and the next."""
    with suppress(OSError):  # the disk is gone, or the job: who reads it will see
        os.utime(folder / ABOUT)


def seen(folder: Path) -> float:
    """When somebody last looked at a job; of one that is not whole, when it was written."""
    for file in (folder / ABOUT, folder):
        try:
            return file.lstat().st_mtime
        except OSError:
            continue
    return time.time()  # deleted meanwhile


def size(root: Path) -> int:
    """Bytes of all that lies there."""
    return sum(_length(file) for folder in folders(root) for file in folder.rglob("*"))


def _length(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0  # deleted meanwhile


def tidy(root: Path) -> None:
    """Delete what nobody looked at for a day, unless a server is at it."""
    for folder in folders(root):
        if time.time() - seen(folder) > AGE and not Lock(folder).elsewhere:
            shutil.rmtree(folder, ignore_errors=True)
