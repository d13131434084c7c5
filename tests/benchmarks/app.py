"""The app for one visitor: what an action takes the server and the browser, and memory. Many visitors: `visitors`."""

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from dynviz import api
from tests.benchmarks.client import visiting
from tests.browser.server import CHROMIUM, process, resident, serving

Row = dict[str, object]
TEXT = "The board will table a motion that few members have read, let alone weighed."
KNOBS = (("sst2-joint", "entropy"), ("sst2-ltp", "scale"), ("pos-tokee", "delta"))
WIDE = {"width": 1400, "height": 1000}
# the last change of the page before it rests, once the script has run to its end. (A short run may come and go between two frames, so that
# nobody sees it run: what rests for longer than a knob tick takes is done.)
DONE = """() => { const app = document.querySelector('[data-testid=stApp]'), begun = performance.now(); let last = 0;
  const inside = change => (change.target.closest ? change.target : change.target.parentElement)?.closest('[data-testid=stMain]');
  const seen = new MutationObserver(changes => { if (changes.some(inside)) last = performance.now(); });
  seen.observe(app, {subtree: true, childList: true, attributes: true, characterData: true});
  window.done = new Promise(tell => { const look = () => {
    if (last && app.dataset.testScriptState === 'notRunning' && performance.now() - last > 1000) {
      seen.disconnect(); tell((last - begun) / 1000); } else requestAnimationFrame(look); }; look(); }); }"""


def text(i: int) -> str:
    """A text that no cache holds."""
    return f"{TEXT} Or so it was said on day {i}."


def quantiles(seconds: dict[str, list[float]], where: str) -> Iterator[Row]:
    """The median and the 95th percentile of what each action took."""
    for action, taken in seconds.items():
        for name, q in (("median", 0.5), ("p95", 0.95)):
            yield row(f"{action}, {where}, n = {len(taken)}", f"seconds, {name}", float(np.quantile(taken, q)))


def first_picture(browser: Browser, address: str, rounds: int = 5) -> Iterator[Row]:
    """Seconds from opening the page to a drawn figure, in a fresh browser context, the server warm, no model loaded."""
    seconds = []
    for _ in range(rounds):
        context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
        seconds.append(_opened(context.new_page(), address))
        context.close()
    yield row("first picture, first visitor (server's imports included), browser", "seconds", seconds[0])
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    again = [_opened(page, address) for _ in range(rounds + 1)][1:]
    page.close()
    yield from quantiles({"first picture, empty browser cache": seconds[1:], "first picture, opened again": again}, "browser")


def _opened(page: Page, address: str) -> float:
    begun = time.perf_counter()
    page.goto(address)
    _drawn(page)
    return time.perf_counter() - begun


def _drawn(page: Page) -> None:
    page.locator(".stPlotlyChart .main-svg").first.wait_for(timeout=120_000)


def alone(address: str, rounds: int = 10) -> Iterator[Row]:
    """What an action of a single visitor takes the server, from the request to the end of its script."""
    seconds: dict[str, list[float]] = {"first picture": [], "new sentence": [], "knob tick": [], "page switch": []}
    for _ in range(rounds):
        with visiting(address) as visitor:
            seconds["first picture"].append(visitor.run())
    for model, knob in KNOBS:
        with visiting(address, model=model, text=TEXT) as visitor:
            visitor.run()
            for i in range(rounds):
                seconds["new sentence"].append(visitor.say(text(i)))
                seconds["knob tick"].append(visitor.turn(f"{model}.{knob}", round(0.1 + 0.04 * i, 2)))
            visitor.go("tradeoff"), visitor.go("")  # loads what the page shows
            seconds["page switch"] += [visitor.go(page) for _ in range(rounds // 2) for page in ("tradeoff", "")]
    yield from quantiles(seconds, "server")


def drawn(browser: Browser, address: str, rounds: int = 10) -> Iterator[Row]:
    """The same in the browser, from the key to the last change of the page."""
    seconds: dict[str, list[float]] = {"new sentence": [], "knob tick": [], "page switch": []}
    page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    page.goto(f"{address}/?{urlencode({'model': 'sst2-joint', 'text': TEXT})}")
    _drawn(page)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)

    def take(action: str, act: Callable[[], None]) -> None:
        page.evaluate(DONE)
        act()
        seconds[action].append(page.evaluate("window.done"))

    for i in range(rounds):
        box = page.get_by_role("textbox", name="Text", exact=True)
        box.fill(text(100 + i))
        take("new sentence", lambda box=box: box.press("Control+Enter"))  # type: ignore[misc]
        knob = page.get_by_role("slider").first
        knob.focus()
        take("knob tick", lambda knob=knob: knob.press("ArrowRight"))  # type: ignore[misc]
    for name in ("Trade-off", "Sentence") * (rounds // 2):
        take("page switch", page.get_by_test_id("stTopNavLink").filter(has_text=name).click)
    page.close()
    yield from quantiles(seconds, "browser")


def memory(address: str, server: int) -> Iterator[Row]:
    """Resident memory of the server after a text went through every checkpoint."""
    models = [c.name for c in api.checkpoints() if c.runnable]
    for name in models:
        with visiting(address, model=name, text=TEXT) as visitor:
            visitor.run()
    yield row(f"memory, all {len(models)} checkpoints visited", "MB", resident(server))


def row(setting: str, measure: str, value: float) -> Row:
    """A line of the results."""
    return {"what": "app", "model": "", "batch": "", "setting": setting, "measure": measure, "value": value}


def rows() -> Iterator[Row]:
    """All of the above."""
    with serving() as address:
        server = process(address)
        yield row("memory, idle, nobody there", "MB", resident(server))
        if CHROMIUM is None:
            yield from alone(address)
        else:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                yield from first_picture(browser, address)
                yield row("memory, first page opened", "MB", resident(server))
                yield from alone(address)
                yield from drawn(browser, address)
                browser.close()
        yield from memory(address, server)
