"""What the classifiers of every layer are given, for every row to fit on: one pass through the frozen model, kept in files.

The files are arrays of half precision, opened as memory: of them only what is being looked at takes room, and they go with their folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dynviz.core import engine
from dynviz.core.encoder import Encoder
from dynviz.core.method import Asked, Knobs, Method, Moment, Plan, View
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.measure import evaluate
from dynviz.methods._ramps import Ramps
from dynviz.records import Bools, Floats, Ints, Sentences
from dynviz.runtime import Progress

MOST = 4_000_000_000  # bytes of all files
Half = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class States:
    """(U, D) for each layer but the last, on disk; chosen: which of the answers they are of, in order."""

    layers: Mapping[int, Half]
    chosen: Ints


class _Collector(Method):
    """A method that answers nothing and lets nothing stop: it hands over what another's classifiers would be given."""

    def __init__(self, method: Ramps, files: Mapping[int, Half], kept: Bools) -> None:
        super().__init__(method.shape)
        self.read_by, self.files, self.kept = method, files, kept
        self.seen = dict.fromkeys(files, 0)  # answers of each layer that went by
        self.put = dict.fromkeys(files, 0)

    def asks(
        self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs
    ) -> dict[str, Bools]:
        asked = self.read_by.asks(moment, layer, readings, sentences, plan, knobs)
        return {name: units for name, units in asked.items() if name == "probs"}

    def read(self, moment: Moment, layer: int, asked: Mapping[str, Bools], view: View) -> dict[str, Tensor]:
        vectors = self.read_by.vectors(asked["probs"], view)
        if layer in self.files:
            given = self.read_by.given(layer, vectors)
            wanted = self.kept[self.seen[layer] : self.seen[layer] + len(given)]
            begin = self.put[layer]
            self.put[layer] += int(wanted.sum())
            self.files[layer][begin : self.put[layer]] = given.numpy()[wanted]
            self.seen[layer] += len(given)
        return {"probs": torch.full((len(vectors), self.shape.classes), 1 / self.shape.classes)}

    def flops(self, moment: Moment, layer: int, asked: Asked) -> Ints:
        return 0 * asked.visible

    def plain_head(self, sentences: Sentences) -> Ints:
        return 0 * sentences.lengths


def collected(encoder: Encoder, method: Ramps, pieces: Pieces, folder: Path, seed: int, progress: Progress | None = None) -> States:
    """Run all rows once and keep what the classifiers are given, in files of this folder.

    Where they would take more room than there may be, an even draw of the answers is kept.
    """
    count = len(pieces.texts) if method.unit == "sentence" else int(pieces.sentences.leads.sum())
    layers = method.layers_read()[:-1]
    most = max(1, MOST // (2 * encoder.width * max(len(layers), 1)))
    kept = np.ones(count, bool)
    if count > most:
        kept[:] = False
        kept[np.random.default_rng(seed).choice(count, most, replace=False)] = True
    files = {layer: _file(folder / f"layer-{layer}.npy", (int(kept.sum()), encoder.width)) for layer in layers}
    collector = _Collector(method, files, kept)
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        engine.run((encoder,), collector, part.ids, part.sentences, {})
        if progress:
            progress(int(rows[-1]) + 1, len(pieces.texts))
    return States(files, np.flatnonzero(kept))


def _file(file: Path, shape: tuple[int, int]) -> Half:
    try:
        return np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=shape)
    except OSError as error:
        why = error.strerror or "the disk refuses"
        raise InputError(f"The states of the rows cannot be kept in {file.parent}", why, "Make room there, or give fewer rows") from None
