"""Texts as visitors type them: any characters Unicode has, in any order and number, and lists of words; through tiny models."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from dynviz.data import lines_table
from dynviz.records.schema import from_json, to_json
from tests.fuzz import bar
from tests.fuzz.kind import Kind

PARTS = (
    "film", "not", "good", "don't", "U.S.A.", "1,000.50", "...", "--", " ", "  ", "\n", "\t", "\0", "\x1b[0m", "\u200b", "\u200d",
    "\u00a0", "\ufeff", "e\u0301", "\u0301", "\U0001f469\u200d\U0001f4bb", "\U0001f3fd", "\u202e", "[CLS]", "[SEP]",
    "[MASK]", "[UNK]", "<s>", "##a", "好", "ไทย", "العربية", "ﬁ", "İ", "ß", "\u1e9e", "\ufdfa", "\U0010ffff", "\ufffe",
    "=1+1", "<script>", "$x$", "`", "|", "\\", "a" * 300,
)  # fmt: skip
BLOCKS = ((0, 0x20), (0x20, 0x7F), (0x80, 0x600), (0x600, 0x3000), (0x3000, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000))
HALVES = 0.003  # share of halves of surrogate pairs, with which a text is refused as a whole


@dataclass(frozen=True)
class Typed:
    """A text for a model, at some settings."""

    model: Any
    text: str | list[str]
    place: float


def ground(stock: Path, own: Path) -> list[Any]:
    """Models of ours and of others."""
    ours = [api.load(folder) for folder in sorted((stock / "ours").iterdir()) if (folder / "config.json").exists()]
    return [*ours, *(api.load(folder) for folder in sorted((stock / "foreign").iterdir()))]


def written(rng: Random) -> str:
    """A text; long now and then."""
    if rng.random() < 0.02:
        return rng.choice(PARTS) * rng.choice((5_000, 50_000, 300_000))
    parts = [rng.choice(PARTS) if rng.random() < 0.6 else character(rng) for _ in range(rng.choice((0, 1, 3, 12, 60)))]
    return rng.choice(("", " ")).join(parts)


def character(rng: Random) -> str:
    """Any, each block alike."""
    return chr(rng.randrange(*(0xD800, 0xE000) if rng.random() < HALVES else rng.choice(BLOCKS)))


def make(models: list[Any], rng: Random) -> Typed:
    """A text, or a list of words."""
    words = rng.random() < 0.15
    text = [written(rng)[:100] for _ in range(rng.choice((0, 1, 4)))] if words else written(rng)
    return Typed(rng.choice(models), text, rng.random())


def give(typed: Typed) -> None:
    """At full depth, at some setting, as a record and back, and among pasted lines."""
    found = api.analyse(typed.model, typed.text)
    knobs = {k.name: k.low + typed.place * (k.high - k.low) for k in type(typed.model.method).knobs}
    for trace in (found.full, found.at(knobs)):
        bar.sound(trace)
        if not all(0 <= a <= b <= len(trace.text) for a, b in trace.offsets):
            raise bar.Wrong("a piece lies outside the text")
    if not from_json(to_json(trace)).same_as(trace):
        raise bar.Wrong("written and read again it is another")
    if isinstance(typed.text, str):
        lines_table(typed.text)


KIND = Kind(9, ground, make, give, visitors=True)
