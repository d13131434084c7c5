"""The Methods page in a real browser: from a card to the other pages, the address as the whole view, formulas drawn."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from dynviz import api
from dynviz.ui.shell.shown import FORMULA
from tests.browser.server import serving
from tests.browser.view import LONG, READY, View, view
from tests.checkpoints import SPECS, build

EVERY = {**api.registered(), **{name: card.about for name, card in api.policies().items()}}
MODELS = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-dact-a", "sst2-dact-b")
MODEL = "[data-testid=stSidebar] .st-key-model"


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = build(tmp_path_factory.mktemp("families"), [s for s in SPECS if s.name in MODELS], sentences=12)
    with serving({"DYNVIZ_CHECKPOINTS": str(folder), "DYNVIZ_MODELS": ""}) as found:
        yield found


WIDE = """[...document.querySelectorAll('.katex')].filter(k => [...k.querySelectorAll('.base')].some(part =>
    part.getBoundingClientRect().right > k.closest('[data-testid=stMarkdown]').getBoundingClientRect().right + 1
)).map(k => k.querySelector('annotation').textContent)"""


def query(page: Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def followed(seen: View, name: str, path: str, asks: dict[str, str]) -> None:
    """A click on a card's button leads to this page, whose address asks for this; who is given the address sees the same."""
    page = seen.page
    page.get_by_role("button", name=name).click()
    page.wait_for_function(
        "([path, asks]) => location.pathname === path && JSON.stringify([...new URLSearchParams(location.search)].sort()) === asks",
        arg=[path, re.sub(r", ", ",", str(sorted(map(list, asks.items()))).replace("'", '"'))], timeout=LONG,
    )  # fmt: skip
    seen.settle()
    here = shown(page)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.locator(".stPlotlyChart").first.wait_for(timeout=LONG)
    seen.settle()
    assert shown(page) == here
    assert query(page) == asks


def shown(page: Page) -> list[str]:
    """The sidebar's model and settings."""
    chosen = page.locator(f"{MODEL} input, {MODEL} [value], [data-testid=stSidebar] [role=slider]")
    return [text for e in chosen.all() if (text := e.get_attribute("aria-valuetext") or e.input_value())]


@pytest.mark.parametrize(("name", "path"), [("See it on a sentence", "/"), ("See its curve", "/tradeoff")])
@pytest.mark.parametrize(
    ("opened", "asks"),
    [
        ({"method": "entropy_exit", "view": "one", "model": "sst2-dact", "sst2-dact.value": "0.1"}, {"model": "sst2-joint"}),
        (
            {"method": "dact", "checkpoint": "sst2-dact-b", "model": "sst2-joint", "sst2-joint.entropy": "0.9"},
            {"model": "sst2-dact", "sst2-dact.value": "0.1"},
        ),
        ({"method": "dact", "checkpoint": "sst2-dact-b", "model": "sst2-dact"}, {"model": "sst2-dact", "sst2-dact.value": "0.1"}),
        ({"method": "dact", "model": "sst2-dact", "sst2-dact.value": "0.1", "full": "true"}, {"model": "sst2-dact"}),
    ],
)
def test_a_card_leads_to_its_sentence_and_curve_with_its_model_and_an_address_to_share(
    browser: Browser, families: str, opened: dict[str, str], asks: dict[str, str], name: str, path: str
) -> None:
    with view(browser, families) as seen:
        seen.open("methods", **opened)
        followed(seen, name, path, asks)
        assert seen.page.locator(".stException").count() == 0


def test_every_formula_of_every_method_is_drawn_as_written_and_fits_a_telephone(browser: Browser) -> None:
    wanted = {name: FORMULA.findall(" ".join(about.split())) for name, about in EVERY.items()}
    with serving(script="tests/browser/formulas.py") as address, view(browser, address) as seen:
        seen.page.goto(address)
        seen.page.locator(READY).wait_for(timeout=LONG)
        for name, formulas in wanted.items():
            drawn = seen.page.locator(f".st-key-method-{name} .katex annotation")
            expect(drawn).to_have_count(len(formulas), timeout=LONG)
            assert [f"${f}$" for f in drawn.all_text_contents()] == formulas
            typed = seen.page.locator(f".st-key-method-{name}").inner_text()
            assert "$" not in typed, typed
        assert seen.page.locator(".katex-error").count() == 0
        seen.page.set_viewport_size({"width": 390, "height": 1000})
        assert seen.page.evaluate(WIDE) == [], "these are cut off on a telephone: name a part of the formula and use the name"
        assert not [e for e in seen.errors if "404" not in e], "Streamlit looks for its server below the page's path first"


def test_a_name_in_the_overview_opens_the_card(browser: Browser, families: str) -> None:
    with view(browser, families) as seen:
        page = seen.page
        page.goto(f"{families}/methods?view=all")
        link = page.get_by_role("table").get_by_role("link", name="DACT-BERT", exact=True)
        with page.context.expect_page() as found:
            link.click()
        card = found.value
        expect(card.locator(".st-key-method-card h2")).to_have_text("DACT-BERT", timeout=LONG)
        assert query(card) == {"method": "dact"}


def test_the_address_holds_method_checkpoint_and_example(browser: Browser, families: str) -> None:
    with view(browser, families) as seen:
        page = seen.page
        seen.open("methods", method="dact")
        for key in ("checkpoint", "example"):
            box = page.locator(f"[class*=st-key-{key}]").get_by_role("combobox")
            before = page.url
            now = box.input_value()
            other = page.get_by_role("option").filter(has_not_text=now).first
            for _ in range(10):  # a rerun that comes late closes the menu again
                box.press("ArrowDown")
                with suppress(TooLate):
                    other.click(timeout=2_000)
                    break
            page.wait_for_function("before => location.href !== before", arg=before, timeout=LONG)
            seen.settle()
        asked = query(page)
        assert asked["checkpoint"] == "sst2-dact-b"
        assert asked["example.sst2-dact-b"].isdigit()
        alt = page.get_by_role("figure").first.get_attribute("aria-label")
        chosen = page.locator("[class*=st-key-example]").get_by_role("combobox").input_value()
        page.goto(page.url)
        seen.settle()
        page.get_by_role("figure").first.wait_for(timeout=LONG)
        assert page.locator("[class*=st-key-example]").get_by_role("combobox").input_value() == chosen
        assert page.get_by_role("figure").first.get_attribute("aria-label") == alt
        page.get_by_text("Depth per token").first.click()
        page.wait_for_function("location.search === '?method=tokee'", timeout=LONG)
