"""Pictures of twelve and of twenty-four layers, as a browser draws them on a telephone: the texts it sets do not overlap."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from plotly.offline import get_plotlyjs

from dynviz.figures.room import PHONE
from dynviz.ui.parts.picking import LEGIBLE
from tests.figures.layered import pictures

DENSEST = {"staircase, long": LEGIBLE, "foresight": PHONE, "rule, stages": PHONE}  # name -> px its words need
DRAW = """([figure, wide]) => { document.body.innerHTML = `<div id="p" style="width: ${wide}px"></div>`;
    return Plotly.newPlot('p', figure.data, figure.layout, {displayModeBar: false}).then(() => 0); }"""
OVERLAPS = """() => {
    const level = [...document.querySelectorAll('#p .xtick text, #p .ytick text, #p .textpoint text, #p .bartext')]
        .filter(t => t.textContent.trim() && Math.abs(t.getCTM().b) < 0.1).map(t => [t.textContent, t.getBoundingClientRect()]);
    const frame = document.querySelector('#p').getBoundingClientRect();
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.2 * Math.min(a.height, b.height);
    return [level.length, level.flatMap(([text, box], i) => [
        ...(box.left < frame.left - 1 || box.right > frame.right + 1 ? [text + ' is cut off'] : []),
        ...level.slice(i + 1).filter(([_, other]) => meet(box, other)).map(([other]) => text + ' | ' + other)])]; }"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.set_content("<body style='margin: 0'></body>")
    page.add_script_tag(content=get_plotlyjs())
    yield page
    page.close()


@pytest.mark.parametrize("layers", [12, 24])
def test_texts_do_not_overlap_on_a_telephone(page: Page, layers: int) -> None:
    for name, words in DENSEST.items():
        figure = json.loads(pictures(layers)[name]().to_json())
        page.evaluate(DRAW, [figure, max(words, figure["layout"]["meta"]["least"])])
        texts, overlaps = page.evaluate(OVERLAPS)
        assert texts >= layers // 2, name
        assert not overlaps, name
