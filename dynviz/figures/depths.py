"""Sentences that say what a run did with its tokens: the finding of every picture of depth."""

import numpy as np

from dynviz.figures import returns
from dynviz.figures.columns import Column, State, columns, layer_names, one_decision, states
from dynviz.figures.merged import merged_sentences
from dynviz.figures.wording import count, depth, listing, percent, shorten, verb
from dynviz.records import Trace
from dynviz.records.alignment import is_word, word_depths, words_of
from dynviz.records.tasks import noun

VISIBLE = 0.02  # of full compute: less is lost in rounding


def depth_sentences(trace: Trace, full: Trace | None = None) -> list[str]:
    """Sentences on depth, compute and agreement with full depth, the headline first. Plain text, not escaped."""
    if one_decision(trace):
        return [_whole(trace), f"One decision for the whole {noun(trace.task)}, so all tokens have the same depth.", *_closing(trace, full)]
    if trace.unit == "token":
        return [*_words(trace), *_closing(trace, full)]
    return [*_tokens(trace), *_closing(trace, full)]


def mean_depth(trace: Trace) -> float:
    """Layers a word went through on average, where words have answers of their own; else a token, special ones included.

    Signs are no words, as in every count of words, unless there is nothing else."""
    deep = word_depths(trace) if trace.unit == "token" else []
    words = [own for word, own in zip(words_of(trace), deep, strict=False) if is_word(word)]
    return float(np.mean(words or deep or trace.depth))


def counted_words(trace: Trace) -> tuple[Column, ...]:
    """What is counted where a number of words is told: words, or, in a text of signs alone, those."""
    typed = tuple(c for c in columns(trace) if not c.special)
    return tuple(c for c in typed if is_word(c.label)) or typed


def mean_of(trace: Trace) -> str:
    """What `mean_depth` is a mean of: "the words" or "all tokens"."""
    return "the words" if trace.unit == "token" and word_depths(trace) else "all tokens"


def compute(trace: Trace) -> str:
    """The share of full compute, and, where it is visibly another than the share of layers, why."""
    share, layers = trace.share, len(trace.layers)
    used = float(trace.layers_run) if one_decision(trace) else mean_depth(trace)
    if abs(share - used / layers) < VISIBLE or len({size.stage for size in trace.layers}) > 1:
        return f"{percent(share)} of full compute"
    amount = str(trace.layers_run) if one_decision(trace) else depth(used)
    return f"{percent(share)} of full compute ({amount} of {layers} layers would be {percent(used / layers)}): {_why(trace, used)}"


def _why(trace: Trace, used: float) -> str:
    """What compute counts that the mean depth does not."""
    if one_decision(trace):
        return f"asking whether to {'skip and to ' * bool(trace.skipped_layers)}stop costs too"
    if trace.share < used / len(trace.layers):
        return "attention among fewer tokens is cheaper"
    special = trace.depth[trace.special]
    if mean_of(trace) == "the words" and len(special) and special.mean() > used:
        marks = listing(list(dict.fromkeys(token for token, own in zip(trace.tokens, trace.special, strict=True) if own)))
        return f"{marks} go on to layer {int(special.max())}, and {_others(trace)}"
    return _others(trace)


def _others(trace: Trace) -> str:
    """What was paid for beside the layers that a depth counts: of that only what occurred."""
    end = max(trace.exit_layer, 1)
    parts = ["keeping stopped words in sight"] if trace.frozen[:end].any() else []
    parts += ["reading a token once more before it goes"] if (trace.attending & ~trace.transformed)[:end].any() else []
    parts += ["asking what may stop"] if trace.extra_flops[:-1].any() or not parts else []
    return f"{listing(parts)} {verb(len(parts), 'costs', 'cost')} too"


def at_full_depth(same: bool, theirs: str) -> str:
    """Whether full depth gives the same answer, or which one."""
    return "Full depth agrees." if same else f"Full depth says {theirs} instead."


def agreement(trace: Trace, full: Trace) -> tuple[int, int]:
    """Answers equal to full depth's, and answers there are."""
    counts = trace.leads if trace.unit == "token" and trace.leads.any() else [True] * len(trace.predicted)  # one answer per word
    pairs = [(a, b) for a, b, lead in zip(trace.predicted, full.predicted, counts, strict=True) if lead and a and b]
    return sum(a == b for a, b in pairs), len(pairs)


