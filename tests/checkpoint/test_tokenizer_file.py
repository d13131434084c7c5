"""A tokenizer that makes a short text endless, takes for ever over one, or cuts it by chance is refused; those that people use are read."""

import base64
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from dynviz import api
from dynviz.checkpoint import hf
from dynviz.checkpoint.patterns import slow
from dynviz.checkpoint.tokenizer_parts import MAX_GROWTH, fault
from dynviz.errors import InputError
from dynviz.measure.analysis import MAX_CHARACTERS
from tests import hub
from tests.clock import within
from tests.strangers import rewrite

Part = dict[str, Any]


def replaced(content: str, pattern: str = ".", kind: str = "Regex") -> Part:
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def steps(*normalizers: Part) -> Part:
    return {"type": "Sequence", "normalizers": list(normalizers)}


def cuts(*pretokenizers: Part) -> Part:
    return {"type": "Sequence", "pretokenizers": list(pretokenizers)}


def table(replacement: str, of: str = "\ufdfa") -> Part:
    """What SentencePiece stores, for one character: the size of an index, the index, the replacement.

    A number of the index holds a byte, whether it is the last (bit 8), and from bit 10 on what leads to the next one's place.
    """
    index, place = [256 << 10, *[0] * 4095], 256
    for i, byte in enumerate(of.encode()):
        place ^= byte
        index[place] = byte | (i == len(of.encode()) - 1) << 8 | (512 << i) << 10
        place ^= 512 << i
    index[place] = 0  # where the replacement begins
    raw = (4 * len(index)).to_bytes(4, "little") + struct.pack(f"<{len(index)}I", *index) + replacement.encode() + b"\0"
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(raw).decode()}


def template(*pieces: str) -> Part:
    """A text's pieces in this order; one letter stands for a text."""
    single = [{"Sequence" if len(p) == 1 else "SpecialToken": {"id": p, "type_id": 0}} for p in pieces]
    given = {p: {"id": p, "ids": [hub.SPECIAL.index(p)], "tokens": [p]} for p in pieces if p in hub.SPECIAL}
    return {"type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": given}


