"""Python runs this at its start where the folder is on PYTHONPATH: every host that the process asks is written to $WATCH_LOG."""

import json
import os
import sys

EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
LOG = os.environ["WATCH_LOG"]


def write(event: str, host: object) -> None:
    """One line for each: the event and the host."""
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps([event, host.decode() if isinstance(host, bytes) else str(host or "")]) + "\n")


def unshut(command: object) -> None:
    """A Python that is started shut off from its environment (-I) would not find this file: it is started as any other, and so watched."""
    if isinstance(command, list) and command[:2] == [sys.executable, "-I"]:
        del command[1]


def hook(event: str, args: tuple[object, ...]) -> None:
    """What Python tells of everything that it does."""
    if event == "subprocess.Popen":
        unshut(args[1])
    if event in EVENTS:
        where = args[EVENTS[event]]
        write(event, where[0] if isinstance(where, tuple) else where)


write("start", "")  # whoever asks nobody was watched all the same
sys.addaudithook(hook)
