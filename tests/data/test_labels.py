"""What labels in a data file mean: read where that is certain, and said; else proposed, or refused with the words that would tell."""

from typing import Any

import pytest

from dynviz.data import Table, book_of, examples_of
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, Task, task_of

SST2, POS = TASKS["sst2"], TASKS["pos"]


def custom(*labels: str, tags: bool = False) -> Task:
    return task_of("custom-tags" if tags else "custom", labels, "mine", 128)


def table(*labels: Any, column: str = "label", classes: tuple[str, ...] = ()) -> Table:
    """A text for each label."""
    texts = [f"This is film number {i}." for i in range(len(labels))]
    columns = {"text": texts, column: list(labels)}
    return Table("t", columns, list(range(2, len(labels) + 2)), [], classes={column: classes} if classes else {})


def tagged(*tags: list[Any], column: str = "tags", classes: tuple[str, ...] = ()) -> Table:
    columns: dict[str, list[Any]] = {"tokens": [["w"] * len(t) for t in tags], column: list(tags)}
    return Table("t", columns, list(range(1, len(tags) + 1)), [], classes={column: classes} if classes else {})


POLES, TURNED, THREE = custom("negative", "positive"), custom("POSITIVE", "NEGATIVE"), custom("negative", "neutral", "positive")
GENERIC, DIGITS, STARRED = custom("LABEL_0", "LABEL_1"), custom("0", "1", "2"), custom(*(f"{n} star{'s'[: n - 1]}" for n in range(1, 6)))
ENTITIES = custom("O", "B-PER", "B-LOC", tags=True)


# Read, and what is said


@pytest.mark.parametrize(
    ("task", "written", "means", "note"),
    [
        (SST2, ("POSITIVE", " Negative "), ("positive", "negative"), ""),
        (SST2, (1, 0), ("positive", "negative"), "The label 0 was read as negative, 1 as positive."),
        (SST2, ("1.0", "0"), ("positive", "negative"), "The label 0 was read as negative, 1 as positive."),
        (SST2, (True, False), ("positive", "negative"), "The label true was read as positive, false as negative."),
        (SST2, ("pos", "NEG"), ("positive", "negative"), "The label pos was read as positive, NEG as negative."),
        (SST2, ("+", "-"), ("positive", "negative"), "The label + was read as positive, - as negative."),
        (TURNED, ("good", "bad"), ("POSITIVE", "NEGATIVE"), "The label good was read as POSITIVE, bad as NEGATIVE."),
        (GENERIC, (1, 0), ("LABEL_1", "LABEL_0"), ""),
        (GENERIC, (True, "label-0"), ("LABEL_1", "LABEL_0"), ""),
        (DIGITS, ("2", 1.0), ("2", "1"), ""),
        (STARRED, (1, "5 stars"), ("1 star", "5 stars"), ""),
        (custom("Sci/Tech", "World News"), ("world_news", "SCI/TECH"), ("World News", "Sci/Tech"), ""),
    ],
)
def test_what_is_certain_is_read_and_what_is_custom_is_said(task: Task, written: Any, means: Any, note: str) -> None:
    found = examples_of(table(*written), task)
    assert (found.labels, found.note) == (means, note)


@pytest.mark.parametrize(
    ("task", "names", "labels"),
    [
        (SST2, ("positive", "negative"), ("positive", "negative", "negative")),
        (TURNED, ("neg", "pos"), ("NEGATIVE", "POSITIVE", "POSITIVE")),
        (custom("b", "a"), ("A", "B"), ("a", "b", "b")),
    ],
)
def test_class_names_in_the_data_win_over_any_numbering(task: Task, names: tuple[str, ...], labels: tuple[str, ...]) -> None:
    assert examples_of(table(0, 1, 1, classes=names), task).labels == labels


def test_class_names_of_tags_are_matched_too() -> None:
    found = examples_of(tagged([0, 1], [1], classes=("VERB", "noun")), POS)
    assert found.labels == (("VERB", "NOUN"), ("NOUN",))


