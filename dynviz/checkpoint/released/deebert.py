"""DeeBERT (Xin et al., ACL 2020; castorini/DeeBERT, and research_projects of transformers): an off-ramp after each layer.

Ramp i, counted from 0, stands after layer i + 1. The one after the last layer exists and is never trained; the plain head, a pooler and
one linear layer in BERT and RoBERTa alike, answers there. Released for SST-2, MRPC, RTE, QQP, QNLI and MNLI by ji-xin.
"""

import re

from dynviz.checkpoint.released.family import Family, Given, Layout, base_of, below, linear

BASES = ("bert", "roberta")
_SIGN = re.compile(r"(?:bert|roberta)\.encoder\.highway\.0\.pooler\.dense\.weight")


def _is_one(given: Given) -> bool:
    return any(_SIGN.fullmatch(name) for name in given.tensors) and not any("lte_classifier" in name for name in given.tensors)


def _layout(given: Given) -> Layout:
    return ramps(given, base_of(given, *BASES))


def ramps(given: Given, base: str) -> Layout:
    """Off-ramps on BERT or RoBERTa."""
    layers, heads = given.layers, dict[str, str]()
    for i in range(layers - 1):
        heads |= linear(f"{base}.encoder.highway.{i}.pooler.dense", f"heads.{i + 1}.hidden")
        heads |= linear(f"{base}.encoder.highway.{i}.classifier", f"heads.{i + 1}.out")
    heads |= linear(f"{base}.pooler.dense", f"heads.{layers}.hidden") | linear("classifier", f"heads.{layers}.out")
    unread = re.compile(rf"{base}\.encoder\.highway\.{layers - 1}\.")
    encoder = below(given.tensors, f"{base}.", heads, unread)
    return Layout(heads, encoder, "classifier.weight", unread, options={"pooling": "cls"})


FAMILY = Family(
    title="DeeBERT",
    sign="`bert.encoder.highway.0.pooler.dense.weight`, or `roberta.`...",
    opens="DeeBERT, on BERT or RoBERTa; the ramp after the last layer, which was never trained, is not read",
    is_one=_is_one,
    methods=("deebert",),
    layout=_layout,
)
