"""The funnel of many texts, group by group: which share of the pieces of each sort is computed in each layer."""

from collections.abc import Mapping, Sequence

import numpy as np

from dynviz.data.pieces import Pieces
from dynviz.records import Bools, Ints
from dynviz.records.pruned import GROUPINGS, Funnel
from dynviz.records.zoo import rounded

FEW = 20  # pieces of which nothing is said
PARTS = ("first third", "middle third", "last third")
SPECIAL = "[CLS], [SEP]"
PLACES = (SPECIAL, *PARTS)

Groups = Mapping[str, Mapping[str, Bools]]  # by what, then the group: (N,) its pieces


def groups(pieces: Pieces, spoken: Sequence[str]) -> Groups:
    """The pieces by part of speech, by position in the text, and by the length of the text. spoken: N parts of speech, "" where none."""
    found = dict(zip(GROUPINGS, (by_speech(spoken), by_position(pieces), by_length(pieces)), strict=True))
    return {by: {name: which for name, which in some.items() if which.sum() >= FEW} for by, some in found.items()}


def by_speech(spoken: Sequence[str]) -> dict[str, Bools]:
    """The commonest first."""
    tags = np.array(spoken)
    names, counts = np.unique(tags[tags != ""], return_counts=True)
    return {str(names[i]): tags == names[i] for i in np.lexsort((names, -counts))}


def by_position(pieces: Pieces) -> dict[str, Bools]:
    """Thirds of the word pieces of each text; special pieces apart."""
    layout = pieces.sentences
    real = ~layout.special
    place = np.cumsum(real) - 1
    before = np.concatenate([[0], np.cumsum(layout.count(real))[:-1]])[layout.owner]
    third = (place - before) * len(PARTS) // np.maximum(layout.count(real), 1)[layout.owner]
    return {SPECIAL: layout.special, **{name: real & (third == i) for i, name in enumerate(PARTS)}}


def by_length(pieces: Pieces) -> dict[str, Bools]:
    """Of texts of three lengths."""
    return {name: which[pieces.sentences.owner] for name, which in thirds(pieces.sentences.lengths).items()}


def thirds(lengths: Ints) -> dict[str, Bools]:
    """(S,) texts of three lengths, a third of them each as nearly as equal lengths allow."""
    part = np.searchsorted(np.quantile(lengths, [1 / 3, 2 / 3]), lengths)
    spans = [(i, lengths[part == i]) for i in range(3)]
    return {f"{own.min()} to {own.max()} pieces": part == i for i, own in spans if len(own)}


def funnels(transformed: Bools, among: Groups) -> dict[str, tuple[Funnel, ...]]:
    """Of a run's mask (L, N): each group's size, and the share of it that is computed in each layer."""
    return {
        by: tuple(Funnel(name, int(which.sum()), tuple(map(rounded, transformed[:, which].mean(1)))) for name, which in some.items())
        for by, some in among.items()
    }


def placed(pieces: Pieces, transformed: Bools) -> Ints:
    """(S, L+1, G) of each text, how many of its pieces of each group by position are computed in each layer; row 0: how many there are."""
    layout = pieces.sentences
    rows = [np.ones_like(transformed[0]), *transformed]
    return np.stack([[layout.count(which & row) for row in rows] for which in by_position(pieces).values()], -1).transpose(1, 0, 2)


def of_counts(name: str, computed: Ints) -> Funnel:
    """From how many pieces of a group are computed in each layer, (L+1,), row 0 all of them."""
    return Funnel(name, int(computed[0]), tuple(rounded(float(n / computed[0])) for n in computed[1:]))
