"""The shapes in which files come: what they hold is read as it is meant, what was assumed is said, and nothing else."""

import gzip
import importlib.util
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dynviz.data import MAX_ROWS, examples_of, lines_table, open_table, read
from dynviz.data.label_names import by_name
from dynviz.data.tables import MAX_COLUMNS, MAX_NAME
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS
from tests.data.hostile import book

FINE, DULL = "A fine, long film.", "A dull film."
COLUMNS = {"text": [FINE, DULL], "label": ["1", "0"]}
NUMBERED = {"text": [FINE, DULL], "label": [1, 0]}


# Separated cells

SEPARATED = {
    "excel": ("a.csv", f'sep=;\r\ntext;label\r\n"{FINE}";1\r\n{DULL};0\r\n', ["The first line says that semicolons separate the cells."]),
    "excel, quoted": ("a.csv", f'"sep=;"\ntext;label\n{FINE};1\n{DULL};0\n', ["The first line says that semicolons separate the cells."]),
    "tabs in a .csv": ("a.csv", f"text\tlabel\n{FINE}\t1\n{DULL}\t0\n", ["The cells are separated by tabs."]),
    "commas in a .tsv": ("a.tsv", f'text,label\n"{FINE}",1\n{DULL},0\n', ["The cells are separated by commas."]),
    "semicolons, commas in the texts": ("a.csv", f"text;label\n{FINE};1\n{DULL};0\n", []),
    "bars": ("a.csv", f"text|label\n{FINE}|1\n{DULL}|0\n", []),
    "a TSV that ends in a newline": ("a.tsv", f"text\tlabel\n{FINE}\t1\n{DULL}\t0\n", []),
    "blank lines at the end": ("a.csv", f'text,label\n"{FINE}",1\n{DULL},0\n\n,\n', []),
    "a blank line between": ("a.csv", f'text,label\n"{FINE}",1\n\n{DULL},0\n', ["1 blank row was skipped."]),
    "carriage returns": ("a.csv", f'text,label\r"{FINE}",1\r{DULL},0', []),
    "byte order mark": ("a.csv", f'\ufefftext,label\n"{FINE}",1\n{DULL},0\n', []),
    "the same column twice": ("a.csv", f'text,label,label\n"{FINE}",1,1\n{DULL},0,0\n', []),
}


@pytest.mark.parametrize("case", SEPARATED)
def test_separated_cells_are_read_as_they_are_meant(case: str) -> None:
    name, text, notes = SEPARATED[case]
    found = open_table(text.encode(), name)
    assert (found.columns, found.notes) == (COLUMNS, notes)


def test_names_of_columns_do_not_decide_what_separates_them() -> None:
    found = open_table(f"text, as written;label, as given\n{FINE};1\n{DULL};0\n".encode(), "a.csv")
    assert list(found.columns.values()) == list(COLUMNS.values())


def test_places_are_lines_of_the_file() -> None:
    found = open_table(b'sep=,\ntext,label\n"two\nlines",1\n\nlast,0\n', "a.csv")
    assert found.places == [4, 6]
    assert found.header is not None
    assert found.header.place == 2


def test_another_column_of_the_same_name_gets_a_name_of_its_own() -> None:
    found = open_table(b"text,label,label (2),label\na,1,x,2\n", "a.csv")
    assert list(found.columns) == ["text", "label", "label (2)", "label (3)"]
    assert found.notes == ["Two columns are called 'label'; the later is read as 'label (3)'."]
    with pytest.raises(InputError, match="two columns called 'text'"):
        read(b"text,text\na b c,d e f\n", TASKS["sst2"], "a.csv")
    assert read(b"text,text\na b c,d e f\n", TASKS["sst2"], "a.csv", text="text (2)").texts == ("d e f",)


def test_names_of_columns_are_bounded_and_on_one_line() -> None:
    found = open_table(b'"a\nname",' + b"x" * 100_000 + b",\x1b\n1,2,3\n", "a.csv")
    assert list(found.columns) == ["a name", "x" * MAX_NAME + "\u2026", "column 3"]
    assert found.header is not None
    assert len(found.header.cells[1]) == 100_000, "as it stood, should it be no name"


def test_a_first_row_that_is_an_example_comes_back_whole_and_at_its_place() -> None:
    first = "A film of many words, and of many more of them " * 20
    found = read(f'\n"{first}",positive\n{DULL},negative\n'.encode(), TASKS["sst2"], "a.csv")
    assert found.texts == (first, DULL)
    assert found.ids == ("2", "3")


MARKS = {"^": "carets", ":": "colons", "::": "double colons"}


@pytest.mark.parametrize("mark", MARKS)
def test_rare_marks_separate_where_every_line_has_as_many(mark: str) -> None:
    found = open_table(mark.join(["text", "label"]).encode() + f"\n{FINE}{mark}1\n{DULL}{mark}0\n".encode(), "a.csv")
    assert (found.columns, found.notes) == (COLUMNS, [f"The cells are separated by {MARKS[mark]}."])
    assert len(open_table(b"Bob: a fine film\nEve: a dull film\nJoe: fine\n", "a.csv").columns) == 1, "prose has colons"


