"""Going to the stage, moving on it, and leaving it; and a page of the app that stands on it as an act.

The stage's address is `/present?act=2&step=1`, with `pin` for views of one's own. Such a view is the page itself, under its own address
and a `stage` parameter that holds the stage's, so that the keys lead back: every page restores itself, and none is drawn twice.
"""

from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dynviz.errors import InputError
from dynviz.ui.present import acts, text
from dynviz.ui.present.acts import PINS, Place
from dynviz.ui.present.cast import Cast, candidates, meant, unread
from dynviz.ui.present.pin import Pin, pinned
from dynviz.ui.shell import cache
from dynviz.ui.shell.navigation import PAGES
from dynviz.ui.shell.state import CARRIED, DEFAULT, Choice
from dynviz.ui.shell.text import PAGES as NAMES

PAGE, FIRST, PARAMETER = "present", "sentence", "stage"
CAME_FROM, HOP, INSTEAD, ASKED, NOTICE = "stage-came-from", "stage-hop", "stage-instead", "stage-asked", "stage-notice"
SEEN = "link-read"  # what the pages have read of their addresses; another address is to be read anew


def shown(page: str) -> bool:
    """Whether the stage, or a page that stands on it, is what is asked for."""
    return page == PAGE or PARAMETER in st.query_params


def enter() -> None:
    """Open the stage with the model that was chosen, and remember the way back. Call it in a callback."""
    st.session_state[CAME_FROM] = (str(st.session_state.get("page", "")), st.query_params.to_dict())
    st.switch_page(PAGES / f"{PAGE}.py", query_params=_chosen())


def _chosen() -> dict[str, str]:
    """The model of the sidebar as a parameter of the stage; none where nobody chose it, or it cannot be shown there: that is said then."""
    used: Choice | None = st.session_state.get("choice")
    if used is None or used.entry.name == DEFAULT:
        return {}
    if used.checkpoint.name in {cast.checkpoint.name for cast in candidates()} or unread([used.checkpoint]):  # which is said there
        return {"model": used.checkpoint.name}
    st.session_state[INSTEAD] = used.checkpoint.config.title
    return {}


def notice(asked: str, found: Cast, there: Place) -> str:
    """Why another model is on the stage than was asked for, for the foot, where it covers nothing: told until the next step; else ""."""
    if said := said_why(found.title) or said_of(asked, found):
        st.session_state[NOTICE] = said, found.title, there
    told, *of = st.session_state.get(NOTICE, ("", "", None))
    if of == [found.title, there]:
        return str(told)
    st.session_state.pop(NOTICE, None)
    return ""


def said_why(shown: str) -> str:
    """Once, why another model is on the stage than that of the sidebar; else "". shown: which."""
    asked = st.session_state.pop(INSTEAD, "")
    return text.INSTEAD.format(asked=asked, shown=shown) if asked else ""


def said_of(asked: str, found: Cast) -> str:
    """Once, why another model is on the stage than the address asks for; else ""."""
    names = meant(asked)
    if not asked or found.checkpoint.name in names or st.session_state.get(ASKED) == asked:
        return ""
    st.session_state[ASKED] = asked
    there = [cache.checkpoint(name) for name in names]
    why = text.NOT_HERE if not there else text.UNREAD if unread(there) else text.INSTEAD
    title = there[0].config.title if there else asked[:60]
    return why.format(asked=title, shown=found.title)


def leave() -> None:
    """Back to where one came from; from a page that stands on the stage, that page itself. Call it in a callback."""
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
        return
    page, parameters = st.session_state.get(CAME_FROM, ("", {}))  # kept: a key pressed twice leads to the same place
    _switch(page, parameters)


def notes() -> None:
    """Show what to say, or hide it. Call it in a callback."""
    if "notes" in st.query_params:
        del st.query_params["notes"]
    else:
        st.query_params["notes"] = "1"


def go(there: Place) -> None:
    """Move to a place. Call it in a callback."""
    if there == place() and PARAMETER in st.query_params:  # a view of one's own is opened once
        return
    address = [pair for pair in _address() if pair[0] not in ("act", "step")] + [("act", str(there.act)), ("step", str(there.step))]
    if there.own is not None:
        _open(pins()[there.own], address)
    elif PARAMETER in st.query_params:
        _switch(PAGE, address)
    else:
        st.query_params["act"], st.query_params["step"] = str(there.act), str(there.step)


def _open(pin: Pin, address: acts.Pairs) -> None:
    """A page as an act of the stage with that address."""
    _switch(pin.page, {**pin.parameters, PARAMETER: acts.packed(address)})


def _switch(page: str, parameters: Mapping[str, str] | acts.Pairs) -> None:
    for kept in (SEEN, CARRIED, *st.query_params):  # what an address said does not outlive it
        st.session_state.pop(kept, None)
    pairs = list(parameters.items()) if isinstance(parameters, Mapping) else list(parameters)
    try:
        st.switch_page(PAGES / f"{page or FIRST}.py", query_params=acts.grouped(pairs))
    except StreamlitAPIException:  # a widget here is bound to one of them: it lets go once a page without it was drawn
        st.session_state[HOP] = [page, pairs, False]
        st.switch_page(PAGES / f"{PAGE}.py", query_params={})


def on_the_way() -> bool:
    """Whether the stage is only passed through; if so, go on to where the way leads, as soon as it was drawn without any widget."""
    if HOP in st.session_state:
        _hop()
    return HOP in st.session_state


@st.fragment(run_every=0.1)
def _hop() -> None:
    page, pairs, drawn = st.session_state[HOP]
    if drawn:
        del st.session_state[HOP]
        _switch(page, pairs)
    st.session_state[HOP][2] = True


def _address() -> list[tuple[str, str]]:
    """The address of the stage, wherever one is."""
    if PARAMETER in st.query_params:
        return acts.unpacked(st.query_params[PARAMETER])
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def pins() -> list[Pin]:
    """The views of one's own in the address; what leads nowhere is left out."""
    out: list[Pin] = []
    for name, value in _address():
        if name == "pin" and len(out) < PINS:
            try:
                out.append(checked(value))
            except InputError:
                continue
    return out


def checked(link: str) -> Pin:
    """What a link leads to; an InputError where that is no page of this app."""
    return pinned(link, NAMES, FIRST, st.context.headers.get("Host", ""))


def add(link: str) -> None:
    """One more view of one's own; an InputError where the link leads to none."""
    pin = checked(link)
    st.query_params["pin"] = [*(known.link for known in pins()), pin.link][:PINS]


def remove(which: int) -> None:
    """One view less. Call it in a callback."""
    st.query_params["pin"] = [pin.link for i, pin in enumerate(pins()) if i != which]


def place() -> Place:
    """Where the talk stands."""
    return acts.read(dict(_address()), len(pins()))


def own_titles() -> list[str]:
    """What the views of one's own are called."""
    return [pin.title(NAMES, FIRST) for pin in pins()]


def button() -> None:
    """The way onto the stage."""
    st.button(text.TITLE, key="present", on_click=enter, type="tertiary", icon=":material/slideshow:", help=text.HELP)
