"""The README's picture shows the app as it is."""

from playwright.sync_api import Browser

from tests.browser.png import annotation
from tests.browser.screenshots import README, VIEWS, said
from tests.browser.server import ROOT, serving
from tests.browser.view import view


def test_the_picture_says_what_the_page_says(browser: Browser) -> None:
    name, width, theme = README
    taken = annotation((ROOT / ".github" / f"{name}-{width}-{theme}.png").read_bytes())
    with serving() as address, view(browser, address, width, theme) as seen:
        seen.open(*VIEWS[name][:1], **VIEWS[name][1])
        seen.page.wait_for_load_state("networkidle")
        now = said(seen.settle().page)
    assert "One model, two sentences" in now
    assert taken == now, "the picture is stale: python -m tests.browser.screenshots --readme"
