"""What all tests share."""

import gc
import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("long", deadline=None, max_examples=500)  # --hypothesis-profile long
settings.load_profile("ci")

SLOW = ("fuzz", "browser", "ui", "deploy", "checkpoint", "core", "data", "training")  # rooms of tests that take or wait long


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: at the end of a run a process then waits for the other's short one."""
    items.sort(key=lambda item: [item.path.relative_to(Path(__file__).parent).parts[0] != room for room in SLOW])


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: garbage collections leave it out, each of which would go through all of it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four tiny checkpoints; read only."""
    from tests.checkpoints import SPECS, build

    chosen = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")
    return build(tmp_path_factory.mktemp("shelf"), [s for s in SPECS if s.name in chosen], sentences=12)
