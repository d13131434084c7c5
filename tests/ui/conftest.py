"""The app on tiny checkpoints, driven without a browser."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dynviz.ui.data.cache import registry
from dynviz.ui.shell import cache as models
from tests.checkpoints import build

APP = Path(__file__).parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True, scope="session")
def scanned_once() -> Iterator[None]:
    """Every new AppTest reads what all installed packages say of themselves, in search of components, which takes a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_is_swept() -> Iterator[None]:
    """After every run Streamlit goes through all objects in search of garbage, and the app does after loading a model: a third of a second
    each time, with all the tests among them."""
    swept = config.get_option("runner.postScriptGC")
    config.set_option("runner.postScriptGC", False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "_keep", lambda: None)
        yield
    config.set_option("runner.postScriptGC", swept)


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def here(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The app sees the checkpoints of a module's own `shelf`."""
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def opened(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open the app at these URL parameters. see: sections of the Sentence page that are open, by name; page: which, by its file."""
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    monkeypatch.delenv("DYNVIZ_MODELS", raising=False)
    st.cache_resource.clear()

    def app(see: str = "", page: str = "", **parameters: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=180)
        if page:
            at.switch_page(f"dynviz/ui/pages/{page}.py")
        for section in see.split():
            at.query_params[f"see.{section}"] = "true"
        for name, value in parameters.items():
            at.query_params[name] = value
        return at.run()

    yield app
    st.cache_resource.clear()


@pytest.fixture
def runs(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs of the Data page, deleted afterwards."""
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(checkpoints))
    monkeypatch.delenv("DYNVIZ_MODELS", raising=False)
    monkeypatch.delenv("DYNVIZ_JOBS", raising=False)
    st.cache_resource.clear()
    yield
    for job in list(registry().jobs.values()):
        registry().forget(job)
    st.cache_resource.clear()
