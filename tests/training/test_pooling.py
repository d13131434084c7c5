"""[CLS] and the mean of all states, on numbers that can be checked in the head and on tiny models: measured by the command, and stored."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from dynviz import api
from dynviz.cli import main
from dynviz.data.pieces import cut
from dynviz.errors import InputError
from dynviz.figures.pooling import pooling_finding
from dynviz.records import pooling as stored
from dynviz.records.pooling import Pooling
from dynviz.training import pooling
from dynviz.training.examples import Split
from tests import bases
from tests.checkpoints import LAYERS, Spec, build

TEXTS = [f"a {word} film {'indeed ' * (i % 4)}" for i, word in enumerate(["good", "bad", "great", "dull"] * 6)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("pooling"), (Spec("sst2-plain", "plain"),), sentences=12)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "sst2").mkdir()
    for split in ("train_fit", "dev"):
        frame = pd.DataFrame({"text": TEXTS, "label": [1 - i % 2 for i in range(len(TEXTS))]})
        frame.to_parquet(folder / "sst2" / f"{split}.parquet")
    return folder


def test_a_probe_finds_what_lies_along_one_direction() -> None:
    """However small beside the rest: vectors are standardised first."""
    sign = torch.tensor([1.0, -1.0] * 20)
    taught = torch.stack([1e-3 * sign + 5, torch.linspace(-1, 1, 40)], 1)
    asked = torch.tensor([[5.001, 0.0], [4.999, 0.0]])
    assert pooling.probe(taught, (sign > 0).long(), asked).tolist() == [1, 0]


def test_each_layer_is_compared_over_the_same_sentences() -> None:
    cls = np.array([[True] * 40, [True] * 20 + [False] * 20])
    mean = np.array([[True] * 40, [True] * 40])
    found = pooling.compared("tuned", cls, mean)
    assert (found.cls, found.mean) == ((1.0, 0.5), (1.0, 1.0))
    assert found.more[0] == (0.0, 0.0, 0.0)
    assert found.more[1][0] == 0.5
    assert found.more[1][1] > 0.3


def test_both_vectors_are_those_of_each_sentence_whatever_its_batch(root: Path) -> None:
    model = api.load("sst2-plain", root)
    pieces = cut(model.tokenizer, TEXTS, 20)
    found = pooling.vectors(model.stages[0], Split("dev", pieces, np.zeros(len(TEXTS), int), ""))
    assert found.cls.shape == found.mean.shape == (LAYERS + 1, len(TEXTS), model.stages[0].width)
    ids = torch.from_numpy(pieces.only(np.array([5])).ids)[None]
    alone = torch.stack(model.stages[0].padded(ids, torch.ones_like(ids, dtype=torch.bool)))[:, 0]
    assert torch.allclose(found.cls[:, 5], alone[:, 0], atol=1e-5)
    assert torch.allclose(found.mean[:, 5], alone.mean(1), atol=1e-5)


def test_the_command_measures_stores_and_says_it(root: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = api.load("sst2-plain", root).stages[0].model
    start.save_pretrained(tmp_path / "start")
    given = ["--root", str(root), "--data", str(data), "--base", str(tmp_path / "start"), "--write"]
    assert main(["pooling", *given]) == 0
    found = api.stored_pooling(root)
    assert found is not None
    assert (found.task, found.split, found.sentences, found.taught, found.chance) == ("sst2", "dev", 24, 24, 0.5)
    [one] = found.backbones
    assert (one.backbone, one.layers, one.plain) == ("tiny", LAYERS, "sst2-plain")
    before, after = one.reads
    assert (before.tuned, after.tuned) == ("pre-trained", "tuned")
    assert replace(before, tuned="tuned") == after, "the plain model was given as what it started from"
    assert pooling_finding(found) in capsys.readouterr().out
    stored.write(replace(found, backbones=(replace(one, digest="0" * 12),)), root / stored.FILE)
    assert api.stored_pooling(root) is None


def test_a_base_is_read_as_it_lies_there(root: Path, tmp_path: Path) -> None:
    plain = api.find("sst2-plain", root)
    folder = bases.base(tmp_path)
    config = plain.config.model_copy(update={"embeddings": folder.name})
    beside = replace(plain, folder=tmp_path / "sst2-plain", config=config)
    encoder = pooling.pretrained_of(beside, None)
    assert (len(encoder.layers), encoder.width) == (bases.LAYERS, bases.WIDTH)


def test_without_a_plain_model_there_is_nothing_to_read(tmp_path: Path, data: Path) -> None:
    with pytest.raises(InputError, match="no plain model"):
        pooling.compute(tmp_path, data)


def test_a_file_that_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / stored.FILE
    assert stored.read(file) is None
    read = pooling.compared("tuned", np.ones((2, 4), bool), np.ones((2, 4), bool))
    one = stored.BackbonePooling("tiny", 2, "sst2-plain", "0" * 12, (read,))
    found = Pooling("sst2", "dev", 4, 8, 0.5, (one,))
    stored.write(found, file)
    assert stored.read(file) == found
    wrong = (replace(found, task="films"), *(replace(found, backbones=(w,)) for w in (
        replace(one, layers=3), replace(one, reads=(replace(read, cls=(90.0, 90.0)),)))))  # fmt: skip
    for other in wrong:
        stored.write(other, file)
        with pytest.raises(InputError, match="pooling --write"):
            stored.read(file)
    raw = json.loads(file.read_text())
    raw["pooling"]["taught"] = "many"
    file.write_text(json.dumps(raw))
    with pytest.raises(InputError, match="pooling --write"):
        stored.read(file)


@pytest.mark.parametrize("missing", ["train_fit", "dev"])
def test_a_missing_file_is_told_before_any_model_is_loaded(
    root: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(pooling, "load", lambda folder: pytest.fail("a model was loaded first"))
    (tmp_path / "sst2").mkdir()
    for file in (data / "sst2").iterdir():
        if file.stem != missing:
            (tmp_path / "sst2" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(InputError, match=f"{missing}.parquet is missing"):
        pooling.compute(root, tmp_path)
