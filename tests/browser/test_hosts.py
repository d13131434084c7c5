"""No page asks another host, seen from both ends: every request of the browser, and every address that the server's process asks for."""

from pathlib import Path

from playwright.sync_api import Browser

from dynviz.ui.shell.text import PAGES
from tests.browser.data import form, run
from tests.browser.server import handshake
from tests.browser.test_exports import opened, saved
from tests.browser.view import LONG, View, view
from tests.watch import asked, strangers

STRANGE = "http://elsewhere.example"


def elsewhere(seen: View) -> list[str]:
    """The addresses of other hosts that the browser asked for."""
    return [error for error in seen.errors if error.startswith(("http", "ws"))]


def look(seen: View) -> None:
    """All pages: the terms, a picture's files, a run over rows; and the address of a page that there is not."""
    for path in (*PAGES.keys() - {"sentence", "data"}, "nothing"):  # these two come below
        seen.page.goto(f"{seen.address}/{path}?model=sst2-joint")
        seen.page.locator("[data-testid=stMain] [data-testid=stMarkdownContainer]:visible").first.wait_for(timeout=LONG)
        seen.settle()
    seen.open(model="pos-tokee", text="The cast is wonderful.")
    files = opened(seen, "staircase")
    for kind in ("PNG", "PDF"):
        saved(seen.page, files, kind)
    seen.page.keyboard.press("Escape")
    seen.page.get_by_role("button", name="Terms").click()
    seen.settle()
    form(seen)
    run(seen)


def test_neither_page_nor_server_asks_another_host(browser: Browser, address: str, log: Path) -> None:
    with view(browser, address, fresh=True) as seen:
        look(seen)
        assert not elsewhere(seen)
    assert handshake(address, STRANGE) == 403
    assert list(asked(log)), "the server itself was watched"
    assert not strangers(log)


def test_a_request_to_another_host_would_be_seen(browser: Browser, address: str) -> None:
    with view(browser, address, fresh=True) as seen:
        seen.page.goto(address)
        with seen.page.expect_request(f"{STRANGE}/x"):
            seen.page.evaluate(f"fetch('{STRANGE}/x').catch(() => 0)")
        with seen.page.expect_websocket(lambda socket: "elsewhere" in socket.url):
            seen.page.evaluate("void new WebSocket('ws://elsewhere.example/y')")
        assert {f"{STRANGE}/x", "ws://elsewhere.example/y"} <= set(elsewhere(seen))
