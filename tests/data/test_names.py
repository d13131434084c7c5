"""What names of columns say, and what they do not: titles, numbers named beside, one-hot marks, predictions, marks of other things."""

from dataclasses import replace
from time import process_time
from typing import Any

import pytest

from dynviz.data import Table, examples_of, guess, label_rows, read, rivals, with_header
from dynviz.data.tables import Header
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS, task_of
from dynviz.ui.data.meanings import MOST_LABELS
from tests.clock import within

SST2, POS = TASKS["sst2"], TASKS["pos"]
THREE = task_of("custom", ("negative", "neutral", "positive"), "mine", 128)
REVIEWS = ["A warm and funny film that I loved.", "The plot is dull and slow.", "An absolute delight to see.", "I hated every minute."]
TITLES = ["A fine day out", "The end of it all", "Great", "Bad, bad, bad"]
ONES = [1, 0, 1, 0]
WORDS = ["positive", "negative", "positive", "negative"]
TURNED = [0, 1, 0, 1]


def table(**columns: list[Any]) -> Table:
    return Table("t", columns, list(range(2, len(next(iter(columns.values()))) + 2)), [])


# Texts


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("title", "review_body"), ("Title", "Review Text"), ("headline", "description"), ("subject", "body"), ("summary", "reviewText"),
        ("review_title", "review_body"), ("headline", "Kommentar"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("titles", [TITLES, ["Great", "Bad", "Great", "Bad"]])
def test_the_review_is_read_and_its_title_is_named_as_not_read(other: str, text: str, titles: list[str]) -> None:
    found = examples_of(table(**{other: titles, text: REVIEWS, "label": ONES}), SST2)
    assert found.texts == tuple(REVIEWS)
    assert f"Column '{other}' is not read: a row has one text, here that of '{text}'." in found.note


def test_a_title_alone_is_the_text() -> None:
    assert examples_of(table(title=TITLES, label=ONES), SST2).texts == tuple(TITLES)


def test_a_rating_called_review_is_no_text() -> None:
    assert guess(table(review=[5, 1, 4, 2], words_of_it=REVIEWS), SST2)[0] == "words_of_it"


def test_an_address_is_no_text_beside_prose() -> None:
    assert guess(table(link=["https://example.org/" + "a" * 80] * 4, remark=REVIEWS), SST2)[0] == "remark"


@pytest.mark.parametrize(
    ("text", "other"),
    [("text", "clean_text"), ("sentence", "sentence_de"), ("text", "text2"), ("text", "reply"), ("comment", "parent_comment")],
)
def test_every_other_column_of_prose_is_named(text: str, other: str) -> None:
    found = examples_of(table(**{text: REVIEWS, other: [r.lower() for r in REVIEWS], "label": ONES}), SST2)
    assert f"Column '{other}' is not read: a row has one text, here that of '{text}'." in found.note


def test_prose_in_a_script_without_blanks_is_named_too() -> None:
    assert (
        "Column 'other' is not read"
        in examples_of(table(text=REVIEWS, other=["电影很好看我喜欢", "情节很无聊", "很棒的电影", "我讨厌它"]), SST2).note
    )


def test_titles_of_a_file_without_header_are_named() -> None:
    rows = "".join(f"{n}\tReview {i}\t{text} And more of it.\n" for i, (n, text) in enumerate(zip(ONES, REVIEWS, strict=True)))
    assert "Column 'column 2' is not read: a row has one text, here that of 'column 3'." in read(rows.encode(), SST2, "a.tsv").note


# Headers


@pytest.mark.parametrize(("first", "other"), [("pos", "neg"), ("y", "n"), ("positive", "negative"), ("👍", "👎")])
def test_a_label_that_is_repeated_below_is_no_header(first: str, other: str) -> None:
    given = replace(table(**{first: [other, first, other], "A nice film": REVIEWS[:3]}), header=Header(1, (first, "A nice film")))
    assert list(with_header(given, SST2).columns) == ["column 1", "column 2"]


@pytest.mark.parametrize(
    "columns",
    [
        {"words": REVIEWS, "pos": ["DET NOUN", "DET", "X", "X"]},
        {"remark": REVIEWS, "negative": TURNED, "positive": ONES},
        {"remark": REVIEWS, "liked": ["yes", "no", "yes", "no"]},
        {"text": [*REVIEWS[:3], "text"], "pos": ["neg", "pos", "neg", "pos"]},
    ],
)
def test_a_name_that_only_sounds_like_a_label_stays_one(columns: dict[str, list[Any]]) -> None:
    given = replace(table(**columns), header=Header(1, tuple(columns)))
    assert list(with_header(given, SST2).columns) == list(columns)


# Numbers that another column names


@pytest.mark.parametrize("names", ["label_text", "label_name", "text_label", "sentiment", "verdict"])
def test_numbers_go_by_the_names_beside_them(names: str) -> None:
    given = table(text=REVIEWS, label=TURNED, **{names: WORDS})
    found = examples_of(given, SST2)
    assert found.labels == tuple(WORDS)
    assert f"column '{names}'" in found.note
    assert rivals(given, SST2, "text", guess(given, SST2)[1] or "") == []


def test_the_column_of_numbers_goes_by_the_names_beside_it_where_the_user_names_it() -> None:
    found = examples_of(table(text=REVIEWS, label=TURNED, label_text=WORDS), SST2, label="label")
    assert (found.labels, found.note) == (tuple(WORDS), "The numbers of column 'label' were named by column 'label_text'.")


def test_names_of_other_things_beside_the_numbers_are_refused() -> None:
    with pytest.raises(InputError, match=r"4 labels are not of the task, first 'ham' .*--labels ham=...,spam=..."):
        examples_of(table(text=REVIEWS, label=TURNED, label_text=["ham", "spam", "ham", "spam"]), SST2)


def test_what_the_user_says_of_a_number_wins_over_the_name_beside_it() -> None:
    given = table(text=REVIEWS, label=TURNED, label_text=["ham", "spam", "ham", "spam"])
    assert examples_of(given, SST2, label="label", meanings={"0": "positive", "1": "negative"}).labels == tuple(WORDS)


def test_five_numbers_are_asked_about_by_their_names() -> None:
    words = ["very positive", "very negative", "neutral", "negative"]
    with pytest.raises(InputError, match=r"what the labels very positive, very negative, neutral of column 'label_text' mean"):
        examples_of(table(text=REVIEWS, label=[4, 0, 2, 1], label_text=words), SST2)


def test_a_word_that_is_not_one_for_one_names_nothing() -> None:
    found = examples_of(table(text=REVIEWS, label=ONES, label_source=["us", "us", "them", "them"]), SST2)
    assert found.labels == tuple(WORDS)


@pytest.mark.parametrize("cells", [["1", "0", "1", "0"], [1, 0, 1, 0]])
def test_class_names_of_the_source_hold_for_numbers_written_as_words(cells: list[Any]) -> None:
    given = replace(table(text=REVIEWS, label=cells), classes={"label": ("positive", "negative")})
    assert examples_of(given, SST2).labels == ("negative", "positive", "negative", "positive")


# One-hot columns


@pytest.mark.parametrize("name", ["negative", "is_negative", "neg", "label_negative", "Bad"])
@pytest.mark.parametrize("marks", [TURNED, [False, True, False, True], ["0.0", "1.0", "0.0", "1.0"]])
def test_a_mark_in_a_column_called_after_a_label_means_that_label(name: str, marks: list[Any]) -> None:
    found = examples_of(table(text=REVIEWS, **{name: marks}), SST2)
    assert found.labels == tuple(WORDS)
    assert f"In column '{name}' 1 was read as negative, 0 as positive." in found.note


def test_a_row_that_no_column_marks_has_no_label() -> None:
    found = examples_of(table(text=REVIEWS, negative=[0, 1, 0, 0], positive=[1, 0, 0, 1]), SST2)
    assert (found.ids, found.labels) == (("2", "3", "5"), ("positive", "negative", "positive"))
    assert "A 1 in columns 'negative' or 'positive' was read as that label. 1 row without label was left out." in found.note


def test_three_columns_of_marks_are_read_together() -> None:
    found = examples_of(table(text=REVIEWS, negative=[0, 1, 0, 0], neutral=[0, 0, 1, 0], positive=[1, 0, 0, 1]), THREE)
    assert found.labels == ("positive", "negative", "neutral", "positive")


def test_what_is_not_one_of_three_is_asked_about() -> None:
    with pytest.raises(InputError, match="first 'not negative'"):
        examples_of(table(text=REVIEWS, negative=TURNED), THREE, label="negative")


# Predictions, and marks of other things


@pytest.mark.parametrize(
    ("guessed", "true"),
    [
        ("predicted_label", "true_label"),
        ("y_pred", "y_true"),
        ("prediction", "actual"),
        ("modelLabel", "goldLabel"),
        ("label1", "gold_label"),
    ],
)
def test_the_truth_is_taken_and_not_what_a_model_said(guessed: str, true: str) -> None:
    assert guess(table(text=REVIEWS, **{guessed: TURNED, true: ONES}), SST2)[1] == true


def test_predictions_alone_are_no_labels_and_are_named() -> None:
    found = examples_of(table(text=REVIEWS, predicted_label=ONES), SST2)
    assert found.labels is None
    assert "Column 'predicted_label' is called like a model's answers: it is not read as labels." in found.note
    assert "--label predicted_label" in found.note


@pytest.mark.parametrize("name", ["is_spam", "is_duplicate", "Quality", "toxic", "helpful", "verified purchase"])
@pytest.mark.parametrize("marks", [ONES, [True, False, True, False], ["yes", "no", "yes", "no"]])
def test_marks_of_other_things_are_no_opinions(name: str, marks: list[Any]) -> None:
    found = examples_of(table(text=REVIEWS, **{name: marks}), SST2)
    assert found.labels is None
    assert f"Column '{name}' may hold labels, but is not called so" in found.note


@pytest.mark.parametrize("name", ["score", "Liked", "feedback", "recommended", "airline_sentiment"])
def test_marks_of_opinions_are_read(name: str) -> None:
    assert examples_of(table(text=REVIEWS, **{name: ONES}), SST2).labels == tuple(WORDS)


# Why there are none


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"overall": [5, 1, 5, 1]},
            "Column 'overall' may hold labels, but is not called so: it is not read as labels. If they are, say --label overall",
        ),
        ({"score": [0.9, 0.1, 0.8, 0.2]}, "Column 'score' holds scores from 0.1 to 0.9"),
        ({"tags": [["X"] * len(r.split()) for r in REVIEWS]}, "Column 'tags' holds a tag per word; this model gives one answer per text"),
    ],
)
def test_the_error_without_labels_says_what_the_columns_hold(columns: dict[str, list[Any]], said: str) -> None:
    with pytest.raises(InputError) as caught:
        label_rows(examples_of(table(text=REVIEWS, **columns), SST2), None, SST2)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_tags_that_do_not_fit_are_counted_by_the_tag() -> None:
    with pytest.raises(
        InputError, match=r"t: 3 tags are not of the task \(2 different\), first 'DT' in line 2: .* --labels DT=...,NN=... "
    ):
        examples_of(table(tokens=[["The", "cat"], ["Cat", "."]], tags=[["DT", "NN"], ["NN", "PUNCT"]]), POS)


