"""Tiny models of four methods, loaded once for a file of tests."""

from pathlib import Path

import pytest

import dynviz
from dynviz.checkpoint.model import Model

NAMES = ("sst2-plain", "sst2-joint", "sst2-ltp", "pos-tokee")


@pytest.fixture(scope="module")
def models(shelf: Path) -> dict[str, Model]:
    """By name."""
    return {name: dynviz.load(name, shelf) for name in NAMES}
