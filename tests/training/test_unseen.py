"""Rows judged by models that have not seen them: halves that keep a sentence's phrases together, and who reads whom."""

from pathlib import Path

import numpy as np
import torch

from dynviz.checkpoint.encoders import tokenizer
from dynviz.records.tasks import TASKS
from dynviz.training import unseen
from dynviz.training.examples import load_split
from dynviz.training.start import pretrained_encoder, write_base
from tests.training import fixtures

TEXTS = ("a warm and funny story", "funny story", "a cold film", "cold film", "film", "a warm and funny story")


def test_a_phrase_lies_in_the_half_of_its_sentence() -> None:
    seen = set()
    for seed in range(20):
        first = unseen.halves(TEXTS, seed)
        assert first[0] == first[1] == first[5]
        assert first[2] == first[3] == first[4], "the first, longest text that holds it"
        seen.add((bool(first[0]), bool(first[2])))
    assert len(seen) == 4, "sentences fall into either half"


def test_every_row_is_read_by_the_model_of_the_other_half(tmp_path: Path, monkeypatch: object) -> None:
    """Of two halves trained one step each, the stored probabilities are those of the model that did not see the row; stored once."""
    data, base, out = fixtures.data_folder(tmp_path / "data"), fixtures.base_model(tmp_path / "base"), tmp_path / "out"
    write_base(out, str(base))
    split = load_split(data, TASKS["sst2"], "train", tokenizer(out / "minilm"), 40, 0)
    trained: list[set[int]] = []
    read: list[set[int]] = []

    def train(trainee: object, phase: object, part: object, *_: object, **__: object) -> None:
        trained.append({split.pieces.texts.index(text) for text in part.pieces.texts})

    def answer(encoder: object, method: object, _: object, rows: np.ndarray) -> np.ndarray:
        read.append({split.pieces.texts.index(split.pieces.texts[r]) for r in rows})
        return np.full((len(rows), 3, 2), len(read), np.float32)

    monkeypatch.setattr(unseen, "train_phase", train)
    monkeypatch.setattr(unseen, "answers", answer)
    found = unseen.with_unseen(split, pretrained_encoder(fixtures.plain_job(), out, str(base)), 2, tmp_path, 0)
    assert found.unseen.shape == (40, 3, 2)
    assert not trained[0] & read[0]
    assert not trained[1] & read[1]
    assert set(torch.unique(found.unseen).tolist()) == {1.0, 2.0}
    again = unseen.with_unseen(split, pretrained_encoder(fixtures.plain_job(), out, str(base)), 2, tmp_path, 0)
    assert torch.equal(again.unseen, found.unseen)
    assert len(read) == 2, "nothing was trained again"
