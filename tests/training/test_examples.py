"""Rows of a task from its files: part of a training file kept to calibrate on, labels as numbers or as names."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dynviz.errors import InputError
from dynviz.records.tasks import HELD_OUT, TASKS
from dynviz.training.examples import classes, held_out, rows_of
from dynviz.training.readings import examples_of

TASK = TASKS["clinc150"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten requests of each of 151 intents."""
    (tmp_path / "clinc150").mkdir()
    labels = [name for name in TASK.labels for _ in range(10)]
    frame = pd.DataFrame({"text": [f"{name} {i}" for i, name in enumerate(labels)], "label": labels}).sample(frac=1, random_state=1)
    for name in ("train", "dev"):
        frame.to_parquet(tmp_path / "clinc150" / f"{name}.parquet", index=False)
    return tmp_path


def test_each_label_has_its_share_of_what_is_held_out() -> None:
    labels = np.array(["a"] * 60 + ["b"] * 30 + ["c"] * 10)[np.random.default_rng(0).permutation(100)]
    kept = held_out(labels, 20)
    assert Counter(labels[kept].tolist()) == {"a": 12, "b": 6, "c": 2}
    assert (kept == held_out(labels, 20)).all()


def test_nobody_trains_on_what_is_calibrated_on(data: Path) -> None:
    task = replace(TASK, held_out=302)
    train, there, here = (rows_of(data, task, purpose) for purpose in ("train", "calibration", "report"))
    assert (len(train), len(there), len(here)) == (1_208, 302, 1_510)
    assert not set(train["text"]) & set(there["text"])
    assert set(there["label"].value_counts()) == {2}


def test_ids_are_the_rows_of_the_training_file(data: Path) -> None:
    examples = examples_of(data, TASK, "calibration")
    frame = pd.read_parquet(data / "clinc150" / "train.parquet")
    assert len(examples) == 1_500
    for name, text, label in list(zip(examples.ids, examples.texts, examples.labels or (), strict=True))[::100]:
        split, _, row = name.rpartition("-")
        assert (split, text, label) == (HELD_OUT, frame["text"][int(row)], frame["label"][int(row)])


def test_labels_are_numbers_or_names() -> None:
    assert classes(TASKS["sst2"], pd.Series([0, 1, 1])).tolist() == [0, 1, 1]
    assert classes(TASKS["sst2"], pd.Series(["positive", "negative"])).tolist() == [1, 0]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train\.parquet is missing"):
        rows_of(tmp_path, TASK, "calibration")
