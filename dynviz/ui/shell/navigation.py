"""What every page shares: the navigation and the sidebar with model and knobs."""

from collections import Counter
from pathlib import Path
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.records.card import Card, Knob
from dynviz.ui.shell import address, asked, backbones, cache, glossary, state, text
from dynviz.ui.shell.operator import allowed
from dynviz.ui.shell.shown import guarded, plain
from dynviz.ui.shell.state import Choice, Entry

PAGES = Path(__file__).parents[1] / "pages"
KIND, BACKBONE, IN_USE, FEW = "menu.stops", "menu.backbone", "backbone-in-use", 12  # models that need no menu of groups
CUT = 20  # letters of a title that a closed menu shows
ICON = Path(__file__).parent / "icon.png"  # a file: a named icon would be fetched from a server of fonts


def pages() -> list[st.Page]:
    """The pages there are, in order; the first is the default. By name alone: so all are seen in a window of 800 px."""
    there = [name for name in text.PAGES if (PAGES / f"{name}.py").exists()]
    tabs = [st.Page(PAGES / f"{name}.py", title=text.PAGES[name], default=name == "sentence") for name in there]
    return [*tabs, st.Page(PAGES / "present.py", title=text.PRESENT, visibility="hidden")]  # the stage is no tab: a button leads to it


def bar(found: list[st.Page]) -> None:
    """The names of the pages above the page, seen where the window is too narrow for those at the top: `style.css` says where."""
    with st.container(horizontal=True, gap=None, key="pages"):
        for page in found:
            st.page_link(page)


def titled(page: st.Page) -> str:
    """What the browser's tab says: the page, and the model it shows."""
    chosen = None if page.url_path == "present" else st.session_state.get("choice")
    return " · ".join([page.title, *([chosen.entry.title] if chosen else []), text.APP])


def sidebar() -> None:
    """Model and knobs; leaves the selection for the page."""
    state.arrive()
    if st.session_state["page"] in text.WITHOUT_SIDEBAR:
        state.wait()
        return
    known = state.entries()
    if not known:
        st.error(text.NO_CHECKPOINTS)
        st.stop()
    with st.sidebar:
        st.markdown(f"### {text.APP}")
        name = _model(known)
        if st.session_state["page"] != state.OPENS_BEST:
            state.decide()
        st.caption(_idea(known[name]))
        st.session_state.pop("choice", None)
        with guarded():
            st.session_state["choice"] = _knobs(known[name])
        if "choice" not in st.session_state:
            st.stop()
        st.caption(text.TRAINED_ON.format(what=state.choice().checkpoint.task.trained_on))
        with st.popover(text.TERMS, type="tertiary", icon=":material/menu_book:"):
            st.markdown(glossary.as_markdown())
        left_out = cache.catalogue()[1]
        if left_out and not allowed().demo:
            st.caption(text.BROKEN[min(left_out, 2)].format(n=left_out))


def _model(known: dict[str, Entry]) -> str:
    """The model menu. It shows titles, but the URL holds names: so it is tied to the URL here, and not by `bind`."""
    default = state.DEFAULT if state.DEFAULT in known else next(iter(known))
    if st.session_state.get("model") not in known:
        asked = st.query_params.get("model", "")
        found = state.entry_of(asked)
        st.session_state["model"], st.session_state["unknown"] = found or default, "" if found else asked
        st.session_state[state.UNDECIDED] = not st.query_params.to_dict()  # a link without a model is from when the default was meant
    there = _kind(_backbone(_task(known)))
    help_ = text.MODEL_HELP.format(signs=", ".join(f"{text.SIGNS[kind]} {kind.lower()}" for kind in _kinds(there)))
    options: dict[str, Any] = {"format_func": lambda name: _line(there[name]), "on_change": state.decide, "help": help_}
    name: str = st.selectbox(text.MODEL, list(there), key="model", **options)
    if st.session_state.get("unknown"):  # said once: the next run has an address of its own
        st.warning(text.NO_SUCH_MODEL.format(name=plain(st.session_state.pop("unknown")[:60]), shown=plain(known[name].title)))
    meant = name == default and st.session_state["page"] != state.OPENS_BEST
    address.write("model", "" if meant else name)
    return name


def _idea(entry: Entry) -> str:
    """The method in one line; its name first, where the menu cuts it short."""
    idea, title = plain(cache.card(entry.members[0].name).caption), _title(entry)
    return f"**{plain(title)}.** {idea}" if len(title) > CUT else idea


def _title(entry: Entry) -> str:
    """Without the layers that the control above the menu says."""
    return entry.title.removesuffix(f", {backbones.said(entry.members[0])}")


def _task(known: dict[str, Entry]) -> dict[str, Entry]:
    """The choice of a task, where there are several; the models of the one chosen. It follows the model: the address holds that alone."""
    there = dict.fromkeys(entry.task for entry in known.values())
    tasks = [*(task for task in text.TASKS if task in there), *(task for task in there if task not in text.TASKS)]
    st.session_state["task"] = known[st.session_state["model"]].task
    if len(tasks) > 1:
        st.segmented_control(text.TASK, tasks, format_func=text.task, key="task", on_change=_switch, required=True, help=text.TASK_HELP)
    return state.menu(str(st.session_state["task"]))


