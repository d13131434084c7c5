"""PABEE (Zhou et al., NeurIPS 2020; JetRunner/PABEE), PCEE-BERT and F-PABEE: one pooler, and a linear classifier after each layer.

The three are one network under three rules. Nothing was released; these are the files that the authors' scripts write. PCEE-BERT says in
config.json how it exits (`ee_mechanism`), and is then opened under its own rule.
"""

from dynviz.checkpoint.released.family import Family, Given, Layout, base_of, below, linear

KIN = ("pabee", "pcee_bert", "f_pabee")


def _is_one(given: Given) -> bool:
    first = given.tensors.get("classifiers.0.weight")
    others = ("elasticbert.", "bert.poolers.")
    return first is not None and len(first.shape) == 2 and not any(name.startswith(others) for name in given.tensors)


def _layout(given: Given) -> Layout:
    base, heads = base_of(given, "bert", "albert"), dict[str, str]()
    for i in range(given.layers):
        heads |= linear(f"classifiers.{i}", f"heads.{i + 1}.out")
    heads |= linear(f"{base}.pooler{'' if base == 'albert' else '.dense'}", f"heads.{given.layers}.hidden")
    said = "ee_mechanism" in given.raw
    methods = ("pcee_bert", "pabee", "f_pabee") if said else KIN
    note = "" if said else "PABEE, PCEE-BERT and F-PABEE save the same tensors: it is opened as PABEE, and can be as the others."
    return Layout(
        heads, below(given.tensors, f"{base}.", heads), "classifiers.0.weight", options={"pooling": "cls"}, methods=methods,
        notes=tuple(filter(None, [note])),
    )  # fmt: skip


FAMILY = Family(
    title="PABEE",
    sign="`classifiers.0.weight` of two dimensions, beside a `bert.` or `albert.` encoder",
    opens="PABEE; PCEE-BERT where config.json names an `ee_mechanism`; any of PABEE, PCEE-BERT and F-PABEE with `--method`",
    is_one=_is_one,
    methods=KIN,
    layout=_layout,
)
