"""What a server owes its visitors: it listens at home, refuses strangers' pages, shows no error's details, and draws text as text."""

import ast
import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

import dynviz.ui
from dynviz.ui.data import source
from dynviz.ui.parts import inputs
from dynviz.ui.tradeoff import chart
from tests.browser.server import handshake, serving
from tests.ui.conftest import Open

UI = Path(dynviz.ui.__file__).parent
ROOT = UI.parent.parent
FILES = [ROOT / "app.py", *UI.rglob("*.py")]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
HOSTILE = "<b>evil</b> **evila** :red[evilb] [evilc](javascript:x) ![evild](http://e.example/x.png) $evile$ `evilf` :red-badge[evilg]"
SIGNS = ("**evila", ":red[evilb", "[evilc](", "![evild](", "$evile$", "`evilf`", "[evilg]", "<b>evil")
MARKED = {"body", "label", "help", "text", "delta", "content", "caption", "title"}  # fields that the browser reads as markdown


def test_the_server_is_for_this_machine_and_keeps_to_itself() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["server"].get("enableCORS", True)
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["toolbarMode"] == "viewer"
    assert CONFIG["client"]["disableDataExport"] is True, "Streamlit's own CSV of a table does not escape formulas"


def test_uploads_are_bounded_by_the_server_as_the_pages_promise() -> None:
    assert max(inputs.MEGABYTES, source.MEGABYTES) == CONFIG["server"]["maxUploadSize"] <= 20


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in FILES:
        yield from ((file, node) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))


def test_no_text_is_ever_drawn_as_html() -> None:
    for file, call in calls():
        assert not [k.arg for k in call.keywords if k.arg and k.arg.startswith("unsafe")], f"{file.name}:{call.lineno}"
        name = ast.unparse(call.func)
        assert not name.startswith(("st.iframe", "st.components.v1")), f"{file.name}:{call.lineno}"
        if name == "st.html":  # the stage's big type, whose tests hold that words are escaped, and the sheet to be printed
            assert file.parent.name == "present" or file.name == "sheet.py", f"{file.name}:{call.lineno}"
        if name == "st.components.v2.component":  # its words come as data, which it sets as text
            assert all(not isinstance(n, ast.JoinedStr) for k in call.keywords for n in ast.walk(k)), f"{file.name}:{call.lineno}"
            assert "html" in {k.arg for k in call.keywords if isinstance(k.value, ast.Constant)} or file.name == "printing.py"


def test_only_a_websocket_and_an_upload_from_the_own_page_are_taken(checkpoints: Path) -> None:
    with serving({"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": ""}) as address:
        assert [handshake(address, origin) for origin in (address, "http://evil.example")] == [101, 403]
        put = urllib.request.Request(f"{address}/_stcore/upload_file/session/file", b"x", method="PUT")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(put, timeout=20)
        refused.value.close()
        assert refused.value.code in (400, 403)


def test_details_of_an_error_are_logged_and_not_shown(
    opened: Open, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise RuntimeError("secret of the server")

    at = opened(model="sst2-joint")
    monkeypatch.setattr(chart, "controls", broken)
    at.switch_page("dynviz/ui/pages/tradeoff.py").run()
    shown = [json.dumps([str(e.proto)]) for e in at.exception]
    assert shown
    assert "secret" not in "".join(shown)
    assert "chart" not in "".join(shown)
    assert "secret of the server" in "".join(capfd.readouterr()) + caplog.text


def marked(message: Message) -> Iterator[str]:
    """All strings of an element that the browser reads as markdown."""
    for field, value in message.ListFields():
        parts = list(value) if field.is_repeated else [value]
        for part in parts:
            if isinstance(part, Message):
                yield from marked(part)
            elif isinstance(part, str) and field.name in MARKED:
                yield part


def strings(at: AppTest) -> Iterator[str]:
    def walk(node: Any) -> Iterator[str]:
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message) and getattr(node, "type", "") not in ("code", "arrow_data_frame", "plotly_chart"):
            yield from marked(proto)
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    yield from walk(at._tree)


def harmless(at: AppTest) -> None:
    assert not at.exception
    for words in strings(at):
        assert not [sign for sign in SIGNS if sign in words], words


def page(at: AppTest, name: str) -> AppTest:
    return at.switch_page(f"dynviz/ui/pages/{name}.py").run()


def test_the_search_finds_what_is_not_escaped() -> None:
    script = f"import streamlit as st\nst.markdown({HOSTILE!r})\nwith st.expander({HOSTILE!r}):\n  st.button({HOSTILE!r})"
    at = AppTest.from_string(script).run()
    found = list(strings(at))
    assert [sum(sign in words for words in found) for sign in SIGNS] == [3] * len(SIGNS)


@pytest.mark.parametrize("model", ["pos-tokee", "sst2-joint", "sst2-ltp"])
def test_hostile_text_is_escaped_on_every_page(opened: Open, model: str) -> None:
    at = opened(model=model, text=HOSTILE)
    harmless(at)
    for name in ("compare", "tradeoff", "methods", "sentence"):
        harmless(page(at, name))
    at.query_params["compare"], at.query_params["text2"] = "texts", HOSTILE
    harmless(page(at, "compare"))


@pytest.mark.parametrize("name", ["sentence", "compare", "tradeoff", "data", "methods"])
def test_hostile_addresses_are_harmless(opened: Open, name: str) -> None:
    at = opened(model=HOSTILE)
    for parameter in ("model", "text", "text2", "compare", "with", "job", "rows", "view", "one", "by", "edit", "forced", "axis", "pair"):
        at.query_params[parameter] = HOSTILE
    harmless(page(at, name))


def test_a_hostile_trace_is_shown_as_it_is(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from dynviz.records.schema import to_json
    from dynviz.ui.shell import cache

    at = opened(model="sst2-ltp", text="The cast is wonderful.")
    raw = json.loads(to_json(cache.trace("sst2-ltp", "The cast is wonderful.", ())))

    def spoilt(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: spoilt(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [spoilt(v, key) for v in value]
        return HOSTILE if isinstance(value, str) and key not in ("schema", "unit", "kind") else value

    at.get("file_uploader")[0].upload("t.json", json.dumps(spoilt(raw)).encode(), "application/json")
    harmless(at.run())


def test_hostile_rows_are_escaped_on_the_data_page(opened: Open) -> None:
    at = page(opened(model="sst2-joint"), "data")
    at.segmented_control(key="rows").set_value("paste").run()
    at.text_area(key="data.paste").set_value("\n".join(f"{HOSTILE} {i}\t{HOSTILE}" for i in range(3)) + f"\n{HOSTILE}\tpositive").run()
    harmless(at)
    at.segmented_control(key="rows").set_value("file").run()
    csv = f'"{HOSTILE}","{HOSTILE} 2"\n' + f'"{HOSTILE}","yes {HOSTILE}"\n' * 3
    at.get("file_uploader")[-1].upload(f"{HOSTILE.replace('/', ' ')}.csv", csv.encode(), "text/csv")
    harmless(at.run())
