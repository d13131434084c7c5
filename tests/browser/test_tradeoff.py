"""The Trade-off and Methods pages in a real browser: clicks on points, links, the keyboard, narrow screens."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.view import LONG, view

CHART = ".st-key-panel-tradeoff"
HEAD = "[data-testid=stMain] h1"


def headline(page: Page) -> str:
    return page.locator(HEAD).first.inner_text()


def place(page: Page, curve: str, point: int) -> tuple[float, float]:
    """Where a point of a curve is drawn, in px."""
    x, y = page.evaluate(
        """([selector, curve, point]) => {
             const plot = document.querySelector(selector + ' .js-plotly-plot'), box = plot.getBoundingClientRect();
             const trace = plot.data.find(t => t.name === curve), at = trace.customdata.findIndex(c => c[1] === point);
             const {xaxis, yaxis} = plot._fullLayout;
             return [box.x + xaxis._offset + xaxis.d2p(trace.x[at]), box.y + yaxis._offset + yaxis.d2p(trace.y[at])]; }""",
        [CHART, curve, point],
    )
    return x, y


def test_a_click_on_a_point_sets_model_and_knob_here_and_on_the_sentence_page(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("tradeoff", model="sst2-joint")
        page = seen.page
        page.locator(CHART).scroll_into_view_if_needed()
        at = place(page, "LTP", 3)  # scale 1.5: others coincide
        page.mouse.move(*at)
        page.locator(f"{CHART} .hoverlayer .hovertext").first.wait_for(timeout=LONG)  # a click counts only where the pointer rests
        page.mouse.click(*at)
        page.wait_for_function("location.search.includes('model=sst2-ltp') && location.search.includes('sst2-ltp.scale=')", timeout=LONG)
        seen.settle()
        search = page.evaluate("location.search")
        page.get_by_role("link", name="Sentence", exact=True).click()
        page.wait_for_function("location.pathname === '/'", timeout=LONG)
        seen.settle()
        assert set(search[1:].split("&")) <= set(page.evaluate("location.search")[1:].split("&"))


def test_the_keyboard_moves_along_the_curve(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("tradeoff", model="sst2-joint")
        slider = seen.page.locator("[class*=st-key-tradeoff-point]").get_by_role("slider")
        before = headline(seen.page)
        slider.focus()
        slider.press("Home")
        seen.page.wait_for_function(
            "before => document.querySelector('[data-testid=stMain] h1').innerText !== before", arg=before, timeout=LONG
        )
        seen.settle()
        assert "% of compute" in headline(seen.page)
        assert "sst2-joint.entropy=" in seen.page.evaluate("location.search")
        assert not [e for e in seen.errors if "404" not in e]


def test_a_link_restores_model_knob_axis_and_budget(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("tradeoff", **{"model": "sst2-joint", "sst2-joint.entropy": "0.9", "axis": "Layers", "budget": "70"})
        assert seen.page.get_by_text("mean depth of all tokens, layers").count()
        assert seen.page.locator(".st-key-budget").get_by_role("slider").input_value() == "70"
        expect(seen.page.get_by_text("exit below uncertainty 0.9").first).to_be_visible()


def test_the_figure_has_a_name_a_table_and_a_csv(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("tradeoff", model="sst2-joint")
        assert seen.page.get_by_role("figure", name=re.compile("against full depth.*Curves of accuracy against compute")).count() == 1
        seen.page.locator(CHART).get_by_role("button", name="Table").click()
        with seen.page.expect_download() as download:
            seen.page.locator(".st-key-csv-tradeoff button").click()
        head = download.value.path().read_text().splitlines()[0]
        assert head.split(",")[:4] == ["curve", "kind", "point", "knobs"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("path", "parameters"), [("tradeoff", {"model": "sst2-ltp"}), ("methods", {"method": "ltp"})])
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, address: str, path: str, parameters: dict[str, str], theme: str) -> None:
    with view(browser, address, 800, theme) as seen:
        seen.open(path, **parameters)
        wide = "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"
        assert seen.page.evaluate(wide) <= 0


def test_the_methods_page_leads_to_its_curve(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("methods", method="ltp")
        seen.page.get_by_role("button", name="See its curve").click()
        seen.page.wait_for_url("**/tradeoff?model=sst2-ltp", timeout=LONG)
        seen.settle()
        assert "LTP" in seen.page.locator("[data-testid=stMarkdownContainer]").all_inner_texts().__str__()


def test_time_is_measured_when_asked_and_drawn_with_the_batch_size_of_the_link(browser: Browser, address: str) -> None:
    with view(browser, address, 800) as seen:
        seen.open("tradeoff", model="sst2-joint", axis="Milliseconds", batch="32", section="batch")
        page = seen.page
        assert not page.locator(CHART).count()
        page.locator(".st-key-measure-axis button").click()
        page.locator(CHART).wait_for(timeout=LONG)
        seen.settle()
        expect(page.locator(CHART).get_by_text("milliseconds per text in batches of 32")).to_be_visible()
        assert page.locator(".st-key-panel-waterfall").count() == 1
        assert {"axis=Milliseconds", "batch=32"} <= set(page.evaluate("location.search")[1:].split("&"))
        wide = "document.querySelector('[data-testid=stMain]').scrollWidth - document.querySelector('[data-testid=stMain]').clientWidth"
        assert page.evaluate(wide) <= 0
        assert not [e for e in seen.errors if "404" not in e]


def test_a_promise_is_kept_in_the_link(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open("tradeoff", **{"model": "sst2-joint", "risk.limit": "10.0", "risk.loss": "harm", "risk.level": "90"})
        said = "answers are wrong where full depth is right"
        expect(seen.page.locator("[data-testid=stMarkdownContainer] strong", has_text=said).first).to_contain_text("90")
