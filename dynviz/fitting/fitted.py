"""A fitted model as a program uses it: answers in scikit-learn's manner, at a budget; saved, and put on the Hub."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dynviz.checkpoint.catalogue import checkpoint_at
from dynviz.checkpoint.model import Model
from dynviz.data import Examples, several_texts
from dynviz.data.pairs import cut_examples
from dynviz.errors import InputError
from dynviz.fitting.card import card_of
from dynviz.fitting.knob import check_share
from dynviz.fitting.push import push
from dynviz.measure import evaluate
from dynviz.measure.shipped import stored_sweep
from dynviz.records import Floats, Sweep


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model with exits. model: as `dynviz.trace` takes it; folder: the checkpoint; notes: what is to be said of how it was made.

    >>> dynviz.fit_exits("my/classifier", "rows.csv").predict(["A good film."], budget=0.4)  # doctest: +SKIP
    ['positive']
    """

    model: Model
    folder: Path
    notes: tuple[str, ...] = ()

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

        texts: strings, pairs of strings, or, word by word, lists of words. budget: share of the plain model's compute, about; by default
        the setting the model was made with. Words beyond the model's limit have no label.
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
        pieces = cut_examples(self.model.tokenizer, _examples(given, by_word), self.model.max_length, by_word)
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


def _examples(given: list[Any], by_word: bool) -> Examples:
    """The texts as examples without labels; an InputError for what is none."""
    pairs = not by_word and all(isinstance(text, tuple | list) and len(text) == 2 for text in given)
    if not by_word and not pairs and not all(isinstance(text, str) for text in given):
        raise InputError("The texts are not all texts", "strings are needed, or pairs of two strings", "Pass a list of them")
    first, second = (tuple(text[i] for text in given) if pairs else tuple(given) for i in (0, 1))
    for i, text in enumerate((*first, *second)):
        joined = text if isinstance(text, str) else " ".join(map(str, text))
        if not joined.strip():
            raise InputError(f"Text {i % len(given) + 1} is empty", "there is nothing to read", "Leave it out")
    return Examples(tuple(map(str, range(len(given)))), first, None, ((),) * len(given), second=second if pairs else None)
