"""Whether the last words of lines are tags, as treebanks and sets of named entities write them, and no mere words in capitals."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dynviz.records.tasks import TASKS

BIO = re.compile(r"O|[BIESUL]-\S+")
UNIVERSAL = frozenset(TASKS["pos"].labels)
_PENN = frozenset((
    "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "LS", "MD", "NN", "NNS", "NNP", "NNPS", "PDT", "POS", "PRP", "PRP$", "RB",
    "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "WDT", "WP", "WP$", "WRB", "ADD", "AFX", "GW",
    "HYPH", "NFP", "XX", "-LRB-", "-RRB-", "-LSB-", "-RSB-", "#", "$", "''", "``", '"', "(", ")", ",", ".", ":",
))  # fmt: skip
_PARTS = UNIVERSAL | _PENN
_CORE = frozenset((
    "NOUN", "PROPN", "VERB", "AUX", "ADJ", "ADV", "PRON", "ADP", "NN", "NNS", "NNP", "NNPS", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ",
    "JJ", "PRP", "PRP$",
))  # fmt: skip
_SPANS = frozenset((
    "PER", "PERS", "PERSON", "LOC", "LOCATION", "ORG", "ORGANIZATION", "ORGANISATION", "MISC", "GPE", "GEO", "FAC", "NORP", "EVENT",
    "PRODUCT", "DATE", "TIME", "TIM", "MONEY", "LANGUAGE", "NP", "VP", "PP", "ADJP", "ADVP", "SBAR", "PRT", "DISEASE", "CHEMICAL",
    "DRUG", "GENE", "PROTEIN",
))  # fmt: skip
_MOST = 0.9


def tagged(tags: Sequence[str], grouped: bool) -> bool:
    """Whether these, one of each line, are tags beyond doubt: the first is one, nearly all are, and they are of several kinds.

    grouped: blank lines stand between groups of lines, as between sentences; parts of speech are believed only there.
    """
    return spans(tags) or (grouped and parts(tags))


def spans(tags: Sequence[str]) -> bool:
    """Tags of named entities or of phrases: of known kinds, or going on from B- to I- as such tags do."""
    if not tags or not BIO.fullmatch(tags[0]) or len(set(tags)) < 2 or not _nearly(sum(map(bool, map(BIO.fullmatch, tags))), tags):
        return False
    begun = [(a, b) for a, b in pairwise(tags) if a[:2] == "B-" and b[:2] in ("I-", "E-", "L-") and a[2:] == b[2:]]
    return bool(begun) or any(tag[2:].upper() in _SPANS for tag in tags)


def parts(tags: Sequence[str]) -> bool:
    """Parts of speech, some of nouns, verbs or their like among them."""
    fit = [tag for tag in tags if tag in _PARTS]
    return bool(tags) and tags[0] in _PARTS and _nearly(len(fit), tags) and len(set(fit)) > 1 and not _CORE.isdisjoint(fit)


def _nearly(count: int, tags: Sequence[str]) -> bool:
    return count >= _MOST * len(tags)
