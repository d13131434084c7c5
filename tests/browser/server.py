"""The real app, started on a free port, and a browser to look at it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(
    environment: Mapping[str, str] | None = None, arguments: tuple[str, ...] = (), options: tuple[str, ...] = (), script: str = "app.py"
) -> Iterator[str]:
    """The address of an app of its own, stopped afterwards. arguments: the app's; options: Streamlit's; script: that is run."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options, "--", *arguments]
    with TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(address, server)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:  # a busy machine
                server.kill()
                server.wait(60)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError("the app did not start")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the app did not answer within three minutes")


def handshake(address: str, origin: str) -> int:
    """The status that the server answers a websocket with which a page from there asks for."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    asks = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    connection.request("GET", "/_stcore/stream", headers={**asks, "Origin": origin})
    status = connection.getresponse().status
    connection.close()
    return status


def process(address: str) -> int:
    """The id of the server that listens there, by its command line."""
    port = address.rsplit(":", 1)[1].encode()
    found = [p.parent.name for p in Path("/proc").glob("[0-9]*/cmdline") if {b"streamlit", port} <= set(p.read_bytes().split(b"\0"))]
    return int(found[0])


def resident(process: int) -> float:
    """Memory of a process, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
