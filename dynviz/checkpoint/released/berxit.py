"""BERxiT (Xin et al., EACL 2021; castorini/berxit): DeeBERT's ramps on four encoders, and a layer that foresees mistakes.

The layer (`lte_classifier`) is made in the constructor, trained or not, so that its presence proves nothing: the file is opened under the
entropy rule, and under BERxiT's own only where that is asked for. In DistilBERT the layer reads the state before the ramp, which ours does
not. The authors keep their encoder under a second name, `core`, and in DistilBERT its layers under a third: all are in the file, or one.
"""

import re
from collections.abc import Mapping
from typing import Any

from dynviz.checkpoint.hf_tensors import BASES, Stored
from dynviz.checkpoint.released import deebert
from dynviz.checkpoint.released.family import Family, Given, Layout, base_of, below, linear

_KNOWN = ("bert", "roberta", "albert", "distilbert")
_SIGN = re.compile(r"(core|bert|roberta|albert|distilbert)\.(?:encoder|transformer)\.highway\.0\.(?:pooler\.dense|pre_classifier)\.weight")
_AGAIN = re.compile(r"core\.|distilbert\.encoder\.")  # second names
_SMALL = 0.04  # a trained layer's numbers are larger in the mean, or it has a bias; they begin at 0.02


def _is_one(given: Given) -> bool:
    signs = [found[1] for name in given.tensors if (found := _SIGN.fullmatch(name))]
    return bool(signs) and (bool({"core", "albert", "distilbert"} & set(signs)) or any("lte_classifier" in name for name in given.tensors))


def _layout(given: Given) -> Layout:
    base = BASES.get(given.kind, given.kind)
    named, twins = _once(given, base)
    given = Given(given.folder, given.where, given.raw, named)
    base = base_of(given, *_KNOWN)
    found = _on_distilbert(given) if base == "distilbert" else _on_albert(given) if base == "albert" else _on_bert(given, base)
    unread = re.compile(rf"(?:{found.unread.pattern}|{_AGAIN.pattern}|\w+\.\w+\.lte_classifier\.)")
    return Layout(
        found.heads, {name: own for name, own in found.encoder.items() if not unread.match(name)}, found.last, unread, named, twins,
        found.activation, {"pooling": "cls"}, found.methods, notes=found.notes, fault=_fault,
    )  # fmt: skip


def _once(given: Given, base: str) -> tuple[dict[str, Stored], tuple[tuple[str, str], ...]]:
    """Every tensor by its first name, and the pairs of names that stand for one."""
    named, twins = dict(given.tensors), []
    for name, tensor in given.tensors.items():
        own = re.sub(r"^core\.", f"{base}.", name)
        own = re.sub(r"^distilbert\.encoder\.", "distilbert.transformer.", own)
        if own != name and named.setdefault(own, tensor) is not tensor:
            twins.append((own, name))
    return named, tuple(twins)


def _on_bert(given: Given, base: str) -> Layout:
    found = deebert.ramps(given, base)
    foresees = linear(f"{base}.encoder.lte_classifier", "lte")
    if not foresees.keys() <= given.tensors.keys():
        return Layout(found.heads, found.encoder, found.last, found.unread, methods=("deebert",))
    note = "Whether the layer that foresees its mistakes was trained is not said: the entropy rule decides, and berxit may be asked for."
    return Layout({**found.heads, **foresees}, found.encoder, found.last, found.unread, methods=("deebert", "berxit"), notes=(note,))


def _on_albert(given: Given) -> Layout:
    heads = {name.replace("albert.pooler.dense.", "albert.pooler."): own for name, own in deebert.ramps(given, "albert").heads.items()}
    unread = re.compile(rf"albert\.encoder\.highway\.{given.layers - 1}\.")
    return Layout(heads, below(given.tensors, "albert.", heads, unread), "classifier.weight", unread, methods=("deebert",))


def _on_distilbert(given: Given) -> Layout:
    layers, heads = given.layers, dict[str, str]()
    for i in range(layers - 1):
        heads |= linear(f"distilbert.transformer.highway.{i}.pre_classifier", f"heads.{i + 1}.hidden")
        heads |= linear(f"distilbert.transformer.highway.{i}.classifier", f"heads.{i + 1}.out")
    heads |= linear("pre_classifier", f"heads.{layers}.hidden") | linear("classifier", f"heads.{layers}.out")
    unread = re.compile(rf"distilbert\.transformer\.highway\.{layers - 1}\.")
    encoder = below(given.tensors, "distilbert.", heads, unread)
    note = "The layer that foresees its mistakes reads another state than ours, and is not read."
    return Layout(heads, encoder, "classifier.weight", unread, activation="relu", methods=("deebert",), notes=(note,))


def _fault(method: str, tensors: Mapping[str, Any]) -> str:
    """Why the layer that foresees mistakes cannot be asked: it is as it began, without bias and with small numbers."""
    if method != "berxit" or float(tensors["lte.bias"].abs().max()) > 0:
        return ""
    return "its lte_classifier was never trained" if float(tensors["lte.weight"].square().mean().sqrt()) < _SMALL else ""


FAMILY = Family(
    title="BERxiT",
    sign="DeeBERT's names beside `lte_classifier`, or below `core.`, `albert.` or `distilbert.`",
    opens="DeeBERT's rule, on BERT, RoBERTa, ALBERT or DistilBERT; its own, on BERT and RoBERTa, with `--method berxit`",
    is_one=_is_one,
    methods=("deebert", "berxit"),
    layout=_layout,
)
