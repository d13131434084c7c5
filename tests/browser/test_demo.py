"""The demoer's five minutes: open, compare two sentences, turn the budget, share the link."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.view import LONG, View, view

EASY, HARD = "A wonderful film.", "The cast is not without charm, but I would not sit through it twice."


def _otherwise(seen: View, said: str) -> str:
    """The verdict, once it is another."""
    expect(seen.page.locator("h1").first).not_to_have_text(said, timeout=LONG)
    return seen.settle().verdict


def test_the_demo_from_the_first_screen_to_a_link_that_another_browser_opens(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        page = seen.page
        seen.open()
        expect(page.get_by_text("no model has run yet")).to_be_visible(timeout=LONG)

        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_text("Two texts, one model").click()
        stored = seen.until("costs").verdict
        easy = _otherwise(seen.type(EASY), stored)
        second = page.get_by_role("textbox", name="Second text")
        second.fill(HARD)
        second.press("Control+Enter")
        finding = _otherwise(seen, easy)
        assert re.search(r"\d against \d+(\.\d+)? MFLOPs", finding.replace(",", ""))
        compared = page.url

        page.get_by_role("link", name="Trade-off", exact=True).click()
        budget = page.locator(".st-key-budget").get_by_role("slider")
        budget.wait_for(timeout=LONG)
        seen.settle()
        budget.focus()
        for share in ("45", "50"):
            budget.press("ArrowRight")
            expect(budget).to_have_value(share, timeout=LONG)
        page.wait_for_url(re.compile("budget=50"), timeout=LONG)
        seen.settle()
        said = page.locator("[data-testid=stMarkdownContainer]", has_text="right there.").last.inner_text()
        spent = re.search(r"(\d+) % of compute", said)
        assert spent is not None
        assert int(spent[1]) <= 50
        chosen = page.locator(".st-key-tradeoff-use button")
        expect(chosen).to_be_enabled(timeout=LONG)
        chosen.click()
        expect(chosen).to_have_text(re.compile("In use"), timeout=LONG)
        seen.settle()
        curve, head = page.url, page.locator("[data-testid=stMain] h1").first.inner_text()
        assert not [e for e in seen.errors if "404" not in e]

    with view(browser, address, theme="dark") as other:
        other.page.goto(compared)
        other.until("costs")
        assert other.verdict == finding
        other.page.goto(curve)
        expect(other.page.locator("[data-testid=stMain] h1").first).to_have_text(head, timeout=LONG)
        other.settle()
        assert other.page.locator(".st-key-budget").get_by_role("slider").input_value() == "50"
        assert not [e for e in other.errors if "404" not in e]
