"""nginx with deploy/nginx.conf on this machine: its ports, certificate and replicas are given, all else is as it ships."""

import grp
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

from tests.browser.server import ROOT, free_port

CONF = ROOT / "deploy" / "nginx.conf"
NAME = "dynviz.example.org"
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)


def certificate(folder: Path) -> None:
    """A certificate for that name that nobody vouches for."""
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout privkey.pem -out fullchain.pem -subj"
    subprocess.run([*made.split(), f"/CN={NAME}"], cwd=folder, check=True, capture_output=True)


def conf(folder: Path, replicas: Sequence[str], port: int, demo: bool = True) -> Path:
    """The file with this machine's places in it."""
    said = CONF.read_text(encoding="utf-8")
    here = {" /tmp/": f" {folder}/", "/etc/nginx/tls": str(folder), "/dev/stdout": f"{folder}/access"}
    here |= {"listen 8443": f"listen 127.0.0.1:{port}", "listen 8080": f"listen 127.0.0.1:{free_port()}"}
    here |= {f"https://{NAME}  0": f"https://{NAME}:{port}  0"}
    here |= {f"app{n}:8501": replica.removeprefix("http://") for n, replica in enumerate(replicas, 1)}
    here |= {} if demo else {"default 1;\n    }\n\n    # Slow": "default 0;\n    }\n\n    # Slow"}
    for shipped, mine in here.items():
        assert shipped in said, f"{shipped!r} is no longer in {CONF.name}"
        said = said.replace(shipped, mine)
    out = folder / "nginx.conf"
    owner = folder.stat()  # the workers write to the folder
    user = f"user {pwd.getpwuid(owner.st_uid).pw_name} {grp.getgrgid(owner.st_gid).gr_name};"
    out.write_text(f"daemon off;\n{user}\n{said}", encoding="utf-8")
    return out


@contextmanager
def proxy(folder: Path, replicas: Sequence[str], demo: bool = True) -> Iterator[int]:
    """The port where nginx answers to NAME, with TLS, before those replicas."""
    certificate(folder)
    file = conf(folder, replicas, port := free_port(), demo)
    server = subprocess.Popen([str(NGINX), "-c", str(file), "-e", "stderr"], stderr=subprocess.PIPE, text=True)
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=60)


def _wait(server: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"nginx did not start: {server.communicate()[1]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nginx did not answer")


@contextmanager
def asking(port: int, path: str, method: str = "GET", body: int = 0, name: str = NAME, **headers: str) -> Iterator[HTTPResponse]:
    """The answer, and its connection as long as it is looked at. body: bytes announced; name: the host asked for, also in TLS."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    told = {"Host": f"{name}:{port}", **{key.replace("_", "-"): value for key, value in headers.items()}}
    told |= {"Content-Length": str(body)} if body else {}
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, trusting.wrap_socket(plain, server_hostname=name) as secure:
        lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {value}" for key, value in told.items()), "", ""]
        secure.sendall("\r\n".join(lines).encode() + bytes(min(body, 1000)))
        answer = HTTPResponse(secure)
        answer.begin()
        yield answer


def ask(port: int, path: str, method: str = "GET", body: int = 0, name: str = NAME, **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer."""
    with asking(port, path, method, body, name, **headers) as answer:
        return answer.status, {key.lower(): value for key, value in answer.getheaders()}