def _whole(trace: Trace) -> str:
    layers, answer, it = len(trace.layers), trace.predicted[0], f"The {noun(trace.task)}"
    said = f": {answer}" if answer else ""
    if len({size.stage for size in trace.layers}) > 1 and trace.exit_layer:
        return f"{it} had its answer after {layer_names(trace.layers)[trace.exit_layer - 1]}{said}."
    if trace.skipped_layers:
        return f"{it} {skips(trace)}{said}."
    if trace.exit_layer == layers:
        return f"{it} used {'all ' * (layers > 1)}{count(layers, 'layer')}{said}."
    return f"{it} stopped after layer {trace.exit_layer} of {layers}{said}."


def skips(trace: Trace) -> str:
    """What a text that skipped layers did: "skipped layers 2 and 3 and ran 3 of 6, the last of them layer 5"."""
    many, layers = len(trace.skipped_layers), len(trace.layers)
    names = listing([str(layer) for layer in trace.skipped_layers], many)
    end = f", the last of them layer {trace.exit_layer}" if trace.exit_layer < layers else ""
    return f"skipped {'layer' if many == 1 else 'layers'} {names} and ran {trace.layers_run} of {layers}{end}"


def _words(trace: Trace) -> list[str]:
    cols = counted_words(trace) or columns(trace)
    layers = len(trace.layers)
    deep = (states(trace, cols) == State.COMPUTED).sum(0)
    low, high = int(deep.min()), int(deep.max())
    mean = f"Mean depth of {mean_of(trace)} {depth(mean_depth(trace))} of {layers}."
    if low == high:
        who = "The only word" if len(cols) == 1 else f"All {count(len(cols), 'word')}"
        return [f"{who} went through {count(low, 'layer')} of {layers}.", mean, *returns.sentence(trace, cols)]
    early = int((deep == low).sum())
    of = f"{early} of {count(len(cols), 'word')} {verb(early, 'is', 'are')}"
    back = returns.sentence(trace, cols)
    ended = f"dropped in layer {low + 1}" if back else f"settled after {count(low, 'layer')}"
    return [f"{of} {ended}; {_named(cols, deep == high)} to layer {high}.", mean, *back]


def _named(cols: tuple[Column, ...], which: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> str:
    names = list(dict.fromkeys(f"“{shorten(cols[i].label, 20)}”" for i in np.flatnonzero(which)))
    total = int(which.sum())
    if len(names) > 3:
        return f"{total} go"
    return f"{listing(names)} {'goes' if total == 1 else 'go'}"


def _tokens(trace: Trace) -> list[str]:
    tokens, end = len(trace.tokens), max(trace.exit_layer, 1)
    dropped, frozen = int((trace.dropped_at > 0).sum()), int(trace.frozen[end - 1].sum())
    last = layer_names(trace.layers)[end - 1]
    out = [*merged_sentences(trace), *_passed(trace)]
    if dropped:
        out.append(f"{dropped} of {count(tokens, 'token')} {'is' if dropped == 1 else 'are'} gone by {last}.")
    if frozen:
        out.append(
            f"{frozen} of {count(tokens, 'token')} {'is' if frozen == 1 else 'are'} frozen by {last}: still seen, no longer computed."
        )
    if frozen and end < len(trace.layers):
        out.append(f"Then all others had halted, too: the {noun(trace.task)} had its answer.")
    if not out and (trace.depth == len(trace.layers)).all():
        return [f"Every token goes through all {count(len(trace.layers), 'layer')}."]
    if not out:
        out.append("No token is dropped for good.")
    return [*out, f"Mean depth of all tokens, special ones included, {depth(mean_depth(trace))} of {len(trace.layers)}."]


def _passed(trace: Trace) -> list[str]:
    """How many tokens pass by layers in which others are computed, in a sentence; none where none does."""
    gaps = trace.skipped[trace.attending.any(1)]
    who, times = int(gaps.any(0).sum()), int(gaps.sum())
    if not who:
        return []
    of = f"{who} of {count(len(trace.tokens), 'token')} {verb(who, 'skips', 'skip')}"
    return [f"{of} layers, {count(times, 'time')} in all."]


def _closing(trace: Trace, full: Trace | None) -> list[str]:
    out = [f"{compute(trace)}."]
    if full is None:
        return out
    same, total = agreement(trace, full)
    if trace.unit == "sentence":
        return [*out, at_full_depth(same == total, full.predicted[0])]
    return [*out, f"{same} of {count(total, 'tag')} {'agrees' if total == 1 else 'agree'} with full depth."]
