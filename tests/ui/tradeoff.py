"""The Trade-off page, opened as its tests need it."""

from streamlit.testing.v1 import AppTest

from tests.ui.conftest import APP


def opened(model: str, *, clean: bool = True, **query: str) -> AppTest:
    """The page for a model, at these further parameters of its address; no exception and, if it is to be clean, no error said."""
    at = AppTest.from_file(str(APP), default_timeout=180)
    at.query_params["model"] = model
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("dynviz/ui/pages/tradeoff.py").run()
    assert not at.exception
    assert not (clean and at.error)
    return at
