"""Words on figures: escaping of user text, shortening, wrapping, and numbers written one way everywhere."""

import html
import re
import textwrap
from collections.abc import Mapping, Sequence

from dynviz.records.tasks import Metric

RING = "Ring: the setting in use."  # in the key of every picture of settings
TITLE_CHARS, SUBTITLE_CHARS = 68, 100  # what fits 700 px in the widest of the fallback fonts


def safe(text: str) -> str:
    """User text that plotly draws as typed; plotly interprets some tags and entities."""
    return html.escape(text, quote=False)  # it knows no &quot;, and user text never stands in an attribute


def shorten(text: str, limit: int = 14) -> str:
    """At most `limit` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def in_line(text: str) -> str:
    """A text of several lines in one, as a verse is quoted.

    >>> in_line("It rains.\\nRain falls.")
    'It rains. / Rain falls.'
    """
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())


def wrap(text: str, width: int) -> str:
    """Plain text as escaped lines joined by <br>."""
    kept = re.sub(r"(?<=\d) (?=%|pt\b)", "\u00a0", text)  # a number is never parted from its unit
    return "<br>".join(safe(line) for line in textwrap.wrap(kept, width))


def headline(finding: str, key: str = "") -> tuple[str, str]:
    """A finding as (title, subtitle): its first sentence; the others and the key (drawn), wrapped."""
    first, _, rest = finding.partition(". ")
    lines = [wrap(rest, SUBTITLE_CHARS), key if "<" in key else wrap(key, SUBTITLE_CHARS)]
    return first + ("." if rest else ""), "<br>".join(line for line in lines if line)


def pack(phrases: Sequence[tuple[str, str]], width: int) -> str:
    """Phrases (plain, as drawn) on as few lines as fit, never broken inside: for legends whose drawn form holds markup."""
    lines: list[list[str]] = []
    used = width
    for plain, drawn in phrases:
        if used + len(plain) + 3 > width:
            lines.append([])
            used = 0
        lines[-1].append(drawn)
        used += len(plain) + 3
    return "<br>".join(" · ".join(line) for line in lines)


def alike(phrase: str) -> tuple[str, str]:
    """A phrase for `pack` that is drawn as it reads."""
    return phrase, phrase


def span(text: str, colour: str) -> str:
    """Drawn text (already escaped) in a colour."""
    return f'<span style="color:{colour}">{text}</span>'


def struck(text: str) -> str:
    """Drawn text (already escaped) struck through; a lone sign gets a longer stroke, or a comma would look like a semicolon."""
    return f"<s>{text}</s>" if any(c.isalnum() for c in text) else f"<s>\u00a0{text}\u00a0</s>"


TAUGHT = "not computed, shown for teaching"  # a layer above a stop


def percent(share: float) -> str:
    """A share as whole percent: 0.624 -> "62 %"; one decimal below 1 %."""
    return f"{share * 100:.0f} %" if share >= 0.01 or share == 0 else percent1(share)


def hundred(share: float, digits: int = 1) -> str:
    """A share as so many of 100: 0.8893 -> "88.9"."""
    return f"{float(share) * 100:.{digits}f}"


def percent1(share: float) -> str:
    """A share in percent with one decimal, as accuracy is given: 0.8693 -> "86.9 %"."""
    return f"{float(share) * 100:.1f} %"


def scored(value: float | str, metric: Metric) -> str:
    """A metric's value in a sentence: "86.9 % right", "entity F1 41.2 %". value: a share, or such in words ("40 % to 42 %")."""
    said = value if isinstance(value, str) else percent1(value)
    return f"{said} right" if metric == "accuracy" else f"{metric} {said}"


def headed(metric: Metric) -> str:
    """A metric as the head of a column: "Accuracy"."""
    return metric[0].upper() + metric[1:]


def fine(share: float) -> str:
    """A small share in percent, its decimal only where there is one: 0.0176 -> "1.8 %", 0.02 -> "2 %"."""
    return percent1(share).replace(".0 %", " %")


def points(difference: float) -> str:
    """A difference of shares in percentage points: -0.004 -> "-0.4"; never "-0.0"."""
    exact = round(float(difference) * 100, 9)  # 0.91 - 0.8925 and 0.0175 are one difference, and read as one
    return f"{round(exact, 1) + 0.0:+.1f}"


def interval(mean: float, low: float, high: float, sentences: int) -> str:
    """A difference in points with its 95 % interval: "-0.4 [-0.9, +0.1]". Where no sentence counts otherwise, drawing them again shows no
    spread: what did not happen in n cases happens in fewer than 3 / n, with 95 % confidence (the rule of three).

    >>> interval(0.0, 0.0, 0.0, 872)
    '+0.0 [none of 872 differs: at most ±0.3]'
    """
    if low == high == 0:
        return f"{points(mean)} [none of {sentences:,} differs: at most ±{gap(3 / sentences)}]"
    return f"{points(mean)} [{points(low)}, {points(high)}]"


def gap(distance: float) -> str:
    """How far two shares lie apart, in percentage points, without a sign: 0.031 -> "3.1"."""
    return points(abs(distance))[1:]


def depth(layers: float) -> str:
    """A number of layers that is a mean: 2.96 -> "3.0"."""
    return f"{float(layers):.1f}"


def setting(knobs: Mapping[str, float], names: Mapping[str, str] | None = None) -> str:
    """Knobs on one line: "exit below uncertainty 0.3". names: their words, by their names in code, which stand where there are none."""
    return ", ".join(f"{(names or {}).get(name, name)} {number(value)}" for name, value in knobs.items())


def number(value: float) -> str:
    """Three significant digits, without an exponent or trailing zeros: 0.5, 299, 2,390; outside of 0.001 to ten million 1.2e-05."""
    if 999.5 <= abs(value) < 1e7:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 999.5 or value == 0 else f"{value:.1e}"


def count(n: int, noun: str, plural: str = "") -> str:
    """ "1 word", "2 words", "1,630 words"."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def verb(n: int, one: str, many: str) -> str:
    """The verb that fits a count: verb(1, "is", "are") -> "is"."""
    return one if n == 1 else many


def listing(items: Sequence[str], limit: int = 3) -> str:
    """ "a", "a and b", "a, b and c", "a, b, c and 4 more"."""
    shown = list(items[:limit])
    if len(items) > limit:
        return f"{', '.join(shown)} and {len(items) - limit} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def bracketed(title: str) -> str:
    """A title that may stand in a list or a sentence.

    >>> bracketed("BERxiT, entropy rule")
    'BERxiT (entropy rule)'
    >>> bracketed("Plain model (BERxiT, never stopping)")
    'Plain model (BERxiT, never stopping)'
    """
    name, comma, rest = title.partition(", ")
    return f"{name} ({rest})" if comma and "(" not in name else title


_NARROW, _BROAD = frozenset("iljtfrI.,:;'|!()[]` "), frozenset("mwMW@%&")


def ems(text: str) -> float:
    """About how wide the text is, in letter sizes; on the generous side, for any font."""
    return sum(
        0.4 if c in _NARROW else 0.95 if c in _BROAD else 0.62 if ord(c) < 0x2000 and not c.isupper() else 0.75 if ord(c) < 0x2000 else 1.1
        for c in text
    )
