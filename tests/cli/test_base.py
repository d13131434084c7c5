"""`dynviz base`: the base is made again from what was published, compared, and never written over."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from safetensors import SafetensorError

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


def test_a_damaged_one_is_made_again_as_the_advice_says(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine" / "mpnet"
    command = ["base", str(known), "--out", str(folder.parent)]
    assert main(command) == 0
    for name in ("masked.json", "masked.safetensors"):
        (folder / name).write_bytes(b"heads")
    (folder / "embeddings.safetensors").write_bytes(b"x")
    assert main(["base", "--check", "--root", str(folder.parent)]) == 2
    assert f"python -m dynviz base --out {folder.parent}" in capsys.readouterr().err
    assert main(command) == 0
    assert f"The damaged one lies in {folder}-damaged, to be deleted." in capsys.readouterr().out
    assert (folder / "embeddings.safetensors").read_bytes() == (tmp_path / "shipped" / "mpnet" / "embeddings.safetensors").read_bytes()
    assert (folder / "masked.safetensors").read_bytes() == b"heads", "which no published file holds"
    assert (folder.parent / "mpnet-damaged" / "embeddings.safetensors").read_bytes() == b"x"


def test_what_is_no_base_is_not_taken_for_a_damaged_one(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine" / "mpnet"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    assert main(["base", str(known), "--out", str(folder.parent)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [file.name for file in folder.iterdir()] == ["config.json"]


def test_one_that_comes_out_differently_is_said(
    known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(base_build.DIGESTS, "mpnet", "0" * 12)
    assert main(["base", str(known), "--out", str(tmp_path / "mine")]) == 2
    assert "is not the base that ships" in capsys.readouterr().err
    assert main(["base", str(known), "--name", "other", "--out", str(tmp_path / "mine")]) == 2
    assert "No base is called 'other'" in capsys.readouterr().err


def test_the_folder_that_is_named_is_the_one_that_is_checked(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped, copy = tmp_path / "shipped", tmp_path / "copy"
    shutil.copytree(shipped / "mpnet", copy)
    command = ["base", "--root", str(shipped), "--check", str(copy)]
    assert main(command) == 0
    assert f"{copy}: {digest(copy)}, all files as they were stored; from nobody/tiny at 1." in capsys.readouterr().out
    (copy / "embeddings.safetensors").write_bytes(b"x")
    assert main(command) == 2
    assert f"{copy / 'embeddings.safetensors'} is not the file that was stored" in capsys.readouterr().err
    assert main(["base", "--root", str(shipped), "--check", str(tmp_path / "none")]) == 2
    assert f"{tmp_path / 'none' / 'base.json'} is missing" in capsys.readouterr().err


def test_another_base_that_is_whole_is_not_the_one_that_ships(known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "shipped" / "mpnet" / "base.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "source": {**told["source"], "model": "somebody/else"}}))
    assert main(["base", "--root", str(tmp_path / "shipped"), "--check"]) == 0, "a shelf's own may be another"
    capsys.readouterr()
    assert main(["base", str(file.parent), "--check"]) == 2
    said = capsys.readouterr()
    assert "from somebody/else at 1." in said.out
    assert "mpnet is not the base that ships" in said.err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SafetensorError("No space left on device"), OSError(28, "No space left on device")])
def test_a_base_that_was_not_finished_is_not_there(
    known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    written, save_file = [], base_build.save_file

    def failing(tensors: object, file: str, **more: object) -> None:
        if written:
            raise error
        written.append(Path(file))
        save_file(tensors, file, **more)

    monkeypatch.setattr(base_build, "save_file", failing)
    command = ["base", str(known), "--out", str(tmp_path / "mine")]
    stopped = isinstance(error, KeyboardInterrupt)
    assert main(command) == (130 if stopped else 2)
    assert ("stopped" if stopped else f"{tmp_path / 'mine' / 'mpnet'} cannot be written") in capsys.readouterr().err
    assert written
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_path_that_leads_nowhere_is_no_hub_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("/nonexistent", "../nothing", "nothing"):
        assert main(["base", name, "--out", str(tmp_path / "mine")]) == 2
        assert f"There is no folder {name}: nor is it a Hub id" in capsys.readouterr().err


@pytest.mark.parametrize(("key", "value"), [("num_hidden_layers", None), ("vocab_size", "many"), ("hidden_size", 10**9)])
def test_a_published_configuration_that_does_not_fit_is_named(
    known: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, value: object
) -> None:
    told = {**json.loads((known / "config.json").read_text()), key: value}
    (known / "config.json").write_text(json.dumps({k: v for k, v in told.items() if v is not None}))
    assert main(["base", str(known), "--out", str(tmp_path / "mine")]) == 2
    assert key in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_who_waits_at_a_terminal_is_told_that_shared_layers_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bases.base(tmp_path)
    bases.on_base(tmp_path, "one")
    command = ["trace", "the film is good", "--model", "one", "--root", str(tmp_path)]
    line = "Reading mpnet, whose 3 layers several models share ..."
    assert main(command) == 0
    assert line not in capsys.readouterr().err, "a file or a pipe is not waiting"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(command) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == line
    assert line not in said.out
    shutil.rmtree(tmp_path / "mpnet")
    assert main(command) == 2
    assert line not in capsys.readouterr().err, "nothing is read"
