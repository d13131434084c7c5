"""A visitor without a browser: Streamlit's own protocol over a websocket, one session each, with all that the server says to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

PATIENCE = 120.0  # seconds


@dataclass
class Visitor:
    """One session: what is on its page, and every word the server ever sent it.

    strangers: words that must never reach it. met: those that did. arrival: the page whose address it opens first.
    session: its key, as the server says.
    """

    socket: ClientConnection
    query: dict[str, str]
    strangers: tuple[bytes, ...] = ()
    met: set[bytes] = field(default_factory=set)
    page: str = ""
    arrival: str = ""
    session: str = ""
    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    states: dict[str, WidgetState] = field(default_factory=dict)

    def run(self) -> float:
        """Ask for the page as it stands now; seconds until the server is done with it."""
        ask = BackMsg()
        client = ask.rerun_script
        client.query_string, client.page_script_hash = urlencode(self.query), self.page
        client.page_name = "" if self.page else self.arrival
        client.widget_states.widgets.extend(self.states.values())
        client.context_info.url, client.context_info.color_scheme = "http://127.0.0.1/", "light"
        begun = time.perf_counter()
        self.socket.send(ask.SerializeToString())
        while not self._hear(begun):
            pass
        return time.perf_counter() - begun

    def say(self, words: str) -> float:
        """Type a text into the box, as if it were followed by Ctrl + Enter."""
        return self._set("text_area", "text", lambda state: setattr(state, "string_value", words), words)

    def turn(self, knob: str, value: float) -> float:
        """Move a knob, by its parameter: MODEL.KNOB."""
        return self._set("slider", knob, lambda state: state.double_array_value.data.append(value), f"{value:g}")

    def go(self, page: str) -> float:
        """Open another page, "" for the first."""
        self.page, self.states = self.pages[page], {}
        self.query = {name: value for name, value in self.query.items() if name in ("model", "text") or "." in name}
        return self.run()

    @property
    def verdict(self) -> str:
        """The line that says what came out."""
        return next((h.body for h in self._kind("heading") if h.tag == "h1"), "").replace("\\", "")

    @property
    def lines(self) -> list[str]:
        """All markdown of the page."""
        return [found.body for found in self._kind("markdown")]

    def _kind(self, kind: str) -> list[Any]:
        return [getattr(e, kind) for e in self.elements.values() if e.WhichOneof("type") == kind]

    @property
    def errors(self) -> list[str]:
        """What the page shows in red: mistakes and exceptions."""
        alerts = [e.alert.body for e in self.elements.values() if e.WhichOneof("type") == "alert" and e.alert.format == Alert.ERROR]
        return alerts + [e.exception.message for e in self.elements.values() if e.WhichOneof("type") == "exception"]

    @property
    def charts(self) -> int:
        """How many pictures there are."""
        return sum(e.WhichOneof("type") == "plotly_chart" for e in self.elements.values())

    def _set(self, kind: str, parameter: str, change: Any, shown: str) -> float:
        widgets = (getattr(e, kind) for e in self.elements.values() if e.WhichOneof("type") == kind)
        widget = next(w for w in widgets if w.query_param_key == parameter)
        state = WidgetState(id=widget.id)
        change(state)
        self.states[widget.id] = state
        self.query[parameter] = shown
        return self.run()

    def _hear(self, begun: float) -> bool:
        """Take in one message; whether it says that the script has run to its end."""
        payload = self.socket.recv(timeout=PATIENCE - (time.perf_counter() - begun))
        assert isinstance(payload, bytes)
        self.met.update(word for word in self.strangers if word in payload)
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self.elements.clear()
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self.pages |= {"": next(p.page_script_hash for p in message.navigation.app_pages if p.is_default)}
        elif kind == "page_info_changed":
            self.query = dict(parse_qsl(message.page_info_changed.query_string, keep_blank_values=True))
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.elements[tuple(message.metadata.delta_path)] = message.delta.new_element
        return kind == "script_finished" and message.script_finished in (
            ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        )  # fmt: skip


@contextmanager
def visiting(address: str, strangers: tuple[str, ...] = (), arrival: str = "", **query: str) -> Iterator[Visitor]:
    """A session of its own at that address (http://...) and page, closed afterwards. Nothing is asked for yet."""
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None, proxy=None, open_timeout=PATIENCE) as socket:  # type: ignore[list-item]
        yield Visitor(socket, dict(query), tuple(word.encode() for word in strangers), arrival=arrival)
