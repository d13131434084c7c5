"""The lessons in a browser: walked from guess to check, by keyboard alone, and in a narrow window."""

import pytest
from playwright.sync_api import Browser, Page, expect

from dynviz.ui.learn import text
from dynviz.ui.learn.lesson import AnyLesson
from dynviz.ui.learn.registry import all_lessons
from tests.browser.test_keyboard import reach
from tests.browser.view import LONG, View, view

SHOWN = [lesson for lesson in all_lessons() if lesson.number in (1, 2, 8)]  # of these the tiny models show all


def start(seen: View, **parameters: str) -> Page:
    """A lesson, once its question stands."""
    seen.page.goto(f"{seen.address}/learn?" + "&".join(f"{key}={value}" for key, value in parameters.items()))
    seen.page.locator("h1").wait_for(timeout=LONG)
    seen.settle()
    return seen.page


def wrongs(seen: View) -> list[str]:
    """What the console complains of, but that Streamlit looks for its server below the page's path first."""
    return [error for error in seen.errors if "404" not in error]


def press(seen: View, name: str) -> None:
    seen.page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def has(seen: View, parameter: str) -> None:
    """Until the address says so."""
    seen.page.wait_for_function("p => location.search.includes(p)", arg=parameter, timeout=LONG)
    seen.settle()


@pytest.mark.parametrize("lesson", SHOWN, ids=lambda lesson: lesson.name)
def test_a_lesson_is_walked(browser: Browser, address: str, lesson: AnyLesson) -> None:
    with view(browser, address) as seen:
        page = start(seen, lesson=str(lesson.number))
        expect(page.locator("h1")).to_have_text(lesson.title)
        expect(page.locator(".stPlotlyChart")).to_have_count(0)
        for ask in lesson.asks:
            page.locator(f".st-key-ask-{ask.id} button").first.click()
            seen.settle()
        press(seen, text.GUESS)
        has(seen, "step=seen")
        expect(page.get_by_text(text.YOURS).first).to_be_visible(timeout=LONG)
        expect(page.locator("h1")).not_to_have_text(lesson.title)
        press(seen, text.CHECK)
        has(seen, "step=check")
        wrong(seen, lesson)
        press(seen, text.TELL_ME)
        expect(page.locator(".stAlert").filter(has_text=text.RIGHT)).to_be_visible(timeout=LONG)
        has(seen, f"done={lesson.number}")
        before = page.url
        page.reload()
        seen.settle()
        assert page.url == before, "the address holds where one is"
        expect(page.get_by_text(text.YOURS).first).to_be_visible(timeout=LONG)
        assert not wrongs(seen)


def wrong(seen: View, lesson: AnyLesson) -> None:
    """Answer until it is said that this is not right."""
    answer, told = f".st-key-check-answer-{lesson.name}", seen.page.locator(".stAlert").filter(has_text=text.WRONG)
    if lesson.check.options is None:
        seen.page.locator(f"{answer} input").fill("-5")
        seen.page.locator(f"{answer} input").press("Enter")
    else:
        seen.page.locator(f"{answer} button").first.click()
    expect(told).to_be_visible(timeout=LONG)
    seen.settle()


def test_a_lesson_is_used_by_keyboard_alone(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        page = start(seen, lesson="1")
        for ask in ("1a", "1b"):
            reach(page, f".st-key-ask-{ask} *")
            page.keyboard.press("Enter")
            expect(page.locator(f".st-key-ask-{ask} [aria-checked=true], .st-key-ask-{ask} [aria-pressed=true]")).to_have_count(
                1, timeout=LONG
            )
            seen.settle()
        reach(page, ".st-key-guess button")
        page.keyboard.press("Enter")
        has(seen, "step=seen")
        reach(page, ".st-key-check button")
        page.keyboard.press("Enter")
        has(seen, "step=check")
        reach(page, ".st-key-check-answer-stopping *")
        page.keyboard.press("Enter")
        expect(page.locator(".stAlert").first).to_be_visible(timeout=LONG)
        assert not wrongs(seen)


def test_in_a_narrow_window_the_texts_stand_under_each_other_and_only_a_picture_scrolls(browser: Browser, address: str) -> None:
    with view(browser, address, width=400) as seen:
        page = start(seen, lesson="2", step="seen")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        easy, hard = (page.locator(f".st-key-panel-square-{i}").bounding_box() for i in (0, 1))
        assert easy
        assert hard
        assert easy["y"] + easy["height"] <= hard["y"]
        assert max(box["x"] + box["width"] for box in (easy, hard)) <= 400
        assert page.evaluate("[...document.querySelectorAll('.st-key-panel-square-1 *')].some(e => e.scrollWidth > e.clientWidth + 100)")
