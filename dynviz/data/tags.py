"""What kind of sentence a row is, by simple word rules, so that slices of the shipped numbers need no text.

Rules, not judgements: "negation" says that a negating word is there, nothing about what it negates. A sentence may carry several tags,
or "plain" alone.
"""

import re
from collections.abc import Sequence

SHORT, LONG = 8, 30  # words: at most, at least

_RULES = {
    "negation": r"\b(?:not|no|never|nothing|nobody|none|neither|nor|without|hardly|scarcely|barely|cannot|lacks?|lacking)\b|n['’]t\b",
    "contrast": r"\b(?:but|although|though|however|yet|despite|nevertheless|whereas|instead|even if)\b",
    "comparison": r"\b(?:than|more|most|less|least|better|best|worse|worst)\b",
    "condition": r"\b(?:if|unless|would|could|should|might)\b",
    "intensifier": r"\b(?:very|so|too|really|extremely|utterly|quite|truly|incredibly|absolutely|completely)\b",
    "question": r"\?",
    "exclamation": r"!",
    "quotes": r"[\"“”«»]|``|''",
    "number": r"\d",
}
_COMPILED = {tag: re.compile(rule, re.IGNORECASE) for tag, rule in _RULES.items()}
_WORD = re.compile(r"\w")


def tags_of(text: str | Sequence[str]) -> tuple[str, ...]:
    """The tags of a text, or of a list of words, in a fixed order.

    >>> tags_of("it is not bad , but long")
    ('short', 'negation', 'contrast')
    """
    joined = text if isinstance(text, str) else " ".join(text)
    words = sum(bool(_WORD.search(word)) for word in joined.split())
    size = ("short",) if words <= SHORT else ("long",) if words >= LONG else ()
    return (*size, *(tag for tag, rule in _COMPILED.items() if rule.search(joined))) or ("plain",)
