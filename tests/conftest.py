"""What all tests share."""

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four tiny checkpoints; read only."""
    from tests.checkpoints import SPECS, build

    chosen = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")
    return build(tmp_path_factory.mktemp("shelf"), [s for s in SPECS if s.name in chosen], sentences=12)
