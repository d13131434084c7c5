"""Every page for those who do not see it, use no mouse, or would lose their place: headings, what is told, focus, titles, and shifts."""

import re
import threading

import pytest
from playwright.sync_api import Browser, Page, expect

from dynviz.ui.shell import text
from dynviz.ui.shell.navigation import PAGES as FOLDER
from tests.browser.view import LONG, READY, View, view

TEXT = "The cast is wonderful, but the plot is dull."
PAGES = ["", *(name for name in text.PAGES if name != "sentence" and (FOLDER / f"{name}.py").exists())]
WITH_MODEL = ("", "compare", "tradeoff", "data", "methods")
SHIFTS = """window.shifts = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value; })
  .observe({type: 'layout-shift', buffered: true});"""
LEVELS = """() => [...document.querySelectorAll('.stMain :is(h1, h2, h3, h4, h5, h6)')].filter(e => e.offsetParent)
    .map(e => Number(e.tagName[1]))"""
NAMELESS = """() => [...document.querySelectorAll('.stMain [class*=st-key-panel-]')]
    .filter(e => e.offsetParent && !e.querySelector('h3')).map(e => e.className)"""
# what has the focus, and whether that is seen: an outline, or a shadow or border of its own
FOCUSED = """() => { let e = document.activeElement; while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  const seen = [...Array(4)].reduce((found, _) => { const s = found.at && getComputedStyle(found.at);
    if (s && (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none')) found.yes = true;
    found.at = found.at?.parentElement; return found; }, {at: e, yes: false}).yes;
  return [e.tagName, (e.ariaLabel || e.textContent || e.id || '').slice(0, 40), seen]; }"""


LATE = re.compile(r"/(Button|ButtonGroup|Checkbox|DataFrame|Multiselect|PageLink|PlotlyChart|Selectbox|Slider|TextArea)\.[^/]+\.js$")


def there(seen: View, path: str) -> Page:
    """The page, whose widgets come when its title stands already, as over a slow line."""
    page, held, come = seen.page, [], threading.Event()
    page.route(LATE, lambda route: route.continue_() if come.is_set() else held.append(route))
    page.goto(f"{seen.address}/{path}?model=sst2-joint&text={TEXT}")
    page.locator(".stMain h1").first.wait_for(timeout=LONG)
    page.locator(READY).wait_for(timeout=LONG)
    assert held, "Streamlit names the code of its widgets in another way"
    come.set()
    for route in held:
        route.continue_()
    seen.settle()
    page.wait_for_load_state("networkidle")
    page.unroute(LATE)
    return page


@pytest.mark.parametrize("width", [1400, 400])
def test_every_page_has_one_title_stands_still_and_shows_the_place_of_the_keyboard(browser: Browser, address: str, width: int) -> None:
    with view(browser, address, width=width, fresh=True) as seen:
        seen.page.add_init_script(SHIFTS)
        for path in PAGES:
            page = there(seen, path)
            assert page.evaluate("window.shifts") < 0.1, path
            levels = page.evaluate(LEVELS)
            assert levels[0] == 1, path
            assert levels.count(1) == 1, path
            assert set(levels) <= {1, 2, 3}, (path, levels)
            assert page.evaluate(NAMELESS) == [], path
            assert re.fullmatch(rf"{text.PAGES[path or 'sentence']} · (.+ · )?DynViz", page.title()), page.title()
            assert ("Entropy" in page.title()) is (path in WITH_MODEL), page.title()
            for _ in range(10 if width == 1400 else 0):
                page.keyboard.press("Tab")
                tag, name, shown = page.evaluate(FOCUSED)
                assert shown or tag in ("BODY", "HTML", "INPUT", "TEXTAREA"), (path, tag, name)  # a box shows its caret


def test_a_result_is_told_in_a_region_that_stays(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="sst2-joint", text=TEXT)
        told = seen.page.locator(".st-key-told [role=status]")
        expect(told).to_have_text(seen.verdict, timeout=LONG)
        told.evaluate("e => { e.marked = true; }")
        knob = seen.page.get_by_role("slider").first
        knob.focus()
        knob.press("Home")
        seen.until("after 4 of 4 layers")
        expect(told).to_contain_text("after 4 of 4 layers", timeout=LONG)
        assert told.evaluate("e => e.marked === true"), "a region that is made anew is not told"


def test_the_link_is_copied_and_restores_the_view(browser: Browser, address: str) -> None:
    with view(browser, address, fresh=True) as seen:
        seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        seen.open(model="pos-tokee", text=TEXT, **{"see.pair": "true", "pair": "1.4"})
        seen.page.get_by_role("button", name="Copy link").click()
        expect(seen.page.locator(".st-key-link [role=status]")).to_contain_text("Copied", timeout=LONG)
        link = seen.page.evaluate("navigator.clipboard.readText()")
        said = seen.page.locator(".st-key-panel-pair h3").inner_text()
        assert not seen.errors
    assert "see.pair=true" in link
    with view(browser, address) as other:
        other.page.goto(link)
        expect(other.page.locator(".st-key-panel-pair h3")).to_have_text(said, timeout=LONG)


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (400, 800)])
def test_nothing_that_opens_leaves_the_window(browser: Browser, address: str, width: int, height: int) -> None:
    with view(browser, address, width=width) as seen:
        seen.page.set_viewport_size({"width": width, "height": height})
        seen.open(model="sst2-ltp", text=TEXT)
        opens = seen.page.locator(":is(.st-key-save, .st-key-panel-staircase) [data-testid=stPopover] button:visible")
        assert opens.count() == 4
        for i in range(opens.count()):
            opens.nth(i).click()
            body = seen.page.get_by_test_id("stPopoverBody").last
            body.wait_for(timeout=LONG)
            seen.settle()
            box = body.bounding_box()
            assert box is not None
            assert box["height"] > 100
            assert min(box["x"], box["y"]) >= 0
            assert box["x"] + box["width"] <= width + 1
            assert box["y"] + box["height"] <= height + 1
            seen.page.keyboard.press("Escape")
            body.wait_for(state="detached", timeout=LONG)


def test_a_result_stands_in_one_screen(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.page.set_viewport_size({"width": 1400, "height": 900})
        for model in ("sst2-ltp", "pos-tokee"):
            seen.open(model=model, text=TEXT)
            for part in ("h1", ".st-key-panel-staircase", ".st-key-numbers"):
                box = seen.page.locator(f".stMain {part}").first.bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= 900, (model, part)
