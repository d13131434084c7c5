"""Which encoders are driven, and how big they may be: asked of a configuration before anything is built. No torch, so that models can be
listed quickly."""

from collections.abc import Mapping
from typing import Any

from dynviz.core.kinds import check_deberta, check_modernbert, check_mpnet, refused, whole
from dynviz.errors import InputError

SUPPORTED = ("bert", "roberta", "xlm-roberta", "camembert", "distilbert", "albert", "electra", "mpnet", "modernbert", "deberta-v2")

# Bounds on configurations, far above any real encoder: checked before anything is built, so that no size eats the memory.
_BOUNDS = {
    "hidden_size": 8192, "dim": 8192, "embedding_size": 8192, "num_hidden_layers": 128, "n_layers": 128, "num_attention_heads": 256,
    "n_heads": 256, "intermediate_size": 65_536, "hidden_dim": 65_536, "vocab_size": 2_000_000, "max_position_embeddings": 65_536,
    "type_vocab_size": 64, "num_hidden_groups": 128, "inner_group_num": 16, "relative_attention_num_buckets": 1024,
}  # fmt: skip


def check_config(config: Mapping[str, Any], where: str) -> None:
    """InputError unless the configuration is of a supported kind and its sizes are whole numbers of a sensible size."""
    kind = config.get("model_type")
    if kind not in SUPPORTED:
        what = f"The encoder of {where} is of type {str(kind)[:40]!r}"
        raise InputError(what, "dynviz drives BERT-like encoders only", f"Use one of: {', '.join(SUPPORTED)}")
    for key, most in _BOUNDS.items():
        whole(config, key, 0 if key == "type_vocab_size" and kind == "deberta-v2" else 1, most, where)
    for key in ("layer_norm_eps", "norm_eps"):
        epsilon = config.get(key, 1e-12)
        if not isinstance(epsilon, int | float) or not 0 < epsilon < 1:
            why = "it keeps a division from going wrong, and is a small number above 0"
            raise refused(where, f"has {key} = {str(epsilon)[:40]}", why)
    width, heads = (config.get(a, config.get(b)) for a, b in (("hidden_size", "dim"), ("num_attention_heads", "n_heads")))
    if width and heads and width % heads:
        raise refused(where, f"has {heads} heads", f"its width {width} is not a multiple")
    if kind != "modernbert" and config.get("position_embedding_type", "absolute") != "absolute":  # which never reads this key
        raise refused(where, "has relative positions", "absolute ones are supported", "Choose another model")
    own = {"mpnet": check_mpnet, "modernbert": check_modernbert, "deberta-v2": check_deberta}.get(str(kind))
    if own is not None:
        own(config, where)
