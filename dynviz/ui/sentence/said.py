"""What happened in a layer, where answers had settled, and how they compare with full depth, in words. Pure; plain text, not escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dynviz.data.edits import Edit
from dynviz.figures.columns import By, Column, State, columns, last_computed, layer_names, one_decision, states, unit_of
from dynviz.figures.conditions import against, name_of, stops
from dynviz.figures.depths import counted_words
from dynviz.figures.wording import count, listing, percent, shorten, verb
from dynviz.records import Trace
from dynviz.records.alignment import is_word, words_of
from dynviz.records.card import Comparison, alternatives
from dynviz.records.tasks import noun
from dynviz.ui.sentence import text

if TYPE_CHECKING:
    from dynviz.records.settled import Settled

Tone = Literal["blue", "orange", "gray"]
_ICON: dict[Tone, str] = {
    "blue": ":material/check_circle:",
    "orange": ":material/change_circle:",
    "gray": ":material/radio_button_checked:",
}


@dataclass(frozen=True)
class Badge:
    """A few words on how an answer compares with full depth's. tone: blue right or alike, orange worse, gray neither."""

    label: str
    tone: Tone

    @property
    def icon(self) -> str:
        """A sign of the same meaning as the colour."""
        return _ICON[self.tone]


def badges(trace: Trace, full: Trace, truth: Mapping[int, str]) -> list[Badge]:
    """How the answers compare with full depth's. truth: the true answer, or that of each word by its number, as far as known."""
    if trace.unit == "sentence":
        return [_badge(trace.predicted[0], full.predicted[0], truth.get(0, ""))]
    counts: dict[tuple[str, Tone], int] = {}
    for place in np.flatnonzero(trace.leads):
        here, there = trace.predicted[place], full.predicted[place]
        if here and there:
            kind = _tag(here, there, truth.get(int(trace.word[place]), ""))
            counts[kind] = counts.get(kind, 0) + 1
    order = (text.TAGS_RIGHT, text.TAGS_SAME, text.TAGS_AVOIDED, text.TAGS_WORSE, text.TAGS_DIFFER, text.TAGS_NEITHER, text.TAGS_WRONG)
    return [Badge(label.format(n=count(n, "tag")), tone) for (label, tone), n in sorted(counts.items(), key=lambda k: order.index(k[0][0]))]


def _badge(here: str, there: str, truth: str) -> Badge:
    if not truth:
        return Badge(text.AGREES, "blue") if here == there else Badge(text.DIFFERS.format(label=there), "orange")
    if here == there:
        return Badge(text.BOTH_RIGHT, "blue") if here == truth else Badge(text.BOTH_WRONG, "gray")
    if there == truth:
        return Badge(text.WORSE, "orange")
    return Badge(text.AVOIDED, "blue") if here == truth else Badge(text.NEITHER, "gray")


def _tag(here: str, there: str, truth: str) -> tuple[str, Tone]:
    if not truth:
        return (text.TAGS_SAME, "blue") if here == there else (text.TAGS_DIFFER, "orange")
    if here == there:
        return (text.TAGS_RIGHT, "blue") if here == truth else (text.TAGS_WRONG, "gray")
    if there == truth:
        return text.TAGS_WORSE, "orange"
    return (text.TAGS_AVOIDED, "blue") if here == truth else (text.TAGS_NEITHER, "gray")


def settled(trace: Trace, found: "Settled") -> str:
    """From where on the answer never changes, and how much compute could have been avoided."""
    if trace.unit == "token":
        return _settled_words(trace, found)
    names, layer, end = layer_names(trace.layers), int(found.layers[0]), trace.exit_layer
    one = text.SETTLED_ONE if layer < len(names) else text.SETTLED_LAST
    share = (text.SETTLED_DEARER if (found.share or 0) > 1 else text.SETTLED_SHARE).format(share=percent(found.share or 0))
    said = [one.format(layer=names[layer - 1], share=share)]
    if end == layer:
        said.append(text.SETTLED_EXACT)
    elif end > layer:
        left = percent(trace.share - (found.share or 0))
        said.append(text.SETTLED_LEFT.format(exit=names[end - 1], layers=count(end - layer, "layer"), left=left))
    else:
        same = int(found.answers[end - 1, 0]) == int(found.answers[layer - 1, 0])
        said.append((text.SETTLED_EARLY_SAME if same else text.SETTLED_EARLY_OTHER).format(exit=names[end - 1]))
    return " ".join(said)


def _settled_words(trace: Trace, found: "Settled") -> str:
    words = [c.pieces[0] for c in counted_words(trace) if trace.leads[c.pieces[0]] and found.layers[c.pieces[0]] > 0]
    if not words:
        return ""
    need, used = found.layers[words], trace.depth[words]
    left = float(np.maximum(used - need, 0).mean())
    avoided = text.SETTLED_WORDS_LEFT.format(left=left) if left >= 0.05 else text.SETTLED_WORDS_EXACT
    said = text.SETTLED_WORDS.format(settled=float(need.mean()), used=float(used.mean()), left=avoided)
    early = int((used < need).sum())
    return said + (f" {text.SETTLED_WORDS_EARLY.format(n=count(early, 'word'))}" if early else "")


