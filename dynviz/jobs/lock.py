"""A lock file. The system opens the lock however its holder ends, so that a lock that is held says that somebody lives.

Where there is no flock(2) (Windows) nothing is ever held, and one server alone should use a folder.
"""

import os
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

NAME = ".lock"


class Lock:
    """The lock of a folder, held from `take` to `free`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self.handle = -1

    def take(self) -> bool:
        """Hold it from here on, if nobody else does; an OSError where the folder takes no file."""
        if self.handle >= 0:
            return True
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self.handle = handle
        return True

    def free(self) -> None:
        """Let others have it."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else holds it."""
        if self.handle >= 0 or not self.file.exists():
            return False
        try:
            free = self.take()
        except OSError:  # no file that could be held
            return False
        if free:
            self.free()
        return not free