def split(pattern: str) -> Part:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a hundred times, three times": ({"normalizer": steps(*[replaced("x" * 100)] * 3)}, "may make 1,030,301 characters of one"),
    "one long text": ({"normalizer": replaced("x" * 10**6, "a", "String")}, "may make 1,000,000 characters of one"),
    "between any two": ({"normalizer": steps(*[replaced("x", "", "String")] * 8)}, "may make 256 characters of one"),
    "signs of many": ({"normalizer": steps(replaced("\ufdfa" * 3), {"type": "NFKD"})}, "may make 55 characters of one"),
    "many before": ({"normalizer": {"type": "Prepend", "prepend": "x" * 10**4}}, "may make 157 characters of one"),
    "a table": ({"normalizer": table("b" * 50)}, "may make 50 characters of one"),
    "a table for a letter": ({"normalizer": table("b" * 18, of="a")}, "may make 18 characters of one"),
    "bytes of bytes": ({"normalizer": steps(*[{"type": "ByteLevel"}] * 6)}, "may make 64 characters of one"),
    "bytes of bytes, cut": ({"pre_tokenizer": cuts(*[LEVEL] * 6)}, "may make 64 characters of one"),
    "steps in steps": ({"normalizer": steps(*[steps({"type": "NFC"}, {"type": "NFD"})] * 9)}, "changed in 19 steps"),
    "another step": ({"normalizer": {"type": "Translate"}}, "its step 'Translate' is not known"),
    "a step of no kind": ({"normalizer": {"pattern": "."}}, "no tokenizer that can be read"),
    "a search that goes back": ({"normalizer": replaced("x", "(a+)+$b")}, r"a search for '\(a\+\)\+\$b' may take very long"),
    "a cut that goes back": ({"pre_tokenizer": split("(a|a)*b")}, "may take very long"),
    "a text of a second kind": ({"post_processor": template("[CLS]", "A", "[SEP]", "B")}, "its template holds 2 texts"),
    "only a second text": ({"post_processor": template("[CLS]", "B", "[SEP]")}, r"holds 1 texts \(B\), and one is cut, A"),
    "a text twice": ({"post_processor": template("[CLS]", "A", "A", "[SEP]")}, "its template holds 2 texts"),
    "no text": ({"post_processor": template("[CLS]", "[SEP]")}, "its template holds 0 texts"),
    "a piece not given": ({"post_processor": template("[CLS]", "A", "[XX]")}, r"names '\[XX\]', which it does not give"),
    "not given, deeper": (
        {"post_processor": {"type": "Sequence", "processors": [{"type": "Sequence", "processors": [template("[CLS]", "A", "[XX]")]}]}},
        r"names '\[XX\]', which it does not give",
    ),
    "many special pieces": ({"post_processor": template("[CLS]", "A", *["[SEP]"] * 600)}, "puts 601 special pieces around a text"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_before_a_text_is_cut(case: str, tmp_path: Path) -> None:
    parts, said = REFUSED[case]
    folder, start = rewrite(hub.save(tmp_path / "mine"), "tokenizer.json", **parts), time.process_time()
    with pytest.raises(InputError, match=said):
        hf.load(folder)
    assert time.process_time() - start < within(2)


@pytest.mark.parametrize(
    ("changed", "said"), [({"dropout": 0.5}, "with dropout = 0.5"), ({"max_input_chars_per_word": 10**9}, "words of 1,000,000,000")]
)
def test_a_model_of_pieces_that_takes_long_or_answers_by_chance_is_refused(changed: Part, said: str) -> None:
    assert said in fault({"model": {"type": "BPE", **changed}})


def test_a_tokenizer_under_another_name_is_looked_at_too(tmp_path: Path) -> None:
    """A configuration may name the file for versions from this on."""
    folder = hub.save(tmp_path / "mine")
    rewrite(folder, "tokenizer_config.json", fast_tokenizer_files=["tokenizer.1.0.0.json"])
    (folder / "tokenizer.1.0.0.json").write_bytes((folder / "tokenizer.json").read_bytes())
    rewrite(folder, "tokenizer.1.0.0.json", normalizer=replaced("x" * 100))
    with pytest.raises(InputError, match="may make 101 characters of one"):
        hf.load(folder)


COMMON: dict[str, dict[str, Any]] = {
    "BERT": {"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"}},
    "GPT-2": {"pre_tokenizer": {"type": "ByteLevel"}},
    "XLM-R": {
        "normalizer": steps(table("\u0635\u0644\u0649" * 6), replaced(" ", " {2,}")),
        "pre_tokenizer": cuts({"type": "WhitespaceSplit"}, {"type": "Metaspace"}),
    },
    "ALBERT": {
        "normalizer": steps(
            replaced('"', "``", "String"), replaced('"', "''", "String"), {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"},
            table("x" * 18), replaced(" ", " {2,}"),
        )
    },
    "LLaMA": {"normalizer": steps({"type": "Prepend", "prepend": "\u2581"}, replaced("\u2581", " ", "String"))},
    "NFKC and bytes": {"normalizer": {"type": "NFKC"}, "pre_tokenizer": LEVEL},
    "DeBERTa": {"normalizer": steps({"type": "Strip"}, table("x" * 18), replaced(" ", " {2,}")), "pre_tokenizer": {"type": "Metaspace"}},
}  # fmt: skip


@pytest.mark.parametrize("name", COMMON)
def test_the_tokenizers_that_people_use_serve(name: str) -> None:
    assert fault(COMMON[name]) == ""


def test_the_longest_text_under_the_bound_takes_bounded_time(tmp_path: Path) -> None:
    """As long as one may be made, the longest text that is read at all is cut in seconds."""
    folder = rewrite(hub.save(tmp_path / "mine"), "tokenizer.json", normalizer=replaced("x." * (MAX_GROWTH // 2), "a", "String"))
    model, start = api.load(folder), time.process_time()
    api.cut_text(model, "a" * MAX_CHARACTERS)
    assert time.process_time() - start < within(4)


GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


@pytest.mark.parametrize(
    "pattern", [GPT2, " {2,}", r"\s+", r"\d", "``", ".", ".*", r"[\r\n]", "(?i:'s|'t)", "[\u4e00-\u9fff]", "^ ", r"\p{N}{1,3}"]
)
def test_patterns_that_people_use_are_searched_for(pattern: str) -> None:
    assert not slow(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$b", "(a|a)*b", "(a*)*", "a*a*b", "a+b", r"a+(?!\S)", "a?" * 9 + "a", "(a|a)(a|a)(a|a)b", r"(a)\1", r"\g<0>", "a{9999}",
        "(?=a+)b", "(?<=a)b", "(((a)))", "[[a-z]&&[b]]+x", "(", "a" * 501, r"(?<n>a|b\g<n>c)", "(?:a+|b)", "a{0,9}a{0,9}b", "(a){9}",
    ],
)  # fmt: skip
def test_patterns_that_may_take_long_are_not(pattern: str) -> None:
    assert slow(pattern)
