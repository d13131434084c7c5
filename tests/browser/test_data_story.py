"""An inspector's story, from beginning to end: a file, a run, the sentences where stopping early hurts, a dropped word kept, a picture."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dynviz.data import bundled
from tests.browser.data import HOSTILE, choose, form, headline, run, wrong
from tests.browser.server import serving
from tests.browser.test_exports import SVG, opened, pdf_text, png_size, saved
from tests.browser.view import LONG, view
from tests.checkpoints import SPECS, build


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: built beside no other than the plain one, the model that drops tokens errs where it does."""
    found = build(tmp_path_factory.mktemp("story"), [s for s in SPECS if s.name in ("sst2-plain", "sst2-ltp")])
    with serving({"DYNVIZ_CHECKPOINTS": str(found), "DYNVIZ_MODELS": ""}) as there:
        yield there


def reviews(file: Path) -> Path:
    """A file as people have them: other columns, labels of its own, a row that is broken."""
    data = bundled("sst2")
    with file.open("w", newline="", encoding="utf-8") as out:
        write = csv.writer(out)
        write.writerow(["shop", "stars", "review"])
        for text, label in zip(data.texts, data.labels or (), strict=True):
            write.writerow(["north", {"positive": "pos", "negative": "neg"}[label], text])
        write.writerow(["north", "pos", HOSTILE])
        write.writerow(["one cell too many", "pos", "a", "b"])
        write.writerow(["north", "unclear", "It is a film."])
    return file


def test_from_a_file_to_a_picture_of_the_word_that_should_have_stayed(browser: Browser, address: str, tmp_path: Path) -> None:
    with view(browser, address) as seen:
        page = form(seen, model="sst2-ltp", rows="A+file")
        page.set_input_files("input[type=file]", str(reviews(tmp_path / "reviews.csv")))
        expect(page.get_by_role("combobox", name="Text", exact=True)).to_have_value("review", timeout=LONG)
        choose(page, "Right answer", "stars")
        expect(page.get_by_role("combobox", name="pos (")).to_have_value("positive", timeout=LONG)
        expect(page.get_by_role("combobox", name="neg (")).to_have_value("negative")
        expect(page.get_by_role("combobox", name="unclear (")).to_have_value("leave these rows out")
        page.get_by_text("152 rows, with right answers").wait_for(timeout=LONG)
        page.get_by_text("2 rows left out").first.wait_for()
        seen.settle()
        run(seen)
        assert headline(page).startswith("152 rows: ")

        files = opened(seen, "data-difficulty")
        drawing = ET.fromstring(saved(page, files, "SVG"))
        said = drawing.findtext(f"{SVG}desc") or ""
        assert re.search(r"n = 152\b", said)
        assert re.search(r"Model sst2-ltp: checkpoint [0-9a-f]{12}", said)
        assert "thresholds times (scale) = 1" in said
        table = list(csv.DictReader(io.StringIO(saved(page, files, "CSV").decode())))
        assert sum(int(row["texts"]) for row in table) == 152
        page.keyboard.press("Escape")
        seen.settle()

        page.get_by_role("radio", name="Disagreements").click()
        page.get_by_text("where stopping early hurts").wait_for(timeout=LONG)
        seen.settle()
        hurt = page.get_by_role("combobox", name="Row to open").input_value().split(": ", 1)[1]
        page.locator(".st-key-data-go button").click()
        seen.until("of full compute")
        expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value(re.compile(re.escape(hurt.rstrip("…"))), timeout=LONG)
        page.wait_for_function("location.search.includes('text=')", timeout=LONG)
        with view(browser, address) as other:
            other.page.goto(page.url)
            other.until(seen.verdict)  # the address of an opened row is enough
            assert not wrong(other)

        page.locator(".st-key-see-force summary").click()
        choose(page, "Keep words that were dropped", 0, many=True)
        page.keyboard.press("Escape")
        expect(page.locator(".st-key-panel-forced h3").first).to_contain_text("changed depth", timeout=LONG)
        seen.settle()
        files = opened(seen, "forced")
        png, pdf, svg, rows = (saved(page, files, kind) for kind in ("PNG", "PDF", "SVG", "CSV"))
        assert min(png_size(png)) > 200
        assert pdf_text(pdf)
        told = ET.fromstring(svg).findtext(f"{SVG}desc") or ""
        assert hurt.rstrip("….") in told
        assert re.search(r"Model sst2-ltp: checkpoint [0-9a-f]{12}", told)
        assert "thresholds times (scale) = 1" in told
        assert len(list(csv.DictReader(io.StringIO(rows.decode())))) >= len(hurt.split())
        assert not wrong(seen)
