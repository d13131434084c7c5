"""A page of the app in a browser of its own: open it, wait for it, read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect

READY = "[data-testid=stApp][data-test-script-state=notRunning]"
DRAWN = "[...document.querySelectorAll('.stPlotlyChart')].every(c => c.querySelector('.main-svg'))"
LONG = 120_000
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


@contextmanager
def view(browser: Browser, address: str, width: int = 1400, theme: str = "light") -> Iterator[View]:
    """A fresh context; what its console complains of is kept, and nothing may be fetched from elsewhere."""
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=theme)  # type: ignore[arg-type]
    context.set_default_timeout(LONG)
    page = context.new_page()
    found = View(page, address)
    page.on("console", lambda message: found.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else found.errors.append(request.url))
    own = address.replace("http", "ws", 1)
    page.on("websocket", lambda socket: None if socket.url.startswith(own) else found.errors.append(socket.url))
    page.on("dialog", lambda dialog: found.errors.append(f"dialog: {dialog.message}"))
    try:
        yield found
    finally:
        context.close()
