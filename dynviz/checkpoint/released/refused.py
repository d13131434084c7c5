"""Released checkpoints that are recognised and not opened, each with the reason."""

import re

from dynviz.checkpoint.released.family import Family, Given
from dynviz.records.files import exists

_GATES = ("zs.pt", "l0_module.pt")  # pickles that lie beside ToP's weights
_TINY = re.compile(r"dynamic.?tiny.?bert", re.IGNORECASE)


def _top(given: Given) -> bool:
    return bool({"token_z", "pruner_z"} & given.tensors.keys()) or any(exists(given.folder / name) for name in _GATES)


def _tiny(given: Given) -> bool:
    named = f"{given.where} {given.raw.get('_name_or_path', '')}"
    return "qa_outputs.weight" in given.tensors and _TINY.search(named) is not None


REFUSED = (
    Family(
        title="ToP",
        sign="`zs.pt` or `l0_module.pt` in the folder, or the tensors `token_z` and `pruner_z`",
        opens="which layers its gates belong to is said in a pickled module alone, and that is not opened",
        do="Take zs.pt and l0_module.pt out of the folder, and its model opens as a plain one, without pruning",
        is_one=_top,
    ),
    Family(
        title="the adaptive-depth ALBERT of Simoulin and Crabbé",
        sign="`albert.encoder.albert_layer.act.dense.weight`",
        opens="its state is mixed with the one before after each step, which no method here does, and it was released without a classifier",
        is_one=lambda given: "albert.encoder.albert_layer.act.dense.weight" in given.tensors or given.raw.get("model_type") == "albert_act",
    ),
    Family(
        title="EENet on BERT",
        sign="`bert.poolers.0.dense.weight`",
        opens="after which layers its exits stand is not in the file, and its schedulers are pickles",
        is_one=lambda given: "bert.poolers.0.dense.weight" in given.tensors,
    ),
    Family(
        title="Dynamic-TinyBERT",
        sign="`qa_outputs.weight`, in a folder or under a name that says so",
        opens="it answers questions by a span of a text, and its length profile is chosen when it is run",
        is_one=_tiny,
    ),
)
