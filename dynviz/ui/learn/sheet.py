"""The teacher's sheet, `/learn?sheet=1`: half an hour with a class on one printed page."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

import streamlit as st

from dynviz.ui.learn import class_bar, place
from dynviz.ui.learn import text_sheet as text
from dynviz.ui.learn.class_visit import room
from dynviz.ui.learn.registry import all_lessons
from dynviz.ui.parts import printing

STYLE = Path(__file__).parent / "sheet.css"


def show() -> None:
    """The sheet, a button that prints it, and the way back."""
    st.html(STYLE)
    with st.container(horizontal=True, key="sheet-tools"):
        st.button(text.BACK, type="tertiary", icon=":material/arrow_back:", key="sheet-back", on_click=place.go, kwargs={"sheet": ""})
        printing.button(text.PRINT)
    titles = {lesson.number: lesson.title for lesson in all_lessons()}
    st.html(page(titles, round(room().limits.seconds / 3600), class_bar.board()))


def page(titles: Mapping[int, str], hours: int, address: str) -> str:
    """The sheet as HTML. titles: of the lessons there are, by number; address: of the class, "" for a line to write it on."""
    rows = [row for row in text.ROWS if not row.lessons or _which(row, titles)]
    return (
        f'<article class="sheet"><h1>{escape(text.TITLE)}</h1>'
        f"{_list(line.format(hours=hours) for line in text.BEFORE)}"
        f'<p class="board">{escape(text.BOARD)}: <b>{escape(address)}</b></p>'
        f"<table><thead><tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in text.COLUMNS)}</tr></thead>"
        f"<tbody>{''.join(_row(row, titles) for row in rows)}</tbody></table>"
        f"<h2>{escape(text.WRONG_TITLE)}</h2>{_list(line.format(hours=hours) for line in text.WRONG)}"
        f"<h2>{escape(text.HOMEWORK_TITLE)}</h2><p>{escape(text.HOMEWORK)}</p></article>"
    )


def _which(row: text.Row, titles: Mapping[int, str]) -> str:
    """The lessons of a part that are there."""
    found = [text.LESSON.format(number=number, title=titles[number]) for number in row.lessons if number in titles]
    return f" {text.EITHER} ".join(found)


def _row(row: text.Row, titles: Mapping[int, str]) -> str:
    does = ". ".join(filter(None, (_which(row, titles), row.do))).replace("?.", "?")
    cells = zip(text.COLUMNS, (row.minutes, does, row.ask, row.listen, row.wrong), strict=True)
    return "<tr>" + "".join(f'<td data-name="{escape(name)}">{escape(cell)}</td>' for name, cell in cells) + "</tr>"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