@pytest.mark.parametrize("mark", [*",;|^:~!#", "\t", "::"])
@pytest.mark.parametrize("line", ["sep={}", "SEP={}", "sep= {}", "\n\nsep={}", "sep = {} ", '"sep={}"'])
def test_the_line_for_excel_tells_any_mark(mark: str, line: str) -> None:
    found = open_table(f"{line.format(mark)}\r\ntext{mark}label\r\nA fine film{mark}1\r\nA dull film{mark}0\r\n".encode(), "a.csv")
    assert found.columns == {"text": ["A fine film", "A dull film"], "label": ["1", "0"]}
    assert len(found.notes) == 1


CONTENT = {
    "JSON lines": '{"text": "A fine, long film.", "label": "1"}\n{"text": "A dull film.", "label": "0"}\n',
    "an array": '[{"text": "A fine, long film.", "label": "1"}, {"text": "A dull film.", "label": "0"}]',
    "an array over lines": '[\n {"text": "A fine, long film.", "label": "1"},\n {"text": "A dull film.", "label": "0"}\n]\n',
    "lists": '[["text", "label"], ["A fine, long film.", "1"], ["A dull film.", "0"]]',
    "commas": f'text,label\n"{FINE}",1\n{DULL},0\n',
    "semicolons": f"text;label\n{FINE};1\n{DULL};0\n",
    "tabs": f"text\tlabel\n{FINE}\t1\n{DULL}\t0\n",
    "no names": f"{FINE}|1\n{DULL}|0\n",
    "no names, quotes": f'"{FINE}",1\n"{DULL}",0\n',
    "labels first": f'1,"{FINE}"\n0,{DULL}\n',
}


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a"])
@pytest.mark.parametrize("case", CONTENT)
def test_content_decides_against_the_name(case: str, name: str) -> None:
    found = examples_of(open_table(CONTENT[case].encode(), name), TASKS["sst2"])
    assert (found.texts, found.labels) == ((FINE, DULL), ("positive", "negative"))


@pytest.mark.parametrize(
    "text",
    [
        "[1] A fine film\n[2] A dull film\n",
        "[sic] a film\nno film\n",
        "{a} film\nno film\n",
        "Class, listen\nYes, sir\nOk, fine\n",
        "Content; hmm\nGood; well\n",
        "I saw 1, then 2\nI saw 3, then 4\n",
        "Take 1, 2\nTake 2, 2\n",
        "Bob: nice\nEve: bad\n",
    ],
)
def test_plain_lines_stay_whole(text: str) -> None:
    assert open_table(text.encode(), "a.txt").columns == {"text": text.splitlines()} == lines_table(text).columns


HEADLESS = ["great movie\nbad movie\nok movie", "I like this film, really.\nI hate it, truly.\nok, fine then.", "Not bad!\nSo, so bad.\n"]


@pytest.mark.parametrize("text", HEADLESS)
def test_no_line_of_a_file_without_header_is_lost(text: str) -> None:
    assert read(text.encode(), TASKS["sst2"], "a.csv").texts == tuple(text.splitlines())


@pytest.mark.parametrize("name", ["movie review", "Customer comment", "Tweets"])
def test_a_name_of_texts_stays_a_name(name: str) -> None:
    assert read(f"{name}\nA fine film\nA dull film\n".encode(), TASKS["sst2"], "a.csv").texts == ("A fine film", "A dull film")


def test_commas_after_names_of_columns_are_no_prose() -> None:
    assert read(b"text, label\nFine., 1\nDull., 0\n", TASKS["sst2"], "a.csv").labels == ("positive", "negative")
    assert list(open_table(b"Fine film.,1\nDull film.,0\n", "a.csv").columns) == ["Fine film.", "1"]


# JSON

JSON = {
    "records": [{"text": FINE, "label": 1}, {"text": DULL, "label": 0}],
    "columns": {"text": {"0": FINE, "1": DULL}, "label": {"0": 1, "1": 0}},
    "index": {"0": {"text": FINE, "label": 1}, "1": {"text": DULL, "label": 0}},
    "split": {"columns": ["text", "label"], "index": [0, 1], "data": [[FINE, 1], [DULL, 0]]},
    "table": {"schema": {"fields": []}, "data": [{"text": FINE, "label": 1}, {"text": DULL, "label": 0}]},
    "values": [["text", "label"], [FINE, 1], [DULL, 0]],
    "nested": {"version": 1, "rows": [{"text": FINE, "label": 1}, {"text": DULL, "label": 0}]},
    "lists": {"text": [FINE, DULL], "label": [1, 0]},
    "columns by name": {"text": {"a": FINE, "b": DULL}, "label": {"a": 1, "b": 0}},
    "index by name": {"a": {"text": FINE, "label": 1}, "b": {"text": DULL, "label": 0}},
    "columns below a key": {"version": "1", "data": {"text": [FINE, DULL], "label": [1, 0]}},
    "rows below two keys": {"data": {"train": {"rows": [{"text": FINE, "label": 1}, {"text": DULL, "label": 0}]}}},
    "the Hub's rows": {
        "features": [{"feature_idx": 0, "name": "text"}],
        "rows": [{"row": {"text": FINE, "label": 1}}, {"row": {"text": DULL, "label": 0}}],
    },
    "annotations": [{"data": {"text": FINE, "label": 1}}, {"data": {"text": DULL, "label": 0}}],
    "texts by language": [{"text": {"en": FINE}, "label": 1}, {"text": {"en": DULL}, "label": 0}],
}  # fmt: skip
NO_NOTE = ("records", "values")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("orient", JSON)
def test_every_shape_of_pandas_is_read(orient: str, indent: int | None) -> None:
    found = open_table(json.dumps(JSON[orient], indent=indent).encode(), "a.json")
    assert found.columns == NUMBERED
    assert bool(found.notes) == (orient not in NO_NOTE)


