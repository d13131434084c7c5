"""The Data page in a browser: the form, a run, and what it says."""

from contextlib import nullcontext, suppress

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.view import LONG, View

TURN = 10_000  # ms for one try of several
HOSTILE = "<img src=x onerror=alert(1)> **bold** $x$ <b>&amp;</b>"


def form(seen: View, **parameters: str) -> Page:
    """The page before a run."""
    query = "&".join(f"{k}={v}" for k, v in {"model": "sst2-joint", **parameters}.items())
    seen.page.goto(f"{seen.address}/data?{query}")
    seen.page.get_by_text("Rows from").wait_for(timeout=LONG)
    seen.settle()
    return seen.page


def run(seen: View) -> Page:
    """Click Run, and wait for the end."""
    page = seen.page
    page.locator(".st-key-data-run button").click()
    page.locator(".st-key-data-delete button:visible").first.wait_for(timeout=2 * LONG)
    page.locator("#rows").wait_for(timeout=LONG)
    seen.settle()
    return page


def wrong(seen: View) -> list[str]:
    """What went wrong; a page under a path of its own asks for the server's health there first, in vain."""
    return [error for error in seen.errors if "404" not in error]


def headline(page: Page) -> str:
    """The finding in words."""
    return page.locator("[data-testid=stMain] h2").filter(has_text="rows:").inner_text()


def choose(page: Page, menu: str, option: str | int, many: bool = False) -> None:
    """Choose in a menu, opened with the keyboard; option: its words, or its place. A page that is just drawn anew closes the menu, or
    takes the click for nothing: then, as anybody would, once more.
    many: of a menu that takes several, which shows what was chosen elsewhere."""
    box = page.get_by_role("combobox", name=menu)
    found = page.get_by_role("option")
    wanted = found.nth(option) if isinstance(option, int) else found.filter(has_text=option).first
    for last in (False, False, False, False, True):
        box.focus()
        box.press("ArrowDown")
        with suppress(TooLate, AssertionError) if not last else nullcontext():
            wanted.wait_for(timeout=TURN)
            label = wanted.inner_text(timeout=TURN)
            wanted.click(timeout=TURN)
            if not many:
                expect(box).to_have_value(label, timeout=TURN)
            return
