"""What the first screen says of its two texts, all of it read off their traces. Pure; plain text, not escaped."""

import re
from dataclasses import dataclass

import numpy as np

from dynviz.data.pieces import as_typed
from dynviz.figures.columns import one_decision
from dynviz.figures.depths import compute, depth_sentences, mean_depth, mean_of
from dynviz.figures.wording import in_line, listing, percent
from dynviz.records import Trace
from dynviz.records.card import Card
from dynviz.records.pair import First, Pair
from dynviz.records.tasks import noun
from dynviz.ui.parts import words
from dynviz.ui.sentence import text_first as text

FAR, NEAR = 0.25, 0.05  # of full compute: a difference to be seen at once, and one that is none


@dataclass(frozen=True)
class Introduced:
    """Two texts under a model, the cheaper first. name: the model's."""

    name: str
    card: Card
    cheap: Pair
    dear: Pair

    @property
    def traces(self) -> tuple[Trace, Trace]:
        """Both, at the settings in use."""
        return self.cheap.trace, self.dear.trace

    @property
    def noun(self) -> str:
        """What such a text is called."""
        return noun(self.dear.trace.task)

    @property
    def apart(self) -> float:
        """How much more the dearer costs, of full compute."""
        return self.dear.trace.share - self.cheap.trace.share

    @property
    def findings(self) -> tuple[str, str]:
        """What stands over each picture: its text, what that cost, and where it went."""
        names = text.LABELS[self.apart >= NEAR]
        one, other = (_finding(which.format(noun=self.noun), t) for which, t in zip(names, self.traces, strict=True))
        return one, other

    @property
    def texts(self) -> tuple[str, str]:
        """Both texts, as a reader would type them on one line: the heads of their findings."""
        one, other = (_typed(t) for t in self.traces)
        return one, other


def _finding(which: str, trace: Trace) -> str:
    """A text, what it cost, and how deep it went."""
    return text.FINDING.format(text=_typed(trace), which=which, cost=compute(trace), went=depth_sentences(trace)[0])


def _typed(trace: Trace) -> str:
    return in_line("\n".join(as_typed(line.split()) for line in trace.text.splitlines()))


def introduced(name: str, card: Card, one: Pair, other: Pair) -> Introduced:
    """Two texts in the order of what they cost."""
    cheap, dear = sorted((one, other), key=lambda pair: pair.trace.share)
    return Introduced(name, card, cheap, dear)


def title(of: Introduced) -> str:
    """What both cost: the finding of the first screen."""
    cheap, dear = (percent(t.share) for t in of.traces)
    if of.apart >= FAR:
        alike = len({len(t.tokens) for t in of.traces}) == 1
        return text.FAR.format(noun=of.noun, name=of.name, cheap=cheap, dear=dear, length=text.SAME_LENGTH if alike else text.NEARLY)
    form = text.NEAR if of.apart >= NEAR else text.SAME if cheap == dear else text.ABOUT_SAME
    return form.format(noun=of.noun, name=of.name, cheap=cheap, dear=dear)


def said(of: Introduced, first: First | None, untouched: bool) -> str:
    """Why it is so, and how often: under the title. untouched: whether the model stands at the settings it ships with."""
    return " ".join(filter(None, [_why(of), _over(of.dear.trace), _counted(first, untouched, of.noun)]))


def _why(of: Introduced) -> str:
    """Why both cost the same, where they do."""
    one, other = of.traces
    if of.apart >= NEAR:
        return ""
    if not of.card.knobs:
        return text.NO_KNOB
    if one.transformed.all() and other.transformed.all():
        return text.NOTHING
    if one_decision(one) and one_decision(other):
        return text.SAME_EXIT if one.exit_layer == other.exit_layer else ""
    if any(t.merged_at.any() for t in of.traces):
        return text.SAME_MERGED if _same_share(one, other) else ""
    if any(t.skipped.any() for t in of.traces):
        return text.SKIPPED
    if any(t.dropped_at.any() for t in of.traces):
        return text.SAME_SHARE if _same_share(one, other) else text.LITTLE
    return text.ALIKE if one.unit == "token" else ""


def _same_share(one: Trace, other: Trace) -> bool:
    """Whether each layer computes the same share of the tokens of both, as nearly as whole tokens allow."""
    gap = one.kept / len(one.tokens) - other.kept / len(other.tokens)
    return bool(np.abs(gap).max() <= 1 / min(len(one.tokens), len(other.tokens)))


def _over(dear: Trace) -> str:
    if percent(dear.share) == percent(1) or dear.share < 1:
        return ""
    return text.OVER_STAGES if len({size.stage for size in dear.layers}) > 1 else text.OVER


def _counted(first: First | None, untouched: bool, called: str) -> str:
    if first is None or not first.dearer + first.cheaper:
        return ""
    counted = text.COUNTED.format(noun=called, dearer=first.dearer, of=first.of, cheaper=first.cheaper)
    return counted if untouched else text.COUNTED_THERE.format(said=counted[:1].lower() + counted[1:])


def how(of: Introduced) -> str:
    """What a cell, a layer and the model's name are."""
    layers = len(of.dear.trace.layers)
    return " ".join([text.CELL, text.LAYER.format(layers=layers), text.NAME.format(name=of.card.title, caption=of.card.caption)])


def key(of: Introduced) -> str:
    """The marks that occur in either picture, and what [CLS] and [SEP] are where they cost what words do not."""
    found = [part for pair in (of.cheap, of.dear) for part in re.split(r"(?<=\.) ", words.cells_key(pair.trace, pair.full))]
    return " ".join([*dict.fromkeys(found), *filter(None, [_marks(of)])])


def _marks(of: Introduced) -> str:
    running = [t for t in of.traces if mean_of(t) == "the words" and t.special.any() and t.depth[t.special].mean() > mean_depth(t)]
    if not running:
        return ""
    deepest = max(running, key=lambda t: int(t.depth[t.special].max()))
    marks = listing(list(dict.fromkeys(token for token, own in zip(deepest.tokens, deepest.special, strict=True) if own)))
    return text.MARKS.format(marks=marks, deep=int(deepest.depth[deepest.special].max()))