@pytest.mark.parametrize("mark", [-1, "-1", "", "?", None, "NaN", "None", -100])
def test_a_mark_of_no_answer_leaves_its_row_out_and_is_counted(mark: Any) -> None:
    found = examples_of(table("positive", mark, "negative"), SST2)
    assert found.ids == ("2", "4")
    assert found.note == f"1 row {'without label' if mark in ('', None) else f'labelled {mark} (no answer)'} was left out."


def test_none_is_a_label_where_the_task_has_it() -> None:
    assert examples_of(table("none", "some"), custom("some", "none")).labels == ("none", "some")


def test_a_column_of_marks_only_holds_no_labels() -> None:
    found = examples_of(table(-1, -1), SST2)
    assert (found.labels, found.note) == (None, "Column 'label' holds no labels.")


# Proposed


PROPOSED = [
    (SST2, (2, 1, 2), {"1": "negative", "2": "positive"}, "counted from 1"),
    (GENERIC, (2, 1), {"1": "LABEL_0", "2": "LABEL_1"}, "counted from 1"),
    (custom("a", "b", "c"), (1, 3), {"1": "a", "3": "c"}, "counted from 1"),
    (DIGITS, (1, 2, 3), {"1": "0", "2": "1", "3": "2"}, "counted from 1"),
    (SST2, (0, 4), {"0": "negative", "4": "positive"}, "a scale from 0 to 4"),
    (SST2, (0, 2, 4), {"0": "negative", "2": "", "4": "positive"}, "a scale from 0 to 4"),
    (SST2, (1, 3, 5), {"1": "negative", "3": "", "5": "positive"}, "a scale from 1 to 5"),
    (THREE, (2, 3, 4), {"2": "negative", "3": "neutral", "4": "positive"}, "a scale from 1 to 5"),
    (SST2, (1, 8, 10), {"1": "negative", "8": "positive", "10": "positive"}, "a scale from 1 to 10"),
    (SST2, (0, 1, 2), {"0": "negative", "1": "", "2": "positive"}, "a scale from 0 to 2"),
    (SST2, ("4 stars", "★", "★★★★★", "1/5"), {"4 stars": "positive", "★": "negative", "★★★★★": "positive", "1/5": "negative"}, "1 to 5"),
    (SST2, (-1, 1, -1, 1), {"-1": "negative", "1": "positive"}, "-1 may mean negative, or no answer"),
    (THREE, (-1, 0, 1), {"-1": "negative", "0": "neutral", "1": "positive"}, "a scale from -1 to 1"),
    (POLES, (0, 1), {"0": "negative", "1": "positive"}, "the model's own numbering"),
    (TURNED, (0, 1), {"0": "POSITIVE", "1": "NEGATIVE"}, "but most data sets write 0 for NEGATIVE"),
    (SST2, ("yes", "no"), {"yes": "positive", "no": "negative"}, "by the words"),
    (SST2, ("very positive", "neutral"), {"very positive": "positive", "neutral": ""}, "by the words"),
    (custom("entailment", "contradiction"), ("entail", "contradict"), {"entail": "entailment", "contradict": "contradiction"}, "the words"),
]


@pytest.mark.parametrize(("task", "written", "means", "why"), PROPOSED)
def test_what_is_likely_is_proposed_and_never_read_without_being_told(task: Task, written: Any, means: Any, why: str) -> None:
    given = table(*written)
    book = book_of(given, task, "label")
    assert (dict(book.proposed), book.unknown) == (means, ())
    assert why in book.guess
    with pytest.raises(InputError, match=r"--labels .* \(Python: dynviz\.read"):
        examples_of(given, task)
    told = examples_of(given, task, meanings=means)
    assert set(told.labels or ()) == set(means.values()) - {""}


def test_the_sentence_holds_the_words_that_would_tell() -> None:
    with pytest.raises(InputError) as caught:
        examples_of(table(5, 1, 3, column="stars"), SST2)
    assert str(caught.value) == (
        "t: what the labels 1, 3, 5 of column 'stars' mean is not certain: this looks like a scale from 1 to 5. If so, say it with "
        "--labels 1=negative,3=,5=positive (Python: dynviz.read(..., meanings={'1': 'negative', '3': '', '5': 'positive'}))."
    )


