"""What the server's own upload address takes, whatever a page shows: nothing in a demo; elsewhere so much for a session, and for all.

Streamlit holds each upload in memory until it is removed or its session ends, bounds a single one (`server.maxUploadSize`), and asks for
the key of an open session; but it neither counts them nor minds whether a page offers an uploader. This counts, before a byte of the body
is read.
"""

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from streamlit import get_option
from streamlit.runtime import get_instance

from dynviz.ui.shell.operator import allowed

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "/_stcore/upload_file/"
SESSION_MEGABYTES, SERVER_MEGABYTES = 100, 600
FILES = 20  # of a session


class Held:
    """What the sessions hold: bytes of each file, counted from before its body comes, because others come meanwhile."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, int]] = {}
        self.closed: dict[str, float] = {}  # since when a session is

    def refused(self, session: str, file: str, size: int) -> HTTPStatus | None:
        """Why a file is not taken."""
        if not allowed().files:
            return HTTPStatus.FORBIDDEN
        if size < 0:
            return HTTPStatus.LENGTH_REQUIRED
        if not get_instance().is_active_session(session):
            return HTTPStatus.BAD_REQUEST
        self.tidy()
        own = {**self.files.get(session, {}), file: size}
        others = sum(sum(files.values()) for key, files in self.files.items() if key != session)
        if sum(own.values()) > SESSION_MEGABYTES << 20 or len(own) > FILES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.SERVICE_UNAVAILABLE if others + sum(own.values()) > SERVER_MEGABYTES << 20 else None

    def add(self, session: str, file: str, size: int) -> None:
        """It is on its way."""
        self.files.setdefault(session, {})[file] = size

    def drop(self, session: str, file: str) -> None:
        """It was removed, or did not come."""
        self.files.get(session, {}).pop(file, None)

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
        if scope["type"] == "http" and ADDRESS in scope["path"]:
            session, _, file = scope["path"].partition(ADDRESS)[2].partition("/")
            if scope["method"] == "PUT":
                await self._put(session, file, scope, receive, send)
                return
            if scope["method"] == "DELETE":
                HELD.drop(session, file)
        await self.app(scope, receive, send)

    async def _put(self, session: str, file: str, scope: "Scope", receive: "Receive", send: "Send") -> None:
        size, taken = _length(scope), False
        if refused := HELD.refused(session, file, size):
            await _answer(send, refused)
            return

        async def told(message: "Message") -> None:
            nonlocal taken
            taken = taken or (message["type"] == "http.response.start" and message["status"] < 300)
            await send(message)

        HELD.add(session, file, size)
        try:
            await self.app(scope, receive, told)
        finally:
            if not taken:
                HELD.drop(session, file)


def _length(scope: "Scope") -> int:
    """The length that the request names; -1 where it names none."""
    given = dict(scope["headers"]).get(b"content-length", b"")
    return int(given) if given.isdigit() and len(given) < 16 else -1


async def _answer(send: "Send", status: HTTPStatus) -> None:
    """Refuse, and hang up on whoever would go on sending."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": status.phrase.encode()})
