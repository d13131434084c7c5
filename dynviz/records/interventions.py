"""Decisions of a method that a reader overruled by hand, as frozen numbers. They travel in the knobs of a trace, so that the record alone
tells of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Places = tuple[tuple[int, int], ...]
EXIT = "forced exit"
NAMED = 6  # tokens named one by one
_KINDS = {"keep": "kept token", "drop": "dropped token", "halt": "halted token"}
_KEY = re.compile(rf"({'|'.join(_KINDS.values())}) (\d+)")


@dataclass(frozen=True)
class Interventions:
    """Overruled decisions: a forced exit, tokens kept, dropped or halted by hand. Tokens are places in the trace, layers count from 1.

    exit: every answer is given after this layer, none before; 0: as the rule says. keep: (token, layer): from this layer on the token is
    not stopped. drop: (token, layer): from this layer on it is gone. halt: (token, layer): it is computed up to this layer, and only seen
    afterwards; for models that answer word by word.
    """

    exit: int = 0
    keep: Places = ()
    drop: Places = ()
    halt: Places = ()

    def __bool__(self) -> bool:
        return bool(self.exit or self.keep or self.drop or self.halt)

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        """(kind, token, layer) of every token that is forced."""
        for kind in _KINDS:
            for token, layer in getattr(self, kind):
                yield kind, token, layer

    @property
    def tokens(self) -> frozenset[int]:
        """The tokens that are forced."""
        return frozenset(token for _, token, _ in self)

    def described(self, tokens: Sequence[str]) -> str:
        """In words: "answer after layer 3; “film” kept"."""
        said = [f"answer after layer {self.exit}"] if self.exit else []
        for kind, word in (("keep", "kept"), ("drop", "dropped"), ("halt", "halted")):
            for layer in sorted({layer for k, _, layer in self if k == kind}):
                places = [t for k, t, at in self if (k, at) == (kind, layer)]
                more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
                names = ", ".join(f"“{tokens[t]}”" for t in places[:NAMED]) + more
                when = f"after layer {layer}" if kind == "halt" else f"from layer {layer} on" if layer > 1 or kind == "drop" else ""
                said.append(f"{names} {word} {when}".strip())
        return "; ".join(said)

    def as_knobs(self) -> dict[str, float]:
        """As further knobs of a trace: "forced exit", "kept token 5", "dropped token 5", "halted token 5", each with its layer."""
        out = {EXIT: float(self.exit)} if self.exit else {}
        return out | {f"{_KINDS[kind]} {token}": float(layer) for kind, token, layer in self}

    @classmethod
    def from_knobs(cls, knobs: Mapping[str, float]) -> "Interventions":
        """The interventions that `as_knobs` wrote into a trace's knobs; the method's own knobs are passed over."""
        found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in _KINDS}
        kinds = {name: kind for kind, name in _KINDS.items()}
        for name, layer in knobs.items():
            if match := _KEY.fullmatch(name):
                found[kinds[match[1]]].append((int(match[2]), int(layer)))
        return cls(int(knobs.get(EXIT, 0)), *(tuple(sorted(places)) for places in found.values()))
