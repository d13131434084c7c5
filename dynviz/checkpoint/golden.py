"""Golden traces: what a checkpoint did to a few bundled texts when it was made. Shown before any model is loaded, and proof
that a checkpoint still does what it did: `tests` run them again.

`golden.json` is {"schema": "dynviz.golden/1", "card": ..., "pairs": [{"trace": ..., "full": ..., "compared": [...]}, ...], "first": ...},
traces in the form of `records.schema`: one at the checkpoint's own knobs, one at full depth; `compared` is what the rule held against what
in the first. The card is the method's, so that a screen can offer its knobs before torch is imported. `first` says which two pairs the
first screen shows, by their places, and what came of all pairs like them.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from dynviz.checkpoint.config import read_config
from dynviz.errors import InputError
from dynviz.records.card import Card, card_of, comparison_of
from dynviz.records.files import exists, read_json, why_not
from dynviz.records.pair import First, Golden, Pair
from dynviz.records.schema import from_plain, to_json
from dynviz.records.trace import Trace

SCHEMA = "dynviz.golden/1"
T = TypeVar("T")
CHOSEN = {"pos": ("p001", "p032", "p026", "p016"), "sst2": ("s001", "s030", "s060"), "imdb": ("s001", "s030", "s060")}
CHOSEN |= {"clinc150": ("c001", "c011", "c024"), "wnut17": ("n001", "n013", "n006", "n019")}
CHOSEN["mrpc"] = ("m001", "m024", "m018")
CHOSEN |= {"custom": CHOSEN["sst2"], "custom-tags": CHOSEN["pos"], "custom-pairs": CHOSEN["mrpc"]}
LESSONS: dict[str, tuple[str, ...]] = {  # checkpoint -> ids of the texts of lessons that it is shown with
    "pos-tokee": ("l007", "l008"),
    "pos-calm-softmax": ("l003", "l004", "l007", "l008"),
    "pos-calm-classifier": ("l007", "l008"),
    "sst2-plain": ("l010",),
    "sst2-act-0.02": ("l007", "l010"),
    "sst2-ltp": ("l010",),
    "sst2-random-tokens": ("l007",), "sst2-first-tokens": ("l007",),
    "sst2-fastbert": ("l001", "l002", "l005", "l006"),
    "sst2-romebert": ("l006", "l009", "l010"),
    "sst2-pabee": ("l006", "l009"),
    "pos-12-tokee": ("l003", "l004", "l007", "l008"),
    "sst2-12-plain": ("l010",),
    "sst2-12-joint": ("l001", "l002", "l005", "l006", "l009", "l010"),
    "sst2-12-fastbert": ("l001", "l002", "l005", "l006", "l010"),
    "sst2-12-pabee": ("l006", "l009"),
    "sst2-12-act": ("l007", "l010"),
    "sst2-12-ltp": ("l010",),
}
DECIMALS = 7  # of a probability: in single precision, more are noise beside the largest
TIGHT = (",", ":")  # separators: a tenth of the file would be blanks
SAME = 1e-3  # numbers this near are the same: other machines and releases add up in another order


def write(golden: Golden, folder: Path) -> bool:
    """Store golden traces, and the card of the method, in a checkpoint folder. What comes out as it is stored already stays as it was
    written, to the byte. Returns whether the file changed."""
    from dynviz.methods import card

    file, stored = folder / "golden.json", _stored(folder)
    raw: dict[str, Any] = {"schema": SCHEMA, "card": card(read_config(folder).method).plain()}
    raw["pairs"] = [_kept(pair, stored.get(pair.trace.text)) for pair in golden.pairs]
    if golden.first is not None:
        raw["first"] = _plain(golden.first, golden.pairs)
    old, new = file.read_text(encoding="utf-8") if stored else "", _text(raw)
    if new != old:
        file.write_text(new, encoding="utf-8")
    return new != old


def _stored(folder: Path) -> dict[str, Any]:
    """The pairs of a folder as they are written, by their text; none where they cannot be read."""
    with suppress(InputError):
        return _reading(folder, lambda raw: {_pair(p).trace.text: p for p in raw["pairs"]}) or {}
    return {}


def _kept(pair: Pair, stored: Any) -> Any:
    """A pair as it is written: as it is already, where that says the same."""
    if stored is not None and _same(pair, _pair(stored)):
        return stored
    compared = [c.plain() for c in pair.compared]
    raw = {"trace": _shortened(pair.trace), "full": _shortened(pair.full), "compared": compared}
    return json.loads(json.dumps(raw), parse_float=_told)


def _shortened(trace: Trace) -> dict[str, Any]:
    """A trace in plain form, its probabilities without the digits that say nothing."""
    probs, answer = (values.round(DECIMALS) for values in (trace.probs, trace.answer))
    plain: dict[str, Any] = json.loads(to_json(replace(trace, probs=probs, answer=answer)))
    return plain


def _text(raw: dict[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=TIGHT) + "\n"


def _told(digits: str) -> float:
    """A number with as many digits as single precision tells apart, instead of the seventeen of its double."""
    return float(f"{float(digits):.7g}")


def _same(now: Pair, then: Pair) -> bool:
    """Whether both say the same, whichever libraries said it."""
    traces = ((now.trace, then.trace), (now.full, then.full))
    if not all(replace(a, versions=b.versions).same_as(b, SAME) for a, b in traces):
        return False
    said = [[(c.reading, c.label, c.side, c.group) for c in pair.compared] for pair in (now, then)]
    return said[0] == said[1]


def _plain(first: First, pairs: tuple[Pair, ...]) -> dict[str, Any]:
    places = [next(i for i, pair in enumerate(pairs) if pair is own) for own in first.pairs]
    return {"ids": list(first.ids), "pairs": places, "of": first.of, "dearer": first.dearer, "cheaper": first.cheaper}


def refresh(folder: Path) -> bool:
    """Write the method's card anew, as its file has it now; the stored traces stay, byte by byte. Returns whether the file changed."""
    from dynviz.methods import card

    file = folder / "golden.json"
    raw = _reading(folder, lambda raw: {**raw, "pairs": list(raw["pairs"])})
    if raw is None:
        return False
    about, pairs = card(read_config(folder).method).plain(), json.dumps(raw["pairs"], ensure_ascii=False, separators=TIGHT)
    old = file.read_text(encoding="utf-8")
    if pairs not in old:
        raise InputError(f"{file} would not stay as it is", "its numbers are written in another way", "Make the golden traces again")
    new = _text({**raw, "card": about})
    if new != old:
        file.write_text(new, encoding="utf-8")
    return new != old


