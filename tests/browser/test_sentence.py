"""The Sentence page in a real browser: pictures, knobs, links, clicks, hostile text, themes, narrow screens."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.server import serving
from tests.browser.view import LONG, View, view

TEXT = "The cast is wonderful, but the plot is dull."


def test_the_first_screen_shows_two_pictures_without_errors(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open()
        assert seen.page.locator(".stPlotlyChart .main-svg").count() >= 2
        assert "for one sentence" in seen.verdict
        assert seen.page.get_by_role("figure", name=re.compile("words")).count() == 2
        assert seen.page.evaluate("location.search") == ""
        assert not seen.errors


def test_the_keyboard_turns_the_knob_and_the_verdict_and_the_url_follow(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="sst2-joint", text=TEXT)
        knob = seen.page.get_by_role("slider").first
        knob.focus()
        knob.press("End")
        seen.until("after 1 of 4 layers")
        knob.press("Home")
        seen.until("after 4 of 4 layers")
        seen.page.wait_for_function("location.search.includes('sst2-joint.entropy=0')")
        assert not seen.errors


SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) window.shifts += e.value; })
  .observe({type: 'layout-shift'}); }"""


@pytest.mark.parametrize("model", ["sst2-joint", "sst2-ltp", "pos-tokee"])
def test_turning_the_knob_moves_nothing_on_the_page(browser: Browser, address: str, model: str) -> None:
    with view(browser, address) as seen:
        seen.page.set_viewport_size({"width": 1400, "height": 2600})
        seen.open(model=model, text=TEXT).page.wait_for_load_state("networkidle")
        knob = seen.page.get_by_role("slider").first
        knob.focus()
        _turned(seen, knob, "Home")  # at the first turn the browser fetches the code of some widgets
        seen.page.evaluate(SHIFTS)
        _turned(seen, knob, "End")
        _turned(seen, knob, "Home")
        assert seen.page.evaluate("window.shifts") < 0.1  # what is taken for good; a line of text more or less is 0.02


def _turned(seen: View, knob: Locator, key: str) -> None:
    before = seen.page.url
    knob.press(key)
    seen.page.wait_for_function("before => location.href !== before", arg=before, timeout=LONG)
    seen.settle().page.wait_for_load_state("networkidle")


def test_a_link_restores_the_view_in_another_browser(browser: Browser, address: str) -> None:
    with view(browser, address) as mine:
        mine.open(model="sst2-joint")
        mine.type(TEXT).until("of full compute")
        knob = mine.page.get_by_role("slider").first
        knob.focus()
        knob.press("End")
        mine.until("after 1 of 4 layers")
        mine.page.wait_for_function("location.search.includes('entropy=1')")
        link, said = mine.page.evaluate("location.search"), mine.verdict
    with view(browser, address) as other:
        other.page.goto(f"{address}/{link}")
        other.until("after 1 of 4 layers")
        assert other.verdict == said
        expect(other.page.get_by_role("textbox", name="Text", exact=True)).to_have_value(TEXT)


def pick(seen: View, word: str) -> None:
    """Choose the word to look at from its menu."""
    seen.page.get_by_role("combobox", name=re.compile("Look at one word")).click()
    seen.page.get_by_role("option", name=word).click()


def test_a_click_on_the_picture_and_its_twin_pick_a_word(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="pos-tokee", text=TEXT)
        why = seen.page.locator(".st-key-see-why")
        pick(seen, "wonderful")
        expect(why).to_contain_text("wonderful", timeout=LONG)
        seen.settle()
        cell = seen.page.locator(".st-key-panel-staircase .barlayer .point path").nth(2)
        box = cell.bounding_box()
        assert box is not None
        seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.page.mouse.down()
        seen.page.mouse.up()
        expect(why).to_contain_text("cast", timeout=LONG)
        assert not seen.errors


