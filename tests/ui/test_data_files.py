"""What visitors bring to the Data page: columns, labels, bad rows, and files that cannot be read."""

import io
import json
import sys
import types

import pyarrow.parquet as pq
import pytest

from dynviz.data import MAX_ROWS, Table
from dynviz.ui.data import cache, columns, export, report, source, text
from dynviz.ui.shell.operator import allowed
from tests.ui.data import fine, given, job, opened, ran, shown, view
from tests.ui.look import charts, finding, words

pytestmark = pytest.mark.usefixtures("runs")


# Columns and labels


def test_columns_are_guessed_and_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"note,review,stars\nx y z w,good film,1\nv w x y,bad film,0\n")
    assert at.selectbox(key="data.text.f1").value == "review"
    assert at.selectbox(key="data.label.f1.review").value == "stars"
    at.selectbox(key="data.text.f1").set_value("note").run()
    assert list(at.dataframe[0].value["Text"]) == ["x y z w", "v w x y"]
    fine(at.selectbox(key="data.label.f1.note").set_value("").run())
    assert "2 rows, without right answers" in words(at)


def test_labels_are_mapped_and_the_rest_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, "text,label\na film,pos\nb film,neg\nc film,unsure\nd film,très bien\n".encode())
    assert at.selectbox(key="data.means.f1.label.pos").value == "positive"
    assert at.selectbox(key="data.means.f1.label.unsure").value == ""
    assert "2 rows, with right answers" in words(at)
    fine(at.selectbox(key="data.means.f1.label.très bien").set_value("positive").run())
    assert "3 rows, with right answers" in words(at)
    assert list(at.dataframe[0].value["Right answer"]) == ["positive", "negative", "positive"]
    at = ran(at)
    assert [place for place, _ in job(at).about.skipped] == [4]
    assert "1 row left out" in [e.label for e in at.expander]


def test_bad_rows_are_listed_and_the_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    data = "text,label\nfine,1\nbroken,1,2,3\n,1\n\u200b,0\n<script>alert(1)</script>,0\ncaf\xe9,1\n".encode("latin-1", "replace")
    at = given(monkeypatch, data.replace(b"?,0", "\u200b,0".encode()))
    assert any("left out" in e.label for e in at.expander)
    listed = next(d.value for d in at.dataframe if "Why it is left out" in d.value.columns)
    assert 3 in list(listed["Line"])
    at = ran(at)
    assert "<script>alert(1)</script>" in shown(at)


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "a.csv", "is empty"), (b"   \n", "a.csv", "is empty"), (b"PK\x03\x04zip", "a.xlsx", "Excel"),
        (bytes(range(256)) * 9, "a.csv", "no text file"),
        (b"text,label\n", "a.csv", "holds no rows"),
        (b"PAR1junk", "a.parquet", "not a Parquet file"),
        (b"[1, 2", "a.json", "is not JSON"),
        (b"text\n" + b"a b\n" * (MAX_ROWS + 1), "a.csv", "more than 50,000 rows"), (b" \n\t\n", "a.txt", "is empty"),
        (b"n\n1\n2\n", "a.csv", "no column of texts"), (b"text,label\n,1\n", "a.csv", "no usable rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, why: str) -> None:
    at = given(monkeypatch, data, name)
    said = [e.value.replace("\\", "") for e in at.error]
    if why == "no column of texts":  # the visitor may still name one
        assert at.selectbox(key="data.text.f1").value == "n"
        return
    assert len(said) == 1
    assert why in said[0]
    assert not [b for b in at.button if b.key == "data.run"]


def test_columns_of_one_name_are_both_offered_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"text,text\nfirst words,second words\n")
    assert at.selectbox(key="data.text.f1").options == ["text", "text (2)"]
    assert "Two columns are called 'text'; the later is read as 'text (2)'." in words(at)
    fine(at.selectbox(key="data.text.f1").set_value("text (2)").run())
    assert list(at.dataframe[0].value["Text"]) == ["second words"]


def test_an_upload_is_read_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynviz.data.formats.choose.decode", lambda *_: pytest.fail("read in the server's own process"))
    assert "1 row, without right answers" in words(given(monkeypatch, b"text\nA fine film.\n"))


