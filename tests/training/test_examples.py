"""Rows of a task from its files: part of a training file kept to calibrate on, labels as numbers or as names."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from dynviz.core.method import Shape
from dynviz.errors import InputError
from dynviz.methods.entropy_exit import EntropyExit
from dynviz.records.tasks import HELD_OUT, TASKS
from dynviz.training.examples import classes, held_out, load_split, rows_of
from dynviz.training.readings import examples_of
from tests import hub
from tests.methods import small

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


def test_pairs_are_read_as_two_lines_and_trained_with_their_segments(tmp_path: Path) -> None:
    (tmp_path / "mrpc").mkdir()
    frame = pd.DataFrame({"text_a": ["the film", "is\nit"] * 10, "text_b": ["is good", "bad or not bad"] * 10, "label": [0, 1] * 10})
    frame.to_parquet(tmp_path / "mrpc" / "train.parquet", index=False)
    task = replace(TASKS["mrpc"], held_out=4)
    split = load_split(tmp_path, task, "train", hub.tokenizer())
    assert len(split) == 16
    assert set(split.pieces.texts) == {"the film\nis good", "is it\nbad or not bad"}
    assert set(examples_of(tmp_path, task, "calibration").texts) == set(split.pieces.texts)
    rows = np.array([split.pieces.texts.index(text) for text in ("the film\nis good", "is it\nbad or not bad")])
    ids, real, _ = split.padded(rows)
    types = split.types(rows)
    assert types is not None
    assert types.shape == ids.shape
    assert not types[~real].any()
    for row, (begin, sep) in zip(types.tolist(), ((4, 6), (5, 9)), strict=True):
        assert row[:begin] == [0] * begin
        assert sum(row) >= sep - begin


def test_the_loss_of_a_pair_is_that_of_its_segments() -> None:
    """What is trained is what runs: the classifiers of a batch see each text's own segment."""
    encoder = small.trainable_encoder(3)
    given, method = small.batch(encoder), small.randomize(EntropyExit(Shape((16,), (3,), 2), pooling="mean"))
    types = (given.positions > 2).long()
    with torch.no_grad():
        one, two = (float(method.loss(EntropyExit.recipe[0], replace(given, types=of)).sum()) for of in (None, types))
        states = encoder.padded(given.ids, given.real, types)
        assert two == pytest.approx(float(method.joint_loss(given, states).sum()))
    assert one != two


def test_single_texts_have_no_segments(data: Path) -> None:
    assert load_split(data, TASK, "report", hub.tokenizer()).types(np.array([0, 1])) is None


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train\.parquet is missing"):
        rows_of(tmp_path, TASK, "calibration")
