"""The Data page in a real browser: a file to the sentences where early exit hurts, clicks, links, downloads, narrow screens."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dynviz.data import bundled
from tests.browser.view import LONG, View, view

HOSTILE = "<img src=x onerror=alert(1)> **bold** $x$ <b>&amp;</b>"
WIDE = "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"


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
    page.locator(".st-key-data-delete button").first.wait_for(timeout=2 * LONG)
    page.locator("#rows").wait_for(timeout=LONG)
    seen.settle()
    return page


def wrong(seen: View) -> list[str]:
    """What went wrong; a page under a path of its own asks for the server's health there first, in vain."""
    return [error for error in seen.errors if "404" not in error]


def headline(page: Page) -> str:
    return page.locator("[data-testid=stMain] h3").filter(has_text="rows:").inner_text()


def test_from_a_file_to_a_sentence_where_stopping_early_hurts(browser: Browser, address: str, tmp_path: Path) -> None:
    data = bundled("sst2")
    assert data.labels is not None
    lines = [json.dumps({"review": t, "stars": y}) for t, y in zip(data.texts, data.labels, strict=True)]
    file = tmp_path / "reviews.jsonl"
    file.write_text("\n".join([*lines, "{broken", json.dumps({"review": HOSTILE, "stars": "positive"})]), encoding="utf-8")
    with view(browser, address) as seen:
        page = form(seen, rows="A+file")
        page.set_input_files("input[type=file]", str(file))
        page.get_by_text("152 rows, with right answers").wait_for(timeout=LONG)
        page.get_by_text("1 row left out").first.wait_for()
        seen.settle()
        run(seen)
        assert headline(page).startswith("152 rows: ")
        page.get_by_role("radio", name="Disagreements").click()
        page.get_by_text("where stopping early hurts").wait_for(timeout=LONG)
        seen.settle()
        page.locator(".st-key-data-go button").click()
        seen.until("of full compute")
        box = page.get_by_role("textbox", name="Text", exact=True)
        expect(box).not_to_have_value("", timeout=LONG)
        assert box.input_value() in data.texts
        assert not wrong(seen)


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
            "said => ![...document.querySelectorAll('h3')].some(h => h.innerText === said)", arg=said, timeout=LONG
        )
        assert not wrong(other)


def test_the_report_is_saved_and_opens_without_a_network(browser: Browser, address: str, tmp_path: Path) -> None:
    with view(browser, address) as seen:
        form(seen)
        page = run(seen)
        with page.expect_download(timeout=LONG) as saved:
            page.locator(".st-key-data-report button").click()
        saved.value.save_as(tmp_path / "report.html")
        with page.expect_download(timeout=LONG) as table:
            page.locator(".st-key-data-csv button").click()
        assert len(Path(table.value.path()).read_text(encoding="utf-8").splitlines()) == len(bundled("sst2")) + 1
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("console", lambda message: asked.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert "The bundled sentences" in page.locator("h1").inner_text()
    assert page.locator("svg").count() >= 3
    assert not asked
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_fits_a_narrow_screen(browser: Browser, address: str, theme: str) -> None:
    with view(browser, address, 800, theme) as seen:
        page = form(seen)
        assert page.evaluate(WIDE) <= 0
        run(seen)
        for name in ("Kinds", "Disagreements", "Confidence", "Two runs"):
            page.get_by_role("radio", name=name).click()
            seen.settle()
            assert page.evaluate(WIDE) <= 0, name
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