def step(trace: Trace, layer: int, compared: Sequence[Comparison] = (), by: By = "word") -> list[str]:
    """What happened in a layer (0: before the first), a sentence each."""
    names = layer_names(trace.layers)
    tokens = count(len(trace.tokens), "token")
    if layer == 0:
        return [text.STEP_INPUT.format(tokens=tokens, words=_typed(words_of(trace)))]
    name = names[layer - 1].capitalize()
    if layer > trace.exit_layer:
        return [text.STEP_NOT.format(name=name, exit=names[max(trace.exit_layer, 1) - 1])]
    kept = int(trace.kept[layer - 1])
    if not trace.attending[layer - 1].any():
        return [text.STEP_SKIPPED.format(name=name, noun=noun(trace.task))]
    first = text.STEP_ALL if kept == len(trace.tokens) else text.STEP_COMPUTED
    said = [first.format(name=name, some=kept, all=tokens, are=verb(kept, "is", "are")), *_fates(trace, layer, by)]
    said += _sentence_answer(trace, layer) if trace.unit == "sentence" else _word_answers(trace, layer, by)
    said += _decided(trace, layer, compared)
    spent = trace.layer_flops[:layer].sum() + trace.extra_flops[: layer + 1].sum()
    return [*said, text.STEP_COST.format(share=percent(float(spent / trace.plain_flops)))]


def _typed(words: Sequence[str]) -> str:
    """How many words, and how many signs: "5 words, 1 sign"."""
    real = sum(map(is_word, words))
    kinds = ((real, "word"), (len(words) - real, "sign"))
    return ", ".join(count(n, noun) for n, noun in kinds if n)


def _fates(trace: Trace, layer: int, by: By) -> list[str]:
    cols = columns(trace, by)
    state = states(trace, cols)
    here = state[layer - 1]
    said = []
    for kind, line in ((State.DROPPED, text.STEP_DROPPED), (State.MERGED, text.STEP_MERGED), (State.SKIPPED, text.STEP_PASSED)):
        names = [_quoted(c) for c, s in zip(cols, here, strict=True) if s == kind]
        said += [line.format(words=listing(names, 6))] if names else []
    frozen = int((here == State.FROZEN).sum())
    said += (
        [text.STEP_FROZEN.format(n=count(frozen, *(("word or sign", "words and signs") if by == "word" else ("piece",))))] if frozen else []
    )
    if trace.unit == "token" and not one_decision(trace):
        ends = last_computed(state)
        halted = [
            _answered(trace, c, layer) for c, end in zip(cols, ends, strict=True) if end == layer < len(trace.layers) and not c.special
        ]
        said += [text.STEP_HALTED.format(words=listing(halted, 6))] if halted else []
    return said


def _quoted(col: Column) -> str:
    return f"“{shorten(col.label, 20)}”"


def _answered(trace: Trace, col: Column, layer: int) -> str:
    label = _label(trace, layer, unit_of(trace, col))
    return f"{_quoted(col)} {label}".strip()


def _label(trace: Trace, layer: int, unit: int) -> str:
    row = trace.probs[layer, unit]
    return "" if np.isnan(row).any() else trace.labels[int(row.argmax())]


def _word_answers(trace: Trace, layer: int, by: By) -> list[str]:
    """Words of which this layer says something else than the one below."""
    changed = []
    for col in columns(trace, by):
        before, here = (_label(trace, row, unit_of(trace, col)) for row in (layer - 1, layer))
        if before and here and before != here and trace.transformed[layer - 1, col.pieces[0]]:
            changed.append(f"{_quoted(col)} {before} to {here}")
    return [text.STEP_CHANGED.format(words=listing(changed, 4))] if changed else []


def _sentence_answer(trace: Trace, layer: int) -> list[str]:
    label = _label(trace, layer, 0)
    said = []
    if label:
        earlier = next((found for row in range(layer - 1, 0, -1) if (found := _label(trace, row, 0))), "")
        before = text.STEP_BEFORE.format(label=earlier) if earlier and earlier != label else ""
        said.append(text.STEP_ANSWER.format(label=label, sure=percent(float(trace.probs[layer, 0].max())), before=before))
    return said


def _decided(trace: Trace, layer: int, compared: Sequence[Comparison]) -> list[str]:
    """The conditions of the rule after a layer, in one sentence, and whether it stops: a rule that needs several, or takes any of several,
    is one rule. Nothing is decided after the last layer."""
    rule = [c for c in compared if c.values.ndim == 1]
    verdict = stops(rule)
    if layer >= len(trace.layers) or not len(verdict) or np.isnan(verdict[layer]):
        return []
    told = [group for group in alternatives(rule) if all(np.isfinite([c.values[layer], c.limits[layer]]).all() for c in group)]
    conditions = [[text.STEP_IS.format(what=name_of(c), how=against(c, float(c.values[layer]), layer)) for c in group] for group in told]
    parts = map(text.STEP_BOTH.join, conditions)
    line = (text.STEP_ANY if len(told) > 1 else text.STEP_STOPS) if verdict[layer] else text.STEP_GOES_ON
    return [line.format(what=_sentence(text.STEP_EITHER.join(parts)))]


def _sentence(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]


def edited(edit: Edit) -> str:
    """An edit in words."""
    number = text.NUMBERED.format(n=edit.place + 1) if edit.again else ""
    return (text.REPLACED if edit.new else text.DELETED).format(old=shorten(edit.old, 20), new=shorten(edit.new, 20), number=number)
