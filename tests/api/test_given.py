"""What a program hands over: taken as it is meant, or one sentence on what to pass."""

import ast
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import dynviz
from dynviz import api
from dynviz.checkpoint.model import Model
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
        "two columns": {"text": frame["text"], "label": frame["label"]},
    }  # fmt: skip


FORMS = ["path", "name", "pairs", "lists", "frame", "columns", "array", "two columns"]


@pytest.mark.parametrize("form", FORMS)
def test_examples_come_in_many_forms(form: str, tmp_path: Path, models: dict[str, Model]) -> None:
    model = models["sst2-joint"]
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
    ([("a", "b", "c")], "a list was given"), ({"text": ["a"], "label": []}, "differ in length"), (b"text,label", "a bytes was given"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "why"), NO_EXAMPLES)
def test_what_holds_no_examples_is_said(given: Any, why: str, models: dict[str, Model]) -> None:
    with pytest.raises(InputError, match=why):
        dynviz.sweep(models["sst2-joint"], given)


def test_a_name_is_not_yet_a_model(models: dict[str, Model]) -> None:
    for ask in (dynviz.trace, dynviz.sweep, dynviz.analyse, dynviz.compare):
        with pytest.raises(InputError, match=r"Pass what dynviz\.load\('sst2-joint'\) returns"):
            ask("sst2-joint", GOOD)  # type: ignore[operator]
    with pytest.raises(InputError, match="No model is named: a NoneType was given"):
        dynviz.load(None)  # type: ignore[arg-type]


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
