"""The viewer without Python, opened as a file: it shows what a trace holds, says what the validator says, and asks nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from dynviz import api
from dynviz.cli import main
from dynviz.records import Trace
from dynviz.records.faults import fault
from dynviz.records.schema import to_json
from tests.fuzz import values
from tests.records.test_faults import SOUND, swept, words
from tests.records.test_records import merging, trace

# A model of each sort: exits, tokens dropped and returned, frozen, merged, a whole layer skipped, two stages, answers of words.
MODELS = ("sst2-deebert", "sst2-ltp", "sst2-transkimmer", "sst2-tr-bert", "sst2-tome", "sst2-smartbert", "sst2-cascade", "pos-tokee")
COUNTS = """text => {
    const wrong = look(text), states = {};
    for (const cell of document.querySelectorAll("[data-state]")) states[cell.dataset.state] = (states[cell.dataset.state] ?? 0) + 1;
    const depth = [...document.querySelectorAll("#grid .depth")].map((cell) => Number(cell.textContent));
    const sides = [...document.querySelectorAll("#grid tbody .side")].map((cell) => cell.textContent).filter(Boolean);
    return {wrong, states, depth, sides, share: facts(JSON.parse(text)).share};
}"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("viewer") / "viewer.html"
    assert main(["viewer", "--out", str(found)]) == 0
    return found


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Every address that the page asked for, and every word of its console."""
    return []


@pytest.fixture(scope="module")
def seen(browser: Browser, file: Path, asked: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: asked.append(said.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(file.as_uri())
    yield page
    context.close()


def golden() -> Iterator[tuple[str, Trace]]:
    """Stored traces; and some by hand, with what these lack: tokens that skip a layer, come back, or are dropped by hand."""
    for name in MODELS:
        for pair in api.stored_pairs(api.find(name)):
            yield name, pair.trace
    knobs = {"dropped token 1": 3.0}
    for made in (trace("xxx x.x xxx"), trace("xxx x.x xxx xx."), trace("xxx x.x xxx x.x", knobs=knobs), words(), merging()):
        yield "by hand", made


def counts(one: Trace) -> dict[str, int]:
    """How many cells are in each state, as the record has it."""
    layer = np.arange(1, len(one.layers) + 1)[:, None]
    left = np.where(one.merged_at > 0, one.merged_at, one.dropped_at)
    there = ~one.transformed & ((left == 0) | (layer < left))
    frozen = there & one.frozen
    skipped = there & ~frozen & one.skipped & (layer <= one.exit_layer)
    return {
        "done": int(one.transformed.sum()), "dropped": int((one.dropped_at > 0).sum()), "merged": int((one.merged_at > 0).sum()),
        "frozen": int(frozen.sum()), "skipped": int(skipped.sum()),
    }  # fmt: skip


def test_cells_are_those_of_the_trace(seen: Page) -> None:
    total = dict.fromkeys(("done", "dropped", "merged", "frozen", "skipped"), 0)
    for name, one in golden():
        found, wanted = seen.evaluate(COUNTS, to_json(one)), counts(one)
        assert found["wrong"] == "", name
        assert {state: found["states"].get(state, 0) for state in total} == wanted, name
        assert sum(found["states"].values()) == one.transformed.size
        assert found["depth"] == one.depth.tolist()
        assert found["share"] == pytest.approx(one.share, rel=1e-9)
        for state, n in wanted.items():
            total[state] += n
    assert min(total.values()) > 0, f"no trace shows one of {total}"


def test_layers_say_what_they_would_answer(seen: Page) -> None:
    one = next(t for name, t in golden() if name == "sst2-deebert")
    sides = seen.evaluate(COUNTS, to_json(one))["sides"]
    read = [p for p in one.probs[1 : one.exit_layer + 1, 0] if not np.isnan(p).any()]
    assert sides[::-1] == [f"{one.labels[int(p.argmax())]} {int(np.floor(100 * p.max() + 0.5))} %" for p in read]


def whole(value: Any) -> Any:
    """Numbers without a fraction as whole ones: JavaScript has one sort of number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(v) for v in value]
    return {k: whole(v) for k, v in value.items()} if isinstance(value, dict) else value


def test_it_says_the_sentences_of_the_validator(seen: Page) -> None:
    rng, cases = Random(7), list[str]()
    texts = [*SOUND.values(), json.dumps(swept())]
    while len(cases) < 800:
        raw = values.mutated(rng, texts[len(cases) % len(texts)])
        try:
            cases.append(json.dumps(whole(json.loads(json.dumps(raw, allow_nan=False)))))
        except ValueError:
            continue  # no JSON
    said = seen.evaluate("texts => texts.map((text) => fault(JSON.parse(text)))", cases)
    wanted = [fault(json.loads(case)) for case in cases]
    assert [(w, s, c[:200]) for w, s, c in zip(wanted, said, cases, strict=True) if w != s] == []
    assert min(sum(w is None for w in wanted), len(set(wanted))) > 50