ONE = {
    "one column": ({"text": {"0": FINE, "1": DULL}}, {"text": [FINE, DULL]}),
    "one row": ({"0": {"text": FINE, "label": 1}}, {"text": [FINE], "label": [1]}),
    "one column below a key": ({"data": {"text": {"0": FINE, "1": DULL}}}, {"text": [FINE, DULL]}),
    "a row with tables": ({"text": FINE, "spans": [{"a": 1}]}, {"text": [FINE], "spans": ['[{"a": 1}]']}),
    "two languages": ([{"text": {"en": FINE, "de": DULL}}], {"text.en": [FINE], "text.de": [DULL]}),
    "a row below a key": ({"data": {"text": FINE, "label": 1}}, {"text": [FINE], "label": [1]}),
    "a translation": ([{"translation": {"en": FINE, "de": DULL}}], {"en": [FINE], "de": [DULL]}),
}


@pytest.mark.parametrize("case", ONE)
def test_no_text_is_the_source_of_json(case: str) -> None:
    written, columns = ONE[case]
    assert open_table(json.dumps(written).encode(), "a.json").columns == columns


def test_objects_over_several_lines_are_read_one_after_the_other() -> None:
    text = "\n".join(json.dumps(row, indent=2) for row in JSON["records"])
    for name in ("a.jsonl", "a.json"):
        found = open_table(text.encode(), name)
        assert (found.columns, found.places) == (NUMBERED, [1, 2])


def test_values_without_names_may_be_examples_at_once() -> None:
    found = read(json.dumps([[FINE, "positive"], [DULL, "negative"]]).encode(), TASKS["sst2"], "a.json")
    assert found.texts == (FINE, DULL)
    assert open_table(json.dumps([FINE, DULL]).encode(), "a.json").columns == {"text": [FINE, DULL]}


