"""A fitted model as a program uses it: answers in scikit-learn's manner, at a budget; saved, and put on the Hub."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dynviz.checkpoint import standing
from dynviz.checkpoint.catalogue import checkpoint_at
from dynviz.checkpoint.config import is_foreign, read_config
from dynviz.checkpoint.model import Model
from dynviz.data import several_texts
from dynviz.data.cutting import cut_for, two_lines
from dynviz.errors import InputError
from dynviz.fitting.card import card_of
from dynviz.fitting.knob import check_share
from dynviz.fitting.push import push
from dynviz.measure import evaluate
from dynviz.measure.shipped import stored_sweep
from dynviz.records import Floats, Sweep
from dynviz.records.files import exists
from dynviz.records.tasks import Task


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """A model with exits. model: as `dynviz.trace` takes it; folder: the checkpoint; notes: what is to be said of how it was made.

    >>> dynviz.fit_exits("my/classifier", "rows.csv").predict(["A good film."], budget=0.4)  # doctest: +SKIP
    ['positive']
    """

    model: Model
    folder: Path
    notes: tuple[str, ...] = ()

    @classmethod
    def from_pretrained(cls, where: str | Path) -> "Fitted":
        """What `save_pretrained` or `fit` wrote into a folder, or `push_to_hub` onto the Hub; else an InputError."""
        found = Path(where)
        folder = found if exists(found / "config.json") or (hub := standing.of_hub(str(where))) is None else hub
        if is_foreign(folder) or read_config(folder).stands_on is None:
            raise InputError(f"{where} was not fitted", "it stands on no model of others", "Open it with dynviz.load")
        return cls(standing.load(folder), folder)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.model.config.title} on {self.model.config.trained['start']}, in {self.folder}>"

    @property
    def classes_(self) -> list[str]:
        """The labels, in the order of the columns of `predict_proba`."""
        return list(self.model.config.labels)

    @cached_property
    def sweep(self) -> Sweep:
        """Accuracy and compute over the rows kept for choosing, at full depth (point 0) and other settings."""
        return self._measured("calibration")

    @cached_property
    def report(self) -> Sweep:
        """The same over the rows that chose nothing."""
        return self._measured("report")

    def _measured(self, split: str) -> Sweep:
        found = stored_sweep(checkpoint_at(self.folder), split)
        assert found is not None, "a checkpoint is stored with its numbers"
        return found

    def knobs(self, budget: float | None = None) -> dict[str, float]:
        """The setting used: the checkpoint's own, or the best that spent at most this share of the compute on the rows that chose."""
        if budget is None:
            return self.model.knobs()
        check_share("budget", budget)
        return dict(self.sweep.knobs[self.sweep.choose(budget)])

    def predict(self, texts: Sequence[Any], budget: float | None = None) -> list[Any]:
        """The label of each text; of a model that answers word by word, a list of labels for each.

        texts: strings; of a model that compares two texts, pairs of strings, or both in two lines; word by word, lists of words. budget:
        share of the plain model's compute, about; by default the setting the model was made with. Words beyond the model's limit have no
        label.
        """
        names = self.classes_
        found = self.predict_proba(texts, budget)
        if self.model.method.unit == "sentence":
            return [names[i] for i in np.asarray(found).argmax(-1)] if len(found) else []
        return [[names[i] for i in one.argmax(-1)] for one in found]

    def predict_proba(self, texts: Sequence[Any], budget: float | None = None) -> Any:
        """(n, C) probabilities of the labels; of a model that answers word by word, a list of (words, C)."""
        given, knobs = several_texts(texts), self.knobs(budget)
        by_word = self.model.method.unit == "token"
        if not given:
            return [] if by_word else np.zeros((0, len(self.classes_)))
        pieces = cut_for(self.model.task, self.model.tokenizer, _checked(given, self.model.task), self.model.max_length)
        run = evaluate.run_all(evaluate.subject_of(self.model), pieces, knobs)
        if not by_word:
            return np.array(run.answer)
        leads: list[Floats] = [run.answer[span][run.sentences.leads[span]] for span in map(run.sentences.span, range(len(given)))]
        return leads

    def save_pretrained(self, folder: str | Path) -> Path:
        """Copy the checkpoint into a folder, which must not be there yet; `dynviz.load` opens it."""
        target = Path(folder)
        if target.exists():
            raise InputError(f"{target} is there already", "nothing is written over", "Choose another folder, or remove it")
        shutil.copytree(self.folder, target)
        return target

    def card(self, name: str) -> str:
        """The model card under this Hub id: accuracy and compute with intervals at several budgets, the setting, and how to use it."""
        return card_of(self.model.config, self.model.knobs(), self.sweep, self.report, name)

    def push_to_hub(self, name: str, private: bool = False, hub: Any = None) -> str:
        """Put the checkpoint and its card on the Hugging Face Hub as `name` ("owner/name"); returns the address of what was uploaded.

        Only what was added goes there; the model it stands on must be on the Hub itself. hub: an `HfApi` of your own (token, endpoint).
        """
        return push(self.folder, self.model.config, self.card(name), name, private, hub)


def _checked(given: list[Any], task: Task) -> list[Any]:
    """The texts as they are cut, a pair as one text of two lines; an InputError for what is none."""
    texts = [_joined(text) if task.pair else text for text in given]
    if task.unit == "sentence" and not all(isinstance(text, str) for text in texts):
        needed = "strings are needed, or pairs of two strings" if task.pair else "strings are needed: the model reads one text at a time"
        raise InputError("The texts are not all texts", needed, "Pass a list of them")
    for i, text in enumerate(given, start=1):
        parts = text if task.pair and not isinstance(text, str) else [text if isinstance(text, str) else " ".join(map(str, text))]
        if not all(part.strip() for part in parts):
            raise InputError(f"Text {i} is empty", "there is nothing to read", "Leave it out")
    return texts


def _joined(text: Any) -> Any:
    """A pair of strings as one text of two lines; anything else as it is."""
    two = isinstance(text, tuple | list) and len(text) == 2 and all(isinstance(part, str) for part in text)
    return two_lines(*text) if two else text