def test_a_file_is_chosen_or_dropped_and_what_is_wrong_is_said(seen: Page, tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text(SOUND["merging"], encoding="utf-8")
    seen.get_by_label("Open a file").set_input_files(tmp_path / "trace.json")
    seen.locator("#grid").wait_for()
    assert "trace.json" in seen.locator("#name").inner_text()
    dropped = """text => {
        const data = new DataTransfer();
        data.items.add(new File([text], "dropped.json"));
        window.dispatchEvent(new DragEvent("drop", {dataTransfer: data}));
    }"""
    seen.evaluate(dropped, json.dumps({**json.loads(SOUND["merging"]), "special": [1]}))
    seen.locator("#wrong").wait_for()
    assert seen.locator("#wrong").inner_text() == "Special has 1 entry, and there are 5 tokens."
    assert not seen.locator("#grid").is_visible(), "what was shown before is gone"


def test_words_of_a_file_are_text(seen: Page) -> None:
    raw = json.loads(SOUND["sentence"])
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    raw |= {"text": evil, "model": evil, "note": evil, "labels": [evil, "b"], "tokens": [evil, "\u202eb", "c"]}
    raw["knobs"], raw["readings"] = {evil: 1, "__proto__": 2}, {}
    before = seen.locator("img, script, iframe").count()
    assert seen.evaluate("text => look(text)", json.dumps(raw)) == ""
    assert seen.locator("#title").inner_text().startswith("<img")
    assert (seen.locator("img, script, iframe").count(), seen.title()) == (before, "DynViz viewer")


def test_a_huge_trace_is_shown_in_bounded_parts(seen: Page) -> None:
    layers, tokens = 64, 4096
    row, raw = [1] * tokens, json.loads(SOUND["sentence"])
    raw |= {name: [row] * layers for name in ("attending", "visible", "transformed")}
    raw |= {
        "tokens": ["x" * 500] * tokens,
        "word": [-1] * tokens,
        "special": row,
        "offsets": [[0, 0]] * tokens,
        "layers": raw["layers"][:1] * layers,
    }
    raw |= {"probs": [[[None, None]]] * (layers + 1), "extra_flops": [0] * (layers + 1), "readings": {}}
    assert seen.evaluate("text => look(text)", json.dumps(raw)) == ""
    assert seen.locator("[data-state]").count() == 200 * layers
    assert seen.locator("#shown").inner_text() == "tokens 1 to 200 of 4096"
    seen.get_by_role("button", name="Later tokens").click()
    assert seen.locator("#shown").inner_text() == "tokens 201 to 400 of 4096"
    assert max(map(len, seen.locator("#grid tfoot th").all_inner_texts()[:5])) <= 16


@pytest.mark.parametrize(
    ("text", "said"), [("{", "The file is not JSON"), ("[" * 100_000 + "]" * 100_000, "The file holds a list"), ("1e999", "The file holds")]
)
def test_what_is_no_trace_is_one_sentence(seen: Page, text: str, said: str) -> None:
    assert seen.evaluate("text => look(text)", text).startswith(said)


def test_a_file_of_more_than_fifty_megabytes_is_not_read(seen: Page, tmp_path: Path) -> None:
    with open(tmp_path / "big.json", "wb") as big:
        big.truncate(50_000_001)
    seen.get_by_label("Open a file").set_input_files(tmp_path / "big.json")
    seen.get_by_text("The file is larger than 50 MB").wait_for()


def test_arrow_keys_go_from_cell_to_cell(seen: Page) -> None:
    one = next(t for name, t in golden() if name == "sst2-deebert")
    seen.evaluate("text => look(text)", to_json(one))
    seen.locator("[data-state][tabindex='0']").focus()
    top = seen.locator("#detail").inner_text()
    assert top.startswith(f"layer {len(one.layers)}, {one.tokens[0]}: ")
    for _ in range(len(one.layers)):
        seen.keyboard.press("ArrowDown")
    seen.keyboard.press("ArrowRight")
    assert seen.locator("#detail").inner_text() == f"layer 1, {one.tokens[1]}: computed"
    assert seen.locator("[data-state][tabindex='0']").count() == 1


def test_a_sweep_is_a_curve_with_a_slider(seen: Page) -> None:
    raw = swept()
    assert seen.evaluate("text => look(text)", json.dumps(raw)) == ""
    assert seen.locator("#curve circle.point").count() == seen.locator("#points tbody tr").count() == len(raw["points"])
    slider = seen.get_by_label("Setting", exact=True)
    slider.focus()
    slider.press("End")
    last = raw["points"][-1]
    shown = dict(zip(*(seen.locator(f"#metrics {tag}").all_inner_texts() for tag in ("dt", "dd")), strict=True))
    assert shown["Accuracy"] == f"{100 * last['accuracy']:.1f}\N{NO-BREAK SPACE}%"
    assert shown["Compute, of the plain model's"] == f"{100 * last['share']:.1f}\N{NO-BREAK SPACE}%"
    assert "here" in (seen.locator("#points tbody tr").last.get_attribute("class") or "")


def test_it_fits_a_telephone(seen: Page) -> None:
    seen.set_viewport_size({"width": 400, "height": 800})
    for text in (SOUND["words"], json.dumps(swept()), *(to_json(t) for _, t in golden())):
        assert seen.evaluate("text => look(text)", text) == ""
        assert seen.evaluate("document.documentElement.scrollWidth") <= 400
    seen.set_viewport_size({"width": 1400, "height": 900})


def test_it_is_one_small_file_that_may_ask_nobody(seen: Page, file: Path, asked: list[str]) -> None:
    content = file.read_text(encoding="utf-8")
    assert len(content.encode()) < 150_000
    assert "default-src 'none'" in content
    assert {url for url in content.split('"') if "://" in url} == {"http://www.w3.org/2000/svg"}
    assert asked == [file.as_uri()], "after all of the above: nothing was asked for, and nothing failed"
    seen.evaluate("fetch('http://elsewhere.example/').catch(() => 0)")
    assert any("Content Security Policy" in word for word in asked[1:])
    assert "http://elsewhere.example/" not in asked
