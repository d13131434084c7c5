"""Three questions of a course, each answered by three clicks from the first screen; and what is read there is true of the model.

The numbers it is held against come from the package and the stored operating points, not from the code of a page.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

import dynviz
from dynviz import api
from dynviz.records import Trace
from tests.browser.server import serving
from tests.browser.view import LONG, View, view

EASY, HARD = "The sky is blue.", "The philosophical underpinnings of existentialism challenge traditional notions of predetermined essence."
CLICKS, BUDGET = 3, 0.4


@dataclass
class Visitor:
    """Somebody who has the first screen before them, and may click so often."""

    seen: View
    left: int = CLICKS

    def click(self, what: Locator) -> None:
        assert self.left, "too many clicks"
        self.left -= 1
        what.click(timeout=LONG)

    def page(self, name: str) -> None:
        self.click(self.seen.page.get_by_role("link", name=name, exact=True).first)

    def lesson(self, number: int) -> str:
        """Everything that stands on a lesson once it shows its picture."""
        self.page("Learn")
        self.click(self.seen.page.locator(f".st-key-lesson-{number} button:visible"))
        self.click(self.seen.page.locator(".st-key-show-me button:visible"))
        self.seen.page.locator(".st-key-check button").first.wait_for(timeout=LONG)
        return self.seen.settle().page.get_by_test_id("stMain").inner_text()


@pytest.fixture(scope="module")
def shipped() -> Iterator[str]:
    with serving() as found:
        yield found


@contextmanager
def arrived(browser: Browser, address: str) -> Iterator[Visitor]:
    with view(browser, address) as seen:
        yield Visitor(seen.open())


def found(pattern: str, said: str) -> tuple[str, ...]:
    match = re.search(pattern, said)
    assert match, f"{pattern!r} is not in:\n{said}"
    return match.groups()


def traced(title: str, *texts: str) -> list[Trace]:
    """What the tagger of this title, with its layers, does to texts."""
    there = [c for c in api.checkpoints() if c.config.task == "pos"]
    (model,) = (c for c in there if title in (c.config.title, f"{c.config.title}, {c.layers} layers") and f"{c.layers} layers" in title)
    loaded = dynviz.load(model)
    return [dynviz.trace(loaded, text) for text in texts]


def depth(trace: Trace, word: str) -> int:
    """Of the first place at which a word stands."""
    start = trace.text.index(word)
    return max(int(d) for d, (a, b) in zip(trace.depth, trace.offsets, strict=True) if start <= a < b <= start + len(word))


def test_what_an_easy_and_a_hard_sentence_cost(browser: Browser, shipped: str) -> None:
    with arrived(browser, shipped) as visitor:
        said = visitor.lesson(2)
    adaptive, plain = found(r"cost ([\d.]+) times as much as the first; in the plain model, ([\d.]+) times", said)
    (title,) = found(r"Shown with (.+), run by this app", said)
    easy, hard = traced(title, EASY, HARD)
    assert float(adaptive) == pytest.approx(hard.flops / easy.flops, abs=0.06)
    assert float(plain) == pytest.approx(hard.plain_flops / easy.plain_flops, abs=0.06)
    for trace in (easy, hard):
        assert f"{trace.plain_flops / 1e6:,.0f} million steps" in said
        assert f"{trace.flops / 1e6:,.0f} million steps · {trace.share * 100:.0f} % of plain" in said


def test_how_deep_the_and_intricate_are(browser: Browser, shipped: str) -> None:
    with arrived(browser, shipped) as visitor:
        said = visitor.lesson(3)
    the, intricate = found(r"The large picture, .+: The took (\d+) layers? and intricate (\d+) layers?", said)
    (title,) = found(r"Shown with (.+), run by this app", said)
    (trace,) = traced(title, "The intricate legal arguments presented by the defense were compelling.")
    assert (int(the), int(intricate)) == (depth(trace, "The"), depth(trace, "intricate"))
    assert int(the) < int(intricate)


def test_which_model_for_two_fifths_of_the_compute(browser: Browser, shipped: str) -> None:
    with arrived(browser, shipped) as visitor:
        visitor.page("Trade-off")
        visitor.click(visitor.seen.page.get_by_text("Sentiment", exact=True).first)
        answer = visitor.seen.page.get_by_text(re.compile(r"At most 40\s% of compute: .* right at"))
        expect(answer.first).to_be_visible(timeout=LONG)
        expect(answer.first).to_contain_text(_best("sst2"), timeout=LONG)


def _best(task: str) -> str:
    """The model and setting most accurate on the calibration split within the budget, the cheaper of two, of those on the backbone that the
    task opens with; what it does on the evaluation split."""
    best: tuple[float, float] = (0, 0)
    said = ""
    for model in next(iter(api.by_backbone(c for c in api.checkpoints() if c.config.task == task).values())):
        choosing = api.stored_sweep(model, "calibration") if model.offered else None
        if choosing is None:
            continue
        point = choosing.choose(BUDGET)
        if choosing.share[point] <= BUDGET and (choosing.accuracy[point], -choosing.share[point]) > best:
            best = float(choosing.accuracy[point]), -float(choosing.share[point])
            said = f"{_name(model)} is chosen, {_reported(model, choosing.knobs[point])}"
    return said


def _reported(model: api.Checkpoint, knobs: Mapping[str, float]) -> str:
    reported = api.stored_sweep(model, "report")
    assert reported is not None
    here = reported.find(knobs)
    assert here is not None
    return f"{reported.accuracy[here] * 100:.1f} % right at {reported.share[here] * 100:.0f} %"


def _name(model: api.Checkpoint) -> str:
    family = model.config.family
    return family.name if family else model.config.title
