"""Golden traces: what a checkpoint did to a few bundled sentences when it was made. Shown before any model is loaded, and proof
that a checkpoint still does what it did: `tests` run them again.

`golden.json` is {"schema": "dynviz.golden/1", "card": ..., "pairs": [{"trace": ..., "full": ..., "compared": [...]}, ...]}, traces in
the form of `records.schema`: one at the checkpoint's own knobs, one at full depth; `compared` is what the rule held against what in
the first. The card is the method's, so that a screen can offer its knobs before torch is imported.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dynviz.checkpoint.config import read_config
from dynviz.errors import InputError
from dynviz.records.card import Card, card_of, comparison_of
from dynviz.records.files import exists, read_json, why_not
from dynviz.records.pair import Pair
from dynviz.records.schema import from_plain, to_json

SCHEMA = "dynviz.golden/1"
T = TypeVar("T")
CHOSEN = {"pos": ("p001", "p032", "p026", "p016"), "sst2": ("s001", "s030", "s060"), "imdb": ("s001", "s030", "s060")}
CHOSEN |= {"custom": CHOSEN["sst2"], "custom-tags": CHOSEN["pos"]}


def write(pairs: list[Pair], folder: Path) -> None:
    """Store golden traces, and the card of the method, in a checkpoint folder."""
    from dynviz.methods import card

    about = card(read_config(folder).method).plain()
    raw = [
        {"trace": json.loads(to_json(p.trace)), "full": json.loads(to_json(p.full)), "compared": [c.plain() for c in p.compared]}
        for p in pairs
    ]
    text = json.dumps({"schema": SCHEMA, "card": about, "pairs": raw}, ensure_ascii=False)
    (folder / "golden.json").write_text(text + "\n", encoding="utf-8")


def refresh(folder: Path) -> bool:
    """Write the method's card anew, as its file has it now; the stored traces stay, byte by byte. Returns whether the file changed."""
    from dynviz.methods import card

    file = folder / "golden.json"
    raw = _reading(folder, lambda raw: {**raw, "pairs": list(raw["pairs"])})
    if raw is None:
        return False
    about, pairs = card(read_config(folder).method).plain(), json.dumps(raw["pairs"], ensure_ascii=False)
    old = file.read_text(encoding="utf-8")
    if pairs not in old:
        raise InputError(f"{file} would not stay as it is", "its numbers are written in another way", "Make the golden traces again")
    new = json.dumps({**raw, "card": about}, ensure_ascii=False) + "\n"
    if new != old:
        file.write_text(new, encoding="utf-8")
    return new != old


def read(folder: Path) -> list[Pair]:
    """The golden traces of a checkpoint folder; none where there is no file. Needs no torch."""
    return _reading(folder, lambda raw: [_pair(p) for p in raw["pairs"]]) or []


def _pair(raw: Any) -> Pair:
    trace, full = (from_plain(raw[k]) for k in ("trace", "full"))
    pair = Pair(trace, full, tuple(comparison_of(c) for c in raw.get("compared", ())))
    if (trace.text, trace.labels, len(trace.layers)) != (full.text, full.labels, len(full.layers)):
        raise ValueError("a pair is not of one text under one model")
    if any(c.values.shape not in ((len(trace.layers) + 1,), (len(trace.layers) + 1, len(trace.tokens))) for c in pair.compared):
        raise ValueError("what was compared has another shape than its trace")
    return pair


def read_card(folder: Path) -> Card | None:
    """The method's card as it was when the golden traces were made; None where there is none, or one from before cards named the kind.
    Needs no torch."""
    return _reading(folder, lambda raw: card_of(raw["card"]) if "kind" in raw.get("card", ()) else None)


def _reading(folder: Path, take: Callable[[Any], T]) -> T | None:
    file = folder / "golden.json"
    if not exists(file):
        return None
    raw = read_json(file)
    try:
        if raw["schema"] != SCHEMA:
            raise ValueError(f"schema {str(raw['schema'])[:60]!r}")
        return take(raw)
    except InputError as error:  # of a trace in it
        why = f"{error.what}: {error.why}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = why_not(error)
    raise InputError(f"{file} cannot be read", why, "Restore the file, or write it again")
