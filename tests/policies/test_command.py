"""The command plays a policy and prints what it learned beside every fixed threshold."""

from pathlib import Path

import pytest

from dynviz.cli import main


def test_a_stream_is_printed_as_two_tables(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stream", "--model", "sst2-joint", "--mu", "0.2", "--orders", "2", "--root", str(shelf)]) == 0
    out = capsys.readouterr().out
    assert "sst2-joint, 12 sentences of the evaluation split, 4 layers" in out
    assert out.count("seed ") == 2
    assert out.count("best") == 1


def test_a_model_without_such_readings_is_one_sentence(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stream", "--model", "sst2-ltp", "--root", str(shelf)]) == 2
    assert "ships no such readings" in capsys.readouterr().err
