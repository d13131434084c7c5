"""One app on tiny checkpoints, one browser, and a fresh context for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.server import CHROMIUM, serving
from tests.checkpoints import SPECS, build
from tests.watch import strangers, watch

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (tests/requirements.txt)")
MODELS = ("pos-tokee", "pos-plain", "sst2-plain", "sst2-joint", "sst2-ltp")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine now and then loses a click: a test that fails gets a second try, which pytest's closing line counts."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium is found: apt-get install chromium"))


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoints"), [s for s in SPECS if s.name in MODELS])


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app writes which hosts it asks."""
    return tmp_path_factory.mktemp("watch") / "asked"


@pytest.fixture(scope="session")
def address(checkpoints: Path, log: Path) -> Iterator[str]:
    """The app; whatever the tests did with it, it asked no other host."""
    with serving({"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": "", **watch(log)}) as found:
        yield found
    assert not strangers(log)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()