def test_a_paste_that_is_too_long_is_refused_whole_with_a_word() -> None:
    """By the server: the browser would leave out what is over a field's own limit, and say nothing."""
    at = opened()
    at.segmented_control(key="rows").set_value("paste").run()
    assert at.text_area(key="data.paste").max_chars == 0
    line = "A fine film, I say.\n"
    at = fine(at.text_area(key="data.paste").set_value(line * (allowed().pasted // len(line))).run())
    assert not at.error
    at = fine(at.text_area(key="data.paste").set_value(line * (allowed().pasted // len(line) + 1)).run())
    assert at.error[0].value.replace("\\", "") == "The lines have 500,020 characters: at most 500,000 are read here. Paste fewer of them."
    assert not [b for b in at.button if b.key == "data.run"]


def test_a_column_of_many_values_is_no_label(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"text,label\n" + b"".join(b"word word %d,v%d\n" % (i, i) for i in range(30)))
    assert "30 different values" in at.error[0].value.replace("\\", "")


def test_words_with_tags_are_read_for_the_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"tokens": ["The", "cat", "dog", "cow"], "tags": ["DET", "NOUN", "NOUN", "NOUN"]},
        {"tokens": ["Go"], "tags": ["VERB", "X"]},
        {"tokens": ["Run"], "tags": ["VERB"]},
    ]
    at = given(monkeypatch, "\n".join(json.dumps(r) for r in rows).encode(), "a.jsonl", "pos-tokee")
    assert "2 rows, with right answers" in words(at)
    at = ran(at)
    at.segmented_control(key="by").set_value("tag").run()
    assert "part of speech" in charts(fine(at))[-1].alt


def test_a_data_set_of_the_hub_is_fetched_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def hub(name: str) -> Table:
        asked.append(name)
        return Table(name, {"sentence": ["a b c", "d e f"], "label": [0, 1]}, [1, 2], ["Split 'test'."])

    monkeypatch.setattr(cache, "hub_table", hub)
    at = opened(rows=text.SOURCES["hub"])
    at.text_input(key="hub").set_value("some/thing").run()
    assert not asked
    fine(at.button(key="data.fetch").click().run())
    assert asked == ["some/thing"]
    assert "2 rows, with right answers" in words(at)
    assert "Split 'test'." in words(at)


def test_a_column_of_texts_alone_is_read_without_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    at = given(monkeypatch, b"A fine film.\nA dull film.\nA long film.\n")
    assert "3 rows, without right answers" in words(at)
    assert "no header" in words(at)
    assert list(at.dataframe[0].value["Text"]) == ["A fine film.", "A dull film.", "A long film."]


ODD = ["\U0001f600\U0001f64c\U0001f3fd", "مرحبا بالعالم", "שלום \u202eעולם", "<script>alert(1)</script> <b>&amp;</b>", "word " * 10_000]


@pytest.mark.parametrize("model", ["sst2-joint", "pos-tokee"])
def test_odd_and_endless_rows_are_run_as_they_stand(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    at = ran(given(monkeypatch, "\n".join(json.dumps({"text": t}) for t in ODD).encode(), "a.jsonl", model))
    assert "5 rows" in finding(at)
    assert "1 row is longer than the" in words(at)
    assert "their ends were not read" in words(at)
    assert [" ".join(t.split()) for t in shown(at)[:4]] == [" ".join(t.split()) for t in ODD[:4]]
    assert "</html>" in report.html(view(at))
    assert len(pq.read_table(io.BytesIO(export.parquet(view(at))))) == 5


def test_a_data_set_that_cannot_be_fetched_is_one_sentence_and_its_name_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(name: str) -> None:
        raise ConnectionError("Couldn't reach the Hub\nlong trace")

    module = types.ModuleType("datasets")
    module.get_dataset_config_names = offline  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "datasets", module)
    monkeypatch.setattr("dynviz.data.hub.find_spec", lambda name: module)
    at = opened(rows=text.SOURCES["hub"], hub="no/such")
    assert at.text_input(key="hub").value == "no/such"
    assert not at.error, "nothing is fetched before the visitor says so"
    at = fine(at.button(key="data.fetch").click().run())
    assert [e.value.replace("\\", "") for e in at.error] == [
        "The data set 'no/such' cannot be read: Couldn't reach the Hub. Check its name and split, or give a file."
    ]
    assert at.text_input(key="hub").value == "no/such"
    assert not [b for b in at.button if b.key == "data.run"]


def test_a_file_that_fails_leaves_the_last_run_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    at = ran(opened())
    id, said = job(at).id, finding(at)
    at.button(key="data.new").click().run()
    monkeypatch.setattr(source, "_file", lambda: columns.Given("f2", "a.csv", cache.file_table("f2", "a.csv", lambda: b"")))
    assert "is empty" in fine(at.segmented_control(key="rows").set_value("file").run()).error[0].value
    assert finding(opened(job=id)) == said
