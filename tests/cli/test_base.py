"""`dynviz base`: the base is made again from what was published, compared, and never written over."""

from pathlib import Path

import pytest

from dynviz.checkpoint import base_build
from dynviz.checkpoint.config import digest
from dynviz.cli import main
from tests import bases


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published model that the command knows as its base."""
    found = bases.published(tmp_path / "published")
    base_build.build(found, tmp_path / "shipped" / "mpnet", bases.source_of(found))
    monkeypatch.setitem(base_build.BASES, "mpnet", bases.source_of(found))
    monkeypatch.setitem(base_build.DIGESTS, "mpnet", digest(tmp_path / "shipped" / "mpnet"))
    return found


def test_it_is_made_again_compared_and_never_written_over(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["base", str(known), "--out", str(tmp_path / "mine")]
    assert main(command) == 0
    assert f"{digest(tmp_path / 'mine' / 'mpnet')}, 5 files from nobody/tiny at 1." in capsys.readouterr().out
    assert main(command) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["base", "--check", "--root", str(tmp_path / "mine")]) == 0
    (tmp_path / "mine" / "mpnet" / "embeddings.safetensors").write_bytes(b"x")
    assert main(["base", "--check", "--root", str(tmp_path / "mine")]) == 2
    assert "is not the file that was stored" in capsys.readouterr().err


def test_one_that_comes_out_differently_is_said(
    known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(base_build.DIGESTS, "mpnet", "0" * 12)
    assert main(["base", str(known), "--out", str(tmp_path / "mine")]) == 2
    assert "is not the base that ships" in capsys.readouterr().err
    assert main(["base", str(known), "--name", "other", "--out", str(tmp_path / "mine")]) == 2
    assert "No base is called 'other'" in capsys.readouterr().err
