"""Which family of released checkpoints a folder holds, if any, and where each of its tensors belongs. No torch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dynviz.checkpoint.hf_tensors import exits_of
from dynviz.checkpoint.released import berxit, deebert, elasticbert, fastbert, pabee, palbert
from dynviz.checkpoint.released.family import Family, Given, Layout, Opening, Tensors
from dynviz.checkpoint.released.refused import REFUSED
from dynviz.errors import InputError
from dynviz.records.files import printable

OPENED = tuple(part.FAMILY for part in (deebert, berxit, pabee, fastbert, elasticbert, palbert))
FAMILIES: tuple[Family, ...] = (*OPENED, *REFUSED)
_BASES = ("bert", "roberta", "albert", "distilbert")
_COUNTED = ("position_ids", "token_type_ids")  # counted up or zero; older files hold them, and nobody reads them
Check = Callable[[Mapping[str, Any], str], None]


def found(folder: Path, where: str, raw: Mapping[str, Any], tensors: Tensors, check: Check) -> Opening | None:
    """What a folder opens as; None where it is no released checkpoint; an InputError where it is of a family that is not opened, of two
    families, or not whole. check: asked of its configuration before any name is counted up to the size it states."""
    given = Given(folder, where, raw, _unwrapped(tensors))
    family = _only([family for family in FAMILIES if family.is_one(given)], where)
    if family is None:
        return None
    if family.layout is None:
        raise InputError(f"{where} is {family.title}", family.opens, family.do)
    given = replace(given, raw={**_typed(given), **family.config(given)})
    check(given.raw, where)
    return _opening(family, given, family.layout(given))


def _unwrapped(tensors: Tensors) -> Tensors:
    """Without the name that training on several devices puts before all."""
    if tensors and all(name.startswith("module.") for name in tensors):
        return {name.removeprefix("module."): tensor for name, tensor in tensors.items()}
    return tensors


def _only(families: Iterable[Family], where: str) -> Family | None:
    some = list(families)
    if len(some) > 1:
        both = " and of ".join(family.title for family in some)
        raise InputError(f"The weights of {where} are of {both}", "which of them answers is not said", "Save one model alone")
    return some[0] if some else None


def _typed(given: Given) -> Mapping[str, Any]:
    """The type of the encoder by its names, for the files of years when a config.json did not say it."""
    return next(({"model_type": base} for base in _BASES if any(name.startswith(f"{base}.") for name in given.tensors)), {})


def _opening(family: Family, given: Given, layout: Layout) -> Opening:
    """Every tensor in its place, or an InputError that names the first that has none."""
    tensors = {**given.tensors, **layout.changed}
    missing = sorted((layout.heads.keys() | {layout.last}) - tensors.keys())
    if missing:
        why = f"{len(missing)} tensors of its exits are missing, first {missing[0]!r}"
        raise InputError(f"{given.where} is {family.title}, and not whole", why, "Save the whole model again")
    left = sorted(name for name in tensors.keys() - layout.heads.keys() - layout.encoder.keys() if not layout.unread.match(name))
    if stray := exits_of(dict.fromkeys([*left, *layout.encoder], tensors[layout.last])):
        why = f"{printable(stray[0], 80)!r} is of a layer that its encoder of {given.layers} has not"
        raise InputError(f"{given.where} is {family.title} with exits that do not fit", why, "Correct num_hidden_layers in config.json")
    return Opening(
        family.title, given.raw, {own: tensors[name] for name, own in layout.encoder.items()},
        {own: tensors[name] for name, own in layout.heads.items()}, tensors[layout.last],
        tuple((tensors[a], tensors[b]) for a, b in layout.twins), layout.activation, layout.options, layout.methods or family.methods,
        layout.knobs, (f"Released as {family.title}.", *layout.notes, *_left_notes(left)), layout.fault, layout.ends_open,
    )  # fmt: skip


def _left_notes(left: Iterable[str]) -> tuple[str, ...]:
    names = [printable(name, 80) for name in left if not name.endswith(_COUNTED)]
    if not names:
        return ()
    many = "1 of its tensors is" if len(names) == 1 else f"{len(names)} of its tensors are"
    return (f"{many} not read: {', '.join(map(repr, names[:2]))}{', ...' * (len(names) > 2)}.",)