UNCLEAR = {
    "a series": {"0": FINE, "1": DULL},
    "two tables": {"train": [{"text": FINE}], "test": [{"text": DULL}]},
    "rows of another length": {"columns": ["text", "label"], "data": [[FINE]]},
    "columns of another length": {"text": [FINE], "label": [1, 0]},
    "texts below labels": {"positive": [FINE, "a"], "negative": [DULL, "b"]},
    "labels below texts": {"a nice film": "positive", "a bad film": "negative"},
    "labels below words": {"nice": 1, "bad": 0},
    "rows by name, without known names": {"a": {"x": FINE}, "b": {"z": DULL}},
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_is_unclear_names_the_shape_to_write(case: str) -> None:
    with pytest.raises(InputError, match='orient="records"'):
        open_table(json.dumps(UNCLEAR[case]).encode(), "a.json")


def test_one_object_on_one_line_is_a_row() -> None:
    for row in ({"text": FINE, "meta": {"a": 1}}, {"tokens": ["A", "film"], "tags": ["DET", "NOUN"]}):
        assert len(open_table(json.dumps(row).encode(), "a.jsonl")) == 1


def test_cells_of_json_are_texts_numbers_and_lists_of_them() -> None:
    row = {"text": "a", "none": None, "list": ["a", None], "object": {"b": ["\u00e9"]}, "long": 10**30}
    row["nested"] = ["a", None, {"b": 1}, [2]]
    found = open_table((json.dumps(row) + '\n{"text": NaN, "long": ' + "9" * 5000 + "}").encode(), "a.jsonl")
    assert found.columns["text"] == ["a", ""]
    assert found.columns["list"] == [["a", ""], ""]
    assert found.columns["nested"] == ['["a", null, {"b": 1}, [2]]', ""], "a list that holds more than cells stays whole"
    assert found.columns["object"] == ['{"b": ["\u00e9"]}', ""]
    assert found.columns["long"] == ["1" + "0" * 30, "9" * 5000]


def test_half_a_surrogate_pair_is_the_rows_fault_alone() -> None:
    data = b'{"text": "a", "\\ud800": 1}\n{"text": "\\ud83d"}\n{"text": ["b", "\\ud83d\\ude00"]}'
    found = open_table(data, "a.jsonl", lenient=True)
    assert found.columns == {"text": ["a", ["b", "\U0001f600"]], "?": [1, ""]}
    assert [place for place, _ in found.skipped] == [2]
    "".join(found.columns).encode()
    found = open_table(b'[["text"], ["a"], ["\\ud800"], 1]', "a.json", lenient=True)
    assert (found.columns, [place for place, _ in found.skipped]) == ({"text": ["a"]}, [3, 4])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'[{"text": "a"}, ', "a.json is not JSON"), (b'[{"text": "a"}] []', "something follows its end"),
        (b'[{"text": "a"} {"text": "b"}]', "',' is missing"), (b'[{"text": "a"},]', "a.json is not JSON"),
        (b"[" + b"1," * 200_000 + b"1]", "a.json"), (b'{"text": ' + b"[" * 90_000, "nested too deeply"),
        (b'[{"text": "' + b"x" * 3_000_000 + b'"}]', "more than 2,000,000 characters"),
        (b"[" + b",".join(b'{"k%d": 1}' % i for i in range(MAX_COLUMNS + 1)) + b"]", "more than 1,000 columns"),
    ],
)  # fmt: skip
def test_what_is_no_json_is_one_sentence(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        open_table(data, "a.json")
    assert len(str(caught.value)) < 400


# Words with tags

TWO = {"tokens": [["Angela", "visited", "Paris", "."], ["It", "rained", "."]]}
NER = [["B-PER", "O", "B-LOC", "O"], ["O", "O", "O"]]
CONLL_2003 = (
    "-DOCSTART- -X- -X- O\n\nAngela NNP B-NP B-PER\nvisited VBD B-VP O\nParis NNP B-NP B-LOC\n. . O O\n\n"
    "It PRP B-NP O\nrained VBD B-VP O\n. . O O\n"
)  # fmt: skip
CONLL_U = (
    "# sent_id = 1\n# text = Don't go\n1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDo\tdo\tAUX\tVB\t_\t3\taux\t_\t_\n"
    "2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_\n2.1\tyou\tyou\tPRON\tPRP\t_\t_\t_\t_\t_\n3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n\n"
    "# sent_id = 2\n1\t#\t#\tSYM\t#\t_\t0\troot\t_\t_\n"
)  # fmt: skip


@pytest.mark.parametrize("mark", [" ", "\t"])
@pytest.mark.parametrize("name", ["a.txt", "a.conll", "a.tsv", "a"])
def test_a_word_on_each_line_makes_sentences(name: str, mark: str) -> None:
    found = open_table(CONLL_2003.replace(" ", mark).encode(), name)
    pos = [["NNP", "VBD", "NNP", "."], ["PRP", "VBD", "."]]
    chunk = [["B-NP", "B-VP", "B-NP", "O"], ["B-NP", "B-VP", "O"]]
    assert found.columns == {**TWO, "pos": pos, "chunk": chunk, "ner": NER}
    assert found.places == [3, 8]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_words_and_tags_may_stand_between_commas(name: str) -> None:
    rows = ["Angela,B-PER", "visited,O", "Paris,B-LOC", '",",O', "", "It,O"]
    for blank in ("", ","):
        found = open_table("\r\n".join(row or blank for row in rows).encode(), name)
        assert found.columns == {"tokens": [["Angela", "visited", "Paris", ","], ["It"]], "ner": [["B-PER", "O", "B-LOC", "O"], ["O"]]}
        assert found.places == [1, 6]


def test_columns_are_called_by_what_stands_in_them() -> None:
    two = "Angela\tB-PER\nsings\tO\n\nParis\tB-LOC\n"
    assert list(open_table(two.encode(), "a.txt").columns) == ["tokens", "ner"]
    assert list(open_table(b"1 Angela _ PROPN\n2 sings _ VERB\n\n1 Go x VERB\n", "a.txt").columns) == ["tokens", "column 3", "upos"]
    assert lines_table(two).columns["tokens"] == [["Angela", "sings"], ["Paris"]], "pasted lines too"


def test_treebanks_leave_out_what_is_beside_the_words() -> None:
    for name in ("a.conllu", "a.txt"):
        found = open_table(CONLL_U.encode(), name)
        assert found.columns == {
            "tokens": [["Do", "n't", "go"], ["#"]], "upos": [["AUX", "PART", "VERB"], ["SYM"]], "xpos": [["VB", "RB", "VB"], ["#"]],
            "deprel": [["aux", "advmod", "root"], ["root"]],
        }  # fmt: skip
        assert found.places == [4, 10]
    assert read(CONLL_U.encode(), TASKS["pos"], "a.conllu").labels == (("AUX", "PART", "VERB"), ("SYM",))


def test_a_word_without_its_tags_is_its_sentences_fault() -> None:
    data = b"A DET\nfilm NOUN\n\nIt\nrains VERB\n\nGo VERB\n"
    for name, before in (("a.conll", b""), ("a.txt", b"A DET\nfilm NOUN\n\n" * 9)):
        found = open_table(before + data, name, lenient=True)
        assert found.skipped == [(before.count(b"\n") + 4, "a sentence with a line of 1 columns: the first line has 2")]
        assert found.columns["tokens"][-2:] == [["A", "film"], ["Go"]]
    with pytest.raises(InputError, match="is not CoNLL"):
        open_table(f"{FINE}\n{DULL}\nOne.".encode(), "a.conll")


@pytest.mark.parametrize(
    "text",
    [
        "Great film\n\nBad film\n",
        "A fine film.\tpositive\n\nA dull film.\tnegative\n",
        "good\tpositive\n\nbad\tnegative\n",
        "GREAT FILM\nBAD FILM\n",
        "great film !\nbad film ?\n\nnice one .\n",
        "NICE FILM\nBAD FILM\n\nGOOD ONE",
        "vitamin O\nblood B-negative\n",
        "vitamin B-12\ntype O\n\nhepatitis B-virus\nblood O\n",
        "COME IN\nSELL CD\n\nLISTEN TO\n",
        "so it goes .\nso it went ,\n\nso be it :\n",
        "Plan A\nPlan B\n\nPlan X\n",
        "Watch MTV\nBuy DVD\n\nVisit USA\n",
        "I :)\nyou :(\n\nwe :D\n",
        "Vitamin K2\nGroup I-A\n\nGroup I-B\n",
    ],
)
def test_lines_that_are_no_words_with_tags_stay_lines(text: str) -> None:
    found = lines_table(text)
    assert open_table(text.encode(), "a.txt").columns == found.columns
    assert found.columns["text"] == [line.split("\t")[0] for line in text.splitlines() if line], "no word is lost"


@pytest.mark.parametrize("text", ["Bob B-drug\nJoe I-drug\nok O\n", "Angela B-PER\nsings O\n", "I PRP\nsing VBP\n\nGo VB\n! .\n"])
def test_words_with_known_tags_are_sentences(text: str) -> None:
    assert "tokens" in open_table(text.encode(), "a.txt").columns


def test_labels_before_the_text_are_read_as_fasttext_writes_them() -> None:
    found = open_table(f"__label__1 {FINE}\n__label__0 {DULL}\n".encode(), "a.txt")
    assert found.columns == COLUMNS
    assert "__label__" in found.notes[0]


@pytest.mark.parametrize("line", ["__label__{0} __label__en {1}", "{1} __label__{0} __label__en", "__label__{0} {1} __label__en"])
def test_a_line_of_fasttext_may_have_several_labels_anywhere(line: str) -> None:
    text = "".join(line.format(*pair) + "\n" for pair in (("positive", FINE), ("negative", DULL)))
    found = open_table(text.encode(), "a.txt")
    assert found.columns == {"text": [FINE, DULL], "label": ["positive", "negative"], "label (2)": ["en", "en"]}
    assert "up to 2 labels" in found.notes[1]
    assert examples_of(found, TASKS["sst2"]).labels == ("positive", "negative")
    one = open_table(f"{FINE} __label__1\n__label__0 {DULL}\n".encode(), "a.txt")
    assert one.columns == COLUMNS
    assert open_table(f"__label__1 __label__2 {FINE}\n__label__0 {DULL}\n".encode(), "a.txt").columns["label (2)"] == ["2", ""]


WORD_ROWS = {
    "numbered where they begin": "Sentence #,Word,Tag\n" + "1,Angela,B-PER\n,visited,O\n,Paris,B-LOC\n,.,O\n2,It,O\n,rained,O\n,.,O\n",
    "numbered": "sentence_id,word,tag\n" + "1,Angela,B-PER\n1,visited,O\n1,Paris,B-LOC\n1,.,O\n2,It,O\n2,rained,O\n2,.,O\n",
    "called sentence": "Word,Sentence,Tag\n" + "Angela,1,B-PER\nvisited,1,O\nParis,1,B-LOC\n.,1,O\nIt,2,O\nrained,2,O\n.,2,O\n",
    "blank lines": "word\ttag\nAngela\tB-PER\nvisited\tO\nParis\tB-LOC\n.\tO\n\nIt\tO\nrained\tO\n.\tO\n",
    "blank rows": "token,tag\nAngela,B-PER\nvisited,O\nParis,B-LOC\n.,O\n,\nIt,O\nrained,O\n.,O\n",
}


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt"])
@pytest.mark.parametrize("case", WORD_ROWS)
def test_a_word_in_each_row_is_no_sentence(case: str, name: str) -> None:
    found = open_table(WORD_ROWS[case].encode(), name)
    assert [found.columns["tokens"], *list(found.columns.values())[1:]] == [*TWO.values(), NER]
    assert (found.places[0], found.notes[-1][:23]) == (2, "Each sentence is a row:")


def test_a_word_in_each_row_of_a_workbook_or_of_json() -> None:
    rows = [row.split(",") for row in WORD_ROWS["called sentence"].splitlines()]
    cells = ("|".join(f"><v>{c}</v>" if c.isdigit() else words(c) for c in row) for row in rows)
    objects = "\n".join(json.dumps(dict(zip(rows[0], row, strict=True))) for row in rows[1:])
    for data, name in ((sheet(*cells), "a.xlsx"), (objects.encode(), "a.jsonl")):
        assert list(open_table(data, name).columns.values()) == [*TWO.values(), NER]


def test_a_word_in_each_row_without_ends_of_sentences_is_said() -> None:
    with pytest.raises(InputError, match="has a word in each row: neither a column nor blank lines say where"):
        open_table(b"word,tag\nAngela,B-PER\nsings,O\n.,O\n", "a.csv")
    assert open_table(b"word,label\ngood,1\nbad,0\n", "a.csv").columns == {"word": ["good", "bad"], "label": ["1", "0"]}
    assert len(open_table(b"sentence,word,label\nA fine film,fine,1\nA fine film,film,0\n", "a.csv")) == 2, "a word of each text"


# Parquet


def parquet(table: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


@pytest.mark.parametrize("dictionary", [True, False])
def test_columns_of_every_kind_are_read_or_named(dictionary: bool) -> None:
    day = pa.array([0, None, 2**31 - 1], pa.date32())  # far beyond the year 9999
    found = open_table(
        parquet(
            pa.table(
                {
                    "text": pa.array([b"caf\xc3\xa9", None, b"c"]), "raw": pa.array([b"\xff", None, b"c"]),
                    "half": pa.array([1.5, None, float("nan")], pa.float16()),
                    "kind": pa.array(["x", None, "y"]).dictionary_encode(), "yes": [True, None, False],
                    "big": pa.array([2**64 - 1, None, 1], pa.uint64()),
                    "day": day, "words": [["a", None], [], None], "tags": pa.array([[1, 2], None, []], pa.large_list(pa.int8())),
                    "vector": [[1.0], None, []], "deep": [[["a"]], None, []], "row": [{"a": 1}, None, {"a": 2}],
                }
            ),
            use_dictionary=dictionary,
        ),
        "a.parquet",
    )  # fmt: skip
    assert found.columns.pop("day")[:2] == ["1970-01-01", ""]
    assert found.columns == {
        "text": ["caf\u00e9", "", "c"], "half": [1.5, "", ""], "kind": ["x", "", "y"], "yes": [True, "", False], "big": [2**64 - 1, "", 1],
        "words": [["a", ""], [], ""], "tags": [[1, 2], "", []],
    }  # fmt: skip
    assert found.notes == ["Not read, for they hold no texts, labels or lists of them: raw, vector, deep, row."]


def test_rows_of_many_groups_stay_together() -> None:
    texts = [f"text {i % 7}" for i in range(1000)]
    found = open_table(parquet(pa.table({"text": texts, "label": range(1000)}), row_group_size=90), "a.parquet")
    assert found.columns == {"text": texts, "label": list(range(1000))}


def test_a_parquet_file_without_texts_says_what_it_holds() -> None:
    with pytest.raises(InputError, match=r"no column of texts or labels: its columns hold struct"):
        open_table(parquet(pa.table({"row": [{"a": 1}]})), "a.parquet")


FEATURES = {
    "label": {"names": ["negative", "positive"], "_type": "ClassLabel"},
    "upos": {"feature": {"names": ["NOUN", "VERB"], "_type": "ClassLabel"}, "_type": "Sequence"},
    "ner": {"feature": {"names": ["O", "B-PER"], "_type": "ClassLabel"}, "_type": "List"},
    "old": [{"names": ["O"], "_type": "ClassLabel"}],
    "text": {"dtype": "string", "_type": "Value"},
    "odd": {"names": ["a", 1], "_type": "ClassLabel"},
}


@pytest.mark.parametrize(
    ("features", "known"),
    [
        (FEATURES, {"label": ("negative", "positive"), "upos": ("NOUN", "VERB"), "ner": ("O", "B-PER"), "old": ("O",)}),
        ([], {}), ({"label": {"names": "ab", "_type": "ClassLabel"}}, {}), ({"label": None, "gone": FEATURES["label"]}, {}),
    ],
)  # fmt: skip
def test_names_of_classes_are_taken_from_the_schema(features: object, known: dict[str, object]) -> None:
    table = pa.table({"label": [0], "upos": [[1]], "ner": [[0]], "old": [[0]], "text": ["a"], "odd": [0]})
    about = json.dumps({"info": {"features": features}})
    assert open_table(parquet(table.replace_schema_metadata({"huggingface": about})), "a.parquet").classes == known
    for broken in ("{", "[]", "null", '{"info": []}', "[" * 100_000):
        assert not open_table(parquet(table.replace_schema_metadata({"huggingface": broken})), "a.parquet").classes

@pytest.mark.parametrize("names", [["positive", "negative"], {"0": "positive", "1": "negative"}, {1: "negative", 0: "positive"}])
@pytest.mark.parametrize("numbers", [["0", "1"], [0, 1], [0.0, 1.0], ["positive", "negative"], ["0", "negative"], [" 0", "1.0"]])
def test_class_numbers_have_the_schemas_names_however_both_are_written(names: object, numbers: list[object]) -> None:
    about = json.dumps({"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}})
    table = pa.table({"text": [FINE, DULL], "label": numbers}).replace_schema_metadata({"huggingface": about})
    assert read(parquet(table), TASKS["sst2"], "a.parquet").labels == ("positive", "negative")


def test_names_of_classes_that_are_numbers_stay_names() -> None:
    about = json.dumps({"info": {"features": {"label": {"names": ["1", "0"], "_type": "ClassLabel"}}}})
    for numbers in ([0, 1], ["1", "0"]):
        table = pa.table({"text": [FINE, DULL], "label": numbers}).replace_schema_metadata({"huggingface": about})
        assert list(by_name(open_table(parquet(table), "a.parquet"), TASKS["sst2"], "label").values) == ["1", "0"]


# Packed

PACKED = {
    "a.csv.gz": f'text,label\n"{FINE}",1\n{DULL},0\n'.encode(),
    "a.tsv.gz": f"text\tlabel\n{FINE}\t1\n{DULL}\t0\n".encode(),
    "a.jsonl.gz": "\n".join(json.dumps({"text": t, "label": n}) for t, n in ((FINE, "1"), (DULL, "0"))).encode(),
    "a.parquet.gz": parquet(pa.table(COLUMNS)),
}


@pytest.mark.parametrize("name", PACKED)
def test_gzip_is_unpacked(name: str) -> None:
    data = PACKED[name]
    whole = gzip.compress(data)
    for packed in (whole, gzip.compress(data[:20]) + gzip.compress(data[20:]) + b"\0" * 100):
        assert open_table(packed, name).columns == COLUMNS
    for broken in (whole[:-9], whole[:12], whole[:10] + b"\xff" * 20, gzip.compress(whole), whole + b"more"):
        with pytest.raises(InputError, match=rf"{name} (cannot be unpacked|is packed twice)"):
            open_table(broken, name)


def sheet(*rows: str) -> bytes:
    cells = ("".join(f"<c{cell}</c>" for cell in row.split("|")) for row in rows)
    return book("".join(f"<row>{row}</row>" for row in cells).encode())


def words(text: str) -> str:
    return f' t="inlineStr"><is><t>{text}</t></is>'


def test_the_first_sheet_of_a_workbook_is_read() -> None:
    head, blank = f"{words('text')}|{words('label')}|{words('on')}", f"><v></v>|{words(' ')}"
    data = sheet(head, f"{words(FINE)}|><v>1</v>|{words('x')}|><v></v>", blank, f'{words(DULL)}| t="b"><v>0</v>', blank)
    for name in ("a.xlsx", "a.csv"):
        found = open_table(data, name)
        assert found.columns == {"text": [FINE, DULL], "label": [1, False], "on": ["x", ""]}
        assert (found.places, found.notes) == ([2, 4], ["1 blank row was skipped."])


Cells = list[list[object]]
TABLE: Cells = [["text", "label"], [FINE, 1], [DULL, 0]]


def written(**sheets: Cells) -> bytes:
    """A workbook as openpyxl writes it."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        one = made.create_sheet(name)
        for row in rows:
            one.append(row)
    made.save(out)
    return out.getvalue()


def test_a_workbook_as_openpyxl_writes_it_is_read() -> None:
    found = open_table(written(data=[["text", "label", "when"], [FINE, 1, None], [DULL, 0.5, None]], other=[]), "a.xlsx")
    assert found.columns == {"text": [FINE, DULL], "label": [1, 0.5], "when": ["", ""]}
    assert found.notes == ["The sheet 'data' was read; not 'other'."]


SHEETS: dict[str, tuple[dict[str, Cells], list[str]]] = {
    "a note before it": ({"README": [["note"], ["read me"]], "data": TABLE}, ["The sheet 'data' was read; not 'README'."]),
    "nothing before it": ({"Sheet1": [], "Sheet2": TABLE}, ["The sheet 'Sheet2' was read; not 'Sheet1'."]),
    "more after it": (
        {"data": TABLE, **{f"s{i}": [*TABLE, *TABLE] for i in range(5)}}, ["The sheet 'data' was read; not 's0', 's1', 's2' and 2 more."],
    ),
    "a title": ({"data": [["Survey 2024"], [None], *TABLE]}, ["Above the header stood 'Survey 2024': not read."]),
    "a title in the middle, and a date": (
        {"data": [[None, "Survey"], ["2024"], [None], *TABLE]}, ["Above the header stood 'Survey' and 1 more line: not read."],
    ),
    "blank rows": ({"data": [[None], [" "], *TABLE]}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", SHEETS)
def test_the_table_of_a_workbook_is_found(case: str) -> None:
    sheets, notes = SHEETS[case]
    found = open_table(written(**sheets), "a.xlsx")
    assert (found.columns, found.notes) == (NUMBERED, notes)


def test_single_columns_are_read_as_before() -> None:
    texts: Cells = [["text"], [FINE], [DULL]]
    meaning: Cells = [["number", "name"], [0, "negative"]]
    found = open_table(written(data=texts, meaning=meaning), "a.xlsx")
    assert (found.columns, found.notes) == ({"text": [FINE, DULL]}, ["The sheet 'data' was read; not 'meaning'."])
    with pytest.raises(InputError, match=r"line 2: 2 cells: the header has 1. Give every row as many cells\.$"):
        open_table(written(data=[["text"], [FINE, 1], [DULL]]), "a.xlsx")


def test_formulas_that_nobody_worked_out_are_named() -> None:
    with pytest.raises(InputError, match=r"a.xlsx holds formulas without values, the first in cell B3: .* Open it in Excel"):
        open_table(written(data=[["text", "label"], [FINE, 1], [DULL, "=1-1"]]), "a.xlsx")
    head, empty = f"{words('text')}|{words('label')}|{words('said')}", ' t="str"><f>IF(1,"","x")</f><v></v>'
    worked = sheet(head, f"{words(FINE)}|><f>1-0</f><v>1</v>|{empty}", f"{words(DULL)}|><f>1-1</f><v>0</v>|{empty}")
    assert open_table(worked, "a.xlsx").columns == {**NUMBERED, "said": ["", ""]}


@pytest.mark.parametrize("before", ["hidden", "veryHidden", "chart"])
def test_a_sheet_that_nobody_sees_or_that_is_a_chart_is_not_read(before: str) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made, out = openpyxl.Workbook(), io.BytesIO()
    if before == "chart":
        made.remove(made.active)
        made.create_chartsheet("other")
    else:
        made.active.title, made.active.sheet_state = "other", before
        made.active.append(["text", "label"])
        made.active.append(["unseen", 1])
    for row in (["text", "label"], [FINE, 1], [DULL, 0]):
        (made["data"] if "data" in made.sheetnames else made.create_sheet("data")).append(row)
    made.save(out)
    found = open_table(out.getvalue(), "a.xlsx")
    assert found.columns == NUMBERED
    assert found.notes == ([] if before == "chart" else ["The sheet 'data' was read; not 'other'."])


def test_a_workbook_needs_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr("dynviz.data.formats.workbook.find_spec", lambda name: None if name == "openpyxl" else there(name))
    with pytest.raises(InputError, match="pip install openpyxl"):
        open_table(sheet(words("text"), words("a")), "a.xlsx")


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        for name, data in files.items():
            into.writestr(name.replace("_", "/"), data)
    return out.getvalue()


REFUSED = {
    "a.zip": (archive(rows=b"text\na\n"), "a ZIP archive"),
    "b.csv": (archive(rows=b"text\na\n"), "a ZIP archive and no Excel workbook"),
    "c.xlsx": (archive(xl_workbook=b"")[:-30], "cannot be opened"),
    "d.xlsx": (archive(**{"xl_workbook.xml": b"<broken"}), "cannot be read"),
    "a.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "an old or an encrypted Excel workbook"),
    "a.ods": (archive(mimetype=b"x"), "an OpenDocument sheet"),
    "a.pkl": (b"\x80\x04\x95\0\0", "a pickle"),
    "a.csv.bz2": (b"BZh91AY&SY", "packed with bzip2"),
    "a.tar": (b"a" * 257 + b"ustar" + b"\0" * 300, "a tar archive"),
    "a.tar.gz": (gzip.compress(b"a" * 257 + b"ustar" + b"\0" * 300), "a tar archive"),
    "a.arrow": (b"ARROW1\0\0", "an Arrow or Feather file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_formats_are_refused_by_name(name: str) -> None:
    data, what = REFUSED[name]
    with pytest.raises(InputError) as caught:
        open_table(data, name)
    assert what in str(caught.value)
    assert "CSV" in caught.value.do or "give a file" in caught.value.do


# Bounds, and paths


def test_what_is_too_long_is_left_out_alone() -> None:
    long = "word " * 30_000
    for name, data in (
        ("a.tsv", f"text\tlabel\n{long}\t1\na\t0\n"),
        ("a.csv", f"text,label\n{long},1\na,0\n"),
        ("a.jsonl", json.dumps({"text": long}) + '\n{"text": "a"}'),
        ("b.jsonl", json.dumps({"text": long.split() * 3}) + '\n{"text": "a"}'),
        ("a.txt", f"{long}\na\n"),
    ):
        found = open_table(data.encode(), name, lenient=True)
        assert found.columns["text"] == ["a"]
        assert "more than 131,072 characters" in found.skipped[0][1]
    found = open_table(parquet(pa.table({"text": ["word " * 200_000, "a"]})), "a.parquet", lenient=True)
    assert (found.columns, [place for place, _ in found.skipped]) == ({"text": ["a"]}, [1])


def test_rows_that_are_left_out_count_too() -> None:
    with pytest.raises(InputError, match="more than 50,000 rows"):
        open_table(b"text,label\n" + b"a\n" * (MAX_ROWS + 1), "a.csv", lenient=True)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders there")
def test_only_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    odd = [tmp_path / "pipe.csv", Path("/dev/zero"), tmp_path, tmp_path / "no.csv", tmp_path / "no.csv" / "no.csv"]
    for path in (*odd, f"a\0{'b' * 10}.csv", "x" * 300):
        with pytest.raises(InputError) as caught:
            open_table(path)
        assert "\n" not in str(caught.value)


def test_a_name_cannot_break_the_sentence() -> None:
    with pytest.raises(InputError) as caught:
        open_table(b"text\n", "a\nb\x1b[31m\ud800\0" + "x" * 500 + ".csv")
    assert caught.value.what.startswith("a b [31m? xxx")
    assert len(str(caught.value)) < 400
