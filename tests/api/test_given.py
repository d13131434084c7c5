"""What a program hands over: taken as it is meant, or one sentence on what to pass."""

import ast
import inspect
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import dynviz
from dynviz import api
from dynviz.checkpoint.model import Model
from dynviz.data import Examples
from dynviz.errors import InputError

GOOD, BAD = "a fine film", "a dull film"
NO_TEXT = [
    (None, "None"), (float("nan"), "number nan"), (5, "number 5"), (b"fine", "a bytes"), ([GOOD, None], "holds None"), ({}, "a dict"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), NO_TEXT)
def test_what_is_no_text_is_said(given: Any, why: str, models: dict[str, Model]) -> None:
    for name in ("sst2-joint", "pos-tokee"):
        with pytest.raises(InputError, match=why):
            dynviz.trace(models[name], given)


@pytest.mark.parametrize("batch", [[GOOD, BAD], (GOOD, BAD)])
def test_several_texts_are_not_joined_into_one(batch: Any, models: dict[str, Model]) -> None:
    for name in ("sst2-joint", "pos-tokee"):
        with pytest.raises(InputError, match=r"One text is needed: .*dynviz\.traces"):
            dynviz.trace(models[name], batch)
        assert [t.text for t in dynviz.traces(models[name], batch)] == [GOOD, BAD]


def test_one_text_is_not_taken_for_a_batch_of_its_letters(models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match=r"Several texts are needed: one text was given.*dynviz\.trace\."):
        dynviz.traces(models["sst2-joint"], GOOD)
    with pytest.raises(InputError, match="Several texts are needed: None was given"):
        dynviz.traces(models["sst2-joint"], None)  # type: ignore[arg-type]
    assert [t.text for t in dynviz.traces(models["sst2-joint"], pd.Series([GOOD, BAD]))] == [GOOD, BAD]  # type: ignore[arg-type]


def _forms(folder: Path) -> dict[str, Any]:
    (folder / "a.csv").write_text(f"text,label\n{GOOD},positive\n{BAD},negative\n")
    pairs = [(GOOD, "positive"), (BAD, "negative")]
    frame = pd.DataFrame(pairs, columns=["text", "label"])
    return {
        "path": folder / "a.csv", "name": str(folder / "a.csv"), "pairs": pairs, "lists": [list(p) for p in pairs], "frame": frame,
        "columns": {"text": [GOOD, BAD], "label": ["positive", "negative"]},
        "array": {"text": [GOOD, BAD], "label": np.array(["positive", "negative"])},
        "two columns": {"text": frame["text"], "label": frame["label"]}, "records": frame.to_dict("records"),
        "iterator": iter(pairs),
        "rows of numpy": frame.to_numpy(), "nullable": frame.convert_dtypes(), "arrow": pa.Table.from_pandas(frame),
        "twice the text": pd.DataFrame([[text, text, label] for text, label in pairs], columns=["text", "text", "label"]),
    }  # fmt: skip


