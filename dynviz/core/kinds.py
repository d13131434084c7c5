"""What the configurations of single families may say, beyond sizes: what cannot be driven as it is meant is refused by name. No torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from dynviz.errors import InputError

_BUCKETS = 32  # of distances between tokens, in MPNet
_PLACES = 65_536  # that a model may tell apart
_TYPES = ("full_attention", "sliding_attention")
_TURNS = 1e12  # above any base that places are turned by


def refused(where: str, said: str, why: str, do: str = "Correct its config.json") -> InputError:
    """An encoder that is not driven."""
    return InputError(f"The encoder of {where} {said}", why, do)


def whole(config: Mapping[str, Any], key: str, least: int, most: int, where: str, default: int = 1) -> int:
    """A whole number of a configuration, within bounds."""
    value = config.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise refused(where, f"has {key} = {str(value)[:40]}", f"{least:,} to {most:,} are accepted")
    return value


def _flag(config: Mapping[str, Any], key: str, where: str, default: bool = False) -> bool:
    value = config.get(key, default)
    if not isinstance(value, bool):
        raise refused(where, f"has {key} = {str(value)[:40]}", "it is true or false")
    return value


def check_mpnet(config: Mapping[str, Any], where: str) -> None:
    """Whether there are as many buckets as are looked up."""
    if config.get("relative_attention_num_buckets", _BUCKETS) < _BUCKETS:
        raise refused(where, f"has relative_attention_num_buckets below {_BUCKETS}", "transformers looks up so many, always")


def check_modernbert(config: Mapping[str, Any], where: str) -> None:
    """Windows, which layers have them, and how places turn queries and keys."""
    for key in ("local_attention", "sliding_window"):
        whole(config, key, 1, _PLACES, where, default=128)
    layers = whole(config, "num_hidden_layers", 1, _PLACES, where, default=22)
    whole(config, "global_attn_every_n_layers", 1, _PLACES, where, default=3)
    types = config.get("layer_types")
    if types is not None and (not isinstance(types, list) or len(types) != layers or any(x not in _TYPES for x in types)):
        raise refused(where, "has layer_types that do not fit", f"each of its {layers} layers is of type {' or '.join(_TYPES)}")
    if config.get("intermediate_size", 1152) % 2 or config.get("hidden_size", 768) // config.get("num_attention_heads", 12) % 2:
        raise refused(where, "has an odd intermediate_size or width of a head", "both are cut in two")
    _check_turns(config, where)


def _check_turns(config: Mapping[str, Any], where: str) -> None:
    """RoPE as it was published: each layer's places turn by powers of one base."""
    said = config.get("rope_parameters")
    tables = said if said is not None else {}
    scaled = config.get("rope_scaling")
    if not isinstance(tables, Mapping) or any(not isinstance(x, Mapping | None) for x in (*tables.values(), scaled)):
        raise refused(where, f"has rope_parameters = {str(said)[:40]}", f"a table for each of {' and '.join(_TYPES)} is needed")
    for table in (*tables.values(), scaled):
        kind = "default" if table is None else table.get("rope_type", table.get("type", "default"))
        if kind != "default":
            why = "how far two tokens are apart would depend on more than their places as typed; RoPE of type default is driven"
            raise refused(where, f"turns places by {str(kind)[:40]!r}", why, "Choose another model")
    bases = [config.get(key, 1.0) for key in ("global_rope_theta", "local_rope_theta")]
    for base in (*bases, *(table.get("rope_theta", 1.0) for table in (*tables.values(), scaled) if table is not None)):
        if isinstance(base, bool) or not isinstance(base, int | float) or not 1 <= base <= _TURNS:
            raise refused(where, f"has rope_theta = {str(base)[:40]}", f"1 to {_TURNS:.0e} are accepted")


def check_deberta(config: Mapping[str, Any], where: str) -> None:
    """The switches of its attention, and the parts it may have that are not driven."""
    if whole(config, "conv_kernel_size", 0, _PLACES, where, default=0):
        why = "it reads the neighbours of each token as typed, and what stands for one that was dropped is nowhere defined"
        raise refused(where, "has a convolution (conv_kernel_size), as deberta-v2-xlarge", why, "Choose a DeBERTa without one")
    width = config.get("hidden_size", 1536)
    heads = config.get("num_attention_heads", 24)
    for key, own in (("embedding_size", width), ("pooler_hidden_size", width), ("attention_head_size", width // heads)):
        if config.get(key, own) != own:
            raise refused(where, f"has {key} = {str(config[key])[:40]}", f"{own}, as its width asks for, is driven", "Choose another model")
    whole(config, "max_relative_positions", -1, _PLACES, where, default=-1)
    if whole(config, "position_buckets", -1, _PLACES, where, default=-1) == 1:
        raise refused(where, "has position_buckets = 1", "half of them hold one distance each")
    _flag(config, "share_att_key", where)
    _flag(config, "position_biased_input", where, default=True)
    norms = config.get("norm_rel_ebd", "none")
    if not isinstance(norms, str) or any(part.strip() not in ("none", "layer_norm") for part in norms.lower().split("|")):
        raise refused(where, f"has norm_rel_ebd = {str(norms)[:40]}", "none and layer_norm are driven")
    _check_terms(config, _flag(config, "relative_attention", where), where)


def _check_terms(config: Mapping[str, Any], relative: bool, where: str) -> None:
    given = config.get("pos_att_type") or []
    parts = given.lower().split("|") if isinstance(given, str) else given
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise refused(where, f"has pos_att_type = {str(given)[:40]}", 'a list of names, or "c2p|p2c", is needed')
    wanted = {"c2p", "p2c"} if relative else set()
    if {part.strip() for part in parts} != wanted:
        why = f"with relative_attention {str(relative).lower()}, {'both c2p and p2c' if relative else 'none'} are driven"
        raise refused(where, f"has pos_att_type = {str(given)[:40]}", why, "Choose another model")
