"""Which columns are taken for texts and labels, what is said of those that are not, and that hostile tables take no time."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from dynviz.data import Table, examples_of, guess, read, with_header
from dynviz.data.lists import words_of
from dynviz.data.tables import Header
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, task_of
from tests.clock import within

SST2, POS = TASKS["sst2"], TASKS["pos"]
ENTITIES = task_of("custom-tags", ("O", "B-PER", "B-LOC"), "mine", 128)
CLASSES = task_of("custom", ("World", "Sports", "Business", "Sci/Tech"), "mine", 128)


def table(**columns: list[Any]) -> Table:
    rows = len(next(iter(columns.values())))
    return Table("t", columns, list(range(2, rows + 2)), [])


FILMS = ["A warm and funny film.", "A cold film."]


# Which column is the label


@pytest.mark.parametrize(
    ("columns", "label", "note"),
    [
        ({"label": [4, 7], "sentiment": ["pos", "neg"]}, "sentiment", "The labels are those of column 'sentiment'. The label pos was"),
        ({"label": ["spam", "ham"], "verdict": ["negative", "positive"]}, "verdict", "The labels are those of column 'verdict'."),
        ({"score": [1, 0]}, "score", "The labels are those of column 'score'. The label 0 was read as negative, 1 as positive."),
        ({"id": [0, 1]}, None, ""),
        ({"row": [0, 1], "n": [1, 2]}, None, ""),
        ({"age": [1, 5]}, None, ""),
        ({"verdict": ["★★★★★", "★"]}, "verdict", None),
        ({"rating": [5, 1]}, "rating", None),
        ({"label": ["positive", "negative"], "y": ["negative", "positive"]}, "label", "column 'label'; 'y' would fit as well."),
        ({"label": ["positive", "negative"], "label (2)": ["positive", "negative"]}, "label", ""),
        ({"score": [0.97, 0.08]}, None, "Column 'score' holds scores from 0.08 to 0.97, which are no classes: it is not read as labels."),
        ({"label": ["4,5", "1"]}, None, "Column 'label' holds scores from 1 to 4.5, which are no classes: it is not read as labels."),
    ],
)  # fmt: skip
def test_the_label_is_the_column_that_fits_the_task(columns: dict[str, list[Any]], label: str | None, note: str | None) -> None:
    given = table(text=FILMS, **columns)
    assert guess(given, SST2)[1] == label
    if note is not None:
        said = examples_of(given, SST2).note
        assert note in said
        assert bool(said) == bool(note)


def test_a_column_of_scores_cannot_be_named_as_the_labels() -> None:
    with pytest.raises(InputError, match=r"Column 'score' of t holds no labels: its numbers, 0.08 to 0.97, are scores"):
        examples_of(table(text=FILMS, score=[0.97, 0.08]), SST2, label="score")


def test_of_two_columns_of_tags_the_one_that_fits_is_taken_and_named() -> None:
    given = table(tokens=[["Ann", "ran"]], pos_tags=[["NOUN", "VERB"]], ner_tags=[["B-PER", "O"]])
    for task, labels in ((POS, ("NOUN", "VERB")), (ENTITIES, ("B-PER", "O"))):
        found = examples_of(given, task)
        assert found.labels == (labels,)
        assert found.note == f"The tags are those of column '{'pos_tags' if task is POS else 'ner_tags'}'."


def test_tags_of_the_task_win_over_a_better_known_name() -> None:
    found = examples_of(table(tokens=[["The", "cat"]], tags=[["DT", "NN"]], xpos=[["DET", "NOUN"]]), POS)
    assert found.labels == (("DET", "NOUN"),)


def test_tags_in_a_column_without_a_known_name_are_found_by_their_number() -> None:
    found = examples_of(table(tokens=[["Ann", "ran"]], **{"column 2": [["B-PER", "O"]], "column 3": [["NOUN", "VERB"]]}), ENTITIES)
    assert found.labels == (("B-PER", "O"),)


def test_numbered_tags_are_asked_for_by_the_column_of_the_tasks_kind() -> None:
    given = table(tokens=[["Ann", "ran"]], pos_tags=[[22, 38]], ner_tags=[[1, 0]])
    for task, column in ((POS, "pos_tags"), (ENTITIES, "ner_tags")):
        with pytest.raises(InputError, match=rf"of column '{column}' mean is not certain"):
            examples_of(given, task)


def test_a_label_of_the_whole_text_is_no_tag() -> None:
    found = examples_of(table(text=FILMS, label=[1, 0]), POS)
    assert (found.labels, found.note) == (None, "Column 'label' holds no tags: each word has one.")


# Two texts


@pytest.mark.parametrize(
    ("first", "second"), [("question1", "question2"), ("#1 String", "#2 String"), ("text_a", "text_b"), ("premise", "hypothesis")]
)
def test_the_text_that_is_not_read_is_named(first: str, second: str) -> None:
    found = examples_of(table(**{first: FILMS, second: ["A much longer text than the other one.", "And another."]}), SST2)
    assert found.texts == tuple(FILMS)
    assert found.note == f"Column '{second}' is not read: a row has one text, here that of '{first}'."


@pytest.mark.parametrize(
    "other",
    [
        {"url": ["http://a.b/c"] * 2}, {"day": ["Mon Apr 06 22:19:45 2009", "Tue Apr 07 22:19:45 2009"]}, {"text (2)": FILMS},
        {"date": ["1 May", "2 May"]},
    ],
)  # fmt: skip
def test_columns_that_are_no_second_text_are_passed_over(other: dict[str, list[Any]]) -> None:
    assert examples_of(table(text=FILMS, **other), SST2).note == ""


# Headers


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (["3", "Wall St. ends the week lower", "Stocks fell again on Friday."], False),
        (["A warm film.", "positive"], False),
        (["0", "1"], True),
        (["Timestamp", "How satisfied are you with us?"], True),
        (["2019", "2020"], True),
    ],
)
def test_a_first_row_that_is_an_example_is_no_header(names: list[str], header: bool) -> None:
    given = replace(table(**{name: ["x y", "z"] for name in names}), header=Header(1, tuple(names)))
    assert (list(with_header(given, SST2).columns) == names) == header


@pytest.mark.parametrize("names", [("text", "intent"), ("text", "label"), ("Text", "category")])
def test_a_columns_usual_name_heads_it_though_the_task_has_a_label_of_that_name(names: tuple[str, str]) -> None:
    """"text" is one of 151 intents, and requests of a word or two are called as others are, or begin so."""
    intents, asked = TASKS["clinc150"].labels, ["repeat that", "nope", "order", "text"]
    rows = [*((f"please do number {i}", intent) for i, intent in enumerate(intents)), *((text, "oos") for text in asked)]
    found = read("\n".join(map(",".join, [names, *rows])).encode(), TASKS["clinc150"], "a.csv")
    assert found.labels == (*intents, *["oos"] * 4)


def test_a_file_without_header_may_begin_with_an_intent_called_like_a_column() -> None:
    rows = ["text,tell my mom that i am late", "yes,that is what i meant", "oos,how tall is the tower"]
    found = read("\n".join(rows).encode(), TASKS["clinc150"], "a.csv")
    assert found.labels == ("text", "yes", "oos")


def test_a_class_number_in_a_headerless_file_is_proposed() -> None:
    with pytest.raises(InputError, match=r"--labels 1=World,2=Sports,3=Business,4=Sci/Tech"):
        read("".join(f'"{n}","Title {n}","Some words on it, more or less."\n' for n in (3, 1, 4, 2)).encode(), CLASSES, "a.csv")


# Lists in cells


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("['The', 'cat']", ("The", "cat")), ('["The", "cat"]', ("The", "cat")), ("['a' \"it's\"\n 'b']", ("a", "it's", "b")),
        ("[1 2]", ("1", "2")), (r"['a\'b', '\xe9\u00e9\n', 'c\\']", ("a'b", "éé\n", "c\\")), ("['', 'a']", ("", "a")),
        ("[PER] said", ("[PER]", "said")), ("[MASK]", ("[MASK]",)), ("['open]", ("['open]",)), ("[[1], [2]]", ("[[1],", "[2]]")),
    ],
)  # fmt: skip
def test_lists_are_read_however_they_were_printed(cell: str, words: tuple[str, ...]) -> None:
    assert words_of(cell) == words


# Time: each in a fresh process, on tables as large as are read at all

HOSTILE = """
import resource, sys
from dynviz.data import Table, examples_of, guess, with_header
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS
def table(**columns):
    rows = len(next(iter(columns.values())))
    return Table("t", columns, list(range(rows)), [])
