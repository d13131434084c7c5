"""The Data page in a real browser: clicks, links, downloads, paper, narrow screens."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dynviz.data import bundled
from tests.browser.data import HOSTILE, choose, form, headline, run, wrong
from tests.browser.view import LONG, view

CUT = """() => [...document.querySelectorAll('td, th')].filter(cell => { const range = document.createRange();
    return [...cell.textContent.matchAll(/[^\\s-]+/g)].some(word => { range.setStart(cell.firstChild, word.index);
        range.setEnd(cell.firstChild, word.index + word[0].length); return range.getClientRects().length > 1; }); })
    .map(cell => cell.textContent)"""
HIDDEN = """() => [...document.querySelectorAll('.stMain [role=radiogroup]')].filter(e => e.scrollWidth > e.clientWidth + 1)
    .map(e => e.textContent)"""
WIDE = "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"


def test_a_click_on_a_bar_lists_its_sentences(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        form(seen)
        page = run(seen)
        bar = page.locator(".st-key-panel-data-exits .barlayer .trace").first.locator(".point path").first
        box = bar.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator(".st-key-panel-data-exits .hoverlayer .hovertext").first.wait_for(timeout=LONG)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_function("location.search.includes('exit=')", timeout=LONG)
        seen.settle()
        expect(page.get_by_role("combobox", name="Stopped after")).to_have_value("layer 1", timeout=LONG)
        assert not wrong(seen)


def test_the_link_shows_the_run_in_another_browser_and_the_knob_moves_it(browser: Browser, address: str) -> None:
    with view(browser, address) as mine:
        form(mine)
        link, said = run(mine).url, headline(mine.page)
    with view(browser, address) as other:
        other.page.goto(link)
        other.page.locator("#rows").wait_for(timeout=LONG)
        other.settle()
        assert headline(other.page) == said
        knob = other.page.get_by_role("slider").first
        knob.focus()
        knob.press("End")
        other.page.wait_for_function(
            "said => ![...document.querySelectorAll('h2')].some(h => h.innerText === said)", arg=said, timeout=LONG
        )
        assert not wrong(other)


def test_the_address_holds_the_whole_view(browser: Browser, address: str) -> None:
    with view(browser, address) as mine:
        form(mine)
        page = run(mine)
        page.get_by_role("radio", name="Disagreements").click()
        page.get_by_text("where stopping early hurts").wait_for(timeout=LONG)
        page.get_by_role("radio", name="All that differ").click()
        page.get_by_text("Only: All that differ.").wait_for(timeout=LONG)
        mine.settle()
        choose(page, "Order", "longest first")
        page.wait_for_function("location.search.includes('order=')", timeout=LONG)
        mine.settle()
        rows = page.get_by_text(re.compile(r"^1–\d+ of \d+ rows$"))
        before = rows.inner_text()
        box = page.get_by_role("textbox", name="Text holds")
        box.fill("the")
        box.press("Enter")
        expect(rows).not_to_have_text(before, timeout=LONG)
        mine.settle()
        choose(page, "Row to open", 1)
        page.wait_for_function("['look', 'inbox=differs', 'find=the', 'row='].every(part => location.search.includes(part))", timeout=LONG)
        mine.settle()
        link, opens = page.url, page.get_by_role("combobox", name="Row to open").input_value()
        counted, said = rows.inner_text(), headline(page)
        assert not wrong(mine)
    with view(browser, address) as other:
        other.page.goto(link)
        other.page.locator("#rows").wait_for(timeout=LONG)
        other.settle()
        page = other.page
        assert headline(page) == said
        expect(page.get_by_text("Only: All that differ.")).to_be_visible()
        expect(page.get_by_text(counted, exact=True)).to_be_visible()
        expect(page.get_by_role("textbox", name="Text holds")).to_have_value("the")
        expect(page.get_by_role("combobox", name="Order")).to_have_value("longest first")
        expect(page.get_by_role("combobox", name="Row to open")).to_have_value(opens)
        page.wait_for_function("link => location.href === link", arg=link, timeout=LONG)
        assert not wrong(other)


def test_the_report_is_saved_and_opens_without_a_network(browser: Browser, address: str, tmp_path: Path) -> None:
    with view(browser, address) as seen:
        form(seen)
        page = run(seen)
        with page.expect_download(timeout=LONG) as saved:
            page.locator(".st-key-data-report button").click()
        saved.value.save_as(tmp_path / "report.html")
        with page.expect_download(timeout=LONG) as table:
            page.locator(".st-key-data-csv button:visible").click()  # a button with a hint is there twice, once for phones
        assert len(Path(table.value.path()).read_text(encoding="utf-8").splitlines()) == len(bundled("sst2")) + 1
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("console", lambda message: asked.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert "The bundled texts" in page.locator("h1").inner_text()
    assert page.locator("svg").count() >= 3
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 658, "height": 900})  # what A4 leaves between its margins
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.evaluate(CUT) == []
    assert page.pdf(format="A4").startswith(b"%PDF-")
    assert not asked
    context.close()


@pytest.mark.parametrize(("width", "theme"), [(800, "light"), (400, "dark")])
def test_every_view_fits_a_narrow_screen(browser: Browser, address: str, width: int, theme: str) -> None:
    with view(browser, address, width, theme) as seen:
        page = form(seen)
        assert page.evaluate(WIDE) <= 0
        run(seen)
        assert page.evaluate(HIDDEN) == []
        for name in ("Kinds", "Disagreements", "Confidence", "Two runs"):
            page.get_by_role("radio", name=name).click()
            seen.settle()
            assert page.evaluate(WIDE) <= 0, name
            assert page.evaluate(HIDDEN) == [], name
        assert not wrong(seen)


def test_pasted_markup_is_shown_as_typed(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        page = form(seen, rows="Pasted+lines")
        box = page.get_by_role("textbox", name="Lines")
        box.fill(f"{HOSTILE}\nanother line")
        box.press("Control+Enter")
        page.get_by_text("2 rows, without right answers").wait_for(timeout=LONG)
        seen.settle()
        run(seen)
        assert HOSTILE[:30] in page.get_by_role("combobox", name="Row to open").input_value()
        assert page.locator(".stMain img, .stMain b").count() == 0
        assert not wrong(seen)