def test_ones_in_a_column_of_stars_are_not_read_as_positive() -> None:
    assert book_of(table(1, 1, column="stars"), SST2, "stars").proposed == {"1": "negative"}


# Not known


@pytest.mark.parametrize(
    ("given", "task"),
    [
        (table(77, 3), SST2),
        (table(0, 3), GENERIC),
        (table(4, 1, 0), custom("World", "Sports")),
        (tagged([0, 1]), POS),
        (tagged([1, 0]), ENTITIES),
        (tagged([1, 0], column="ner_tags"), ENTITIES),
    ],
)
def test_bare_numbers_of_unknown_meaning_are_refused(given: Table, task: Task) -> None:
    with pytest.raises(InputError, match=r"is not certain: the file does not name them.* Say it with --labels"):
        examples_of(given, task)


def test_tags_by_number_are_read_as_told() -> None:
    found = examples_of(tagged([1, 0], [2]), ENTITIES, meanings={"0": "o", "1": "B-PER", "2": ""})
    assert found.labels == (("B-PER", "O"),)
    assert found.note == "1 row labelled 2 was left out."


def test_numbers_of_a_tagger_whose_labels_are_numbers_are_its_own() -> None:
    assert examples_of(tagged([1, 0]), custom("LABEL_0", "LABEL_1", tags=True)).labels == (("LABEL_1", "LABEL_0"),)


def test_a_meaning_must_be_of_the_task() -> None:
    with pytest.raises(InputError, match=r"The label '1' cannot mean 'bad': the task's labels are negative, positive"):
        examples_of(table(1), SST2, meanings={"1": "bad"})


def test_a_label_that_would_break_the_line_is_quoted() -> None:
    found = examples_of(table("positive", "so\nso"), SST2, meanings={"so\nso": ""})
    assert found.note == r"1 row labelled 'so\nso' was left out."


def test_meanings_may_be_given_by_number() -> None:
    assert examples_of(table(1, 2, 3), SST2, meanings={1: "negative", 2: "positive", 3: None}).labels == ("negative", "positive")  # type: ignore[dict-item]


def test_names_that_do_not_fit_are_counted_with_the_first() -> None:
    with pytest.raises(InputError, match=r"2 labels are not of the task, first 'joy' in line 3"):
        examples_of(table("positive", 1, 2, classes=("anger", "joy", "fear")), SST2)


def test_class_names_are_proposed_by_number_for_a_model_that_has_but_numbers() -> None:
    book = book_of(table(0, 1, classes=("ham", "spam")), GENERIC, "label")
    assert (book.proposed, book.guess) == ({"ham": "LABEL_0", "spam": "LABEL_1"}, "this goes by the data set's own numbers")


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("up", "down"), ("yes", "no"), ("love", "hate"), ("Great", "Terrible"), ("recommended", "not_recommended"), ("happy", "unhappy"),
        ("good review", "bad review"), ("pro", "con"), ("❤️", "💔"),
    ],
)  # fmt: skip
def test_opposites_are_proposed_and_never_taken_silently(good: str, bad: str) -> None:
    book = book_of(table(good, bad, good), POLES, "label")
    assert book.proposed == {good: "positive", bad: "negative"}
    assert not book.known
    turned = book_of(table(good, bad, good), TURNED, "label")
    assert turned.proposed == {good: "POSITIVE", bad: "NEGATIVE"}


def test_one_of_two_opposites_alone_says_too_little() -> None:
    assert book_of(table("for", "pro", "win"), POLES, "label").unknown == ("for", "pro", "win")


@pytest.mark.parametrize(("good", "bad"), [("good", "bad"), ("pos", "neg")])
def test_common_words_are_read_and_said_where_the_column_is_called_like_opinions_else_proposed(good: str, bad: str) -> None:
    called, other = (book_of(table(good, bad, column=column), POLES, column) for column in ("sentiment", "weather"))
    assert called.assumed == {good: "positive", bad: "negative"}
    assert other.proposed == {good: "positive", bad: "negative"}
    assert not other.known
