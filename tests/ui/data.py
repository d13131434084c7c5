"""The Data page on tiny checkpoints, driven without a browser. Its tests use the fixture `runs`."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.jobs import Job
from dynviz.ui.data import cache, columns, source, text
from dynviz.ui.data.view import DataView, look

ROOT = Path(__file__).parents[2]
PASTED = "A fine film.\tpositive\nNot my cup of tea.\tnegative\nIt drags, but the end is lovely.\tpositive\n<b>bold</b> & *stars*\tnegative"


def opened(model: str = "sst2-joint", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    at.query_params["model"] = model
    for name, value in query.items():
        at.query_params[name] = value
    return fine(at.switch_page("dynviz/ui/pages/data.py").run())


def fine(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].value
    return at


def finished(at: AppTest) -> AppTest:
    """Until the job looked at has ended."""
    end = time.monotonic() + 180
    while job(at).active or cache.registry().worker is not None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return fine(at.run())


def job(at: AppTest) -> Job:
    found = cache.registry().find(at.query_params["job"])
    assert found is not None
    return found


def ran(at: AppTest) -> AppTest:
    return finished(fine(at.button(key="data.run").click().run()))


def pasted(at: AppTest, lines: str = PASTED) -> AppTest:
    at.segmented_control(key="rows").set_value("paste").run()
    return fine(at.text_area(key="data.paste").set_value(lines).run())


def view(at: AppTest) -> DataView:
    found = look(job(at), job(at).parts, at.session_state["choice"])
    assert found is not None
    return found


def shown(at: AppTest, column: str = "Text") -> list[Any]:
    """A column of the table of rows."""
    return list(next(d.value for d in at.dataframe if {"Text", "Pieces"} <= set(d.value.columns))[column])


def given(monkeypatch: pytest.MonkeyPatch, data: bytes, name: str = "rows.csv", model: str = "sst2-joint") -> AppTest:
    """The page with a file: its widget cannot be driven here, so its table is put where it would be."""

    def file() -> columns.Given:
        return columns.Given("f1", name, cache.file_table("f1", name, lambda: data))

    monkeypatch.setattr(source, "_file", file)
    return opened(model, rows=text.SOURCES["file"])
