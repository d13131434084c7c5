"""The style sheet, in the page that the server sends: it stands before anything is drawn, so that nothing moves when it would arrive.

Streamlit's own way, an element on the page, comes after the first picture of the empty page; by then the place of the sidebar, and all
sizes, have been seen once without it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHEET = Path(__file__).parent / "style.css"
BARE = ("/present", "/learn", "/yours")  # pages without a sidebar: no place is kept for one
END = b"</body>"  # what stands last goes before Streamlit's own, which stand in the head


class Styled:
    """Puts the style sheet into each HTML page."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app
        self.sheet = SHEET.read_text(encoding="utf-8")

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass everything on; an HTML answer with the style at its end."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        page = _Page(send, self._style(scope["path"]))
        await self.app(_whole(scope), receive, page.send)

    def _style(self, path: str) -> bytes:
        bare = path.rstrip("/").endswith(BARE)
        return f'<style{" data-bare" if bare else ""} id="dynviz-style">{self.sheet}</style>'.encode()


def _whole(scope: "Scope") -> "Scope":
    """The request as of a browser that keeps no copy and takes it as it is: another style sheet makes another page."""
    spared = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")
    if not any(value.startswith(b"text/html") for name, value in scope["headers"] if name == b"accept"):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in spared]}


class _Page:
    """An answer on its way: an HTML page is held back until it is whole."""

    def __init__(self, send: "Send", style: bytes) -> None:
        self.pass_on, self.style = send, style
        self.start: Message | None = None
        self.body = b""

    async def send(self, message: "Message") -> None:
        """Send, or keep for later."""
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None or message["type"] != "http.response.body":
            await self.pass_on(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: "Message") -> None:
        body = self.body.replace(END, self.style + END, 1)
        ours = (b"content-length", b"etag", b"last-modified")
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in ours]
        await self.pass_on({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self.pass_on({"type": "http.response.body", "body": body})


def _is_page(message: "Message") -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    return message["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers
