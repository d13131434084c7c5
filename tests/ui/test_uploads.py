"""The server's own upload address: closed in a demo, bounded elsewhere, whoever asks."""

import http.client
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from dynviz.ui.shell import uploads
from tests.benchmarks.client import Visitor, visiting
from tests.browser.server import process, resident, serving

MEGABYTE = bytes(1 << 20)


@contextmanager
def server(checkpoints: Path, *arguments: str) -> Iterator[str]:
    with serving({"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": ""}, arguments) as address:
        yield address


def request(address: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    with closing(connection):
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        answer.read()
    return answer.status, dict(answer.getheaders())


def key(address: str) -> dict[str, str]:
    """What a page sends beside an upload, so that the server knows it for its own."""
    cookie = request(address, "GET", "/_stcore/health")[1]["set-cookie"].split(";")[0]
    return {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2]}


def put(address: str, session: str, megabytes: int, headers: dict[str, str], file: str = "") -> int:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head + MEGABYTE * megabytes + b"\r\n--x--\r\n"
    sent = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    path = f"/_stcore/upload_file/{session}/{file or uuid.uuid4()}"
    try:
        return request(address, "PUT", path, body, sent)[0]
    except (BrokenPipeError, ConnectionResetError):  # hung up on while sending
        return 0


def arrived(address: str, stack: ExitStack) -> Visitor:
    visitor = stack.enter_context(visiting(address))
    visitor.run()
    return visitor


def test_a_demo_takes_no_upload(checkpoints: Path) -> None:
    with server(checkpoints, "--demo") as address, ExitStack() as stack:
        session = arrived(address, stack).session
        assert put(address, session, 0, key(address)) in (0, 403)
        assert put(address, session, 19, key(address)) in (0, 403)
        unopened = visiting(address)  # a session whose page was never asked for
        stack.enter_context(unopened)
        assert put(address, session, 1, key(address)) in (0, 403)


def test_uploads_are_bounded_for_each_file_session_and_server_and_freed(checkpoints: Path) -> None:
    with server(checkpoints) as address, ExitStack() as stack:
        headers, visitor = key(address), arrived(address, stack)
        assert put(address, visitor.session, 1, headers, "first") == 204
        assert put(address, visitor.session, 21, headers) in (0, 413)
        endless = {**headers, "Transfer-Encoding": "chunked"}
        assert request(address, "PUT", f"/_stcore/upload_file/{visitor.session}/x", b"", endless)[0] == 411
        assert put(address, "nobody", 0, headers) in (0, 400)
        before = resident(process(address))
        taken = [put(address, visitor.session, 16, headers) for _ in range(8)]
        most = (uploads.SESSION_MEGABYTES - 1) // 16
        assert taken[:most] == [204] * most
        assert set(taken[most:]) <= {0, 413}
        assert resident(process(address)) - before < 2 * uploads.SESSION_MEGABYTES
        assert request(address, "DELETE", f"/_stcore/upload_file/{visitor.session}/first", headers=headers)[0] == 204
        other = arrived(address, stack)
        assert put(address, other.session, 1, headers) == 204, "one visitor's bound is not another's"


class Files:
    def __init__(self) -> None:
        self.freed: list[str] = []
        self.open = {"a", "b"}
        self.uploaded_file_mgr = self

    def is_active_session(self, session: str) -> bool:
        return session in self.open

    def remove_session_files(self, session: str) -> None:
        self.freed.append(session)


def test_what_a_closed_session_held_is_freed_when_it_cannot_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    server, held, now = Files(), uploads.Held(), [0.0]
    monkeypatch.setattr(uploads, "get_instance", lambda: server)
    monkeypatch.setattr(uploads, "get_option", lambda name: 120)
    monkeypatch.setattr(uploads.time, "monotonic", lambda: now[0])
    for session in "ab":
        held.add(session, "file", uploads.SESSION_MEGABYTES << 20)
    assert held.refused("a", "other", 1) == 413
    server.open = {"a"}
    for now[0] in (100.0, 210.0, 230.0):
        held.tidy()
        assert server.freed == (["b"] if now[0] > 220 else [])
    assert list(held.files) == ["a"]
    held.drop("a", "file")
    assert held.refused("a", "other", 1) is None
    assert held.refused("b", "other", 1) == 400


def test_all_sessions_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    server, held = Files(), uploads.Held()
    monkeypatch.setattr(uploads, "get_instance", lambda: server)
    monkeypatch.setattr(uploads, "get_option", lambda name: 120)
    server.open = {str(i) for i in range(20)}
    most = uploads.SERVER_MEGABYTES // uploads.SESSION_MEGABYTES
    for i in range(most):
        assert held.refused(str(i), "file", uploads.SESSION_MEGABYTES << 20) is None
        held.add(str(i), "file", uploads.SESSION_MEGABYTES << 20)
    assert held.refused(str(most), "file", 1) == 503
    assert held.refused("0", "file", uploads.SESSION_MEGABYTES << 20) is None, "in place of one's own of that name"
    for i in range(uploads.FILES):
        held.add("many", str(i), 0)
    server.open.add("many")
    assert held.refused("many", "one more", 0) == 413


@pytest.mark.parametrize(("given", "length"), [([], -1), ([(b"content-length", b"12")], 12), ([(b"content-length", b"-3")], -1)])
def test_an_upload_says_how_long_it_is(given: list[tuple[bytes, bytes]], length: int) -> None:
    assert uploads._length({"headers": given}) == length
