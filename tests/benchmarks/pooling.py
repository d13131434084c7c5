"""Why sentences are read by mean pooling and not off [CLS]: what can be read from either, after each layer.

    python -m tests.benchmarks.pooling --data DIR

Of the pre-trained model, and of the plain model tuned from it, both frozen, two readers are taught on the vectors of each layer: a linear
probe (logistic regression on standardised vectors, run until it has converged) and a ramp as the methods train it (Linear-tanh-Linear on
the vectors as they are, AdamW at the recipe's rate). They learn from 4,000 rows of DIR/sst2/train_fit.parquet and answer the 1,000
sentences of DIR/sst2/calibration.parquet; the evaluation split is not read. "spread" is how far the vectors of two texts lie apart: their
standard deviation over the training rows, over their root mean square. What came of it lies in pooling.csv, and docs/deviations.md shows
it. A few minutes of one thread.
"""

import argparse
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz import api
from dynviz.core.encoder import Encoder
from dynviz.core.heads import Head
from dynviz.measure.bench import machine
from dynviz.methods import method_class
from dynviz.records.intervals import wilson
from dynviz.records.tasks import TASKS
from dynviz.training.examples import load_split
from dynviz.training.pooling import probe, vectors
from dynviz.training.start import pretrained

RESULTS = Path(__file__).parent / "pooling.csv"
ROWS, TUNED = 4_000, "sst2-plain"
PASSES, BATCH = 10, 32  # of the ramp


def ramp(taught: Tensor, labels: Tensor, asked: Tensor) -> Tensor:
    """(S',) what a classifier as DeeBERT's, trained as long as a few passes take, says of (S', D)."""
    torch.manual_seed(0)
    head = Head(taught.shape[1], int(labels.max()) + 1, hidden=True)
    optimizer = torch.optim.AdamW(head.parameters(), lr=method_class("deebert").recipe[-1].head_lr, weight_decay=0.01)
    steps = [rows for _ in range(PASSES) for rows in torch.randperm(len(taught)).split(BATCH)]
    for number, rows in enumerate(steps):
        optimizer.param_groups[0]["lr"] = optimizer.defaults["lr"] * (1 - number / len(steps))
        optimizer.zero_grad()
        F.cross_entropy(head(taught[rows]), labels[rows]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.inference_mode():
        return head(asked).argmax(-1)


def spread(vectors: Tensor) -> float:
    """How much (S, D) vectors differ from text to text, beside their size."""
    return float((vectors.var(0).mean() / vectors.square().mean()).sqrt())


READERS = {"linear probe": probe, "ramp": ramp}


def rows(data: Path) -> Iterator[dict[str, Any]]:
    """The commoner label, as chance; then a row for each model, layer and vector."""
    task, tuned = TASKS["sst2"], api.load(TUNED)
    taught = load_split(data, task, "train", tuned.tokenizer, ROWS)
    asked = load_split(data, task, "calibration", tuned.tokenizer)
    yield _row("", "the commoner label", "", 0, np.bincount(asked.labels).max(), len(asked))
    labels = torch.from_numpy(taught.labels)
    for name, model in (("all-MiniLM-L6-v2", Encoder(pretrained(None).eval())), (TUNED, tuned.stages[0])):
        lesson, exam = vectors(model, taught), vectors(model, asked)
        for (reader, answers), pooling in product(READERS.items(), ("cls", "mean")):
            for layer, (states, questions) in enumerate(zip(getattr(lesson, pooling), getattr(exam, pooling), strict=True)):
                states, questions = states.clone(), questions.clone()  # made for inference alone, they could not be learned from
                right = int((answers(states, labels, questions).numpy() == asked.labels).sum())
                yield {**_row(name, reader, pooling, layer, right, len(asked)), "spread": round(spread(states), 4)}


def _row(model: str, reader: str, pooling: str, layer: int, right: int, of: int) -> dict[str, Any]:
    low, high = wilson(np.array([right]), np.array([of]))
    shares = {k: round(float(v), 4) for k, v in (("accuracy", right / of), ("low", low[0]), ("high", high[0]))}
    return {"model": model, "reader": reader, "pooling": pooling, "layer": layer, **shares, "sentences": of}


def main() -> None:
    """Print each figure as it is measured, and write them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/train_fit.parquet and sst2/calibration.parquet")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    found = []
    for row in rows(given.data):
        print(f"{row['model']:18}{row['reader']:20}{row['pooling']:5}{row['layer']:3}{row['accuracy']:7.3f}", flush=True)
        found.append({**row, **machine()})
    pd.DataFrame(found).to_csv(given.out, index=False)


if __name__ == "__main__":
    main()
