"""The stage in a real browser, on the shipped models: keys and a clicker, no other host, a view of one's own as an act, one sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import serving
from tests.browser.view import LONG, View, view
from tests.watch import strangers, watch

TEXT = "The cast is wonderful, but the plot is dull."


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with the models that ship, which asked no other host, whatever the tests did with it."""
    log = tmp_path_factory.mktemp("watch") / "asked"
    with serving(watch(log)) as found:
        yield found
    assert not strangers(log)


def at(page: Page, *parts: str) -> None:
    """Wait until the address holds these, and the page stands."""
    for part in parts:
        page.wait_for_url(re.compile(re.escape(part)), timeout=LONG)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=LONG)


def press(seen: View, key: str, act: int, step: int) -> None:
    seen.page.keyboard.press(key)
    at(seen.page, f"act={act}", f"step={step}")


def elsewhere(seen: View) -> list[str]:
    """What went wrong; Streamlit looks for its server below the page's path first."""
    return [error for error in seen.errors if "404" not in error]


def test_keys_and_a_clicker_move_the_talk_and_escape_leads_back(browser: Browser, stage: str) -> None:
    with view(browser, stage) as seen:
        seen.open("tradeoff", model="sst2-joint")
        seen.page.locator(".st-key-present button:visible").first.click()
        at(seen.page, "/present")
        seen.page.locator(".st-key-stage .main-svg").first.wait_for(timeout=LONG)
        expect(seen.page.get_by_test_id("stTopNav")).to_be_hidden(timeout=LONG)
        expect(seen.page.get_by_test_id("stSidebar")).to_be_hidden(timeout=LONG)
        for key, act, step in [
            ("ArrowRight", 1, 2), ("Space", 1, 3), ("PageDown", 1, 4), ("PageUp", 1, 3), ("ArrowLeft", 1, 2), ("2", 2, 1), ("3", 3, 1),
            ("ArrowLeft", 2, 3), ("1", 1, 1),
        ]:  # fmt: skip
            press(seen, key, act, step)
        seen.page.locator(".st-key-stage-leave button >> nth=0").evaluate("it => it.dataset.marked = 'yes'")
        seen.page.keyboard.press("n")
        expect(seen.page.locator(".stage-notes")).to_be_visible(timeout=LONG)
        expect(seen.page.locator(".st-key-stage-leave button[data-marked]")).to_be_visible()  # else a key pressed right now is lost
        seen.page.keyboard.press("Escape")
        at(seen.page, "/tradeoff", "model=sst2-joint")
        seen.page.locator(".st-key-present button:visible").first.click()
        at(seen.page, "/present", "model=sst2-joint")
        seen.page.locator(".st-key-stage .main-svg").first.wait_for(timeout=LONG)
        for _ in range(2):  # in haste
            seen.page.keyboard.press("Escape")
        at(seen.page, "/tradeoff", "model=sst2-joint")
        expect(seen.page.get_by_test_id("stTopNav")).to_be_visible()
        seen.settle()
        assert "/tradeoff" in seen.page.url
        assert not seen.page.get_by_test_id("stException").count()
        assert not elsewhere(seen)


def test_on_a_narrow_window_the_notes_leave_what_stands_below_the_towers_in_sight(browser: Browser, stage: str) -> None:
    with view(browser, stage, width=800) as seen:
        seen.page.set_viewport_size({"width": 800, "height": 800})
        seen.page.goto(f"{stage}/present?model=sst2-12-joint&act=1&step=2&notes=1")
        seen.page.locator(".stage-notes").wait_for(timeout=LONG)
        seen.page.locator(".st-key-stage .main-svg").first.wait_for(timeout=LONG)
        seen.settle()
        line, foot = (seen.page.locator(part).bounding_box() for part in (".stage-line", ".st-key-stage-foot"))
        assert line is not None
        assert foot is not None
        assert 0 < line["y"] + line["height"] <= foot["y"], "without scrolling"
        seen.page.set_viewport_size({"width": 1400, "height": 1000})
        texts, towers = (seen.page.locator(part) for part in (".stage-text", "[class*=st-key-stage-picture-stage-]"))
        expect(towers).to_have_count(2)
        lines, tops = ([each.bounding_box() or {} for each in found.all()] for found in (texts, towers))
        assert lines[0]["height"] == lines[1]["height"], "of which one text fills one and the other two"
        assert tops[0]["y"] == tops[1]["y"]


def test_digits_in_a_field_are_digits_and_the_address_keeps_them(browser: Browser, stage: str) -> None:
    with view(browser, stage) as seen:
        seen.page.goto(f"{stage}/present?act=3")
        field = seen.page.get_by_label("Milliseconds a sentence, plain model")
        field.wait_for(timeout=LONG)
        field.fill("21.6")
        field.press("Enter")
        at(seen.page, "plain=21.6", "act=3")
        expect(seen.page.get_by_role("heading", level=1)).to_contain_text("6.0 core-hours become", timeout=LONG)
        field.press("1")
        assert "act=3" in seen.page.url
        link = seen.page.url
        seen.page.goto(link)
        expect(seen.page.get_by_role("heading", level=1)).to_contain_text("6.0 core-hours become", timeout=LONG)


def test_a_view_of_ones_own_is_the_last_act_and_the_keys_lead_back(browser: Browser, stage: str) -> None:
    with view(browser, stage) as seen:
        seen.page.goto(f"{stage}/present?act=3&step=2&model=sst2-pabee")
        seen.page.locator(".st-key-stage-more button").first.click(timeout=LONG)
        box = seen.page.get_by_label(re.compile("paste its link"))
        for link, shown in (("https://elsewhere.example/compare", "leads elsewhere"), (f"{stage}/?model=sst2-joint&text={TEXT}", "Remove")):
            box.fill(link)
            box.press("Enter")
            seen.page.get_by_text(shown).first.wait_for(timeout=LONG)
        seen.page.keyboard.press("Escape")  # the menu
        seen.page.goto(seen.page.url)
        seen.page.locator(".st-key-stage-key-4 button:visible").first.wait_for(timeout=LONG)
        seen.page.keyboard.press("ArrowRight")
        at(seen.page, "stage=", "text=The")
        seen.page.get_by_text(re.compile("of full compute")).first.wait_for(timeout=LONG)
        assert not seen.page.get_by_test_id("stSidebar").is_visible()
        seen.page.keyboard.press("4")  # where one is already
        seen.settle()
        assert not seen.page.get_by_test_id("stException").count()
        seen.page.keyboard.press("ArrowLeft")  # the page's own menu holds `model`
        at(seen.page, "/present", "act=3", "step=2", "pin=", "model=sst2-pabee")
        seen.page.get_by_text("What this does not say").wait_for(timeout=LONG)
        assert not elsewhere(seen)


def test_the_hand_out_is_one_sheet(browser: Browser, stage: str, tmp_path: Path) -> None:
    with view(browser, stage) as seen:
        seen.page.goto(f"{stage}/present?handout=1&sentences=1e9")
        seen.page.locator(".st-key-sheet .main-svg").nth(1).wait_for(timeout=LONG)
        seen.settle()
        printed = seen.page.pdf(format="A4", print_background=True, prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        seen.page.emulate_media(media="print")
        assert not seen.page.locator(".st-key-sheet-screen").is_visible()
        assert seen.page.locator(".stage-items li").last.is_visible()
