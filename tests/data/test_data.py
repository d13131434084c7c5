"""Readers of examples: what they find by themselves, what they say was assumed, and one sentence for whatever does not fit."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynviz.data import MAX_CELL, MAX_ROWS, Table, bundled, examples_of, lines_table, offered, open_table, read
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, Task

SST2, POS = TASKS["sst2"], TASKS["pos"]
WANT = ("Great, really great.", "Dull.")


def parquet(**columns: list[object]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


FORMATS = {
    "a.csv": b'text,label\n"Great, really great.",positive\nDull.,negative\n',
    "semicolons.csv": b"text;label\nGreat, really great.;1\nDull.;0\n",
    "a.tsv": b"sentence\tlabel\nGreat, really great.\t1\nDull.\t0\n",
    "a.jsonl": b'{"text": "Great, really great.", "label": 1}\n\n{"text": "Dull.", "label": "negative"}\n',
    "a.json": b'[{"text": "Great, really great.", "label": 1}, {"text": "Dull.", "label": 0}]',
    "a.parquet": parquet(text=list(WANT), label=[1, 0]),
    "a.txt": b"Great, really great.\t1\nDull.\t0\n",
    "no-suffix": b'{"text": "Great, really great.", "label": true}\n{"text": "Dull.", "label": false}\n',
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_examples(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FORMATS[name])
    for source in (FORMATS[name], tmp_path / name):
        found = read(source, SST2, name)
        assert found.texts == WANT
        assert found.labels == ("positive", "negative")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("text,label\nCafé,positive\n".encode(), ""),
        ("text,label\nCafé,positive\n".encode("utf-8-sig"), ""),
        ("text,label\nCafé,positive\n".encode("utf-16"), ""),
        ("text,label\nCafé,positive\n".encode("utf-16-le"), "read as UTF-16"),
        ("text,label\nCafé,positive\n".encode("cp1252"), "1 line was not UTF-8 and read as Windows-1252"),
        (b"text,label\n" + "Café,positive\n".encode() + "naïve,negative\n".encode("cp1252"), "1 line was not UTF-8"),
        ("text,label\nCa\0fé,positive\n".encode(), "1 NUL character was taken out"),
    ],
)
def test_encodings_are_understood_and_what_was_assumed_is_said(data: bytes, note: str) -> None:
    found = read(data, SST2, "a.csv")
    assert found.texts[0] == "Café"
    assert note in found.note
    assert bool(found.note) == bool(note)


def test_words_that_look_like_missing_values_stay_words() -> None:
    assert read(b"text,label\nnull,1\nNA,0\nNone,1\nnan,0\n", SST2, "a.csv").texts == ("null", "NA", "None", "nan")


def test_columns_are_found_by_content_where_names_say_nothing() -> None:
    found = read(b"n,what,score\n7,A warm film.,1\n8,A cold film.,0\n", SST2, "a.csv")
    assert found.texts == ("A warm film.", "A cold film.")
    assert found.labels == ("positive", "negative")


def test_named_columns_win() -> None:
    data = b"text,other,label,mine\nfirst,second,0,1\n"
    found = read(data, SST2, "a.csv", text="Other", label="mine")
    assert (found.texts, found.labels) == (("second",), ("positive",))


def test_a_file_without_header_is_noticed() -> None:
    found = read(b"A warm film.,positive\nA cold film.,negative\n", SST2, "a.csv")
    assert found.texts == ("A warm film.", "A cold film.")
    assert "no header" in found.note


def test_a_single_column_without_header_keeps_its_first_line() -> None:
    for task in (SST2, POS):
        found = read(b"A warm film.\nA cold film.\n", task, "a.csv")
        assert len(found) == 2
        assert "no header" in found.note
        assert len(read(b"What they wrote\nA cold film.\n", task, "a.csv")) == 1, "a few words may be a name"


def test_labels_are_read_in_any_case_and_by_number() -> None:
    assert read(b"text,label\na b c,POSITIVE\nd e f,0\ng h i, 1.0 \n", SST2, "a.csv").labels == ("positive", "negative", "positive")


def test_texts_without_labels_are_examples_too() -> None:
    assert read(b"text\nA warm film.\n", SST2, "a.csv").labels is None


def test_blank_rows_and_rows_without_text_or_label_are_counted() -> None:
    found = read(b"text,label\n\nfine film,positive\n,\n,positive\nbad film,\n", SST2, "a.csv")
    assert found.texts == ("fine film",)
    assert found.note == "2 blank rows were skipped. 1 row without text was left out. 1 row without label was left out."


def test_ids_and_tags_are_taken_over() -> None:
    found = read(b"id,text,label,tags\nx1,not good,0,negation;short\nx2,good,1,\n", SST2, "a.csv")
    assert found.ids == ("x1", "x2")
    assert found.tags == (("negation", "short"), ())


def test_tab_separated_quotes_stand_as_they_are() -> None:
    found = read(b'sentence\tlabel\n"hello , he said\t1\n"a ""b"" c"\t0\n', SST2, "a.tsv")
    assert found.texts == ('"hello , he said', 'a "b" c')


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b'{"tokens": ["The", "cat"], "tags": ["DET", "NOUN"]}'),
        ("a.csv", b"words,tags\nThe cat,det noun\n"),
        ("a.csv", b"tokens,upos\n\"['The', 'cat']\",\"['DET', 'NOUN']\"\n"),
        ("a.parquet", parquet(tokens=[["The", "cat"]], tags=[["DET", "NOUN"]])),
        ("a.jsonl", b'{"text": "The cat", "tags": "DET NOUN"}'),
    ],
)
def test_words_and_tags_are_read_as_lists_or_between_blanks(name: str, data: bytes) -> None:
    found = read(data, POS, name)
    assert (found.texts, found.labels) == ((("The", "cat"),), (("DET", "NOUN"),))


def test_untagged_text_stays_text_for_word_level_tasks() -> None:
    assert read(b"text\nThe cat sleeps.\n", POS, "a.csv").texts == ("The cat sleeps.",)


def twice() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table([pa.array(["a b"]), pa.array(["c d"])], names=["text", "text"]), out)
    return out.getvalue()


BAD = {
    "empty file": (b"", "a.csv", "is empty"),
    "header only": (b"text,label\n", "a.csv", "holds no rows"),
    "no text column": (b"a,b\n1,2\n", "a.csv", "no column of texts"),
    "unknown label": (b"text,label\nfine film,meh\n", "a.csv", "1 label is not of the task, first 'meh' in line 2"),
    "label out of range": (b"text,label\nfine film,77\n", "a.csv", "what the label 77 of column 'label' means is not certain"),
    "ragged": (b"text,label\nfine, really,1\n", "a.csv", "line 2: 3 cells: the header has 2"),
    "open quote": (b'text,label\n"fine,1\nbad,0\n', "a.csv", "quotes do not match"),
    "same name twice": (b"text,text\na,b\n", "a.csv", "two columns called 'text'"),
    "huge cell": (b"text,label\n" + b"x" * (MAX_CELL + 1) + b",1\n", "a.csv", "more than 131,072 characters"),
    "huge cell, json": (b'{"text": "' + b"x" * (MAX_CELL + 1) + b'"}', "a.jsonl", "more than 131,072 characters"),
    "too many rows": (b"text,label\n" + b"a b,1\n" * (MAX_ROWS + 1), "a.csv", "more than 50,000 rows"),
    "too many lines": (b"text\tlabel\n" + b"a b\t1\n" * (MAX_ROWS + 1), "a.tsv", "more than 50,000 rows"),
    "binary": (bytes(range(256)) * 20, "a.csv", "is no text file"),
    "workbook": (b"PK\x03\x04" + b"\0" * 50, "a.csv", "Excel workbook"),
    "broken utf-16": (b"\xff\xfea\0b", "a.csv", "cannot be decoded"),
    "broken json": (b'{"text": "a"}\n{"text": \n', "a.jsonl", "line 2: not JSON"),
    "deep json": (b"[" * 200_000, "a.json", "is not JSON"),
    "json of numbers": (b"1\n2\n", "a.jsonl", "not a JSON object"),
    "broken parquet": (b"PAR1 and then nothing", "a.parquet", "not a Parquet file"),
    "parquet, same name twice": (twice(), "a.parquet", "two columns called 'text'"),
    "parquet, no rows": (parquet(text=[], label=[]), "a.parquet", "holds no rows"),
    "only blank rows": (b"text,label\n,\n", "a.csv", "holds no rows"),
    "no rows with text": (b"text,label\n,positive\n", "a.csv", "no usable rows"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_does_not_fit_is_one_sentence(case: str) -> None:
    data, name, why = BAD[case]
    with pytest.raises(InputError) as caught:
        read(data, SST2, name)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(name)


def test_a_file_over_the_bound_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = FORMATS["a.csv"]
    monkeypatch.setattr("dynviz.data.formats.choose.MAX_BYTES", len(data) - 1)
    monkeypatch.setattr("dynviz.data.source.MAX_BYTES", len(data) - 1)
    (tmp_path / "a.csv").write_bytes(data)
    for source in (data, tmp_path / "a.csv"):
        with pytest.raises(InputError, match="larger than"):
            read(source, SST2, "a.csv")


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no column 'review': its columns are: text, label"):
        read(b"text,label\na,1\n", SST2, "a.csv", text="review")


def test_as_many_tags_as_words_are_needed() -> None:
    with pytest.raises(InputError, match=r"line 1: 2 words and 1 tags"):
        read(b'{"tokens": ["The", "cat"], "tags": ["DET"]}', POS, "a.jsonl")


def test_missing_files_and_folders_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is missing"):
        read(tmp_path / "nothing.csv", SST2)
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path, SST2)


def test_hub_data_need_the_package_that_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynviz.data.hub.find_spec", lambda name: None)
    with pytest.raises(InputError, match="pip install datasets"):
        read("stanfordnlp/sst2:validation", SST2)


def test_pasted_lines_are_examples_with_labels_where_all_have_them() -> None:
    assert examples_of(lines_table("A warm film.\n\n A cold film. \n"), SST2, text="text").texts == ("A warm film.", "A cold film.")
    assert examples_of(lines_table("A warm film.\tpositive\nA cold film.\t0"), SST2).labels == ("positive", "negative")
    with pytest.raises(InputError, match="blank"):
        lines_table(" \n ")


@pytest.mark.parametrize("task", TASKS)
def test_bundled_examples_have_the_labels_of_their_task(task: str) -> None:
    examples = bundled(task)
    assert len(examples) == len(set(examples.ids)) >= 40
    labels = [x for y in examples.labels or () for x in (y if isinstance(y, tuple) else (y,))]
    assert set(labels) <= set(TASKS[task].labels)
    assert all(examples.look_for)


def test_a_task_of_long_texts_offers_some_before_the_sentences_that_are_measured() -> None:
    short, found = bundled("imdb"), offered("imdb")
    new = len(found) - len(short)
    assert found.ids[new:] == short.ids
    assert all(100 <= len(text.split()) <= 200 for text in found.texts[:new])
    assert new == 6
    assert sorted((found.labels or ())[:new]) == ["negative"] * 3 + ["positive"] * 3
    assert len(set(found.ids)) == len(found)
    assert all(found.look_for)
    assert all(offered(task) == bundled(task) for task in (*TASKS, "custom") if task != "imdb")


cells = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=3)
contents = st.one_of(
    st.binary(max_size=200),
    st.text(st.sampled_from('text,label;01\t\n\r"\'[]{}: aé\0'), max_size=80).map(str.encode),
    st.lists(st.dictionaries(st.sampled_from(["text", "label", "tokens", "tags", "id"]), cells, max_size=4), max_size=4).map(
        lambda x: json.dumps(x).encode()
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(contents, st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "a.txt", "a"]), st.sampled_from([SST2, POS]))
def test_any_bytes_are_read_or_refused_with_one_sentence(data: bytes, name: str, task: Task) -> None:
    try:
        found = read(data, task, name)
    except InputError as error:
        said = str(error)
    else:
        said = ""
        assert len(found.ids) == len(found.texts) == len(found.tags) > 0
        assert found.labels is None or len(found.labels) == len(found.texts)
        assert all(t.strip() if isinstance(t, str) else any(w.strip() for w in t) for t in found.texts)
    assert "\n" not in said
    assert len(said) < 600


# Rows that do not fit, listed and left out

LENIENT = {
    "too many cells": (b"text,label\na,1\nb,1,2\nc,0\n", "a.csv", ["a", "c"], [(3, "3 cells: the header has 2")]),
    "open quote": (b'text,label\na,1\n"b,1\nc,0\n', "a.csv", ["a", "c"], [(3, "the quotes do not match")]),
    "quote closed lines later": (
        b'text,label\na,1\n"b,1\nc,0\nd",1,9\ne,0\n',
        "a.csv",
        ["a", "c", "e"],
        [(3, "the quotes"), (5, "3 cells")],
    ),
    "line breaks in quotes": (b'text,label\n"a\nb",1\nc,0\n', "a.csv", ["a\nb", "c"], []),
    "tabs": (b'text\tlabel\na "b\t1\nc\nd\t0\n', "a.tsv", ['a "b', "d"], [(3, "1 cells")]),
    "json": (b'{"text": "a"}\n{oops\n[1]\n{"text": "b"}', "a.jsonl", ["a", "b"], [(2, "not JSON"), (3, "not a JSON object")]),
    "huge cell": (b"text,label\na,1\n" + b"x" * (MAX_CELL + 1) + b",1\nc,0\n", "a.csv", ["a", "c"], [(3, "")]),
}


@pytest.mark.parametrize("case", LENIENT)
def test_bad_rows_are_listed_and_the_others_read(case: str) -> None:
    data, name, texts, listed = LENIENT[case]
    found = open_table(data, name, lenient=True)
    assert found.columns["text"] == texts
    assert [place for place, _ in found.skipped] == [place for place, _ in listed]
    assert all(why in reason for (_, reason), (_, why) in zip(found.skipped, listed, strict=True))


def test_a_file_of_bad_rows_only_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"a\.csv holds no rows: .*line 2: 1 cells"):
        open_table(b"text,label\na\n", "a.csv", lenient=True)


def test_labels_are_mapped_as_told_and_what_is_left_out_is_listed() -> None:
    found, skipped = open_table(b"text,label\na,good\nb,bad\nc,meh\nd,\n,good\n"), []
    examples = examples_of(found, SST2, meanings={"good": "positive", "bad": "negative", "meh": ""}, skipped=skipped)
    assert examples.labels == ("positive", "negative")
    assert [place for place, _ in skipped] == [4, 5, 6]
    assert skipped == [(4, "labelled meh"), (5, "no label"), (6, "no text")]


def test_labels_can_be_refused() -> None:
    assert examples_of(open_table(b"text,label\na,1\n"), SST2, label="").labels is None


@pytest.mark.parametrize(("text", "why"), [("\u200b\u200d", "no letter"), ("a\ud800", "surrogate pair")])
def test_texts_that_hold_nothing_to_read_are_listed(text: str, why: str) -> None:
    table, skipped = Table("t", {"text": ["good", text]}, [1, 2], []), []
    assert examples_of(table, SST2, skipped=skipped).texts == ("good",)
    assert skipped[0][0] == 2
    assert why in skipped[0][1]


@pytest.mark.parametrize("text", ["\U0001f600", "مرحبا", "<b>", "?", "好"])
def test_emoji_scripts_and_marks_are_texts(text: str) -> None:
    assert examples_of(Table("t", {"text": [text]}, [1], []), SST2).texts == (text,)
