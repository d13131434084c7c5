"""Which conditions of a rule share its own picture: those that hold together, or of which either is enough, are never torn apart."""

import numpy as np

from dynviz import api, figures
from dynviz.records.card import Comparison
from dynviz.ui.sentence.why import conditions

PAIR = api.stored_pairs(api.checkpoint_at(api.checkpoint_root() / "sst2-pcee-bert"))[0]


def test_a_counter_is_drawn_with_the_reading_that_it_counts() -> None:
    """PCEE-BERT: an uncertainty that is a reading, and a counter that is none, in one group."""
    shown = conditions(PAIR.trace, PAIR.compared)
    assert [c.reading in PAIR.trace.readings for c in shown] == [c.reading in PAIR.trace.readings for c in PAIR.compared]
    assert len(shown) == 2
    assert "together" in figures.rule_finding(PAIR.trace, shown)


def test_a_rule_of_readings_alone_needs_no_picture_of_its_own() -> None:
    read = Comparison("uncertainty", "uncertainty", np.full(7, 0.5), np.full(7, 0.3), "below")
    assert conditions(PAIR.trace, (read,)) == []
