"""The one path: app, command line and notebooks all come through here. Checks what users give, then calls the engine.

Importing it is quick: torch is imported by the functions that need it, when they are called.
"""

from dynviz.api.card_page import frozen_card
from dynviz.api.cards import card, card_of, default_knobs, fitted_on, method_of, registered
from dynviz.api.labelled import compare, prepare, subject, sweep
from dynviz.api.models import Checkpoint, checkpoint_at, checkpoint_root, checkpoints, find, knobs_of, load, measure, repeats, warm
from dynviz.api.sample_texts import Example, examples, first_texts
from dynviz.api.shipped import static_line, stored_baselines, stored_energy, stored_pairs, stored_run, stored_sweep, stored_tensor, zoo
from dynviz.api.streams import policies, stream, streamable
from dynviz.api.texts import Analysis, analyse, cut_text, golden_pairs, halting, intervene, settled, to_trace, trace, traces
from dynviz.data import Examples, bundled
from dynviz.runtime import one_thread, versions

__all__ = [
    "Analysis", "Checkpoint", "Example", "Examples", "analyse", "bundled", "card", "card_of", "checkpoint_at", "checkpoint_root",
    "checkpoints", "compare", "cut_text", "default_knobs", "examples", "find", "first_texts", "fitted_on", "frozen_card", "golden_pairs",
    "halting",
    "intervene", "knobs_of", "load", "measure", "method_of", "one_thread", "policies", "prepare", "registered", "repeats", "settled",
    "static_line", "stored_baselines", "stored_energy", "stored_pairs", "stored_run", "stored_sweep", "stored_tensor", "stream",
    "streamable", "subject", "sweep", "to_trace", "trace", "traces", "versions", "warm", "zoo",
]  # fmt: skip