def _switch() -> None:
    """A task opens on the backbone that was in use where there was a choice; where it has no models on that, on its first."""
    kept = st.session_state.get(IN_USE)
    entry = (state.opens(st.session_state["task"], backbone=kept) if kept else None) or state.opens(st.session_state["task"])
    if entry is not None:
        st.session_state["model"] = entry.name
        st.session_state[state.UNDECIDED] = True


def _backbone(there: dict[str, Entry]) -> dict[str, Entry]:
    """Where a task's models stand on several backbones, those of one. It follows the model, too."""
    own = there[str(st.session_state["model"])].backbone
    names = backbones.titles(c for entry in there.values() for c in entry.members)
    if len(names) > 1:
        st.session_state[BACKBONE] = st.session_state[IN_USE] = own
        options: dict[str, Any] = {"format_func": names.__getitem__, "on_change": _change_backbone, "help": text.BACKBONE_HELP}
        st.segmented_control(text.BACKBONE, list(names), key=BACKBONE, required=True, **options)
    return {name: entry for name, entry in there.items() if entry.backbone == own}


def _change_backbone() -> None:
    """The same method on the other backbone where it is there, else what that opens with."""
    chosen, entry = st.session_state[BACKBONE], state.entries()[str(st.session_state["model"])]
    method = entry.members[0].config.method
    same = (e for e in state.menu(entry.task).values() if e.backbone == chosen and e.members[0].config.method == method)
    found = next(same, None) or state.opens(entry.task, backbone=chosen)
    if found is not None:
        st.session_state["model"] = found.name
        state.decide()


def _kinds(there: dict[str, Entry]) -> dict[str, int]:
    """What stops in these models, and in how many each, in the order of the menu."""
    return dict(Counter(entry.stops for entry in there.values()))


def _kind(there: dict[str, Entry]) -> dict[str, Entry]:
    """Where there are many models, those of one group, if one is chosen. It follows the model, too."""
    kinds, own = _kinds(there), there[str(st.session_state["model"])].stops
    if len(there) <= FEW or len(kinds) < 2:
        return there
    if st.session_state.get(KIND, "") not in ("", own):
        st.session_state[KIND] = ""

    def line(kind: str) -> str:
        every = text.ALL_KINDS.format(n=len(there))
        return text.SOME_KINDS.format(sign=text.SIGNS[kind], kind=kind, n=kinds[kind]) if kind else every

    chosen = st.selectbox(text.KIND, ["", *kinds], format_func=line, key=KIND, on_change=_open_kind)
    return {name: entry for name, entry in there.items() if chosen in ("", entry.stops)}


def _open_kind() -> None:
    """A group in which the model in use is not opens with a model of its own."""
    chosen, entry = st.session_state[KIND], state.entries()[str(st.session_state["model"])]
    if chosen and entry.stops != chosen and (found := state.opens(entry.task, chosen, entry.backbone)) is not None:
        st.session_state["model"] = found.name
        state.decide()


def _line(entry: Entry) -> str:
    """A line of the menu: the sign of what stops, and the method."""
    return text.LINE.format(sign=text.SIGNS[entry.stops], title=_title(entry))


def _knobs(entry: Entry) -> Choice:
    member = _member(entry)
    card = cache.card(member.name)
    shipped = state.defaults(member, card)
    full = st.session_state.get("full", False)
    if not card.knobs:
        st.caption(text.NO_KNOB)
    knobs = {knob.name: _slider(entry, knob, shipped[knob.name], full) for knob in card.knobs}
    if card.knobs:
        left, right = st.columns([3, 2], vertical_alignment="center")
        full = left.toggle(text.FULL, key="full", bind="query-params", help=text.FULL_HELP)
        right.button(text.RESET, on_click=_reset, args=(entry, card, shipped), width="stretch", help=text.RESET_HELP)
    return Choice(entry, member, card, knobs, full and bool(card.knobs))


def _member(entry: Entry) -> api.Checkpoint:
    if not entry.parameter:
        return entry.members[0]
    values = {c.config.family.value: c for c in entry.members if c.config.family}
    value = st.select_slider(entry.parameter, list(values), key=state.value_key(entry), bind="query-params", help=text.FAMILY_HELP)
    return values[value]


def _slider(entry: Entry, knob: Knob, shipped: float, full: bool) -> float:
    key, label = state.knob_key(entry, knob.name), knob.label[:1].upper() + knob.label[1:]
    said = f"{knob.help[:1].upper()}{knob.help[1:]}. {text.STOPS_MORE[knob.stops]}"
    there = state.positions(knob, shipped) if knob.scale == "log" else None
    bind = asked.bound(key, knob, shipped, there)
    if there is not None:
        chosen = st.select_slider(
            label, there, shipped, format_func="{:g}".format, key=key, bind=bind, help=said, disabled=full
        )  # the address holds what is printed
        return float(chosen)
    value = st.slider(
        label,
        float(knob.low),
        float(knob.high),
        min(max(float(shipped), float(knob.low)), float(knob.high)),  # a checkpoint may ship with the knob off, beyond its range
        float(knob.step),
        "%d" if knob.whole else "%.3f" if knob.step < 0.01 else "%.2f",
        key=key,
        bind=bind,
        help=said,
        disabled=full,
    )
    return round(float(value), 10)


def _reset(entry: Entry, card: Card, shipped: dict[str, float]) -> None:
    st.session_state["full"] = False
    for knob in card.knobs:
        st.session_state[state.knob_key(entry, knob.name)] = float(shipped[knob.name])
