"""The comparison in words. Pure; plain text, not escaped."""

from collections.abc import Sequence

from dynviz.figures.wording import listing, number, percent, shorten, verb
from dynviz.records import Trace
from dynviz.records.alignment import word_answers, words_of
from dynviz.records.contrast import CostDifference, cost_difference
from dynviz.ui.compare import text


def of_models(labels: Sequence[str], traces: Sequence[Trace], alike: bool = True) -> str:
    """Which model is the cheapest, and whether they agree. alike: on one backbone, so that shares of its plain model's compute compare
    them; else FLOPs do."""
    spent = [percent(trace.share) if alike else number(trace.flops / 1e6) for trace in traces]
    costs = [trace.share if alike else float(trace.flops) for trace in traces]
    a, b = (spent[costs.index(pick(costs))] for pick in (min, max))
    if a == b:
        cost = (text.SAME_COST if alike else text.SAME_STEPS).format(a=a)
    else:
        cheap, dear = ([label for label, said in zip(labels, spent, strict=True) if said == end] for end in (a, b))
        form = text.CHEAPEST if alike else text.CHEAPEST_STEPS
        cost = form.format(cheap=listing(cheap, 4), is_=verb(len(cheap), "is", "are"), dear=listing(dear, 4), a=a, b=b)
    return f"{cost} {_agreement(labels, traces)}"


def _agreement(labels: Sequence[str], traces: Sequence[Trace]) -> str:
    if traces[0].unit == "sentence":
        answers = [trace.predicted[0] for trace in traces]
        if len(set(answers)) == 1:
            return text.ALL_AGREE.format(answer=answers[0])
        said = [f"{label} says {answer}" for label, answer in zip(labels, answers, strict=True)]
        return text.DISAGREE.format(answers=listing(said, 4))
    tags = [word_answers(trace) for trace in traces]
    words = words_of(traces[0])
    apart = [word for word, *given in zip(words, *tags, strict=False) if len(set(given)) > 1]
    return text.TAGS_DIFFER.format(words=listing([f"“{shorten(w, 20)}”" for w in apart], 4)) if apart else text.TAGS_AGREE


def of_texts(first: Trace, second: Trace) -> str:
    """Which text costs more, and how much of that is its length and how much the model's decisions."""
    a, b = first.flops / 1e6, second.flops / 1e6
    if first.flops == second.flops:
        return text.EQUAL.format(a=number(a))
    dear, cheap = (second, first) if b > a else (first, second)
    names = (text.THE_OTHER, text.THE_FIRST) if b > a else (text.THE_FIRST, text.THE_OTHER)
    times = f"{dear.flops / cheap.flops:.1f}"
    if times == "1.0":
        return text.NEARLY.format(a=number(a), b=number(b)) if number(a) != number(b) else text.ABOUT.format(a=number(a))
    head = text.TIMES.format(
        dear=names[0].capitalize(), cheap=names[1], times=times, a=number(dear.flops / 1e6), b=number(cheap.flops / 1e6)
    )
    return f"{head} {_why(cheap, dear, cost_difference(cheap, dear))}."


def of_square(first: Trace, second: Trace, name: str) -> str:
    """How many times as much the dearer text costs the plain model and this one, and each text's own share of the plain model's compute."""
    dear, cheap = (first, second) if first.flops > second.flops else (second, first)
    names = (text.THE_FIRST, text.THE_OTHER) if dear is first else (text.THE_OTHER, text.THE_FIRST)
    return text.SQUARED.format(
        dear=names[0].capitalize(), dear_too=names[0], cheap=names[1], name=name, plain=f"{dear.plain_flops / cheap.plain_flops:.1f}",
        adaptive=f"{dear.flops / cheap.flops:.1f}", a=percent(dear.share), b=percent(cheap.share),
    )  # fmt: skip


def _why(cheap: Trace, dear: Trace, why: CostDifference) -> str:
    """Length and stopping: shares of the difference where both add to it, else what each alone would add or save."""
    as_far = percent(cheap.share) == percent(dear.share)
    opposed = why.length * why.stopping < 0 and not as_far
    length, further = text.AS_LONG, text.AS_FAR
    if why.length:
        form = text.SHORTER if why.length < 0 else text.LONGER_ALONE if opposed else text.LONGER
        length = form.format(a=len(cheap.tokens), b=len(dear.tokens), part=_part(why.length, why.total, opposed))
    if not as_far:
        form = text.SOONER if why.stopping < 0 else text.LATER_ALONE if opposed else text.LATER
        further = form.format(a=percent(cheap.share), b=percent(dear.share), part=_part(why.stopping, why.total, opposed))
    return f"{length}{', but ' if opposed else '; '}{further}"


def _part(part: float, total: float, opposed: bool) -> str:
    return number(abs(part) / 1e6) if opposed else percent(min(part / total, 1.0))
