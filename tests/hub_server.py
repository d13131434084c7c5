"""A stand-in for the Hugging Face Hub on this machine: repositories that are folders, as `huggingface_hub` asks for them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

GATED = "gated/repository"  # to be read by nobody here


def commit(name: str, revision: str) -> str:
    """The commit of a revision."""
    return hashlib.sha1(f"{name}@{revision}".encode()).hexdigest()


class Hub:
    """Repositories by name and revision, and what was asked for."""

    def __init__(self, repositories: Mapping[str, Mapping[str, Path]]) -> None:
        self.repositories = repositories
        self.asked: list[str] = []
        self.address = ""

    def folder(self, name: str, revision: str) -> Path | None:
        """The files of a revision, by its name or its commit."""
        there = self.repositories[name]
        return there.get(revision) or next((f for r, f in there.items() if commit(name, r) == revision), None)


@contextmanager
def hub(repositories: Mapping[str, Mapping[str, Path]]) -> Iterator[Hub]:
    """The Hub, with these repositories: name -> revision -> folder."""
    found = Hub(repositories)

    class Handler(_Handler):
        hub = found

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """What was asked for is kept in `Hub.asked`."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        self.hub.asked.append(path)
        parts = path.removeprefix("api/models/").split("/")
        name, verb, rest = "/".join(parts[:2]), parts[2] if len(parts) > 2 else "", parts[3:]
        if name == GATED:
            return self._answer(403, b"{}", {"X-Error-Code": "GatedRepo"})
        if name not in self.hub.repositories:
            return self._answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        revision = rest[0] if rest else "main"
        folder = self.hub.folder(name, revision)
        if folder is None:
            return self._answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        sha = next(commit(name, r) for r, f in self.hub.repositories[name].items() if f == folder)
        if verb == "resolve":
            return self._file(folder / "/".join(rest[1:]), sha)
        files = sorted(f for f in folder.rglob("*") if f.is_file())
        told = [f.relative_to(folder).as_posix() for f in files]
        if verb == "tree":
            tree = [{"type": "file", "path": p, "oid": sha, "size": f.stat().st_size} for p, f in zip(told, files, strict=True)]
            return self._answer(200, json.dumps(tree).encode())
        about = {"id": name, "modelId": name, "sha": sha, "siblings": [{"rfilename": p} for p in told]}
        return self._answer(200, json.dumps(about).encode())

    def _file(self, file: Path, sha: str) -> None:
        if not file.is_file():
            return self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        content = file.read_bytes()
        return self._answer(200, content, {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": sha})

    def _answer(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(content)), "Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
