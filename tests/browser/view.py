"""A page of the app in a browser of its own: open it, wait for it, read it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, expect

READY = "[data-testid=stApp][data-test-script-state=notRunning]"
DRAWN = "[...document.querySelectorAll('.stPlotlyChart')].every(c => c.querySelector('.main-svg'))"
LONG = 120_000
BLANK = "about:blank"
expect.set_options(timeout=LONG)  # on a busy machine nothing comes within the usual five seconds


@dataclass
class View:
    """What the visitor has before them, and what went wrong behind it."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "", **parameters: str) -> "View":
        self.page.goto(f"{self.address}/{path}?{urlencode(parameters)}")
        self.page.locator(".stPlotlyChart, .stAlert").first.wait_for(timeout=LONG)
        return self.settle()

    def settle(self) -> "View":
        """Until the script has run to its end and every picture is drawn."""
        self.page.locator(READY).wait_for(timeout=LONG)
        self.page.wait_for_function(DRAWN, timeout=LONG)
        return self

    @property
    def verdict(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def until(self, words: str) -> "View":
        """Until the verdict holds these words."""
        expect(self.page.locator("h1").first).to_contain_text(words, timeout=LONG)
        return self.settle()

    def type(self, words: str) -> "View":
        box = self.page.get_by_role("textbox", name="Text", exact=True)
        box.fill(words)
        box.press("Control+Enter")
        return self


@dataclass
class _Seat:
    """A page that tests use one after the other: it has compiled the app's scripts, which takes longer than all else of a visit."""

    context: BrowserContext
    page: Page
    free: bool = False


_SEATS: dict[Browser, list[_Seat]] = {}


@contextmanager
def view(browser: Browser, address: str, width: int = 1400, theme: str = "light", fresh: bool = False) -> Iterator[View]:
    """A visitor of whom the browser knows nothing; what its console complains of is kept, and nothing may be fetched from elsewhere.

    fresh: a context of its own, for what stays with one: scripts, routes, permissions, a cache that must be empty.
    """
    seat = _seat(browser, fresh)
    seat.page.set_viewport_size({"width": width, "height": 1000})
    seat.page.emulate_media(color_scheme=theme, media="null")  # type: ignore[arg-type]
    found = View(seat.page, address)
    own = address.replace("http", "ws", 1)
    watched: dict[str, Callable[[Any], None]] = {
        "console": lambda message: found.errors.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: found.errors.append(str(error)),
        "request": lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else found.errors.append(asked.url),
        "websocket": lambda socket: None if socket.url.startswith(own) else found.errors.append(socket.url),
        "dialog": lambda dialog: found.errors.append(f"dialog: {dialog.message}"),
    }
    for event, heard in watched.items():
        seat.page.on(event, heard)  # type: ignore[call-overload]
    try:
        yield found
    except BaseException:
        fresh = True  # in whatever state it is
        raise
    finally:
        for event, heard in watched.items():
            seat.page.remove_listener(event, heard)
        _leave(seat, fresh)


def _seat(browser: Browser, fresh: bool) -> _Seat:
    """One that nobody uses, or a new one."""
    seats = _SEATS.setdefault(browser, [])
    if not fresh and (free := next((seat for seat in seats if seat.free), None)):
        free.free = False
        return free
    context = browser.new_context()
    context.set_default_timeout(LONG)
    seat = _Seat(context, context.new_page())
    if not fresh:
        seats.append(seat)
    return seat


def _leave(seat: _Seat, fresh: bool) -> None:
    """Leave nothing behind for who comes next: no address, nothing kept by the app, no second window."""
    if fresh:
        seat.context.close()
        for seats in _SEATS.values():
            seats[:] = [other for other in seats if other is not seat]
        return
    seat.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    for other in seat.context.pages:
        if other is not seat.page:
            other.close()
    seat.page.goto(BLANK)
    seat.context.clear_cookies()
    seat.free = True
