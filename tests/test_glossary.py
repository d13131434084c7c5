"""The glossary: its file is fresh, and the words that the screen uses and explains are in it."""

from dynviz.ui.shell.glossary import TERMS
from tests.glossary import FILE, page


def test_the_file_is_what_the_glossary_says() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run python -m tests.glossary --write"


def test_the_terms_that_are_the_apps_own_are_explained() -> None:
    assert {"knob", "evaluation split", "avoidable compute", "depth", "compute", "dominated"} <= TERMS.keys()
    assert all(meaning.endswith(".") or meaning.endswith(").") for meaning in TERMS.values())
