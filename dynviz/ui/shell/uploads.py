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


class Uploads:
    """The gate before the upload address."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app
        self.held: dict[str, dict[str, int]] = {}  # bytes, by session and file
        self.seen: dict[str, float] = {}  # when a session was last known to be open

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on all but uploads; of these what there is room for."""
        if scope["type"] != "http" or ADDRESS not in scope["path"]:
            return await self.app(scope, receive, send)
        session, _, file = scope["path"].partition(ADDRESS)[2].partition("/")
        if scope["method"] == "PUT":
            return await self._put(session, file, scope, receive, send)
        if scope["method"] == "DELETE":
            self.held.get(session, {}).pop(file, None)
        return await self.app(scope, receive, send)

    async def _put(self, session: str, file: str, scope: "Scope", receive: "Receive", send: "Send") -> None:
        size = _length(scope)
        refused = self._refused(session, file, size)
        if refused:
            return await _answer(send, refused)
        self.held.setdefault(session, {})[file] = size  # before the body comes: others come meanwhile
        taken = False

        async def told(message: "Message") -> None:
            nonlocal taken
            taken = taken or (message["type"] == "http.response.start" and message["status"] < 300)
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            if not taken:
                self.held.get(session, {}).pop(file, None)

    def _refused(self, session: str, file: str, size: int) -> HTTPStatus | None:
        """Why an upload is not taken."""
        if not allowed().files:
            return HTTPStatus.FORBIDDEN
        if size < 0:
            return HTTPStatus.LENGTH_REQUIRED
        if not get_instance().is_active_session(session):
            return HTTPStatus.BAD_REQUEST
        self._forget_closed()
        own = {**self.held.get(session, {}), file: size}
        others = sum(sum(files.values()) for key, files in self.held.items() if key != session)
        if sum(own.values()) > SESSION_MEGABYTES << 20 or len(own) > FILES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.SERVICE_UNAVAILABLE if others + sum(own.values()) > SERVER_MEGABYTES << 20 else None

    def _forget_closed(self) -> None:
        """Streamlit frees what a session holds some time after it was closed: until then it may come back."""
        now, keeps = time.monotonic(), get_option("server.disconnectedSessionTTL")
        self.seen |= {key: now for key in self.held if get_instance().is_active_session(key)}
        self.seen = {key: then for key, then in self.seen.items() if now - then <= keeps}
        self.held = {key: files for key, files in self.held.items() if files and key in self.seen}


def _length(scope: "Scope") -> int:
    """The length that the request names; -1 where it names none."""
    given = dict(scope["headers"]).get(b"content-length", b"")
    return int(given) if given.isdigit() and len(given) < 16 else -1


async def _answer(send: "Send", status: HTTPStatus) -> None:
    """Refuse, and hang up on whoever would go on sending."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": status.phrase.encode()})
