"""The parts of a tokenizer, before it is used: some could make a short text endless, take for ever over it, or cut it by chance."""

import base64
import math
import string
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tokenizers.normalizers import Precompiled

from dynviz.checkpoint.patterns import slow

MAX_GROWTH = 4  # characters that any of a text may become
MAX_FORM = 18  # characters that a rare one of a text may become, as Unicode's own forms do it
MAX_STEPS = 12
MAX_WORD = 500  # characters of a word that is looked up; the time grows with their cube
_PREFIX = 64
_FORMS = {"NFC", "NFD", "NFKC", "NFKD", "BertNormalizer", "Lowercase", "StripAccents", "Strip", "Nmt"}  # what is in one stays as it is
_CUTS = {
    "BertPreTokenizer", "CharDelimiterSplit", "Digits", "FixedLength", "Metaspace", "Punctuation", "Split", "UnicodeScripts", "Whitespace",
    "WhitespaceSplit",
}  # fmt: skip
_KNOWN = {*_FORMS, *_CUTS, "Precompiled", "Replace", "Prepend", "ByteLevel"}
_BYTES = 2  # characters that stand for the bytes of one, mostly


def fault(parts: Mapping[str, Any]) -> str:
    """What does not serve, in words; empty where all does. A part of another form than the library's raises whatever it raises."""
    steps = [*_steps(parts.get("normalizer"), "normalizers"), *_steps(parts.get("pre_tokenizer"), "pretokenizers")]
    return _fault_of_steps(steps) or _fault_of_model(parts.get("model", {})) or _fault_of_template(parts.get("post_processor"))


def _fault_of_steps(steps: list[dict[str, Any]]) -> str:
    if len(steps) > MAX_STEPS:
        return f"a text would be changed in {len(steps):,} steps, and {MAX_STEPS} are enough"
    for step in steps:
        if step["type"] not in _KNOWN:
            return f"its step {str(step['type'])[:60]!r} is not known"
        pattern = step.get("pattern", {}).get("Regex", "")
        if slow(pattern):
            return f"a search for {pattern[:60]!r} may take very long"
    growth = math.prod(map(_growth, steps))
    return f"it may make {growth:,} characters of one, and {MAX_GROWTH} are enough" if growth > MAX_GROWTH else ""


def _steps(part: Any, inner: str) -> Iterator[dict[str, Any]]:
    """The steps of a part, those of sequences in their place."""
    if part is not None and part["type"] == "Sequence":
        for below in part[inner]:
            yield from _steps(below, inner)
    elif part is not None:
        yield part


def _growth(step: dict[str, Any]) -> int:
    """How many characters a step may make of one; 1 for Unicode's forms, which make many of a rare one only, and of those but once."""
    if step["type"] == "ByteLevel":
        return _BYTES
    if step["type"] == "Precompiled":
        return _growth_of_table(base64.b64decode(step["precompiled_charsmap"], validate=True))
    if step["type"] == "Replace":
        made, found = _length(step["content"]), step["pattern"].get("String")
        return max(1, math.ceil(made / len(found)) if found else 1 + made)  # a pattern may find nothing, between any two
    return 1 + _length(step["prepend"]) // _PREFIX if step["type"] == "Prepend" else 1


def _length(content: str) -> int:
    return len(unicodedata.normalize("NFKD", content))


def _growth_of_table(raw: bytes) -> int:
    """That of SentencePiece's replacements: the size of an index in bytes, the index, and what ends in a zero each. Most such tables do
    what NFKC does, and count as it: common characters stay one, and no rare one becomes more than of the worst of Unicode."""
    texts = raw[4 + int.from_bytes(raw[:4], "little") :].split(b"\0")
    longest = max(_length(text.decode("utf-8", "replace")) for text in texts)
    common = len(Precompiled(raw).normalize_str(string.printable)) <= len(string.printable)
    return 1 if common and longest <= MAX_FORM else longest


def _fault_of_model(model: dict[str, Any]) -> str:
    if model.get("dropout"):
        return f"with dropout = {model['dropout']!r} it cuts the same text otherwise each time"
    if model.get("max_input_chars_per_word", 0) > MAX_WORD:
        return f"words of {model['max_input_chars_per_word']:,} characters would be looked up, and {MAX_WORD} are enough"
    return ""


def _fault_of_template(part: Any) -> str:
    """The text stands in it once, and every special piece it names is given: cutting a text would panic, and write so past us."""
    for step in _steps(part, "processors"):
        if step["type"] == "TemplateProcessing":
            texts = [piece["Sequence"]["id"] for piece in step["single"] if "Sequence" in piece]
            if texts != ["A"]:
                return f"its template holds {len(texts)} texts ({', '.join(map(str, texts))[:60] or 'none'}), and one is cut, A"
            lacking = {piece["SpecialToken"]["id"] for piece in step["single"] if "SpecialToken" in piece} - step["special_tokens"].keys()
            if lacking:
                return f"its template names {min(lacking)!r}, which it does not give"
    return ""
