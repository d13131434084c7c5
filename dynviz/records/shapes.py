"""The published schemas as tables: which keys a trace and a sweep in JSON have, and what each may hold.

`faults` holds a file against them, and so does the viewer without Python, which carries them with it: both say the same sentences. What
follows from several keys together is not in the tables (`rules`).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "whole", "number", "share", "bit", "object"]
Bound = int | str  # a number, or a size less one: "T-1"; "layers": what that key holds


@dataclass(frozen=True)
class Part:
    """A key. kind: of its values. shape: sizes of nested lists, outermost first; () is a single value. also: another shape it may have.
    sets: the size that the length of its outermost list sets. keyed: an object whose values are such, by names. null: whether null stands
    for what was not read. low, high: bounds of numbers. parts, more: keys of an object, and whether others may be there too."""

    key: str
    kind: Kind
    shape: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    sets: str = ""
    keyed: bool = False
    optional: bool = False
    null: bool = False
    low: Bound | None = None
    high: Bound | None = None
    parts: tuple["Part", ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Size:
    """A length that lists have in common. one, many: what there is one of; low, high: how many are read."""

    one: str
    many: str
    low: int = 1
    high: int = 10**6


SIZES = {
    "T": Size("token", "tokens", 1, 4096),
    "C": Size("label", "labels", 2, 1000),
    "L": Size("layer", "layers", 1, 1024),
    "L+1": Size("level", "levels, the input and each layer"),
    "U": Size("answer", "answers"),
    "2": Size("place", "places, where a token begins and where it ends"),
    "P": Size("point", "points", 1, 10_000),
    "S": Size("example", "examples"),
    "A": Size("right label", "right labels"),
}
COUNT, WIDTH = 10**15, 100_000
ROUNDING = 1e-3  # by which a probability may miss its range
NAME = 200  # characters of a name

_LAYER = (
    Part("stage", "text"),
    Part("width", "whole", low=1, high=WIDTH),
    Part("ffn", "whole", low=1, high=WIDTH),
    Part("entry", "whole", low=0, optional=True),
    Part("distances", "whole", low=0, high=WIDTH, optional=True),
)
TRACE = (
    Part("text", "text"),
    Part("tokens", "text", ("T",), sets="T"),
    Part("labels", "text", ("C",), sets="C"),
    Part("layers", "object", ("L",), sets="L", parts=_LAYER),
    Part("offsets", "whole", ("T", "2"), low=0),
    Part("word", "whole", ("T",), low=-1, high="T-1"),
    Part("special", "bit", ("T",)),
    Part("attending", "bit", ("L", "T")),
    Part("visible", "bit", ("L", "T")),
    Part("transformed", "bit", ("L", "T")),
    Part("answer", "share", ("U", "C"), sets="U", null=True),
    Part("probs", "share", ("L+1", "U", "C"), null=True),
    Part("readings", "number", ("L+1",), ("L+1", "T"), keyed=True, null=True),
    Part("extra_flops", "whole", ("L+1",), low=0),
    Part("plain_head", "whole", low=0),
    Part("knobs", "number", keyed=True),
    Part("model", "text", optional=True),
    Part("method", "text", optional=True),
    Part("task", "text", optional=True),
    Part("digest", "text", optional=True),
    Part("versions", "text", keyed=True, optional=True),
    Part("note", "text", optional=True),
    Part("merged_into", "whole", ("L", "T"), low=0, high="T-1", optional=True),
)
_POINT = (
    Part("accuracy", "share"),
    Part("share", "number", low=0),
    Part("low", "number", optional=True, null=True),
    Part("high", "number", optional=True, null=True),
    Part("mean_depth", "number", low=0, high="layers", optional=True),
)
_EXAMPLES = (
    Part("ids", "text", ("S",), sets="S"),
    Part("labels", "whole", ("A",), sets="A", low=0, high=999),
    Part("owner", "whole", ("A",), low=0, high="S-1"),
    Part("predicted", "whole", ("P", "A"), low=0, high=999),
    Part("flops", "whole", ("P", "S"), low=0),
    Part("plain_flops", "whole", ("S",), low=1),
    Part("mean_depth", "number", ("P", "S"), low=0, high="layers"),
    Part("exit_layer", "whole", ("P", "S"), low=0, high="layers"),
)
SWEEP = (
    Part("model", "text"),
    Part("method", "text"),
    Part("task", "text"),
    Part("digest", "text", optional=True),
    Part("layers", "whole", low=1, high=1024),
    Part("points", "object", ("P",), sets="P", parts=_POINT, more=True),
    Part("examples", "object", optional=True, parts=_EXAMPLES),
)
SCHEMAS = {"dynviz.trace/1": TRACE, "dynviz.sweep/1": SWEEP}
