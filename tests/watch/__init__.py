"""Which hosts a process and its children (those started with -I too) ask: `watch` lets them write it down, `strangers` reads it.

Python's own audit events are what is written. A library that opened sockets in native code, past Python, would not be seen.
"""

import json
import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

HERE = Path(__file__).parent / "hook"


def watch(log: Path) -> dict[str, str]:
    """The environment of a process whose asking is written to that file. It may ask the Hub: it must not want to."""
    return {"PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]), "WATCH_LOG": str(log), "HF_HUB_OFFLINE": "0"}


def asked(log: Path) -> Iterator[tuple[str, str]]:
    """Each event and the host that it was about; fails where nothing was watched."""
    for line in log.read_text(encoding="utf-8").splitlines():
        event, host = json.loads(line)
        yield event, host


def strangers(log: Path) -> list[tuple[str, str]]:
    """What was asked of any host but this machine."""
    return [(event, host) for event, host in asked(log) if not _here(host)]


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost") or host.startswith("/")  # all addresses of its own, its name, a socket that is a file
