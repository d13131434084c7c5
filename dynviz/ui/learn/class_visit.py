"""Who takes part in which class: the address says it when the Learn page is opened, later the session knows; keys stay out of sight."""

import re
import secrets
from dataclasses import dataclass, field

import streamlit as st

from dynviz.ui.learn.classroom import Room
from dynviz.ui.shell import address

VISIT = "class-visit"
_SEAT = re.compile("[0-9a-f]{8}")


@st.cache_resource(max_entries=1, show_spinner=False)
def room() -> Room:
    """The classes of this process."""
    return Room()


@dataclass(frozen=True)
class Visit:
    """A visitor's part in a class: a student's seat, or the teacher's key, "" for none. refused: a key came that does not fit."""

    name: str
    seat: str = ""
    key: str = field(default="", repr=False)  # in no log
    refused: bool = False

    @property
    def open(self) -> bool:
        """Whether the class is."""
        return self.name in room()


def visit() -> Visit | None:
    """The visitor's part in a class, whether it is open or not; None for who is in none."""
    named, seat, key = (address.opened(name) for name in ("class", "seat", "teacher"))
    if named:
        st.session_state[VISIT] = _entered(named, seat, key, st.session_state.get(VISIT))
    found: Visit | None = st.session_state.get(VISIT)
    address.write("class", found.name if found else "")
    address.write("seat", found.seat if found else "")
    address.write("teacher", "")  # a projector shows the address bar
    return found


def _entered(name: str, seat: str, key: str, known: Visit | None) -> Visit:
    """The part that an address gives. known: the part so far; who comes back from another page to the same class keeps it, as the key of a
    teacher stands in no address."""
    if key and room().teaches(name, key):
        return Visit(name, key=key)
    if known and known.name == name and (known.key or not key):
        return known
    return Visit(name, seat if _SEAT.fullmatch(seat) else secrets.token_hex(4), refused=bool(key))


def inside() -> Visit | None:
    """The visitor's part in a class that is open."""
    found = visit()
    return found if found and found.open else None


def enter(found: Visit) -> None:
    """Take part in a class."""
    st.session_state[VISIT] = found


def leave() -> None:
    """Be in no class any more."""
    st.session_state.pop(VISIT, None)
