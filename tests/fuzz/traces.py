"""Traces as JSON, which any model may write: the stored ones of tiny checkpoints, changed."""

import json
from pathlib import Path
from random import Random

from dynviz.records.schema import from_json, to_json
from tests.fuzz import bar, raw, values
from tests.fuzz.kind import Kind


def ground(stock: Path, own: Path) -> list[str]:
    """Every stored trace."""
    files = sorted((stock / "ours").glob("*/golden.json"))
    pairs = [pair for file in files for pair in json.loads(file.read_text(encoding="utf-8"))["pairs"]]
    return [json.dumps(pair[part]) for pair in pairs for part in ("trace", "full")]


def make(texts: list[str], rng: Random) -> str:
    """A trace that is none, or hardly one."""
    text = rng.choice(texts)
    if rng.random() < 0.15:
        return raw.mutated(rng, text.encode()).decode("utf-8", "replace")
    return values.written(rng, values.mutated(rng, text)).decode("utf-8", "surrogatepass")


def give(text: str) -> None:
    """Read it, look at everything that follows from it, and write it again."""
    found = from_json(text)
    bar.derived(found)
    if not from_json(to_json(found)).same_as(found):
        raise bar.Wrong("written and read again it is another")


KIND = Kind(16, ground, make, give, visitors=True)
