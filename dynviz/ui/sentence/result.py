"""A text's run as the page knows it: the trace, and what is known around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dynviz.figures.columns import By, one_decision
from dynviz.figures.told import told_of
from dynviz.records import Trace
from dynviz.records.card import Card, Comparison
from dynviz.ui.parts import sources, words
from dynviz.ui.parts.panels import Panel, Rows
from dynviz.ui.shell import cache, text

if TYPE_CHECKING:
    from dynviz.records.settled import Settled


@dataclass(frozen=True, eq=False)
class Result:
    """A trace and what is known around it. full: the same text at full depth; compared: what the rule held against what;
    legend: the task's labels in lay words.
    name, typed, settings, off: which checkpoint ran what at which knobs, and those of full depth, so that it can run again; none for a
    trace from a file. settled: from
    which layer on answers never change. by: what a column is."""

    trace: Trace
    full: Trace | None = None
    compared: tuple[Comparison, ...] = ()
    card: Card | None = None
    legend: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    typed: str = ""
    settings: cache.Knobs = ()
    off: cache.Knobs = ()
    settled: "Settled | None" = None
    by: By = "word"

    @property
    def loses(self) -> bool:
        """Whether a token may stop before its sentence does; then that is drawn at every setting, so that no picture comes and goes."""
        able = self.trace.unit == "sentence" or (self.card is not None and self.card.kind == "depth")
        return not one_decision(self.trace) and (able or bool((self.trace.left_at > 0).any() or self.trace.frozen.any()))

    @cached_property
    def told(self) -> tuple[Comparison, ...]:
        """Per token, what the rule read: held against a limit, or ranked and held against none."""
        return told_of(self.trace, self.compared, self.card)

    @property
    def scored(self) -> Comparison | None:
        """What is held, token by token, against a limit below which it is dropped, where that was read as it stands."""
        return next((c for c in self.told if c.decides and c.stops == "below"), None) if self._leave else None

    @property
    def ranked(self) -> Comparison | None:
        """What tokens are ranked by, where they leave by their rank."""
        return next((c for c in self.told if not c.decides), None) if self._leave else None

    @property
    def _leave(self) -> bool:
        """Whether single tokens leave: a word that is done with stops by its answer, which other pictures show."""
        return self.trace.unit == "sentence" or (self.card is not None and (self.card.kind == "tokens" or self.card.yardstick))

    def panel(self, name: str, figure: Any, finding: str, table: Callable[[], Rows], least: int = 0) -> Panel:
        """A picture of this result, with its texts."""
        told = f"{name}_merged" if self.trace.merged_at.any() and f"{name}_merged" in text.HOW_TO else name
        key = words.ladder_key(self.trace) if told == "ladder" else text.KEY.get(told) or words.cells_key(self.trace, self.full)
        maths = "\n\n".join([*([self.card.about] if self.card else []), text.MATHS_DEPTH])
        return Panel(
            name, figure, finding, table, text.HOW_TO[told], text.DOES_NOT_SHOW[told], maths, key, True, least, sources.runs(self.trace)
        )
