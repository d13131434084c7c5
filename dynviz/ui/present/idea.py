"""Act 1, the idea: two texts of equal length, a tower of layers each, and how much of the plain model's work each took."""

from functools import partial

import streamlit as st

from dynviz.figures.tower import changes, spoken, tower, tower_finding, tower_table
from dynviz.figures.wording import count, hundred, listing, percent
from dynviz.records import Trace
from dynviz.records.pair import Pair
from dynviz.ui.parts import naming, rules
from dynviz.ui.parts.panels import style
from dynviz.ui.present import html, text
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.html import put
from dynviz.ui.present.picture import Picture, show

HIGH = 500  # px of a tower, at most


def act(cast: Cast, step: int) -> list[Picture]:
    """Draw the act as far as this step; its pictures. The title is the question until both texts have answered it."""
    put("title", title(cast) if step > 2 else text.ASK, "h1")
    left, right = st.columns(2, gap="large")
    with left:
        cheap = _side(cast.cheap, cast.dear, "cheap", step > 1)
    with right:
        dear = _side(cast.dear, cast.cheap, "dear", step > 2)
    put("line", line(cast, step))
    return [cheap, dear]


def title(cast: Cast) -> str:
    """ "One word more: six layers instead of one"."""
    cheap, dear = cast.cheap.trace, cast.dear.trace
    more = len(dear.text.split()) - len(cheap.text.split())
    kind = "same" if more == 0 else "more" if more > 0 else "near"
    said = text.IDEA[kind].format(n=in_words(more, "word"), dear=in_words(dear.exit_layer, "layer"), cheap=number(cheap.exit_layer))
    return said[:1].upper() + said[1:]


def line(cast: Cast, step: int) -> str:
    """The sentence under the towers: what a layer is, what just happened, and what it means."""
    cheap, dear = cast.cheap.trace, cast.dear.trace
    if step == 1:
        return text.LAYER
    if step == 2:
        return why(cast.goes_by, cast.cheap)
    if step == 3:
        turns = [str(layer) for layer in changes(dear)]
        return text.CHANGED.format(layers=f"{'layer' if len(turns) == 1 else 'layers'} {listing(turns, 12)}") if turns else text.STEADY
    return text.LINE.format(cheap=count(cheap.exit_layer, "layer"), dear=_price(dear))


def why(goes_by: str, pair: Pair) -> str:
    """Why a text stopped where it did, in the words of its kind of rule."""
    said, met = spoken(pair.trace, pair.trace.exit_layer), rules.met(pair)
    form = text.CHEAP[goes_by if met else ""]
    return form.format(layer=f"layer\u00a0{pair.trace.exit_layer}", sure=percent(said[1]) if said else "", met=met)


def _price(trace: Trace) -> str:
    kind = "over" if trace.share > 1.005 else "full" if trace.share > 0.995 else "part"
    return text.DEAR[kind].format(more=percent(trace.share - 1) if kind == "over" else "", layer=f"layer\u00a0{trace.exit_layer}")


def source(cast: Cast) -> str:
    """What is shown, for the foot."""
    model = naming.with_layers(cast.title, len(cast.cheap.trace.layers))
    return text.PICKED.format(model=model, n=count(cast.examples, "example"))


def number(n: int) -> str:
    """ "six"; figures above twelve."""
    return text.NUMBERS[n] if 0 <= n < len(text.NUMBERS) else str(n)


def in_words(n: int, noun: str) -> str:
    """ "one word", "six layers"."""
    return f"{number(n)} {noun if n == 1 else noun + 's'}"


def _side(pair: Pair, other: Pair, name: str, shown: bool) -> Picture:
    """A text, its tower, and what it took; before it is shown, the empty frames and a question mark."""
    trace = pair.trace
    st.html(f'<h2 class="stage-text">{html.marked(trace.text, other.trace.text)}</h2>')
    towers, said = st.columns([3, 2], gap="medium")
    fill = None if shown else 0
    figure = tower(trace, fill, style(), "", "", 22, HIGH)
    picture = Picture(f"stage-{name}", figure, tower_finding(trace, fill), partial(tower_table, trace, fill))
    with towers:
        show(picture)
    with said:
        st.html(_amount(pair, shown))
    return picture


def _amount(pair: Pair, shown: bool) -> str:
    trace = pair.trace
    if not shown:
        return html.amount(text.UNKNOWN, "", text.OF_WORK, "", ())
    return html.amount(hundred(trace.share, 0), " %", text.OF_WORK, trace.predicted[0], how(pair))


def how(pair: Pair) -> tuple[str, str]:
    """After how many layers the answer was given, and whether all of them say the same."""
    trace, layers = pair.trace, len(pair.trace.layers)
    if trace.exit_layer == layers:
        return text.AFTER["all"].format(n=count(layers, "layer")), ""
    some = text.AFTER["some"].format(n=count(trace.exit_layer, "layer"), layers=layers)
    same = trace.predicted[0] == pair.full.predicted[0]
    return some, text.AGREES if same else text.DIFFERS.format(label=pair.full.predicted[0])
