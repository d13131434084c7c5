"""`python -m dynviz train`: what it does, what it says, and one clear sentence where it cannot."""

import argparse
from pathlib import Path

import pytest

from dynviz.checkpoint.config import read_config
from dynviz.core.method import Phase
from dynviz.errors import InputError
from dynviz.training.cli import add_arguments, main, scaled


def parsed(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def test_one_method_is_trained_measured_and_reported(base: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--task", "sst2", "--data", data, "--out", tmp_path, "--base", base)
    assert main(parsed("plain", *where, "--epochs", 0.3)) == 0
    said = capsys.readouterr().out
    assert "phase tune" in said
    assert "report: 300 answers, full depth" in said
    assert main(parsed("deebert", *where, "--epochs", 0.3)) == 0
    assert read_config(tmp_path / "sst2-deebert").stages[0].encoder == "sst2-plain"
    assert "of compute" in capsys.readouterr().out


def test_a_method_that_builds_on_a_tuned_model_asks_for_it(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sst2-plain"):
        main(parsed("ltp", "--task", "sst2", "--data", data, "--out", tmp_path))


def test_a_task_the_method_does_not_serve_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not serve"):
        main(parsed("cascade", "--task", "pos", "--data", data, "--out", tmp_path))


def test_a_missing_data_folder_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        main(parsed("plain", "--task", "sst2", "--data", tmp_path / "nowhere", "--out", tmp_path))


def test_an_unknown_checkpoint_of_the_recipe_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no checkpoint 'nonesuch'"):
        main(parsed("--recipe", "main", "--only", "nonesuch", "--data", data, "--out", tmp_path))


def test_nothing_named_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing to train"):
        main(parsed("--data", data, "--out", tmp_path))


def test_epochs_are_shared_out_as_in_the_recipe() -> None:
    stages = (Phase("a", "lora", epochs=1), Phase("b", "lora", epochs=3))
    assert [stage.epochs for stage in scaled(stages, 8)] == [2, 6]
    assert scaled(stages, None) == stages
    with pytest.raises(InputError, match="nan epochs"):
        scaled(stages, float("nan"))
    with pytest.raises(InputError, match="0 epochs"):
        scaled(stages, 0)


@pytest.mark.parametrize(("option", "value"), [("--limit", -5), ("--threads", -3), ("--threads", 0), ("--seed", -1), ("--seed", 2**32)])
def test_a_number_out_of_its_range_is_told_before_anything_is_read(option: str, value: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"^{option} was set to {value}: it "):
        main(parsed("plain", "--task", "sst2", "--data", tmp_path / "nowhere", "--out", tmp_path, option, value))
