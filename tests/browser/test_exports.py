"""Files that leave the app: pictures as SVG, PNG, PDF and CSV from the visitor's browser, and the frozen card without any server."""

import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dynviz import api
from dynviz.figures.columns import columns
from tests.browser.view import LONG, View, view

TEXT = "The cast is wonderful, but the plot is dull."
HOSTILE = '<script>alert(1)</script> "q" & ]]> (x) \\ café мир 😀'
SVG = "{http://www.w3.org/2000/svg}"
PANELS = """() => [...document.querySelectorAll('[class*=st-key-panel-]')].filter(e => e.offsetParent)
    .map(e => /st-key-panel-(\\S+)/.exec(e.className)[1])"""  # those in sight: not in a tab that is closed


def opened(seen: View, name: str) -> Locator:
    """The export of a picture, opened with the keyboard."""
    button = seen.page.locator(f".st-key-export-{name}").get_by_role("button", name="Export").first
    button.focus()
    seen.page.keyboard.press("Enter")
    files = seen.page.get_by_role("group", name=re.compile("Save the picture"))
    files.wait_for(timeout=LONG)
    seen.settle()
    return files


def saved(page: Page, files: Locator, kind: str) -> bytes:
    with page.expect_download() as found:
        files.get_by_role("button", name=kind, exact=True).press("Enter")
    assert found.value.suggested_filename.endswith(f".{kind.lower()}")
    return Path(found.value.path()).read_bytes()


def texts(svg: bytes) -> list[str]:
    return ["".join(e.itertext()) for e in ET.fromstring(svg).iter(f"{SVG}text")]


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height; every chunk's checksum must hold."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, kinds = 8, []
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(data[at + 4 : at + 8 + size])
        kinds.append(data[at + 4 : at + 8])
        at += 12 + size
    assert kinds[-1] == b"IEND"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def pdf_text(data: bytes) -> str:
    """What is written on the only page. Every object must lie where the table of the file says."""
    assert data.startswith(b"%PDF-1.4")
    assert data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page ") == 1
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    rows = re.findall(rb"(\d{10}) 00000 n", data[start:])
    for i, row in enumerate(rows, start=1):
        assert data[int(row) :].startswith(f"{i} 0 obj".encode())
    written = [bytes.fromhex(t.decode()).decode("cp1252") for t in re.findall(rb"<([0-9a-f]*)> Tj", data)]
    drawn = [bytes.fromhex(t.decode()).decode("utf-16") for t in re.findall(rb"/ActualText <([0-9a-f]*)>", data)]
    return " ".join(written + drawn)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_saved_as_svg_png_pdf_and_csv_by_keyboard_alone(browser: Browser, address: str, theme: str) -> None:
    with view(browser, address, theme=theme) as seen:
        seen.open(model="pos-tokee", text=TEXT)
        box = seen.page.locator(".st-key-panel-staircase .main-svg").first.bounding_box()
        assert box is not None
        files = opened(seen, "staircase")
        svg, png, pdf, table = (saved(seen.page, files, kind) for kind in ("SVG", "PNG", "PDF", "CSV"))
        alt = seen.page.get_by_role("figure").first.get_attribute("aria-label")
        root = ET.fromstring(svg)
        assert {"The", "wonderful", "depth", "layer 1"} <= set(texts(svg))
        assert (root.findtext(f"{SVG}title") or "x") in (alt or "")
        assert "checkpoint" in (root.findtext(f"{SVG}desc") or "")
        width, height = png_size(png)
        assert width == round(box["width"]) * 2
        assert height > box["height"] * 2 + 100, "title, key and source stand on it"
        shown = " ".join(texts(svg))
        for part in (alt or "").split(". ")[0], "Cell: ", "Model pos-tokee", "delta = ", "Made with":
            assert all(word in shown for word in part.split()), part
        assert {"The", "wonderful", "depth", "layer"} <= set(pdf_text(pdf).split())
        rows = list(csv.DictReader(io.StringIO(table.decode())))
        assert [r["word"] for r in rows][1:4] == ["The", "cast", "is"]
        assert not seen.errors


def test_every_picture_of_a_page_can_be_saved(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        for path, parameters in (
            ("", {"model": "sst2-ltp", "text": TEXT, "see.why": "true", "see.kept": "true", "see.pair": "true"}),
            ("tradeoff", {"model": "sst2-joint"}),
            ("tradeoff", {"model": "sst2-joint", "section": "batch"}),
            ("compare", {"model": "sst2-joint"}),
        ):
            seen.open(path, **parameters)
            names = seen.page.evaluate(PANELS)
            assert names
            for name in names:
                files = opened(seen, name)
                shown = {t for t in texts(saved(seen.page, files, "SVG")) if t.strip()}
                told = pdf_text(saved(seen.page, files, "PDF")).split()
                missing = {w for t in shown for w in t.split()} - set(told)
                assert shown, name
                assert len(missing) < 0.2 * len(shown) + 2, (name, missing)  # words of two scripts are parted
                seen.page.keyboard.press("Escape")
                seen.settle()
        assert not [e for e in seen.errors if "404" not in e], "Streamlit looks for its server below the page's path first"


def test_hostile_text_stays_text_in_every_file(browser: Browser, address: str) -> None:
    with view(browser, address) as seen:
        seen.open(model="pos-tokee", text=HOSTILE)
        files = opened(seen, "staircase")
        svg, pdf = (saved(seen.page, files, kind) for kind in ("SVG", "PDF"))
        root = ET.fromstring(svg)
        assert not [e.tag for e in root.iter() if e.tag.rsplit("}", 1)[-1] in ("script", "foreignObject", "image", "a")]
        assert "".join(HOSTILE.split()) in "".join("".join(texts(svg)).split()).replace("[CLS]", "")
        assert {"script", "alert", "caf\u00e9", "мир", "😀", '"'} <= set(pdf_text(pdf).split())
        assert "".join(HOSTILE.split()) in "".join((root.findtext(f"{SVG}desc") or "").split())
        assert not seen.errors


def test_the_frozen_card_works_from_disk_without_a_network(
    browser: Browser, address: str, checkpoints: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    text, file = f"{TEXT} {HOSTILE}", tmp_path / "card.html"
    with view(browser, address) as seen:
        seen.open(model="pos-tokee", text=text)
        seen.page.get_by_role("button", name="Save card").wait_for()
        with seen.page.expect_download(timeout=LONG) as found:
            seen.page.get_by_role("button", name="Save card").click()
        found.value.save_as(file)
        assert not seen.errors
    model = api.load("pos-tokee")
    context = browser.new_context(offline=True, viewport={"width": 800, "height": 900}, color_scheme="dark", reduced_motion="reduce")
    page, troubles = context.new_page(), []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url) if not request.url.startswith("file:") else None)
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == text
    knob = page.get_by_role("slider", name=re.compile("uncertainty"))
    knob.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "PageUp", "End"):
        knob.press(key)
        trace = api.trace(model, text, delta=float(page.locator("#value").inner_text()))
        depths = [int(d) for d in page.locator("td.depth").all_inner_texts()]
        assert depths == [int(max(trace.depth[list(c.pieces)])) for c in columns(trace)]
        expect(page.locator("[data-metric=share]")).to_have_text(f"{trace.share * 100:.0f} %")
        words = page.locator("tfoot th[scope=col]").all_inner_texts()
        assert words == [" ".join(c.label.split()) for c in columns(trace)]
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)"
    assert page.locator("main script, main img").count() == 0
    assert not troubles
    context.close()
