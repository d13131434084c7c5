"""Models of one task on two backbones: which are held against which, and what the comparison of each is called."""

from dataclasses import replace
from pathlib import Path

import pytest

from dynviz import api
from tests.checkpoints import DEEPER, SPECS, build

CHOSEN = ("pos-tokee", "sst2-cascade", "sst2-joint", "sst2-plain", "sst2-plain-2")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("both"), (*(s for s in SPECS if s.name in CHOSEN), *DEEPER), sentences=8)


def test_the_shallowest_comes_first_whatever_it_is_called(both: Path) -> None:
    found = api.checkpoints(both)
    assert list(api.backbones(found).items()) == [("tiny", 4), ("deep", 6)], "a cascade of 2 and 4 layers is no model of six"
    assert list(api.backbones(c for c in found if c.name == "sst2-6-plain-4").items()) == [("deep", 4)]


def test_it_keeps_the_name_of_the_task_and_the_others_tell_their_backbone(both: Path) -> None:
    found = api.by_backbone(c for c in api.checkpoints(both) if c.config.task == "sst2")
    assert {name: [c.name for c in group] for name, group in found.items()} == {
        "sst2": ["sst2-cascade", "sst2-joint", "sst2-plain", "sst2-plain-2"],
        "sst2/deep": ["sst2-6-joint", "sst2-6-ltp", "sst2-6-plain", "sst2-6-plain-4"],
    }
    assert api.by_backbone([]) == {}
    shallow = [replace(c, folder=both / "nowhere") if c.backbone == "tiny" else c for c in api.checkpoints(both) if c.config.task == "sst2"]
    assert list(api.by_backbone(shallow)) == ["sst2", "sst2/tiny"], "of which nothing was measured"


def test_what_a_model_is_compared_with_is_its_own_backbones(both: Path) -> None:
    for name, plain in (("sst2-joint", "sst2-plain"), ("sst2-cascade", "sst2-plain"), ("sst2-6-ltp", "sst2-6-plain")):
        found = api.plain_of(api.find(name, both))
        assert found is not None
        assert found.name == plain
    lines = [api.static_line("sst2", "report", both, backbone) for backbone in (None, "deep")]
    assert [line.depth.tolist() for line in lines if line is not None] == [[2, 4], [4, 6]]
