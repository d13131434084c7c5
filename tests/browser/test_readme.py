"""The README's pictures show the app as it is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.png import annotation
from tests.browser.screenshots import README, SIZE, THEME, VIEWS, said
from tests.browser.server import ROOT, serving
from tests.browser.view import view

WORDS = {"first": "DynViz shows where a language model spends its compute", "lesson": "One square", "tradeoff": "% of"}


@pytest.fixture(scope="module")
def shipped() -> Iterator[str]:
    """The app on the checkpoints that ship."""
    with serving() as address:
        yield address


@pytest.mark.parametrize("name", README)
def test_the_picture_says_what_the_page_says(browser: Browser, shipped: str, name: str) -> None:
    taken = annotation((ROOT / ".github" / f"{name}-{SIZE[0]}-{THEME}.png").read_bytes())
    with view(browser, shipped, SIZE[0], THEME) as seen:
        path, parameters = VIEWS[name]
        seen.open(path, **parameters)
        seen.page.wait_for_load_state("networkidle")
        now = said(seen.settle().page)
    assert WORDS[name] in now
    assert taken == now, "the picture is stale: python -m tests.browser.screenshots --readme"
