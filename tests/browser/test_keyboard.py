"""The Sentence page by keyboard alone: choose an example, move the knob, step to another word, open the table."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.view import LONG, view

TABLE = "[class*=st-key-table-staircase] button"
MANY = 60  # presses of Tab, more than there are stops on the page


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab (or Shift+Tab) until the focus stands on what the selector names."""
    for _ in range(MANY):
        page.keyboard.press(key)
        if page.evaluate("s => !!document.activeElement?.matches(s)", selector):
            return
    raise AssertionError(f"{key} never comes to {selector}")


def ring(page: Page, selector: str) -> str:
    """What could mark an element as the one in focus: outline, shadow, frame and ground, its own and its frame's."""
    return str(
        page.evaluate(
            """selector => { const out = []; let e = document.querySelector(selector);
                 for (let i = 0; e && i < 3; i++, e = e.parentElement) {
                   const s = getComputedStyle(e); out.push(s.outlineStyle, s.boxShadow, s.borderColor, s.backgroundColor); }
                 return out.join('|'); }""",
            selector,
        )
    )


def test_the_sentence_page_is_used_by_keyboard_alone(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        page = seen.open(model="pos-tokee").page

        reach(page, "input[role=combobox][aria-label*=Examples]")
        page.keyboard.press("ArrowDown")
        page.get_by_role("option").first.wait_for(timeout=LONG)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        seen.until("tagged")

        reach(page, "[role=slider], input[type=range]", "Shift+Tab")
        page.keyboard.press("End")
        page.wait_for_function("location.search.includes('pos-tokee.')", timeout=LONG)
        seen.settle()

        why = page.locator(".st-key-see-why")
        before = why.inner_text()
        reach(page, ".st-key-word input")
        for key in ("ArrowDown", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        expect(why).not_to_have_text(before, timeout=LONG)
        seen.settle()

        unmarked = ring(page, TABLE)
        reach(page, TABLE)
        assert ring(page, TABLE) != unmarked, "one sees where the focus is"
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=LONG)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="CSV", exact=True)).to_have_count(0, timeout=LONG)
        assert not seen.errors
