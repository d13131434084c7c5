"""Which columns hold the two texts of a pair: by their names, by what they hold, or as named."""

from random import Random
from typing import Any

import pytest

from dynviz.data import examples_of, lines_table, read
from dynviz.data.cutting import both
from dynviz.data.halves import find_halves
from dynviz.data.tables import Table
from dynviz.errors import InputError
from dynviz.records.tasks import TASKS
from tests.fuzz import files

MRPC, SST2 = TASKS["mrpc"], TASKS["sst2"]
ONE = ["The shop closes at six.", "The river froze over."]
OTHER = ["The store shuts at six.", "She sold her old car."]
BOTH = tuple(f"{a}\n{b}" for a, b in zip(ONE, OTHER, strict=True))


def table(**columns: list[Any]) -> Table:
    rows = len(next(iter(columns.values())))
    return Table("a.csv", columns, list(range(2, 2 + rows)), [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("sentence1", "sentence2"), ("text_a", "text_b"), ("premise", "hypothesis"), ("question1", "question2"), ("question", "passage"),
        ("#1 String", "#2 String"), ("column 1", "column 2"), ("headline", "what it says"),
    ],
)  # fmt: skip
def test_the_two_texts_are_found_and_read_as_two_lines(first: str, second: str) -> None:
    found = examples_of(table(**{"id": ["7", "9"], first: ONE, second: OTHER, "label": [1, 0]}), MRPC)
    assert found.texts == BOTH
    assert found.labels == ("paraphrase", "different")
    assert found.ids == ("7", "9")
    assert found.note == "The label 0 was read as different, 1 as paraphrase."


def test_ids_and_parses_of_the_halves_are_no_texts() -> None:
    given = table(
        qid1=[11, 12], qid2=[13, 14], question1_parse=["(S (NP The shop closes))"] * 2, question2_parse=["(S (NP She sold it))"] * 2,
        question1=ONE, question2=OTHER,
    )  # fmt: skip
    assert find_halves(given) == ("question1", "question2")


@pytest.mark.parametrize("column", ["Quality", "is_duplicate"])
def test_what_mrpc_and_qqp_call_their_labels_is_known_for_pairs_alone(column: str) -> None:
    found = examples_of(table(**{column: [1, 0], "#1 String": ONE, "#2 String": OTHER}), MRPC)
    assert found.labels == ("paraphrase", "different")
    assert f"The labels are those of column '{column}'." in found.note
    single = examples_of(table(**{column: [1, 0], "#1 String": ONE, "#2 String": OTHER}), SST2)
    assert single.labels is None
    assert single.note.startswith("Column '#2 String' is not read: a row has one text, here that of '#1 String'.")


@pytest.mark.parametrize("cells", [list(BOTH), [text.replace("\n", "\t") for text in BOTH]])
def test_a_cell_may_hold_both(cells: list[str]) -> None:
    assert examples_of(table(text=cells, label=[1, 0]), MRPC).texts == BOTH


def test_pasted_lines_are_pairs_with_labels_where_all_have_them() -> None:
    lines = "\n".join(f"{a}\t{b}" for a, b in zip(ONE, OTHER, strict=True))
    assert examples_of(lines_table(lines), MRPC).texts == BOTH
    labelled = "\n".join(f"{a}\t{b}\t{c}" for a, b, c in zip(ONE, OTHER, ("paraphrase", "different"), strict=True))
    found = examples_of(lines_table(labelled), MRPC)
    assert (found.texts, found.labels) == (BOTH, ("paraphrase", "different"))


def test_columns_are_named_one_after_the_other() -> None:
    given = table(a=ONE, b=OTHER, c=["Something else altogether, said at length."] * 2)
    found = examples_of(given, MRPC, text=("B", "a"))
    assert found.texts == tuple(f"{b}\n{a}" for a, b in zip(ONE, OTHER, strict=True))
    with pytest.raises(InputError, match="no column 'x'"):
        examples_of(given, MRPC, text=("a", "x"))
    with pytest.raises(InputError, match="3 columns of texts were named: this model compares two"):
        examples_of(given, MRPC, text=("a", "b", "c"))
    with pytest.raises(InputError, match="2 columns of texts were named: this model reads one text at a time"):
        examples_of(given, SST2, text=("a", "b"))


def test_a_third_text_is_named_as_not_read() -> None:
    found = examples_of(table(sentence1=ONE, sentence2=OTHER, comment=["Both are about a shop.", "These have nothing in common."]), MRPC)
    assert found.note == "Column 'comment' is not read: a row has two texts, here those of 'sentence1 and sentence2'."


def test_single_texts_given_to_a_model_of_pairs_are_one_sentence() -> None:
    with pytest.raises(InputError, match=r"two texts in a row, which this model compares: its columns are: text, label"):
        examples_of(table(text=ONE, label=[1, 0]), MRPC)


def test_a_row_that_lacks_a_half_is_left_out() -> None:
    skipped: list[tuple[int, str]] = []
    found = examples_of(table(sentence1=[*ONE, "A third."], sentence2=[*OTHER, " "]), MRPC, skipped=skipped)
    assert found.texts == BOTH
    assert skipped == [(4, "no text")]


def test_a_cell_that_holds_one_text_among_pairs_is_named() -> None:
    skipped: list[tuple[int, str]] = []
    assert examples_of(table(text=[*BOTH, "A third."]), MRPC, skipped=skipped).texts == BOTH
    assert skipped == [(4, "not two texts: one line was given")]


def test_both_columns_of_a_file_may_be_named() -> None:
    data = f"x,y,z\n{ONE[0]},{OTHER[0]},1\n".encode()
    assert read(data, "mrpc", "a.csv", text=["x", "y"], label="z").labels == ("paraphrase",)
    with pytest.raises(InputError, match="columns have names"):
        read(data, "mrpc", "a.csv", text=[1, "y"])  # type: ignore[list-item]


def test_whatever_stands_in_the_columns_is_read_as_pairs_or_refused_in_a_sentence() -> None:
    read_as_pairs = 0
    for seed in range(300):
        rng = Random(seed)
        columns = {str(name): values for name, values in files.rows(rng, MRPC).items()}
        names = [None, tuple(rng.choices(list(columns), k=2))]
        for text in names if any(columns.values()) else []:
            try:
                found = examples_of(table(**columns), MRPC, text=text, skipped=rng.choice((None, [])))
            except InputError:
                continue
            read_as_pairs += 1
            assert all(len(both(text)) == 2 for text in found.texts)
    assert read_as_pairs > 20
