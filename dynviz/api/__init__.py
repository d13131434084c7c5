"""The one path: app, command line and notebooks all come through here. Checks what users give, then calls the engine.

Importing it is quick: torch is imported by the functions that need it, when they are called.
"""

import importlib
from typing import TYPE_CHECKING, Any

from dynviz.api.doctor import classifiers, examine, fitted_methods
from dynviz.api.fit import fit_exits
from dynviz.api.frozen import frozen_card
from dynviz.api.labelled import compare, prepare, subject, sweep
from dynviz.api.models import knobs_of, load, load_base, measure, warm
from dynviz.api.sample_texts import Example, examples, first_texts, lesson_examples
from dynviz.api.streams import policies, stream, streamable
from dynviz.api.texts import halting, intervene, settled, trace, traces
from dynviz.api.word_settling import guessing, hidden_words, load_reader, read_back, states_near, whole_base
from dynviz.checkpoint.backbones import backbones, by_backbone
from dynviz.checkpoint.base_config import base_model
from dynviz.checkpoint.cards import card, card_of, default_knobs, elsewhere, fitted_on, method_of, registered, score_within, stored_card
from dynviz.checkpoint.catalogue import Checkpoint, checkpoint_at, checkpoints, find, folders_in, gathered, repeats
from dynviz.checkpoint.masked_config import MaskedConfig as Guessing
from dynviz.checkpoint.shelf import checkpoint_root
from dynviz.checkpoint.untrained import untrained, variants
from dynviz.data import Examples, Labelled, Text, bundled, offered, read
from dynviz.measure.analysis import Analysis, analyse, check_text, cut_text
from dynviz.measure.first import golden_of
from dynviz.measure.shipped import (
    learned,
    plain_of,
    pruned,
    shipped_point,
    static_line,
    stored_at,
    stored_backbones,
    stored_baselines,
    stored_domain,
    stored_energy,
    stored_pooling,
    stored_reproduced,
    stored_sweep,
    stored_times,
    trained_steps,
    zoo,
)
from dynviz.measure.stored import stored_golden, stored_pairs, stored_run
from dynviz.measure.stored_words import stored_words
from dynviz.records import Interventions, Trace, Unit
from dynviz.records.card import Card
from dynviz.runtime import Progress, one_thread, versions

if TYPE_CHECKING:
    from dynviz.checkpoint.masked import MaskedReader
    from dynviz.checkpoint.model import Model
    from dynviz.core.encoder import Encoder
    from dynviz.fitting.fitted import Fitted

__all__ = [
    "backbones", "by_backbone", "stored_backbones", "stored_pooling", "stored_reproduced", "Analysis", "Card", "Checkpoint", "Example",
    "Examples", "Interventions", "Labelled", "Model", "Progress", "Trace", "analyse", "bundled", "card", "card_of", "checkpoint_at",
    "check_text", "checkpoint_root", "checkpoints", "compare", "cut_text", "default_knobs", "elsewhere", "examples", "find",
    "first_texts", "fitted_on", "folders_in", "frozen_card", "gathered", "golden_of", "halting", "intervene",
    "knobs_of", "lesson_examples", "learned", "load",
    "load_base", "measure", "method_of", "offered", "one_thread", "plain_of", "policies", "prepare", "pruned", "read", "registered",
    "repeats", "settled", "shipped_point", "static_line", "stored_at", "stored_baselines", "stored_card", "stored_domain", "stored_energy",
    "stored_golden", "stored_pairs", "stored_run", "stored_sweep", "stored_times", "stream", "streamable", "subject", "sweep", "trace",
    "traces", "trained_steps", "versions", "warm", "zoo",
    "Guessing", "MaskedReader", "Text", "base_model", "fit_exits", "score_within", "stored_words", "guessing", "hidden_words",
    "load_reader", "read_back", "states_near", "classifiers", "examine", "fitted_methods",
    "Encoder", "Fitted", "Unit", "untrained", "variants", "whole_base",
]  # fmt: skip


_WITH_TORCH = {
    "Encoder": "dynviz.core.encoder", "Fitted": "dynviz.fitting.fitted", "MaskedReader": "dynviz.checkpoint.masked",
    "Model": "dynviz.checkpoint.model",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Kinds of objects with which torch comes, imported when they are first asked for."""
    if name not in _WITH_TORCH:
        raise AttributeError(f"module 'dynviz.api' has no attribute {name!r}")
    return getattr(importlib.import_module(_WITH_TORCH[name]), name)
