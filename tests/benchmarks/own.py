"""From somebody's classifier to a picture and a saved adaptive model, timed: `python -m tests.benchmarks.own --data ROWS`.

The steps are those of README and docs/your-model.md, each a command in a process of its own, as a user types them; nothing is written but
in a temporary folder. Without `--model`, the classifier is one in Hugging Face's form that is made here, uncounted, of a bundled plain
model's encoder and the first half of the rows; the other half is fitted on.
"""

import argparse
import csv
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification

from dynviz import api
from dynviz.checkpoint.encoders import trainable_copy
from dynviz.checkpoint.model import Model
from dynviz.data import Examples
from dynviz.fitting.ramps import fitted
from dynviz.measure.bench import machine

STEPS = (
    "doctor {model}",
    "fit {model} --data {data} --out {out} --budget 0.6",
    "trace {text} --model {out}",
    "card {text} --model {out} --out {card}",
)
TEXT = shlex.quote("A warm and funny film.")
NEARLY_STRAIGHT = 0.1  # what the pooler's inputs are scaled by, so that its tanh hardly bends them
CHUNK = 64  # texts whose states are computed at once


def main() -> None:
    """Print what each step took, and all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="labelled rows of the task, e.g. of SST-2")
    parser.add_argument("--model", help="folder or Hub id of a classifier (default: one made of --of)")
    parser.add_argument("--of", default="sst2-plain", help="bundled plain model of sentences whose encoder it gets")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        here = Path(folder)
        model, data = given.model, given.data
        if model is None:
            model, data = stand_in(here, api.load(given.of), given.data)
        places: dict[str, Any] = {"model": model, "data": data, "out": here / "my_exits", "card": here / "card.html", "text": TEXT}
        total = 0.0
        for step in STEPS:
            seconds = timed(shlex.split(step.format(**places)))
            total += seconds
            print(f"{seconds:7.1f} s  dynviz {step}", flush=True)
        saved, picture = sum(file.stat().st_size for file in places["out"].iterdir()), places["card"].stat().st_size
        print(f"{total:7.1f} s  together; {saved / 1000:,.0f} kB were saved, and a picture of {picture / 1000:,.0f} kB")
        print(", ".join(f"{name} {value}" for name, value in machine().items()))


def timed(arguments: Sequence[str]) -> float:
    """Seconds of a command; what it printed, where it failed."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "dynviz", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return time.monotonic() - begun


def stand_in(here: Path, model: Model, data: str) -> tuple[Path, Path]:
    """The folder of a classifier as `transformers` saves it, and a file of the rows that it has not seen."""
    rows = api.read(data, model.task)
    assert rows.labels is not None
    middle = len(rows) // 2
    with (file := here / "rows.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("text", "label"), *zip(rows.texts[middle:], rows.labels[middle:], strict=True)])
    encoder, names = trainable_copy(model.stages[0]).model, model.config.labels
    config = encoder.config
    config.num_labels, config.id2label, config.label2id = len(names), dict(enumerate(names)), {n: i for i, n in enumerate(names)}
    classifier = AutoModelForSequenceClassification.from_config(config)
    lacking = classifier.base_model.load_state_dict(encoder.state_dict(), strict=False)
    assert all(name.startswith("pooler.") for name in lacking.missing_keys), lacking
    classes = np.array([names.index(str(label)) for label in rows.labels[:middle]])
    weight, bias = fitted(first_states(model, rows, middle), classes, len(names), seed=0)
    dense, out_layer = _head(classifier)
    with torch.no_grad():
        dense.weight.copy_(NEARLY_STRAIGHT * torch.eye(len(dense.weight)))
        dense.bias.zero_()
        out_layer.weight.copy_(weight / NEARLY_STRAIGHT)
        out_layer.bias.copy_(bias)
    classifier.save_pretrained(here / "my_classifier")
    model.tokenizer.save_pretrained(here / "my_classifier")
    return here / "my_classifier", file


def first_states(model: Model, rows: Examples, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """(count, D) the last state of the first piece of each text."""
    found: list[Tensor] = []
    with torch.inference_mode():
        for begin in range(0, count, CHUNK):
            pieces = model.tokenizer(list(rows.texts[begin : min(begin + CHUNK, count)]), truncation=True, max_length=128, padding=True)
            ids, real = (torch.tensor(pieces[name]) for name in ("input_ids", "attention_mask"))
            found.append(model.stages[0].padded(ids, real.bool())[-1][:, 0])
    return torch.cat(found).half().numpy()


def _head(classifier: nn.Module) -> tuple[nn.Linear, nn.Linear]:
    """The hidden and the last layer of a classifier of BERT's or MPNet's form."""
    place = ("bert.pooler.dense", "classifier") if hasattr(classifier, "bert") else ("classifier.dense", "classifier.out_proj")
    dense, out = (classifier.get_submodule(name) for name in place)
    assert isinstance(dense, nn.Linear)
    assert isinstance(out, nn.Linear)
    return dense, out


if __name__ == "__main__":
    main()
