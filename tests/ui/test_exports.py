"""Every picture can be saved, has a name, a table and a caption; and every one that answers a click has a twin for the keyboard."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import dynviz.ui
from dynviz import api
from dynviz.ui.parts import export
from dynviz.ui.parts.panels import CONFIG
from tests.ui.conftest import Open
from tests.ui.look import charts

TEXT = "The cast is wonderful, but the plot is dull."
UI = Path(dynviz.ui.__file__).parent
PAGES = sorted(p.stem for p in (UI / "pages").glob("*.py") if p.stem != "__init__")
VIEWS = [
    ("sentence", {"model": "pos-tokee"}),
    ("sentence", {"model": "pos-tokee", "text": TEXT}),
    ("sentence", {"model": "sst2-joint", "text": TEXT}),
    ("sentence", {"model": "sst2-ltp", "text": TEXT}),
    ("sentence", {"model": "sst2-dact", "text": TEXT}),
    # the stage has one menu for all: "More"
    *((page, {"model": "sst2-joint", "text": TEXT}) for page in PAGES if page not in ("sentence", "present")),
]
# a click on a picture does what one of these does: by the key of the picture, the beginning of its twin's key
TWINS = {
    "staircase": "word", "ladder": "force", "tradeoff": "tradeoff.line", "risk": "tradeoff.point", "exits": "stopped",
    "data-exits": "exit", "data-difficulty": "data.group", "data-reliability": "data.bin", "data-foresight": "confidence",
}  # fmt: skip
WIDGETS = ("selectbox", "button_group", "slider", "select_slider", "multiselect", "radio")


def seen(opened: Open, page: str, parameters: dict[str, str]) -> AppTest:
    at = opened(page=page, **parameters)
    assert not at.exception
    return at


def drawn(at: AppTest) -> list[str]:
    """The keys of the pictures."""
    return [e.key for e in at.get("plotly_chart")]


@pytest.mark.parametrize(("page", "parameters"), VIEWS)
def test_every_picture_has_a_name_a_table_an_export_and_a_twin_for_the_keyboard(
    opened: Open, page: str, parameters: dict[str, str]
) -> None:
    at = seen(opened, page, parameters)
    popovers = {p.key for p in at.get("popover")}
    widgets = [str(w.key) for kind in WIDGETS for w in at.get(kind)]
    for element in at.get("plotly_chart"):
        assert len(element.proto.alt) > 20
        assert f"table-{element.key}" in popovers
        assert f"export-{element.key}" in popovers
        if element.proto.selection_mode:
            assert any(w.startswith(TWINS.get(element.key, "?")) for w in widgets), f"{element.key} answers clicks, but has no twin"
        config = json.loads(element.proto.config)
        assert (config["showSendToCloud"], config["plotlyServerURL"], config["displayModeBar"]) == (False, "", False)


def test_nothing_is_made_before_it_is_asked_for(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise AssertionError("not asked for")

    monkeypatch.setattr(export, "offer", fail)
    at = seen(opened, "sentence", {"model": "sst2-joint", "text": TEXT})
    assert not at.error
    assert drawn(at)


def test_an_opened_export_offers_files_and_a_caption_that_names_everything(opened: Open) -> None:
    at = seen(opened, "sentence", {"model": "sst2-joint", "text": TEXT})
    at.session_state["export-staircase"] = True
    at.run()
    trace = api.trace(api.load("sst2-joint"), TEXT)
    said = at.code[0].value
    assert said.startswith(charts(at)[0].alt)
    for part in (TEXT, "sst2-joint", trace.digest, "(entropy) = 0.5", *(f"{k} {v}" for k, v in trace.versions.items())):
        assert part in said


def test_pictures_are_drawn_in_one_place_and_never_share_or_animate() -> None:
    """Lessons and the stage have pictures of their own kind."""
    for file in UI.rglob("*.py"):
        own = file.relative_to(UI).parts[0] in ("learn", "present")
        drawing = own or file.name in ("panels.py", "heading.py", "printing.py") or "export" in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("plotly_chart", "pyplot", "altair_chart", "components", "iframe"):
                assert drawing, f"{file} draws for itself"
    assert CONFIG["showSendToCloud"] is False
    assert CONFIG["plotlyServerURL"] == ""


def test_no_telemetry_and_no_details_of_errors() -> None:
    config = tomllib.loads((UI.parents[1] / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"


def test_what_moves_by_itself_stops_where_less_motion_is_asked_for() -> None:
    """Our own styles and scripts hold no animation; pictures change at once."""
    for file in [f for f in UI.parent.rglob("*") if f.suffix in (".css", ".js", ".html")]:
        words = file.read_text(encoding="utf-8")
        assert not re.search(r"@keyframes|transition\s*:|animation\s*:|setInterval|requestAnimationFrame", words), file