FORMS = [
    "path", "name", "pairs", "lists", "frame", "columns", "array", "two columns", "records", "iterator", "rows of numpy", "nullable",
    "arrow", "twice the text",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_examples_come_in_many_forms(form: str, tmp_path: Path, models: dict[str, Model]) -> None:
    model = models["sst2-joint"]
    read = api.prepare(model, _forms(tmp_path)[form])[0].texts
    assert read == (GOOD, BAD)
    found = dynviz.compare(model, _forms(tmp_path)[form])
    assert found.rows.labels.tolist() == [1, 0]
    assert dynviz.sweep(model, _forms(tmp_path)[form], points=2).rows.labels.tolist() == [1, 0]


def test_word_labels_come_as_pairs_too(models: dict[str, Model]) -> None:
    found = dynviz.compare(models["pos-tokee"], [(["The", "cat"], ["DET", "NOUN"]), (["Dogs"], ["NOUN"])])
    assert len(found.rows.labels) == 3


def test_rows_without_an_answer_in_a_frame_are_left_out(models: dict[str, Model]) -> None:
    frame = pd.DataFrame({"text": [GOOD, BAD, None], "label": ["positive", None, "negative"]})
    with pytest.warns(UserWarning, match="1 row without text was left out. 1 row without label was left out."):
            assert dynviz.compare(models["sst2-joint"], frame).rows.labels.tolist() == [1]


def test_what_was_assumed_is_a_warning_at_the_caller(models: dict[str, Model]) -> None:
    with pytest.warns(UserWarning, match="The label 0 was read as negative, 1 as positive") as seen:
        assert dynviz.sweep(models["sst2-joint"], [(GOOD, 1), (BAD, 0)], points=2).rows.labels.tolist() == [1, 0]
    assert seen[0].filename == __file__


NO_EXAMPLES = [
    (None, "None was given"), (5, "number 5 was given"), ([GOOD, BAD], "a list was given"), ([], "is empty"), ({}, "a dict was given"),
    (pd.DataFrame(), "is empty"), ({"text": {GOOD, BAD}, "label": [1, 0]}, "a dict was given"), ([(object(), "positive")], "an object"),
    ([(GOOD, 10**5000)], "an int"), ([(GOOD, Decimal("sNaN"))], "a Decimal"),
    ([("a", "b", "c")], "a list was given"), ({"text": ["a"], "label": []}, "differ in length"), (b"text,label", "a bytes was given"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), NO_EXAMPLES)
def test_what_holds_no_examples_is_said(given: Any, why: str, models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match=why):
        dynviz.sweep(models["sst2-joint"], given)


def test_an_empty_cell_of_pandas_is_no_answer(models: dict[str, Model]) -> None:
    frame = pd.DataFrame({"text": [GOOD, BAD, BAD], "label": pd.array([1, 0, None], dtype="Int64")})
    with pytest.warns(UserWarning, match="1 row without label was left out"):
        assert dynviz.compare(models["sst2-joint"], frame).rows.labels.tolist() == [1, 0]


def test_a_data_set_brings_the_names_of_its_classes(models: dict[str, Model]) -> None:
    feature = SimpleNamespace(names=["positive", "negative"])
    given = DataSet({"text": [GOOD, BAD], "label": [0, 1]})
    given.features = {"text": None, "label": feature}
    assert dynviz.compare(models["sst2-joint"], given).rows.labels.tolist() == [1, 0]


class DataSet(dict[str, list[Any]]):
    """As the Hub's package has them: columns by name, and what they hold."""

    features: dict[str, Any]

    @property
    def column_names(self) -> list[str]:
        return list(self)


NO_TASK = [("film", "'film'"), (None, "None"), (5, "the number 5")]


@pytest.mark.parametrize(("task", "shown"), NO_TASK)
def test_what_is_no_task_is_said(task: Any, shown: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"No task is {shown}: there are sst2, pos, imdb"):
        dynviz.read(_forms(tmp_path)["path"], task)
    assert dynviz.read(_forms(tmp_path)["path"], "sst2").labels == ("positive", "negative")


WRONG_READ = [
    ({"source": None}, "None was given"), ({"text": 0}, "The text column"), ({"label": 5}, "The label column"),
    ({"meanings": [1]}, "a list"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), WRONG_READ)
def test_reading_says_what_to_pass(given: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=why):
        dynviz.read(**{"source": _forms(tmp_path)["path"], "task": "sst2", **given})


WRONG_SWEEP = [
    ({"points": "3"}, "points is '3'"), ({"points": 0}, "points is 0"), ({"points": 2.5}, "points is 2.5"), ({"knobs": [1]}, "The knobs"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), WRONG_SWEEP)
def test_a_sweep_says_what_to_pass(given: dict[str, Any], why: str, models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match=why):
        dynviz.sweep(models["sst2-joint"], [(GOOD, "positive")], **given)


def test_a_knob_beyond_all_numbers_is_refused(models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match="it takes a number"):
        dynviz.trace(models["pos-tokee"], GOOD, delta=10**400)


def test_examples_have_to_fit_together(models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match="they have 1 and 2 ids, texts, labels or tags"):
        Examples(("a", "b"), (GOOD, BAD), ("positive",), ((), ()))
    with pytest.raises(InputError, match="a NoneType is there"):
        Examples(("a",), (None,), None, ((),))
    with pytest.raises(InputError, match="Example a: 2 words and 1 tags"):
        api.prepare(models["pos-tokee"], Examples(("a",), (("The", "cat"),), (("DET",),), ((),)))
    with pytest.raises(InputError, match="There are no examples"):
        api.prepare(models["pos-tokee"], Examples((), (), (), ()))


def test_a_table_is_no_list_of_texts(models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match="Several texts are needed: a DataFrame was given"):
        dynviz.traces(models["sst2-joint"], pd.DataFrame({"text": [GOOD]}))  # type: ignore[arg-type]
    assert dynviz.trace(models["pos-tokee"], np.array(["The", "cat"])).text == "The cat"  # type: ignore[arg-type]


def test_a_name_is_not_yet_a_model(models: dict[str, Model]) -> None:
    for ask in (dynviz.trace, dynviz.sweep, dynviz.analyse, dynviz.compare):
        with pytest.raises(InputError, match=r"Pass what dynviz\.load\('sst2-joint'\) returns"):
            ask("sst2-joint", GOOD)  # type: ignore[operator]
    with pytest.raises(InputError, match="No model is named: a NoneType was given"):
        dynviz.load(None)  # type: ignore[arg-type]


def test_a_folder_is_named_by_a_path_or_its_words(shelf: Path) -> None:
    assert dynviz.checkpoints(str(shelf)) == dynviz.checkpoints(shelf)
    assert api.find("sst2-joint", str(shelf)) == api.checkpoint_at(str(shelf / "sst2-joint"))
    rows = [(GOOD, "positive"), (BAD, "negative")]
    asks = (
        dynviz.checkpoints, api.checkpoint_at, api.whole_base, api.guessing, api.load_reader, api.load_base,
        lambda given: api.find("sst2-joint", given), lambda given: dynviz.fit_exits(shelf / "sst2-joint", rows, given),
    )  # fmt: skip
    for ask in asks:
        with pytest.raises(InputError, match="No file or folder is named: a int was given"):
            ask(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="No checkpoint is named: a int was given"):
        api.find(3)  # type: ignore[arg-type]


def test_what_is_listed_can_be_loaded(shelf: Path) -> None:
    listed = dynviz.checkpoints(shelf)[0]
    assert dynviz.load(listed).config.name == listed.name


def _kinds(function: Any) -> set[str]:
    """The names in the annotations of a function's arguments."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    written = [ast.unparse(a.annotation).replace("'", "") for a in (*tree.args.args, *tree.args.kwonlyargs) if a.annotation]
    return {node.id for one in written for node in ast.walk(ast.parse(one, mode="eval")) if isinstance(node, ast.Name)}


def test_the_api_holds_all_that_its_functions_are_given() -> None:
    """Each kind of argument of a public function can be had from the same place; a task, from a model or a checkpoint."""
    plain = {"str", "float", "int", "bool", "bytes", "list", "tuple", "Any", "Path", "Mapping", "Sequence", "Iterable", "Callable", "Task"}
    functions = [found for name in api.__all__ if inspect.isfunction(found := getattr(api, name))]
    assert len(functions) > 30
    for function in functions:
        assert not {kind for kind in _kinds(function) - plain if not hasattr(api, kind)}, function.__name__
