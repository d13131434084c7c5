"""The app in a real browser: first picture, knob tick, memory with all checkpoints visited."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest

from dynviz import api
from tests.browser.server import CHROMIUM, process, resident, serving

Row = dict[str, object]
TEXT = "The board will table a motion that few members have read, let alone weighed."
APP = str(Path(__file__).parent.parent.parent / "app.py")


def first_picture(browser: Browser, address: str, rounds: int = 5) -> Iterator[Row]:
    """Seconds from opening the page to a drawn figure, in a fresh browser context, the server warm, no model loaded."""
    seconds = []
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        begun = time.perf_counter()
        page.goto(address)
        _drawn(page)
        seconds.append(time.perf_counter() - begun)
        context.close()
    yield _row("first picture, first visitor (server's imports included)", "seconds", seconds[0])
    yield _row("first picture, later visitors with an empty browser cache, median", "seconds", statistics.median(seconds[1:]))
    page, again = browser.new_page(viewport={"width": 1400, "height": 1000}), []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        page.goto(address)
        _drawn(page)
        again.append(time.perf_counter() - begun)
    page.close()
    yield _row("first picture, the page opened again, median", "seconds", statistics.median(again[1:]))


def _drawn(page: Page) -> None:
    page.locator(".stPlotlyChart .main-svg").first.wait_for(timeout=60_000)


def tick(rounds: int = 9) -> Iterator[Row]:
    """Seconds the server takes for a new knob setting of a text already analysed, through Streamlit's own test harness."""
    for model, knob in (("sst2-joint", "entropy"), ("pos-tokee", "delta")):
        at = AppTest.from_file(APP, default_timeout=60)
        at.query_params["model"], at.query_params["text"] = model, TEXT
        at.run()
        seconds = []
        for i in range(rounds + 2):
            slider = next(s for s in at.slider if s.key and s.key.endswith(f".{knob}"))
            begun = time.perf_counter()
            slider.set_value(round(0.1 + 0.03 * i, 2)).run()
            seconds.append(time.perf_counter() - begun)
        assert not at.exception
        yield {**_row(f"knob tick, {model}, median", "seconds", statistics.median(seconds[2:])), "model": model}


def memory(browser: Browser, address: str, server: int) -> Iterator[Row]:
    """Resident memory of the server, idle and after a text went through every checkpoint."""
    yield _row("memory, one page open", "MB", resident(server))
    page = browser.new_page()
    for checkpoint in api.checkpoints():
        if checkpoint.runnable:
            page.goto(f"{address}/?{urlencode({'model': checkpoint.name, 'text': TEXT})}")
            _drawn(page)
            page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
    yield _row("memory, all checkpoints visited", "MB", resident(server))


def _row(setting: str, measure: str, value: float) -> Row:
    return {"what": "app", "model": "", "batch": "", "setting": setting, "measure": measure, "value": value}


def rows() -> Iterator[Row]:
    """All of the above."""
    yield from tick()
    if CHROMIUM is None:
        return
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield from first_picture(browser, address)
        yield from memory(browser, address, process(address))
        browser.close()
