"""A method's picture on one stored example: chosen by what the trace and the checkpoint hold, never by the method's name."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from dynviz import api, figures
from dynviz.api import Checkpoint
from dynviz.golden import Pair
from dynviz.records import Trace
from dynviz.ui import cache, method_learned, sources
from dynviz.ui import text_methods as text
from dynviz.ui.panels import Panel, draw, guarded, style
from dynviz.ui.words import plain


def show(checkpoints: Sequence[Checkpoint]) -> None:
    """The picture, with menus for checkpoint and example where there are several."""
    st.subheader(text.PICTURE, anchor="picture")
    able = [c for c in checkpoints if cache.stored_pairs(c.name)]
    if not able:
        st.info(text.NO_PICTURE, icon=":material/info:")
        return
    left, right = st.columns([2, 3])
    names = [c.name for c in able]
    name = left.selectbox(text.CHECKPOINT, names, key=f"picture.{able[0].config.method}") if len(able) > 1 else names[0]
    checkpoint = able[names.index(name)]
    pairs = cache.stored_pairs(checkpoint.name)
    place = st.container() if len(able) == 1 else right
    at = place.selectbox(
        text.EXAMPLE, range(len(pairs)), telling(pairs), format_func=lambda i: pairs[i].trace.text, key=f"example.{checkpoint.name}"
    )
    with guarded():
        _pictures(checkpoint, pairs[at])


def telling(pairs: Sequence[Pair]) -> int:
    """The example in which most depths differ from each other; of equals, the first."""
    return int(np.argmax([float(np.std(pair.trace.depth)) + float(np.ptp(pair.trace.depth)) * 1e-3 for pair in pairs]))


def _pictures(checkpoint: Checkpoint, pair: Pair) -> None:
    trace, full = pair.trace, pair.full
    source = sources.runs(trace)
    if bool((trace.dropped_at > 0).any()) and trace.unit == "sentence":
        figure = figures.ladder(trace, style=style())
        draw(Panel("method-ladder", figure, figures.ladder_finding(trace), lambda: figures.ladder_table(trace), source=source))
    else:
        figure = figures.staircase(trace, full, style=style())
        draw(
            Panel(
                "method-staircase",
                figure,
                figures.staircase_finding(trace, full),
                lambda: figures.staircase_table(trace, full),
                source=source,
            )
        )
    _gates(checkpoint)
    method_learned.show(checkpoint)
    if not (_halting(trace) or _scores(checkpoint, trace)):
        _rule(pair)


def _rule(pair: Pair) -> None:
    """What the rule compared, where no picture of its own tells it."""
    if not pair.compared:
        return
    st.markdown(text.RULE)
    of_tokens = [[c] for c in pair.compared if c.values.ndim == 2]
    of_sentence = [c for c in pair.compared if c.values.ndim == 1]
    for i, group in enumerate([*([of_sentence] if of_sentence else []), *of_tokens]):
        figure = figures.rule(pair.trace, group, style())
        finding, rows = figures.rule_finding(pair.trace, group), partial(figures.rule_table, pair.trace, group)
        draw(Panel(f"method-rule-{i}", figure, finding, rows, source=sources.runs(pair.trace)))


def _halting(trace: Trace) -> bool:
    found = api.halting(trace)
    if found is None:
        return False
    st.markdown(text.HALTING)
    values = (*found, trace.exit_layer)
    figure, finding = figures.halting(*values, style()), figures.halting_finding(*values)
    draw(Panel("method-halting", figure, finding, lambda: figures.halting_table(*values), source=sources.runs(trace)))
    return True


def _gates(checkpoint: Checkpoint) -> None:
    """Gates learned per layer and rank: one row for each layer that has them, layer 1 open where it has none."""
    found = api.stored_tensor(checkpoint, "gates")
    layers = sum(int(s.config.get("num_hidden_layers", 0)) for s in checkpoint.config.stages)
    if found is None or found.ndim != 2 or len(found) not in (layers, layers - 1):
        return
    first = len(found) == layers - 1
    profile = np.vstack([np.ones(found.shape[1]), found]) if first else found
    st.markdown(text.GATES + (" " + text.GATES_ALL if first else ""))
    figure, finding = figures.gates(profile, style()), figures.gates_finding(profile)
    draw(Panel("method-gates", figure, finding, lambda: figures.gates_table(profile), source=sources.checkpoint(checkpoint)))


def _scores(checkpoint: Checkpoint, trace: Trace) -> bool:
    """Scores per token against learned thresholds, scaled by the knob where there is one of that name."""
    found = api.stored_tensor(checkpoint, "thresholds")
    reading = next((name for name, values in trace.readings.items() if values.ndim == 2), None)
    if found is None or reading is None or found.shape != (len(trace.layers),):
        return False
    limits = found * trace.knobs.get("scale", 1.0)
    st.markdown(plain(text.SCORES))
    draw(
        Panel(
            "method-scores", figures.scores(trace, reading, limits, style()), figures.scores_finding(trace, reading, limits),
            lambda: figures.scores_table(trace, reading, limits), source=sources.runs(trace),
        )
    )  # fmt: skip
    return True
