"""Further seeds of a checkpoint tell what is noise; they are no models of their own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dynviz import api
from dynviz.cli import main
from dynviz.measure import shipped
from tests.checkpoints import SEEDS, SPECS, build


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = [s for s in SPECS if s.name in ("sst2-joint", "sst2-plain", "sst2-plain-2")]
    return build(tmp_path_factory.mktemp("seeds"), (*chosen, *SEEDS), sentences=12)


def test_seeds_are_listed_with_their_checkpoint_only(shelf: Path) -> None:
    assert [c.name for c in api.checkpoints(shelf)] == ["sst2-joint", "sst2-plain", "sst2-plain-2"]
    assert [c.name for c in api.repeats(api.find("sst2-joint", shelf))] == ["sst2-joint-seed1", "sst2-joint-seed2"]
    assert [c.name for c in api.repeats(api.find("sst2-plain-2", shelf))] == []
    assert len(api.checkpoints(shelf, repeats=True)) == 6


def test_a_seed_can_still_be_found_by_its_name(shelf: Path) -> None:
    assert api.find("sst2-joint-seed1", shelf).config.repeats == "sst2-joint"


def test_the_static_line_is_of_one_seed(shelf: Path) -> None:
    line = api.static_line("sst2", "report", shelf)
    assert line is not None
    assert len(line.share) == 2


def test_what_a_model_is_held_against_stands_on_its_own_backbone(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = api.checkpoints(shelf)
    deep = next(c for c in here if c.name == "sst2-plain")
    other = replace(deep, config=deep.config.model_copy(update={"embeddings": "other"}))
    monkeypatch.setattr(shipped, "checkpoints", lambda *_, **__: [other, *here])
    assert api.plain_of(other) is other
    assert api.plain_of(here[0]) is deep
    lines = [api.static_line("sst2", "report", shelf, backbone) for backbone in (deep.backbone, "other")]
    assert [len(line.share) for line in lines if line is not None] == [2, 1]


def test_the_command_lists_seeds_beside_their_checkpoint(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checkpoints", "--json", "--root", str(shelf)]) == 0
    rows = {row["name"]: row["seeds"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {"sst2-joint": ["sst2-joint-seed1", "sst2-joint-seed2"], "sst2-plain": ["sst2-plain-seed1"], "sst2-plain-2": []}