def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
N, LONG = 50_000, 131_072
marks = "\\u0301"
TABLES = {
    "sst2: a long header": lambda: table(**{"a b " * (LONG // 4): ["x"], "_ -" * (LONG // 3): ["y"]}),
    "sst2: a header of blanks": lambda: table(**{"a" + " " * LONG + "!": ["x"]}),
    "sst2: marks alone": lambda: table(text=[marks * LONG] * 76),
    "pos: a million escaped words": lambda: table(tokens=["[" + "'a\\n'," * 20 + "]"] * N, tags=["[" + "'a\\n'," * 20 + "]"] * N),
    "pos: a million words": lambda: table(tokens=["a " * 20] * N, tags=["X " * 20] * N),
    "pos: open brackets": lambda: table(tokens=["[" * (LONG - 1) + "]"] * 75, tags=["[" + "{" * (LONG - 2) + "]"] * 75),
    "sst2: numbers everywhere": lambda: table(text=["some words"] * N, **{f"c{i}": ["1"] * N for i in range(150)}),
    "sst2: labels all different": lambda: table(text=["some words"] * N, label=[f"label {i} " + "_-" * 180 for i in range(N)]),
    "sst2: long labels": lambda: table(text=["some words"] * 150, label=["positive" + "_ " * 65000 + str(i) for i in range(150)]),
    "sst2: kinds": lambda: table(text=["some words"] * 150, tags=["a;" * (LONG // 2)] * 150),
    "sst2: columns": lambda: table(**{f"c{i}": ["1", "0", "a b c"] for i in range(20_000)}),
}
for name, make in TABLES.items():
    given, task, start = make(), TASKS[name.partition(":")[0]], used()
    for call in (lambda: guess(with_header(given, task), task), lambda: examples_of(given, task, skipped=[])):
        try:
            call()
        except InputError as error:
            assert len(str(error)) < 1000, name
    print(f"{used() - start:.2f} {name}")
"""


def test_no_table_takes_long() -> None:
    run = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    limit = within(2)
    slow = [line for line in run.stdout.splitlines() if float(line.split()[0]) > limit]
    assert not slow
    assert len(run.stdout.splitlines()) == 11
