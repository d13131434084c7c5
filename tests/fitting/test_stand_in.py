"""The classifier that the timed path makes for itself: the bundled encoder in Hugging Face's form, and rows it has not seen."""

import csv
from pathlib import Path

import torch

from dynviz import api
from tests.benchmarks.own import stand_in


def test_it_is_the_bundled_encoder_with_a_classifier_and_the_rest_of_the_rows(shelf: Path, tmp_path: Path) -> None:
    rows = [(f"the film is {'good' if i % 2 else 'bad'} {i}", "positive" if i % 2 else "negative") for i in range(12)]
    with (tmp_path / "given.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("text", "label"), *rows])
    model = api.load(shelf / "sst2-plain")
    folder, data = stand_in(tmp_path, model, str(tmp_path / "given.csv"))
    with data.open(newline="") as kept:
        assert list(csv.reader(kept)) == [["text", "label"], *map(list, rows[6:])]
    made = api.load(folder)
    assert made.config.labels == model.config.labels
    ids = torch.arange(1, 6)[None]
    one, other = (m.stages[0].padded(ids, torch.ones_like(ids, dtype=torch.bool))[-1] for m in (model, made))
    torch.testing.assert_close(one, other)
