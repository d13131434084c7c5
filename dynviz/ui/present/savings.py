"""Act 3, the money: what the milliseconds are worth, with every assumption on the screen and open to change."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dynviz.figures.wording import percent
from dynviz.ui.present import html, limits, text
from dynviz.ui.present.cast import Cast
from dynviz.ui.present.html import put
from dynviz.ui.present.money import MILLION, Assumed, Bill, Timed, bill, figure, on_texts, timed
from dynviz.ui.present.picture import Picture
from dynviz.ui.present.reference import measured_plain, plain_model
from dynviz.ui.shell import address, cache
from dynviz.ui.shell.shown import guarded, plain

GIVEN = {"sentences": float(MILLION), "watts": 10.0, "price": 0.05}
HIGHEST = {"sentences": 1e12, "plain": 1e6, "adaptive": 1e6, "watts": 1e4, "price": 1e4}
FORMATS = {"sentences": "%.0f", "plain": "%.2f", "adaptive": "%.2f", "watts": "%.1f", "price": "%.3f"}
STEPS = {"sentences": float(MILLION), "plain": 0.1, "adaptive": 0.1, "watts": 1.0, "price": 0.01}
KEY = "stage-money-"


def act(cast: Cast, step: int) -> list[Picture]:
    """Draw the act as far as this step; it has no picture: all its numbers are in sight."""
    known, noun = measured(cast), cast.checkpoint.task.text
    head = st.empty()
    left, right = st.columns([3, 2], gap="large")
    with right:
        values = _fields(known, noun)
        _measure(cast)
    with head:
        put("title", title(values, noun), "h1")
    with left:
        if step == 1:
            draw(cast, values, known)
        else:
            put("said", text.NOT_TITLE, "h2")
            st.html(html.items(limits.of(cast, known)))
    put("moral", text.OWN_TIMES)
    return []


def measured(cast: Cast) -> Timed | None:
    """The milliseconds of the plain model and of this one for the texts of act 2, on one machine: by what was measured here, else by what
    ships; None where both are not known, or are none of a sentence."""
    own, plain_one = cast.checkpoint.name, plain_model(cast)
    times = cache.times_alike((plain_one.name, own)) if plain_one else {}
    known, texts = timed(times[plain_one.name], times[own]) if plain_one and len(times) > 1 else None, measured_plain(cast)
    if known is not None and plain_one and texts is not None:
        known = on_texts(known, (times[plain_one.name], texts), (times[own], cast.sweep), cast.point)
    return known if known is not None and known.plain <= HIGHEST["plain"] and known.adaptive <= HIGHEST["adaptive"] else None


def title(values: Mapping[str, float | None], noun: str = "sentence") -> str:
    """A million texts, in core-hours. noun: what a text is called."""
    found = bills(values, MILLION)
    if found is None:
        return text.NO_TIMES
    plain_bill, own = found
    return text.MONEY.format(noun=noun, plain=figure(plain_bill.core_hours), adaptive=figure(own.core_hours))


def bills(values: Mapping[str, float | None], sentences: float) -> tuple[Bill, Bill] | None:
    """What so many sentences cost the plain model and the one that stops; None while a number is missing, or a time is 0."""
    given = {name: value for name, value in values.items() if value is not None}
    if len(given) < len(text.FIELDS) or not all(given[way] for way in text.BARS):  # nothing runs in no time
        return None
    assumed = Assumed(given["sentences"], given["watts"], given["price"])
    return bill(given["plain"], sentences, assumed), bill(given["adaptive"], sentences, assumed)


def settings(parameters: Mapping[str, str], known: Timed | None) -> dict[str, float | None]:
    """The five numbers as an address has them; what it lacks, or says badly, as measured or assumed."""
    return {name: _read(parameters.get(name, ""), HIGHEST[name], default) for name, default in _defaults(known).items()}


def _defaults(known: Timed | None) -> dict[str, float | None]:
    times = {"plain": round(known.plain, 2), "adaptive": round(known.adaptive, 2)} if known else {"plain": None, "adaptive": None}
    return {name: {**GIVEN, **times}[name] for name in text.FIELDS}


def _read(said: str, most: float, default: float | None) -> float | None:
    try:
        value = float(said[:40])
    except ValueError:
        return default
    return value + 0.0 if 0 <= value <= most else default  # -0 is 0


def _fields(known: Timed | None, noun: str) -> dict[str, float | None]:
    """The five fields; what is changed stands in the address."""
    out: dict[str, float | None] = {}
    asked, defaults = settings(st.query_params, known), _defaults(known)
    for name, label in text.FIELDS.items():
        look = {"step": STEPS[name], "format": FORMATS[name], "key": KEY + name}
        out[name] = st.number_input(label.format(noun=noun, Noun=noun.capitalize()), 0.0, HIGHEST[name], asked[name], **look)  # type: ignore[call-overload]
        address.write(name, "" if out[name] in (defaults[name], None) else f"{out[name]:.10g}")
    return out


def _measure(cast: Cast) -> None:
    """The button that runs the model and the plain one here; the fields then hold what was measured."""
    plain_one = plain_model(cast)
    if plain_one is None:
        return
    place = st.empty()
    if not place.button(text.MEASURE, key="stage-measure", icon=":material/timer:", help=text.MEASURE_HELP.format(model=plain(cast.title))):
        return
    both = (plain_one, cast.checkpoint)
    bar = place.progress(0.0)

    def tell(i: int, done: int, total: int) -> None:
        bar.progress((i + done / total) / len(both), text.MEASURING.format(model=plain(both[i].config.title)))

    with guarded():
        for i, one in enumerate(both):
            cache.measure(one.name, partial(tell, i))
        for name in ("plain", "adaptive"):
            st.session_state.pop(KEY + name, None)
            address.write(name, "")
        st.rerun()


def draw(cast: Cast, values: Mapping[str, float | None], known: Timed | None, of: bool = True) -> None:
    """Two bars, of which texts they are (unless that stands elsewhere), and the amounts of a million texts and of a month."""
    million, noun = bills(values, MILLION), cast.checkpoint.task.text
    if million is None:
        return
    ranges = _ranges(values, known)
    ways = list(zip(text.BARS.items(), million, strict=True))
    st.html(html.bars([(name, one.core_hours, _hours(one, ranges[way]), ranges[way]) for (way, name), one in ways]))
    if of and (told := shares(values, known, float(cast.sweep.share[cast.point]), noun)):
        put("small", told)
    st.html(html.table(text.COLUMNS, rows(values, noun)))
    put("small", f"{text.FORMULA.format(noun=noun)}.")


def shares(values: Mapping[str, float | None], known: Timed | None, work: float, noun: str = "sentence") -> str:
    """Of which texts the two bars are, and their share of the time beside that of the work in act 2 (work); "" where a time was typed."""
    if known is None or _typed(values, known):
        return ""
    form = text.ON_THESE if not known.alike else text.ON_OTHERS
    return form.format(noun=noun, n=known.sentences, work=percent(work), time=percent(known.adaptive / known.plain))


def _hours(one: Bill, ends: tuple[float, float] | None) -> str:
    """ "1.9 core-hours (1.8 to 2.0)"."""
    between = f" ({text.BETWEEN.format(low=figure(ends[0]), high=figure(ends[1]))})" if ends else ""
    return f"{figure(one.core_hours)} {text.HOURS}{between}"


def rows(values: Mapping[str, float | None], noun: str = "sentence") -> list[tuple[str, ...]]:
    """The amounts as rows: a million texts, a month; each for both ways. noun: what a text is called."""
    out = []
    month = values["sentences"] or 0.0
    for span, sentences in (("million", float(MILLION)), ("month", month))[: 1 if month == MILLION else 2]:
        for way, one in zip(text.BARS.values(), bills(values, sentences) or (), strict=False):
            name = text.ROWS[span].format(way=way, n=f"{MILLION:,}", noun=noun)
            out.append((name, *(figure(amount) for amount in (one.core_hours, one.kwh, one.money))))
    return out


def _ranges(values: Mapping[str, float | None], known: Timed | None) -> dict[str, tuple[float, float] | None]:
    """Core-hours of a million at the quickest and the slowest round; only of milliseconds that are the measured ones."""
    none = Assumed(0, 0, 0)

    def hours(way: str, measured: float, ends: tuple[float, float]) -> tuple[float, float] | None:
        if values[way] != round(measured, 2):
            return None
        low, high = (bill(ms, MILLION, none).core_hours for ms in ends)
        return low, high

    if known is None:
        return dict.fromkeys(text.BARS)
    return {"plain": hours("plain", known.plain, known.plain_range), "adaptive": hours("adaptive", known.adaptive, known.adaptive_range)}


def assumptions(values: Mapping[str, float | None], known: Timed | None, noun: str = "sentence") -> str:
    """Where the milliseconds come from. noun: what a text is called."""
    typed = [text.BARS[way] for way in _typed(values, known)]
    if known is None or len(typed) == len(text.BARS):
        return text.FROM_YOU.format(of="")
    form = text.FROM_MEASURED if known.alike else text.FROM_LINE
    told = form.format(noun=noun, n=known.sentences, machine=known.machine, date=known.date)
    return " ".join([told, *(text.FROM_YOU.format(of=f", {way}") for way in typed)])


def _typed(values: Mapping[str, float | None], known: Timed | None) -> list[str]:
    """Which of the two times are not the measured ones."""
    ways = {"plain": round(known.plain, 2), "adaptive": round(known.adaptive, 2)} if known is not None else {}
    return [way for way in text.BARS if values[way] != ways.get(way)]


def source(cast: Cast) -> str:
    """What is shown, for the foot."""
    known = measured(cast)
    values = settings(st.query_params, known)
    rounds = f" {text.ROUNDS}" if any(_ranges(values, known).values()) else ""
    return f"{cast.title}. {assumptions(values, known, cast.checkpoint.task.text)}{rounds}"
