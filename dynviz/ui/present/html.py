"""Pieces of the stage as HTML: big type that Streamlit's own elements do not have. All words that come in are escaped here."""

import html
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import streamlit as st

from dynviz.figures import Style

PER = 100  # a bar's length is a percentage in CSS, no number that is read
ALIKE = 0.6  # of the words of two texts, from which on it helps to mark the others
STYLE = Path(__file__).parent / "style.css"


def dress(style: Style) -> None:
    """The stage's style sheet, in the colours of the theme."""
    named = {
        "paper": style.paper,
        "ink": style.ink,
        "muted": style.muted,
        "line": style.grid,
        "plain": style.baseline,
        "bar": style.correct,
    }
    colours = "".join(f"--stage-{name}:{value};" for name, value in named.items())
    st.html(f"<style>:root{{{colours}}}</style>")
    st.html(STYLE)


def put(kind: str, words: str, tag: str = "p") -> None:
    """Words as they are, in one of the sheet's kinds."""
    kept = html.escape(words).replace(" %", "\u00a0%")  # a number is never parted from its unit
    st.html(f'<{tag} class="stage-{kind}">{kept}</{tag}>')


def marked(words: str, other: str) -> str:
    """A text in quotation marks, as HTML, with the words marked that another lacks, if most are the same."""
    mine, theirs = words.split(), other.split()
    parts = []
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    near = matcher.ratio() > ALIKE
    for kind, start, stop, _, _ in matcher.get_opcodes():
        run = html.escape(" ".join(mine[start:stop]))
        if run:
            parts.append(f"<mark>{run}</mark>" if near and kind != "equal" else run)
    return f"“{' '.join(parts)}”"


def amount(number: str, unit: str, under: str, answer: str, how: Iterable[str]) -> str:
    """A big number with its unit, what it is of, and the answer with how it came about."""
    small = "<br>".join(html.escape(line) for line in how)
    return (
        f'<div class="stage-amount"><div class="stage-number">{html.escape(number)}<small>{html.escape(unit)}</small></div>'
        f'<p class="stage-under">{html.escape(under)}</p>'
        f'<p class="stage-answer">{html.escape(answer) or "&nbsp;"}</p><p class="stage-under">{small or "&nbsp;<br>&nbsp;"}</p></div>'
    )


def bars(rows: Sequence[tuple[str, float, str, tuple[float, float] | None]]) -> str:
    """Horizontal bars at one scale. rows: name, length, what is printed, and the ends of a thin line, in the unit of the lengths."""
    most = max([length for _, length, _, _ in rows] + [ends[1] for _, _, _, ends in rows if ends]) or 1.0
    out = []
    for row, (name, length, said, ends) in enumerate(rows):
        line = ""
        if ends:
            low, high = (end / most * PER for end in ends)
            line = f'<i style="left:{low:.2f}%;width:{high - low:.2f}%"></i>'
        out.append(
            f'<div class="stage-bar{" first" if row == 0 else ""}"><p>{html.escape(name)}<b>{html.escape(said)}</b></p>'
            f'<div><span style="width:{PER * length / most:.2f}%"></span>{line}</div></div>'
        )
    return "".join(out)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A small table; the first column names the rows."""
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f'<table class="stage-table"><tr>{head}</tr>{body}</table>'


def items(words: Iterable[str]) -> str:
    """A list."""
    return f'<ul class="stage-items">{"".join(f"<li>{html.escape(line)}</li>" for line in words)}</ul>'
