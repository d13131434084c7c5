"""A class on one server: a teacher, two students, and somebody who reached another copy; and the teacher's sheet on paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from dynviz.ui.learn import text_class as text
from dynviz.ui.learn.registry import lesson_of
from tests.browser.server import serving
from tests.browser.view import LONG, View, view

LESSON = lesson_of(1)
assert LESSON
ASKED = [ask.id for ask in LESSON.asks]
PRIVACY = text.PRIVACY.format(hours=4)


def guesses(seen: View) -> Locator:
    return seen.page.locator(f".st-key-guesses-{ASKED[0]}")


def said(seen: View, words: str) -> None:
    """Until these words are there; a teacher's page, which asks every other second, is not waited for to be quiet."""
    expect(seen.page.get_by_text(words).first).to_be_visible(timeout=LONG)


def guess(seen: View, stop: int) -> None:
    for asked in ASKED:
        seen.page.locator(f".st-key-ask-{asked}").get_by_role("radio").or_(
            seen.page.locator(f".st-key-ask-{asked}").get_by_role("button")
        ).nth(stop).click()
        seen.settle()
    seen.page.locator(".st-key-guess button:visible").click()
    guesses(seen).wait_for(timeout=LONG)
    seen.settle()


@contextmanager
def student(browser: Browser, link: str) -> Iterator[tuple[View, list[str | bytes]]]:
    """Somebody who opens the link on a phone, and what their browser and the server say to each other."""
    spoken: list[str | bytes] = []
    with view(browser, link.partition("/learn")[0], width=400) as seen:
        seen.page.on(
            "websocket", lambda socket: [socket.on(to, lambda frame: spoken.append(frame)) for to in ("framesent", "framereceived")]
        )
        seen.page.goto(f"{link}&lesson={LESSON.number}")
        said(seen, PRIVACY)
        yield seen, spoken


def test_guesses_reach_the_teacher_by_themselves_and_students_after_their_own(browser: Browser, address: str) -> None:
    with view(browser, address) as host:
        host.page.goto(f"{address}/learn")
        host.page.locator(".st-key-class-open button:visible").click(timeout=LONG)
        link = host.page.locator(".st-key-class-bar code").first.inner_text(timeout=LONG)
        assert re.fullmatch(rf"{address}/learn\?class=[a-z]+-[a-z]+-\d{{4}}", link)
        host.page.locator(f".st-key-lesson-{LESSON.number} button:visible").click()
        said(host, "No guess yet.")
        with student(browser, link) as (one, spoken), student(browser, link) as (other, _):
            expect(guesses(one)).to_have_count(0)
            guess(one, 1)
            said(host, "1 guess.")
            said(one, "1 guess.")
            expect(guesses(other)).to_have_count(0)
            one.settle()
            told = len(spoken)
            guess(other, 2)
            said(other, "2 guesses.")
            said(host, "2 guesses.")
            assert len(spoken) == told, "a student's page asks for nothing by itself"
            one.page.reload()
            said(one, "2 guesses.")
            assert not [e for seen in (host, one, other) for e in seen.errors if "404" not in e]
            _counted(host)
            _keyed(browser, host)


def _counted(host: View) -> None:
    """The CSV is made when it is asked for, with the stops in words."""
    with host.page.expect_download() as found:
        host.page.locator(".st-key-class-csv button:visible").click()
    rows = Path(found.value.path()).read_text().splitlines()
    assert rows[:3] == ["question,stop,label,guesses", f"{ASKED[0]},2,layer 2,1", f"{ASKED[0]},3,layer 3,1"]


def _keyed(browser: Browser, host: View) -> None:
    """The teacher's link makes another browser the teacher's, and its key is seen nowhere else."""
    assert "teacher" not in host.page.url
    host.page.locator(".st-key-class-key button:visible").click()
    key = host.page.get_by_text(re.compile("teacher=")).inner_text(timeout=LONG).partition("teacher=")[2]
    host.page.keyboard.press("Escape")
    expect(host.page.get_by_text(re.compile("teacher="))).to_have_count(0, timeout=LONG)
    assert len(key) > 20
    assert key not in host.page.content()
    with view(browser, host.address) as again:
        again.page.goto(f"{host.page.url}&teacher={key}")
        said(again, "2 guesses.")
        expect(again.page).not_to_have_url(re.compile("teacher"), timeout=LONG)
        assert key not in again.page.url
        assert key not in again.page.content()
        again.page.locator(".st-key-class-close button:visible").click()
        expect(again.page.locator(".st-key-class-bar")).to_have_count(0, timeout=LONG)
    said(host, text.UNKNOWN)


def test_another_copy_of_the_server_says_that_it_holds_no_such_class(browser: Browser, address: str, checkpoints: Path) -> None:
    with serving({"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": ""}) as copy, view(browser, address) as host:
        host.page.goto(f"{address}/learn")
        host.page.locator(".st-key-class-open button:visible").click(timeout=LONG)
        link = host.page.locator(".st-key-class-bar code").first.inner_text(timeout=LONG)
        with view(browser, copy) as there:
            there.page.goto(link.replace(address, copy))
            said(there, text.UNKNOWN)
            expect(there.page.locator(f".st-key-lesson-{LESSON.number} button:visible")).to_be_enabled()


def test_the_teachers_sheet_prints_on_one_page_whatever_the_screen_shows(browser: Browser, address: str) -> None:
    with view(browser, address, theme="dark") as seen:
        seen.page.goto(f"{address}/learn?sheet=1")
        seen.page.locator(".sheet").wait_for(timeout=LONG)
        seen.settle()
        expect(seen.page.get_by_role("button", name="Print")).to_be_visible()
        printed = seen.page.pdf(prefer_css_page_size=True)
        assert re.findall(rb"/Type /Pages\s*/Count (\d+)", printed) == [b"1"]
        width, height = (float(n) for n in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)[0])
        assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)
        seen.page.emulate_media(media="print")
        assert seen.page.locator("[data-testid=stHeader]").is_hidden()
        assert seen.page.locator("button:visible").count() == 0
        colours = seen.page.locator(".sheet td").first.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
