from pathlib import Path

import pytest

from dynviz.training import loop
from tests.training.fixtures import base_model, data_folder


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(base_model(tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured must not decide what a test's training comes to."""
    monkeypatch.setattr(loop, "fastest", lambda *_: "fp32")
