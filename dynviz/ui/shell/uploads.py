"""What the server's own upload address takes, whatever a page shows: nothing in a demo; elsewhere so much for a session, and for all.

Streamlit holds each upload in memory until it is removed or its session ends, bounds a single one (`server.maxUploadSize`), and asks for
the key of an open session; but it neither counts them nor minds whether a page offers an uploader. This counts, before a byte of the body
is read.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from streamlit import get_option
from streamlit.runtime import get_instance

from dynviz.ui.shell.operator import allowed

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ADDRESS = "/_stcore/upload_file/"
SESSION_MEGABYTES, SERVER_MEGABYTES = 100, 600
FILES = 20  # of a session


class Held:
    """What the sessions hold: the server says which of their files it still has, whatever was asked or answered since; with that, bytes on
    their way are counted, from before they come, because others come meanwhile."""

    def __init__(self) -> None:
        self.files: dict[str, set[str]] = {}  # that were sent; the server may not have taken them, or have removed them
        self.coming: dict[str, list[int]] = {}  # bytes of each request under way, two of them perhaps of one file
        self.closed: dict[str, float] = {}  # since when a session is

    def refused(self, session: str, size: int) -> HTTPStatus | None:
        """Why a file is not taken."""
        if not allowed().files:
            return HTTPStatus.FORBIDDEN
        if size < 0:
            return HTTPStatus.LENGTH_REQUIRED
        if not get_instance().is_active_session(session):
            return HTTPStatus.BAD_REQUEST
        self.tidy()
        own = [*self._sizes(session), size]
        others = sum(sum(self._sizes(key)) for key in {*self.files, *self.coming} - {session})
        if sum(own) > SESSION_MEGABYTES << 20 or len(own) > FILES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.SERVICE_UNAVAILABLE if others + sum(own) > SERVER_MEGABYTES << 20 else None

    @contextmanager
    def taking(self, session: str, file: str, size: int) -> Iterator[None]:
        """While it is on its way; afterwards the server has it, or not."""
        self.coming.setdefault(session, []).append(size)
        try:
            yield
        finally:
            self.files.setdefault(session, set()).add(file)
            self.coming[session].remove(size)
            if not self.coming[session]:
                del self.coming[session]

    def _sizes(self, session: str) -> list[int]:
        there = get_instance().uploaded_file_mgr.get_files(session, list(self.files.get(session, ())))
        if session in self.files:
            self.files[session] = {file.file_id for file in there}
        return [*(len(file.data) for file in there), *self.coming.get(session, ())]

    def tidy(self) -> None:
        """Free what closed sessions hold. Streamlit does when the next one is closed, which may be never; until its time is over, a
        session may come back."""
        server, now, keeps = get_instance(), time.monotonic(), get_option("server.disconnectedSessionTTL")
        for session in list(self.files):
            if server.is_active_session(session):
                self.closed.pop(session, None)
            elif now - self.closed.setdefault(session, now) > keeps:
                server.uploaded_file_mgr.remove_session_files(session)
                del self.files[session], self.closed[session]


HELD = Held()


class Uploads:
    """The gate before the upload address."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on all but uploads; of these what there is room for."""
        if scope["type"] != "http" or scope["method"] != "PUT" or ADDRESS not in scope["path"]:
            await self.app(scope, receive, send)
            return
        session, _, file = scope["path"].partition(ADDRESS)[2].partition("/")
        size = _length(scope)
        if refused := HELD.refused(session, size):
            await _answer(send, refused)
            return
        with HELD.taking(session, file, size):
            await self.app(scope, receive, send)


def _length(scope: "Scope") -> int:
    """The length that the request names; -1 where it names none, or comes in pieces of any number."""
    headers = dict(scope["headers"])
    given = headers.get(b"content-length", b"")
    return int(given) if given.isdigit() and len(given) < 16 and b"transfer-encoding" not in headers else -1


async def _answer(send: "Send", status: HTTPStatus) -> None:
    """Refuse, and hang up on whoever would go on sending."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": status.phrase.encode()})