def test_many_columns_and_many_labels_take_no_time() -> None:
    words = [f"word{i}" for i in range(99)]
    given, start = table(text=REVIEWS * 25, **{f"c{i}": [*words, "word0"] for i in range(500)}), process_time()
    guess(given, task_of("custom", [f"card arrival {i}" for i in range(77)], "mine", 128))
    assert process_time() - start < within(2)


# Words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["LABEL_1", "LABEL_0"], "LABEL_1=positive,LABEL_0=negative"),
        (["class 1", "class 0"], "class 1=positive,class 0=negative"),
        (["T", "F"], "T=positive,F=negative"),
        (["👍", "👎🏽"], "👍=positive,👎🏽=negative"),
        (["Thumbs up", "thumbs down"], "Thumbs up=positive,thumbs down=negative"),
    ],
)
def test_words_of_likely_meaning_are_proposed_ready_to_be_said(words: list[str], told: str) -> None:
    assert len(words) <= MOST_LABELS
    with pytest.raises(InputError) as caught:
        examples_of(table(text=REVIEWS[:2], label=words), SST2)
    assert f"--labels '{told}'".replace("'", "") in str(caught.value).replace("'", "")


@pytest.mark.parametrize("word", ["not positive", "not good", "less positive", "LABEL_7"])
def test_what_is_denied_is_not_taken_for_what_it_denies(word: str) -> None:
    with pytest.raises(InputError, match=r"is not of the task"):
        examples_of(table(text=REVIEWS[:2], label=["positive", word]), SST2)


@pytest.mark.parametrize("cells", [["1,0", "0,0"], ["1,00", "0"], ["1.0", "0,0"]])
def test_whole_numbers_with_a_comma_are_read(cells: list[str]) -> None:
    assert examples_of(table(text=REVIEWS[:2], label=cells), SST2).labels == ("positive", "negative")


def test_a_thousand_is_no_one() -> None:
    with pytest.raises(InputError, match="'1,000' in line 2"):
        examples_of(table(text=REVIEWS[:2], label=["1,000", "0,0"]), SST2)
