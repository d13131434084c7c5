"""Files beside a model that are there and damaged: the pages say that they cannot be read, never that they do not ship."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.measure.shipped import replay_ahead
from dynviz.ui.present import text as text_stage
from dynviz.ui.tradeoff import text, text_risk, text_times
from tests.ui.conftest import Open

ABSENT = ("ships without", "No measured numbers", "No numbers of", "was trained once")


@pytest.fixture
def checkpoints(checkpoints: Path, tmp_path: Path) -> Path:
    """A shelf of one's own."""
    return shutil.copytree(checkpoints, tmp_path / "shelf")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize(
    ("split", "section", "said"),
    [
        ("report", "risk", (text.UNREAD_OWN, text_risk.UNREAD_NUMBERS)),
        ("report", "batch", (text_times.UNREAD_NUMBERS,)),
        ("report", "flips", (text.UNREAD_OWN,)),
        ("report", "seeds", (text.UNREAD_SEEDS,)),
        ("calibration", "risk", (text.UNREAD_CALIBRATION, text_risk.UNREAD_CALIBRATION)),
    ],
)
def test_numbers_that_cannot_be_read_are_not_called_absent(
    split: str, section: str, said: tuple[str, ...], opened: Open, checkpoints: Path
) -> None:
    cut(checkpoints / "sst2-ltp" / f"sweep-{split}.parquet")
    at = opened(page="tradeoff", model="sst2-ltp", section=section)
    assert not at.exception
    found = [info.value for info in at.info]
    assert [line for line in said if line.format(name="LTP") in found] == list(said)
    assert not [info for info in found if any(words in info for words in ABSENT)]
    assert len(at.error) == 1, "the file is named as one that does not fit, once"


def test_a_task_whose_numbers_cannot_be_read_is_not_one_without(opened: Open, checkpoints: Path) -> None:
    for file in checkpoints.glob("pos-*/sweep-report.parquet"):
        cut(file)
    at = opened(page="tradeoff", model="pos-tokee")
    assert not at.exception
    assert [info.value for info in at.info if info.value in (text.UNREAD_READINGS, text.NO_READINGS)] == [text.UNREAD_READINGS]


def test_damaged_readings_beside_whole_points_leave_the_page_standing(opened: Open, checkpoints: Path) -> None:
    assert replay_ahead(api.find("sst2-joint", checkpoints))
    cut(checkpoints / "sst2-joint" / "readings-report.parquet")
    at = opened(page="tradeoff", model="sst2-joint", **{"sst2-joint.entropy": "0.123"})
    assert not at.exception
    assert at.get("plotly_chart")
    assert at.error


def html(at: AppTest) -> list[str]:
    return [element.proto.body for element in at.get("html")]


@pytest.mark.parametrize(
    ("asked", "said"), [("sst2-ltp", text_stage.UNREAD), ("pos-tokee", text_stage.INSTEAD), ("sst2-nothing", text_stage.NOT_HERE)]
)
def test_the_stage_says_why_another_model_stands_on_it(asked: str, said: str, opened: Open, checkpoints: Path) -> None:
    for file in ("golden.json", "sweep-report.parquet"):
        cut(checkpoints / "sst2-ltp" / file)
    at = opened(page="present", model=asked)
    assert not at.exception
    told = said.split("{asked}")[1].split("{shown}")[0]
    assert any('<b role="status">' + said.split("{asked}")[0] in words and told in words for words in html(at))
    assert not at.toast, "nothing lies over a title"
    assert any(told in words for words in html(at.run())), "until the next step"
    at.query_params["step"] = "2"
    assert not any(told in words for words in html(at.run())), "said once"


def test_a_stage_of_damaged_files_alone_says_so(opened: Open, checkpoints: Path) -> None:
    for file in checkpoints.glob("*/golden.json"):
        cut(file)
    at = opened(page="present")
    assert [info.value.split(":")[0] for info in at.info] == [text_stage.NOBODY_READ.format(models="6 models").split(":")[0]]
