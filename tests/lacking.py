"""What a method's class does not say of itself yet, in words that say what to write: asked by `test_house` of every method."""

from collections.abc import Iterator

from dynviz.core.method import Method
from dynviz.records.card import KINDS

ATTRIBUTES = {
    "title": 'ClassVar[str] = "...": its name, as its authors write it',
    "venue": 'ClassVar[str] = "...": its source, "Xin et al., ACL 2020"; "baseline" where it has none',
    "stops": 'ClassVar[str] = "...": what stops, in a few words: "the sentence exits"',
}


def lacking(kind: type[Method]) -> list[str]:
    """A line for each thing to write; none where nothing is missing."""
    return [*_attributes(kind), *_knobs_and_readings(kind), *_settings(kind), *_pictures(kind)]


def _attributes(kind: type[Method]) -> Iterator[str]:
    for name, what in ATTRIBUTES.items():
        if not getattr(kind, name, ""):
            yield f"{name}: {what}"
    if getattr(kind, "kind", None) not in KINDS:
        yield 'kind: ClassVar[Kind] = "...", one of ' + "; ".join(f'"{name}": {words}' for name, words in KINDS.items())
    if not vars(kind).get("__doc__"):
        yield 'a docstring of the class: """What it is made of. option: what each option means."""'


def _knobs_and_readings(kind: type[Method]) -> Iterator[str]:
    for knob in kind.knobs:
        if not knob.label:
            yield f'label of the knob {knob.name!r}: what it sets, "exit below uncertainty", so that a number may follow'
        if not knob.help:
            yield f'help of the knob {knob.name!r}: what its ends mean, "0: all layers, always; 1: one layer"'
    for reading in kind.readings:
        if not reading.label:
            yield f'label of the reading {reading.name!r}: what it is, "uncertainty (entropy / ln C)"'
    names = ["probs", *(reading.name for reading in kind.readings)]
    for name in {name for name in names if names.count(name) > 1}:
        yield f'another name for one reading: two are called {name!r} ("probs" is always there)'


def _settings(kind: type[Method]) -> Iterator[str]:
    if not kind.knobs:
        return
    low, high = kind.knobs[0].low, kind.knobs[0].high
    for setting in kind.measured_at:
        if not low <= setting <= high:
            yield f"measured_at: {setting:g} is no setting of its first knob, which goes from {low:g} to {high:g}"


def _pictures(kind: type[Method]) -> Iterator[str]:
    drawn = any(picture.draws == "outlook" for picture in kind.pictures)
    if drawn and not _overrides(kind, "outlook"):
        yield "outlook: a class method, as one of its pictures draws it"
    if _overrides(kind, "outlook") and not drawn:
        yield 'pictures: one that draws "outlook", or nobody will see its `outlook`'
    for picture in kind.pictures:
        if picture.draws in ("numbers", "gates", "counts") and not (picture.tensors and _overrides(kind, "learned")):
            yield f"tensors of the picture {picture.name!r}, and `learned`, which makes them ready to be drawn"
        if picture.draws != "outlook" and not picture.how:
            yield f"how of the picture {picture.name!r}: how to read it"


def _overrides(kind: type[Method], name: str) -> bool:
    return getattr(kind, name).__func__ is not getattr(Method, name).__func__
