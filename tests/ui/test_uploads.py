"""The server's own upload address: closed in a demo, bounded elsewhere, whoever asks."""

import http.client
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

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


def test_what_the_server_did_not_remove_is_counted(checkpoints: Path) -> None:
    """A removal, or a second file of that id, without the page's key is refused: the file stays, and so does its share of the bound."""
    with server(checkpoints) as address, ExitStack() as stack:
        headers, session = key(address), arrived(address, stack).session
        wrong = {**headers, "X-Xsrftoken": "wrong"}
        files = [str(uuid.uuid4()) for _ in range(5)]
        for file in files:
            assert put(address, session, 19, headers, file) == 204
        for file in files[:2]:
            assert request(address, "DELETE", f"/_stcore/upload_file/{session}/{file}", headers=wrong)[0] == 403
        assert put(address, session, 0, wrong, files[2]) == 403
        assert request(address, "PUT", f"/_stcore/upload_file/{session}/{files[3]}", b"no file", headers)[0] == 400
        assert put(address, session, 19, headers) in (0, 413)
        assert request(address, "DELETE", f"/_stcore/upload_file/{session}/{files[0]}", headers=headers)[0] == 204
        assert put(address, session, 19, headers) == 204, "what was removed has made room"


class Bytes:
    """So many, and none in memory."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size


class Server:
    def __init__(self, *open: str) -> None:
        self.freed: list[str] = []
        self.open = set(open)
        self.there: dict[str, dict[str, int]] = {}
        self.uploaded_file_mgr = self

    def is_active_session(self, session: str) -> bool:
        return session in self.open

    def remove_session_files(self, session: str) -> None:
        self.freed.append(session)

    def get_files(self, session: str, files: list[str]) -> list[SimpleNamespace]:
        found = self.there.get(session, {})
        return [SimpleNamespace(file_id=file, data=Bytes(found[file])) for file in files if file in found]

    def take(self, held: uploads.Held, session: str, file: str, size: int) -> None:
        with held.taking(session, file, size):
            self.there.setdefault(session, {})[file] = size


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> tuple[Server, uploads.Held, list[float]]:
    """A server with two sessions, what they hold, and the time."""
    server, now = Server("a", "b"), [0.0]
    monkeypatch.setattr(uploads, "get_instance", lambda: server)
    monkeypatch.setattr(uploads, "get_option", lambda name: 120)
    monkeypatch.setattr(uploads.time, "monotonic", lambda: now[0])
    return server, uploads.Held(), now


Room = tuple[Server, uploads.Held, list[float]]


def test_what_a_closed_session_held_is_freed_when_it_cannot_come_back(room: Room) -> None:
    server, held, now = room
    for session in "ab":
        server.take(held, session, "file", uploads.SESSION_MEGABYTES << 20)
    assert held.refused("a", 1) == 413
    server.open = {"a"}
    for now[0] in (100.0, 210.0, 230.0):
        held.tidy()
        assert server.freed == (["b"] if now[0] > 220 else [])
    assert list(held.files) == ["a"]
    server.there["a"].clear()
    assert held.refused("a", 1) is None
    assert held.files["a"] == set(), "what is gone is not asked for again"
    assert held.refused("b", 1) == 400


def test_two_requests_for_one_file_are_counted_both_while_they_come(room: Room) -> None:
    _, held, _ = room
    half = (uploads.SESSION_MEGABYTES << 20) // 2
    with held.taking("a", "file", half):
        with held.taking("a", "file", half):
            assert held.refused("a", 1) == 413
        assert held.refused("a", half) is None
        assert held.refused("a", half + 1) == 413
    assert held.refused("a", 2 * half) is None, "the server took none of them"
    assert not held.coming


def test_all_sessions_together_are_bounded(room: Room) -> None:
    server, held, _ = room
    server.open = {str(i) for i in range(20)} | {"many"}
    most = uploads.SERVER_MEGABYTES // uploads.SESSION_MEGABYTES
    for i in range(most):
        assert held.refused(str(i), uploads.SESSION_MEGABYTES << 20) is None
        server.take(held, str(i), "file", uploads.SESSION_MEGABYTES << 20)
    assert held.refused(str(most), 1) == 503
    server.there.clear()
    with held.taking("0", "file", uploads.SERVER_MEGABYTES << 20):
        assert held.refused("1", 1) == 503, "also what only comes"
    for i in range(uploads.FILES):
        server.take(held, "many", str(i), 0)
    assert held.refused("many", 0) == 413


BOTH = [(b"content-length", b"12"), (b"transfer-encoding", b"chunked")]
SAID = [([], -1), ([(b"content-length", b"12")], 12), ([(b"content-length", b"-3")], -1), (BOTH, -1)]


@pytest.mark.parametrize(("given", "length"), SAID)
def test_an_upload_says_how_long_it_is(given: list[tuple[bytes, bytes]], length: int) -> None:
    assert uploads._length({"headers": given}) == length