@pytest.mark.parametrize("given", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)> & more", "**bold** :red[x] $y$"])
def test_hostile_text_is_shown_as_typed_and_runs_nothing(browser: Browser, address: str, given: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="pos-tokee")
        seen.type(given).until("tagged")
        assert not seen.errors
        shown = "".join(seen.page.locator(".st-key-panel-staircase .xtick text").all_text_contents())
        assert "".join(given.split()) in "".join(shown.split()).replace("[CLS]", "").replace("[SEP]", "")
        assert seen.page.locator(".stMain script, .stMain img").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_wear_the_theme_of_the_page(browser: Browser, address: str, theme: str) -> None:
    with view(browser, address, theme=theme) as seen:
        seen.open(model="sst2-ltp", text=TEXT)
        page_colour = seen.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        colours = seen.page.evaluate(
            "[...document.querySelectorAll('.stPlotlyChart .main-svg:first-of-type')].map(s => s.style.background)"
        )
        assert colours
        assert {c.replace(" ", "") for c in colours if c} == {page_colour.replace(" ", "")}
        assert not seen.errors


def test_nothing_sticks_out_at_800_pixels(browser: Browser, address: str) -> None:
    with view(browser, address, width=800) as seen:
        for parameters in ({}, {"model": "pos-tokee", "text": TEXT}, {"model": "sst2-ltp", "text": TEXT}):
            seen.open(**parameters)
            assert seen.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
            assert seen.page.evaluate(
                "document.querySelector('[data-testid=stMain]').scrollWidth <= document.querySelector('[data-testid=stMain]').clientWidth"
            )
        assert not seen.errors


def test_the_operator_names_a_folder_at_the_start(browser: Browser, checkpoints: Path, tmp_path: Path) -> None:
    environment = {"DYNVIZ_CHECKPOINTS": str(tmp_path), "DYNVIZ_MODELS": ""}
    with serving(environment, ("--model", str(checkpoints / "sst2-joint"))) as own, view(browser, own) as seen:
        seen.open(text=TEXT)
        assert "of full compute" in seen.verdict
        assert seen.page.evaluate("location.search").count("=") == 1
        assert not seen.errors


def test_table_csv_and_trace_can_be_downloaded_and_the_trace_opened_again(browser: Browser, address: str, tmp_path: Path) -> None:
    with view(browser, address) as seen:
        seen.open(model="pos-tokee", text=TEXT)
        seen.page.locator(".st-key-panel-staircase").get_by_role("button", name="Table").click()
        with seen.page.expect_download() as table:
            seen.page.get_by_role("button", name="CSV", exact=True).click()
        assert Path(table.value.path()).read_text().splitlines()[0].startswith("column,word")
        seen.page.keyboard.press("Escape")
        seen.page.locator(".st-key-save button:visible").first.click()
        with seen.page.expect_download() as saved:
            seen.page.get_by_role("button", name="Trace as JSON").click()
        file = tmp_path / "trace.json"
        saved.value.save_as(file)
        assert json.loads(file.read_text())["schema"] == "dynviz.trace/1"
        said = seen.verdict
    with view(browser, address) as other:
        other.open()
        other.page.locator("[data-testid=stSidebar]").get_by_text("Open a trace (JSON)").first.click()
        other.page.set_input_files("input[type=file]", str(file))
        other.until("tagged")
        assert said.startswith(other.verdict)


def test_the_layers_are_stepped_with_keys_and_buttons(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="sst2-joint", text=TEXT, **{"see.steps": "true"})
        told = seen.page.locator(".st-key-step")
        slider = seen.page.locator(".st-key-see-steps").get_by_role("slider")
        slider.focus()
        slider.press("Home")
        expect(told).to_contain_text("Before layer 1", timeout=LONG)
        slider.press("ArrowRight")
        expect(told).to_contain_text("Layer 1: every token", timeout=LONG)
        seen.settle()
        forward = seen.page.get_by_role("button", name="Next layer")
        forward.focus()
        forward.press("Enter")
        expect(told).to_contain_text("Layer 2", timeout=LONG)
        seen.page.wait_for_function("location.search.includes('layer=2')")
        assert not seen.errors


