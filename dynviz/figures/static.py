"""Plain SVG for paper and files without scripts: stacked bars, and dots with intervals. Text is escaped; nothing is loaded."""

from collections.abc import Sequence
from html import escape

from dynviz.figures.difficulty import Group
from dynviz.figures.style import LIGHT, Style
from dynviz.figures.wording import percent, percent1, shorten

WIDTH, LEFT, RIGHT, ROW = 680, 190, 90, 26


def bars(names: Sequence[str], parts: Sequence[tuple[str, Sequence[float]]], label: str, style: Style = LIGHT) -> str:
    """Horizontal bars, stacked: the first part plain, the second hatched. parts: (name, a count for each of the names)."""
    totals = [sum(values[i] for _, values in parts) for i in range(len(names))]
    whole, most = sum(totals) or 1, max([*totals, 1])
    colours = (style.correct, style.incorrect)
    out = []
    for i, name in enumerate(names):
        y, x = 10 + i * ROW, float(LEFT)
        out.append(_text(LEFT - 8, y + 14, name, style.ink, "end"))
        for k, (what, values) in enumerate(parts):
            width = (WIDTH - LEFT - RIGHT) * values[i] / most
            fill = colours[k] if not k else "url(#hatch)"
            out.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{fill}" stroke="{colours[k]}">'
                f"<title>{escape(f'{name}: {values[i]:,.0f} {what}')}</title></rect>"
            )
            x += width
        out.append(_text(x + 6, y + 14, f"{totals[i]:,.0f}, {percent(totals[i] / whole)}", style.muted))
    key = " · ".join(f"{'hatched' if k else 'plain'}: {what}" for k, (what, _) in enumerate(parts))
    height = 10 + ROW * len(names) + 24
    out.append(_text(LEFT, height - 8, key, style.muted))
    hatch = (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{style.paper}"/><rect width="3" height="6" fill="{style.incorrect}"/></pattern></defs>'
    )
    return _svg(hatch + "".join(out), height, label)


def dots(groups: Sequence[Group], overall: float, share: bool, label: str, style: Style = LIGHT) -> str:
    """A dot and its interval for each group, on one scale; dashed: the mean over all."""
    ends = [v for g in groups for v in (g.low, g.high, g.mean) if v == v] + [overall]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return LEFT + 10 + (WIDTH - LEFT - RIGHT - 20) * (value - low) / span

    height = 10 + ROW * len(groups) + 24
    line = f'<line x1="{x(overall):.1f}" x2="{x(overall):.1f}" y1="6" y2="{height - 24}" stroke="{style.muted}" stroke-dasharray="4 3"/>'
    out = [line]
    for i, g in enumerate(groups):
        y = 20 + i * ROW
        out.append(_text(LEFT - 8, y + 5, f"{shorten(g.name, 20)}, n = {g.n:,}", style.ink, "end"))
        if g.low == g.low:
            out.append(f'<line x1="{x(g.low):.1f}" x2="{x(g.high):.1f}" y1="{y}" y2="{y}" stroke="{style.correct}" stroke-width="2"/>')
        if g.mean == g.mean:
            out.append(f'<circle cx="{x(g.mean):.1f}" cy="{y}" r="5" fill="{style.correct}"/>')
            out.append(_text(WIDTH - RIGHT + 8, y + 5, _value(g.mean, share), style.muted))
    out.append(_text(x(overall), height - 8, f"all: {_value(overall, share)}", style.muted, "middle"))
    return _svg("".join(out), height, label)


def _value(value: float, share: bool) -> str:
    return percent1(value) if share else f"{value:.2f}"


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(body: str, height: float, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label, quote=True)}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH}" height="{height:.0f}" font-family="sans-serif" font-size="13">{body}</svg>'
    )
