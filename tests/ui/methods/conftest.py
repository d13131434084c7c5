"""The Methods page on tiny checkpoints, one of them with numbers of its own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.checkpoints import SPECS, build
from tests.ui.methods.look import MORE


@pytest.fixture(scope="package")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    specs = [replace(s, options=(("pooling", "mean"),)) if s.name == "sst2-joint" else s for s in (*SPECS, *MORE)]
    folder = build(tmp_path_factory.mktemp("methods"), specs, sentences=12)
    file = folder / "sst2-joint" / "config.json"
    config = json.loads(file.read_text())
    at = {"accuracy": 0.87, "share": 0.36, "difference": -0.005, "low": -0.017, "high": 0.007, "mean_depth": 2.1}
    numbers = {"sentences": 1000, "answers": 1000, "accuracy": 0.875, "at_knobs": at}
    config["trained"] = {
        "data": "sst2/train_fit", "data_digest": "9a6b8a65ba47", "rows": 59372, "seed": 7,
        "stages": {"joint": {"steps": 3259, "seconds": 600.0}},
        "versions": {"torch": "2.13.0"}, "when": "2026-11-20",
        "metrics": {"knobs": {"entropy": 0.5}, "calibration": numbers, "report": numbers},
    }  # fmt: skip
    file.write_text(json.dumps(config))
    return folder


@pytest.fixture(autouse=True)
def on_the_shelf(here: None) -> None:
    """Every test of the page sees these checkpoints."""
