"""The doctor says of any folder what it is and what to do, and never shows a trace of the stack."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dynviz.cli import main
from tests import hub, strangers
from tests.checkpoint.test_hf_refused import REFUSED
from tests.checkpoints import Spec, build


def doctor(where: Path | str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["doctor", str(where)])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return status, out + err


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_named_with_what_to_do(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = hub.save(tmp_path / "mine")
    REFUSED[case][0](folder)
    status, said = doctor(folder, capsys)
    assert status == 2
    found = said.split("\n")
    (wrong,) = [i for i, line in enumerate(found) if line.startswith("NO ")]
    assert found[wrong + 1].startswith("    "), "what to do stands below"
    assert "--  a sentence: not checked" in said


def test_it_names_what_is_not_read_and_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = strangers.only_vocabulary(strangers.save(tmp_path / "mine"), config=False)
    strangers.retensor(folder, lambda tensors: {**tensors, "stray": tensors["classifier.bias"]})
    status, said = doctor(folder, capsys)
    assert status == 0
    assert "!!  unread tensors: some\n    1 of its tensors is not read: 'stray'.\n" in said
    assert "!!  tokenizer: " in said
    assert "\n    Its vocabulary has capital letters" in said
    assert main(["doctor", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [step["name"] for step in found if step["worries"]] == ["tokenizer", "unread tensors"]
    status, said = doctor(hub.save(tmp_path / "whole"), capsys)
    assert "ok  unread tensors: none" in said


@pytest.mark.parametrize("family", ["bert", "mpnet"])
def test_layers_run_as_the_models_own_whether_tokens_keep_their_places_or_not(
    family: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = strangers.mpnet_cut() if family == "mpnet" else None
    status, said = doctor(strangers.save(tmp_path / "mine", family, cut), capsys)
    assert status == 0
    assert "ok  layers: equal to the model's own last_hidden_state" in said


def test_a_folder_of_other_things_and_no_folder_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "config.json is missing" in doctor(tmp_path, capsys)[1]
    os.mkfifo(tmp_path / "config.json")
    assert "is not a regular file" in doctor(tmp_path, capsys)[1]
    for nothing in (tmp_path / "nothing", "x" * 300, "x/" + "y" * 300 + "/z"):
        status, said = doctor(nothing, capsys)
        assert status == 2
        assert "There is nothing at" in said


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def done_otherwise(file: Path) -> None:
    """Golden traces whose answers were others: nothing else tells that they are not of this run."""
    raw = json.loads(file.read_text())
    for pair in raw["pairs"]:
        pair["full"]["answer"] = pair["trace"]["answer"] = [[0.25, 0.75]]
    file.write_text(json.dumps(raw))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    specs = (Spec("sst2-joint", "entropy_exit", knobs=(("entropy", 0.5),)), Spec("sst2-ltp", "ltp"))
    return build(tmp_path_factory.mktemp("doctor"), (*specs, Spec("sst2-plain-2", "plain", layers=(2,), readings_only=True)), sentences=8)


@pytest.mark.parametrize(
    ("name", "shipped"),
    [
        ("sst2-joint", ("golden.json", "readings-calibration.parquet", "readings-report.parquet", "golden.json against a run")),
        ("sst2-ltp", ("golden.json", "sweep-calibration.parquet", "sweep-report.parquet", "golden.json against a run")),
        ("sst2-plain-2", ("golden.json", "readings-calibration.parquet", "readings-report.parquet")),
    ],
)
def test_all_that_ships_beside_a_checkpoint_is_read(
    name: str, shipped: tuple[str, ...], whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = doctor(whole / name, capsys)
    lines = said.splitlines()
    assert [n for n in shipped if any(line.startswith(f"ok  {n}: ") for line in lines)] == list(shipped)
    assert status == 0
    assert name != "sst2-plain-2" or not any("weights" in line or "against a run" in line for line in lines), "numbers ship alone"


@pytest.mark.parametrize(
    ("file", "harm", "line"),
    [
        ("golden.json", cut, "NO  golden.json: "),
        ("golden.json", done_otherwise, "NO  golden.json against a run: "),
        ("sweep-calibration.parquet", cut, "NO  sweep-calibration.parquet: "),
        ("sweep-report.parquet", cut, "NO  sweep-report.parquet: "),
    ],
)
def test_what_is_damaged_beside_a_checkpoint_is_named(
    file: str, harm: Callable[[Path], None], line: str, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("tiny", "sst2-ltp"):
        shutil.copytree(whole / name, tmp_path / name)
    harm(tmp_path / "sst2-ltp" / file)
    status, said = doctor(tmp_path / "sst2-ltp", capsys)
    assert status == 2
    (wrong,) = [found for found in said.splitlines() if found.startswith("NO ")]
    assert wrong.startswith(line)
