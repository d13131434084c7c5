"""Numbers told about checkpoints in the box: what lies beside a folder, followed from one to the next."""

import json
from pathlib import Path

from dynviz.checkpoint.catalogue import checkpoint_at
from dynviz.measure.shipped import trained_steps


def test_steps_are_those_of_a_checkpoint_and_of_all_it_started_from(shelf: Path, tmp_path: Path) -> None:
    """Ten steps of one phase and five of another, on top of a start of a hundred."""
    for name, start, steps in (("first", "base", {"tune": 100}), ("second", "first", {"a": 10, "b": 5})):
        config = json.loads((shelf / "sst2-plain" / "config.json").read_text(encoding="utf-8"))
        config |= {"name": name, "trained": {"start": start, "stages": {k: {"steps": n} for k, n in steps.items()}}}
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert trained_steps(checkpoint_at(tmp_path / "first")) == 100
    assert trained_steps(checkpoint_at(tmp_path / "second")) == 115
