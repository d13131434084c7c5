"""The doctor says of any folder what it is and what to do, and never shows a trace of the stack."""

import json
import os
from pathlib import Path

import pytest

from dynviz.cli import main
from tests import hub, strangers
from tests.checkpoint.test_hf_refused import REFUSED


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
