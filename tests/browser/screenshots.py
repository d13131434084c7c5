"""Pictures of every page of the running app: `python -m tests.browser.screenshots --out DIR`.

Every view at 1400, 800 and 400 px, light and dark, as <view>-<width>-<theme>.png; what the page says is kept in the file (`png`).
With `--readme` the strip of three that the README shows, in its place: one sentence, one lesson, all curves.
"""

import argparse
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.png import annotate
from tests.browser.server import CHROMIUM, ROOT, serving

README = ("first", "lesson", "tradeoff")
SIZE, THEME = (1400, 1000), "light"

VIEWS = {
    "first": ("", {}),
    "tokee": ("", {"model": "pos-tokee", "text": "The board will table a motion that few members have read, let alone weighed."}),
    "exit": ("", {"model": "sst2-joint", "text": "The film is not without charm, but I would not sit through it twice."}),
    "ltp": ("", {"model": "sst2-ltp", "text": "The film is not without charm, but I would not sit through it twice."}),
    "cascade": ("", {"model": "sst2-cascade", "text": "The film is not without charm, but I would not sit through it twice."}),
    "dact": ("", {"model": "DACT-BERT", "text": "The film is not without charm, but I would not sit through it twice."}),
    "long": ("", {"model": "pos-tokee", "text": "She said that that board will table any motion that they back. " * 20}),
    "compare": ("compare", {"model": "sst2-joint", "text": "The film is not without charm, but I would not sit through it twice."}),
    "texts": ("compare", {"model": "pos-tokee", "compare": "texts"}),
    "tradeoff": ("tradeoff", {"model": "sst2-joint"}),
    "data": ("data", {"model": "sst2-joint"}),
    "learn": ("learn", {}),
    "lesson": ("learn", {"lesson": "2", "step": "seen"}),
    "present": ("present", {"act": "1", "step": "4"}),
    "paste": ("data", {"model": "sst2-joint", "rows": "Pasted lines"}),
    "methods": ("methods", {}),
    "overview": ("methods", {"view": "all"}),
    "zoo": ("methods", {"view": "zoo"}),
    "policy": ("methods", {"method": "ceebert"}),
    "pabee": ("methods", {"method": "pabee"}),
}


def settle(page: Page) -> None:
    """Until the script has run to its end and the pictures are drawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=90_000)
    page.wait_for_function("[...document.querySelectorAll('.stPlotlyChart')].every(c => c.querySelector('.main-svg'))")


def _whole(page: Page) -> None:
    """The browser fetches the code of some widgets late."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=90_000)
    settle(page)


def said(page: Page) -> str:
    """All words of sidebar and page, those in its pictures too."""
    found = page.evaluate("['stSidebar', 'stMain'].map(id => document.querySelector(`[data-testid=${id}]`)?.textContent).join(' ')")
    return " ".join(str(found).split())


def shoot(browser: Browser, address: str, out: Path, views: list[str], widths: list[int], themes: list[str], whole: bool = True) -> None:
    """One file for each; whole: as high as the page is, else as a window shows it."""
    for view in views:
        path, parameters = VIEWS[view]
        for width in widths:
            for theme in themes:
                page = browser.new_page(viewport={"width": width, "height": SIZE[1]}, color_scheme=theme, device_scale_factor=1)  # type: ignore[arg-type]
                page.goto(f"{address}/{path}?{urlencode(parameters)}")
                page.locator(".stPlotlyChart, .stDataFrame, .stAlert, .st-key-data-run, .stMain h1").first.wait_for(timeout=90_000)
                settle(page)
                if whole:
                    height = page.evaluate("(document.querySelector('[data-testid=stMainBlockContainer]')?.scrollHeight || 900) + 80")
                    page.set_viewport_size({"width": width, "height": min(int(height), 4000)})
                _whole(page)
                (out / f"{view}-{width}-{theme}.png").write_bytes(annotate(page.screenshot(), said(page)))
                page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", type=Path)
    where.add_argument("--readme", dest="out", action="store_const", const=ROOT / ".github")
    parser.add_argument("--views", nargs="*", default=list(VIEWS), choices=list(VIEWS))
    parser.add_argument("--widths", nargs="*", type=int, default=[1400, 800, 400])
    parser.add_argument("--themes", nargs="*", default=["light", "dark"], choices=["light", "dark"])
    given = parser.parse_args()
    strip = given.out == ROOT / ".github"
    if strip:
        given.views, given.widths, given.themes = list(README), [SIZE[0]], [THEME]
    given.out.mkdir(parents=True, exist_ok=True)
    if CHROMIUM is None:
        raise SystemExit("No Chromium is found. Install it: apt-get install chromium")
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shoot(browser, address, given.out, given.views, given.widths, given.themes, not strip)
        browser.close()


if __name__ == "__main__":
    main()