def read(folder: Path) -> Golden:
    """The golden traces of a checkpoint folder; none where there is no file. Needs no torch."""
    return _reading(folder, _golden) or Golden()


def _golden(raw: Any) -> Golden:
    pairs = tuple(_pair(p) for p in raw["pairs"])
    return Golden(pairs, _first(raw["first"], pairs) if "first" in raw else None)


Place = Annotated[int, Field(ge=0)]


class _Told(BaseModel):
    """`First` as stored: `pairs` are places."""

    model_config = ConfigDict(strict=True, extra="forbid")
    ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=2, max_length=2)]
    pairs: Annotated[list[Place], Field(min_length=2, max_length=2)]
    of: Annotated[int, Field(ge=0, le=1_000_000)]
    dearer: Place
    cheaper: Place


def _first(raw: Any, pairs: tuple[Pair, ...]) -> First:
    told = _Told.model_validate(raw)
    (one, other), (here, there) = told.ids, told.pairs
    if here == there or max(here, there) >= len(pairs):
        raise ValueError(f"the first screen shows the pairs {here} and {there} of {len(pairs)}")
    if told.dearer + told.cheaper > told.of:
        raise ValueError(f"{told.dearer} pairs cost more and {told.cheaper} less, of {told.of}")
    return First((one, other), (pairs[here], pairs[there]), told.of, told.dearer, told.cheaper)


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
