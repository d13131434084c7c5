"""What the page looks at in this run of the script: a job, what it has found so far, and the setting it is shown at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dynviz.api import Checkpoint
from dynviz.figures.wording import count
from dynviz.jobs import About, Gathered, Job, Outcome
from dynviz.records import Bools, Sweep
from dynviz.records.layout import bools
from dynviz.ui.data import cache, text
from dynviz.ui.shell import cache as shared
from dynviz.ui.shell import state


@dataclass(frozen=True, eq=False)
class DataView:
    """A job at a setting. parts: how many of its parts are shown."""

    job: Job
    parts: int
    knobs: Mapping[str, float]
    gathered: Gathered
    outcome: Outcome

    @property
    def about(self) -> About:
        """The job's description: model, rows, setting."""
        return self.job.about

    @property
    def sweep(self) -> Sweep:
        """Point 0: full depth; point 1: the setting."""
        return self.outcome.sweep

    @property
    def labelled(self) -> bool:
        """Whether the right answers are known."""
        return self.about.labelled

    @property
    def tags(self) -> bool:
        """Whether each word has an answer."""
        return self.about.unit == "token"

    @property
    def n(self) -> int:
        """Sentences shown."""
        return len(self.sweep.rows.ids)

    @property
    def key(self) -> tuple[str, int, shared.Knobs]:
        """Cache key: job, parts and setting."""
        return self.job.id, self.parts, shared.key(self.knobs)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint it was run with, if it is still there."""
        return next((c for c in shared.catalogue()[0] if c.name == self.about.checkpoint), None)

    @property
    def model(self) -> str:
        """The checkpoint's title."""
        found = self.checkpoint
        return found.config.title if found else self.about.checkpoint

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers."""
        return self.gathered.stages

    @property
    def words(self) -> tuple[str, str]:
        """What good and bad are called: right and wrong, or, without right answers, as full depth or not."""
        return ("right", "wrong") if self.labelled else text.BLIND_WORDS

    def _every(self, units: Any) -> Bools:
        """(S,) whether it holds for every answer of the sentence."""
        return bools(np.bincount(self.sweep.rows.owner, ~units, self.n) == 0)

    def _some(self, units: Any) -> Bools:
        return bools(np.bincount(self.sweep.rows.owner, units, self.n) > 0)

    @cached_property
    def within(self) -> bool:
        """Whether something is saved within a sentence: tokens of it that go through fewer layers than it does."""
        return bool((self.sweep.depth != self.sweep.exits).any())

    @cached_property
    def to_the_end(self) -> Any:
        """(S,) where every text goes through all layers and only tokens of it stop: the share of them computed in the last; else None."""
        if not self.within or (self.sweep.exits[1] < len(self.layers)).any():
            return None
        return self.outcome.kept[-1] / self.sweep.rows.lengths

    @cached_property
    def good(self) -> Bools:
        """(S,) every answer right; without right answers, as at full depth."""
        return self._every(self.sweep.correct[1]) if self.labelled else ~self.differs

    @cached_property
    def differs(self) -> Bools:
        """(S,) some answer differs from full depth's."""
        return self._some(self.sweep.predicted[1] != self.sweep.predicted[0])

    @cached_property
    def worse(self) -> Bools:
        """(S,) full depth is right where this is wrong."""
        return self._some(self.sweep.correct[0] & ~self.sweep.correct[1]) & self.labelled

    @cached_property
    def avoided(self) -> Bools:
        """(S,) this is right where full depth is wrong."""
        return self._some(self.sweep.correct[1] & ~self.sweep.correct[0]) & self.labelled

    @cached_property
    def sure(self) -> Any:
        """(S,) probability of the answer given; of a sentence of words, the least sure word's; NaN where nothing was read."""
        if not self.tags:
            return self.outcome.sure[1]
        out = np.full(self.n, np.inf)
        np.fmin.at(out, self.sweep.rows.owner, self.outcome.sure[1])
        return np.where(np.isinf(out), np.nan, out)

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of sentences there are, most frequent first."""
        counts: dict[str, int] = {}
        for own in self.sweep.rows.tags:
            for tag in own:
                counts[tag] = counts.get(tag, 0) + 1
        return sorted(counts, key=lambda tag: (-counts[tag], tag))

    def said(self) -> str:
        """The number of rows, and of words, in words."""
        rows = count(self.n, "row")
        return f"{rows}, {count(len(self.sweep.rows.labels), 'word')}" if self.tags else rows


def look(job: Job, parts: int, choice: state.Choice | None) -> DataView | None:
    """The view of a job; at the sidebar's setting where that is of its model and the knob can be moved, else at its own."""
    found = cache.gathered(job.id, parts)
    if found is None:
        return None
    same = choice is not None and choice.checkpoint.name == job.about.checkpoint and job.about.moves
    knobs = choice.settings if same and choice is not None else job.about.knobs
    return DataView(job, parts, knobs, found, cache.outcome(job.id, parts, knobs))
