"""Narrow windows: usable at 800 px, readable at 400 px; and less motion for those who ask for it."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from dynviz.ui.shell.navigation import PAGES as FOLDER
from dynviz.ui.shell.text import PAGES as TITLES
from dynviz.ui.shell.text import PRESENT
from tests.browser.view import LONG, View, view

TEXT = "The cast is wonderful, but the plot is dull."
PAGES = ("", *(name for name in TITLES if name != "sentence" and (FOLDER / f"{name}.py").exists()))
SIDEWAYS = """() => ['html', '[data-testid=stMain]'].filter(s => { const e = document.querySelector(s);
                     return e.scrollWidth > e.clientWidth + 1; })"""
CLIPPED = """() => ['button p', 'label p', 'h1', 'h2', 'h3', 'h4', '[data-testid=stMetricLabel] p', '[data-testid=stMetricValue] div']
    .flatMap(s => [...document.querySelectorAll(s)])
    .filter(e => e.offsetParent && getComputedStyle(e).overflow !== 'visible' && e.scrollWidth > e.clientWidth + 1)
    .filter(e => (e.closest('[data-testid=stSidebar]') || e).clientWidth).map(e => e.textContent)"""
OUTSIDE = """() => [...document.querySelectorAll('.stMain :is(button, [role=slider], textarea, h1, h2, h3)')]
    .filter(e => e.offsetParent && e.getBoundingClientRect().width && !e.closest('.stPlotlyChart, .stDataFrame, [role=grid]'))
    .filter(e => { const r = e.getBoundingClientRect(); return r.left < -1 || r.right > innerWidth + 1; }).map(e => e.textContent)"""


def there(seen: View, path: str) -> Page:
    """A page of the app, with a text where it takes one."""
    page = seen.page
    page.goto(f"{seen.address}/{path}?model=sst2-joint&text={TEXT}")
    page.locator("[data-testid=stMainBlockContainer] .stPlotlyChart, .stMain h1").first.wait_for(timeout=LONG)
    seen.settle()
    return page


@pytest.mark.parametrize("width", [800, 400])
def test_every_page_stays_within_the_window(browser: Browser, address: str, width: int) -> None:
    with view(browser, address, width=width) as seen:
        for path in PAGES:
            page = there(seen, path)
            assert page.evaluate(SIDEWAYS) == [], path
            assert page.evaluate(OUTSIDE) == [], path
            assert page.evaluate(CLIPPED) == [], path
        assert not [e for e in seen.errors if "404" not in e], "Streamlit looks for its server below the page's path first"


def test_all_pages_can_be_seen_and_opened_at_800_pixels(browser: Browser, address: str) -> None:
    with view(browser, address, width=800) as seen:
        page = there(seen, "")
        links = page.get_by_test_id("stTopNavLink")
        names = {name.strip() for name in links.all_inner_texts()}
        assert page.get_by_test_id("stTopNav").get_by_text("more").count() == 0
        assert {"Sentence", "Compare", "Trade-off", "Data", "Methods"} <= names
        assert all(link.is_visible() for link in links.all())


def test_every_page_is_one_tap_away_at_400_pixels(browser: Browser, address: str) -> None:
    with view(browser, address, width=400) as seen:
        page = there(seen, "")
        links = page.locator(".st-key-pages a")
        # awaited one by one: the browser fetches their code late
        expect(links).to_have_text([*(TITLES[name or "sentence"] for name in PAGES), PRESENT], timeout=LONG)
        assert all(link.is_visible() for link in links.all())
        links.filter(has_text="Trade-off").click()
        page.wait_for_url("**/tradeoff**", timeout=LONG)


def test_a_picture_that_scrolls_shows_on_which_side_it_goes_on(browser: Browser, address: str) -> None:
    with view(browser, address, width=400) as seen:
        page = seen.open(model="pos-tokee", text=TEXT).page
        wide = page.locator(".st-key-wide-staircase")
        assert wide.evaluate("e => e.scrollWidth > e.clientWidth + 100")
        assert _edges(page) == (False, True)
        wide.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
        assert _edges(page) == (True, False)
    with view(browser, address) as seen:
        assert _edges(seen.open(model="pos-tokee", text=TEXT).page) == (False, False)


def _edges(page: Page) -> tuple[bool, bool]:
    """Whether the left and the right edge of the picture lie in a shadow: its lowest line, where nothing is drawn."""
    wide = page.locator(".st-key-wide-staircase")
    wide.scroll_into_view_if_needed()
    shot = Image.open(BytesIO(wide.screenshot())).convert("L")
    left, middle, right = (shot.getpixel((x, 3)) for x in (1, shot.width // 2, shot.width - 2))
    return left < middle - 10, right < middle - 10


def test_the_sidebar_is_folded_at_400_pixels_and_holds_the_pages_and_the_knob(browser: Browser, address: str) -> None:
    with view(browser, address, width=400) as seen:
        page = there(seen, "")
        sidebar = page.get_by_test_id("stSidebar")
        opens = page.get_by_test_id("stExpandSidebarButton")
        assert opens.get_attribute("aria-expanded") == "false"
        folded = sidebar.bounding_box()
        assert folded is None or folded["width"] < 10
        opens.click()
        page.wait_for_function("document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().width > 200", timeout=LONG)
        sidebar.get_by_role("slider").first.wait_for(timeout=LONG)
        sidebar.get_by_role("link", name="Trade-off").click()
        page.wait_for_url("**/tradeoff**", timeout=LONG)


def test_nothing_moves_for_those_who_ask_for_less_motion(browser: Browser, address: str) -> None:
    longest = """() => Math.max(...[...document.querySelectorAll('body *')].flatMap(e => { const s = getComputedStyle(e);
        return [...s.transitionDuration.split(','), ...s.animationDuration.split(',')].map(parseFloat); }))"""
    for motion, still in (("reduce", True), ("no-preference", False)):
        context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        page.locator(".stPlotlyChart .main-svg").first.wait_for(timeout=LONG)
        assert (page.evaluate(longest) < 0.001) is still
        context.close()