def test_a_link_restores_word_tool_and_what_was_forced(browser: Browser, address: str) -> None:
    with view(browser, address) as mine:
        mine.open(model="pos-tokee", text=TEXT)
        pick(mine, "wonderful")
        mine.settle()
        mine.page.locator(".st-key-see-force summary").click()
        menu = mine.page.get_by_role("combobox", name=re.compile("Stop words"))
        menu.wait_for(timeout=LONG)
        mine.settle()  # a choice made while the page is still drawn anew would be lost
        menu.click()
        mine.page.get_by_role("option", name="plot").click()
        mine.page.keyboard.press("Escape")
        finding = mine.page.locator(".st-key-panel-forced h3").first
        finding.wait_for(timeout=LONG)
        mine.settle()
        mine.page.wait_for_function("['word=4', 'see.force=true', 'stop=8', 'from='].every(part => location.search.includes(part))")
        link, said = mine.page.evaluate("location.search"), finding.inner_text()
        assert not mine.errors
    with view(browser, address) as other:
        other.page.goto(f"{address}/{link}")
        expect(other.page.locator(".st-key-panel-forced h3").first).to_have_text(said, timeout=LONG)
        expect(other.page.locator(".st-key-see-why")).to_contain_text("wonderful", timeout=LONG)
        assert not other.errors


def test_a_struck_token_is_kept_by_a_click_on_it(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="sst2-ltp", text=TEXT, **{"see.kept": "true"})
        place = seen.page.evaluate(
            """() => { const plot = document.querySelector('.st-key-panel-ladder .js-plotly-plot'),
                 trace = plot.data.find(t => t.name === 'tokens'), at = trace.text.findIndex(t => t.startsWith('<s>'));
                 plot.scrollIntoView({block: 'center'});
                 const box = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
                 return [box.x + xaxis._offset + xaxis.d2p(trace.x[at]),
                         box.y + yaxis._offset + yaxis.d2p(trace.base[at] + trace.y[at] / 2)]; }"""
        )
        seen.page.mouse.move(*place)
        seen.page.locator(".st-key-panel-ladder .hoverlayer .hovertext").first.wait_for(timeout=LONG)
        seen.page.mouse.click(*place)
        expect(seen.page.locator(".st-key-panel-forced h3").first).to_contain_text("changed depth", timeout=LONG)
        seen.page.wait_for_function("location.search.includes('keep=')")
        assert not seen.errors


def test_a_search_opens_its_edit_beside_the_text(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="sst2-joint", text=TEXT, **{"see.search": "true"})
        seen.page.locator(".st-key-search-run button").click()
        expect(seen.page.locator(".st-key-see-search")).to_contain_text("Smallest:", timeout=LONG)
        seen.settle()
        seen.page.get_by_role("button", name="Show side by side").click()
        expect(seen.page.locator(".st-key-panel-edited h3").first).to_contain_text("The answer", timeout=LONG)
        assert not seen.errors


@pytest.mark.parametrize("width", [800, 400])
def test_no_tool_sticks_out_of_a_narrow_screen(browser: Browser, address: str, width: int) -> None:
    edited = TEXT.replace("dull", "fresh")
    with view(browser, address, width=width, theme="dark") as seen:
        opened = ({"see.steps": "true", "layer": "2"}, {"see.force": "true", "stop": "2", "from": "1"}, {"see.search": "true"})
        for parameters in (*opened, {"see.edit": "true", "edit": edited}, {"see.why": "true", "see.pair": "true"}):
            seen.open(model="pos-tokee", text=TEXT, **parameters)
            main = "document.querySelector('[data-testid=stMain]')"
            assert seen.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), parameters
        assert not seen.errors
