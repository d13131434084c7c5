"""A pickled model becomes safetensors in a process of its own; what asks for more than tensors is refused, and nothing of it runs."""

import os
from pathlib import Path

import pytest
import torch

from dynviz import api
from dynviz.checkpoint.released import convert, unpickled
from dynviz.cli import main
from dynviz.errors import InputError
from tests.checkpoint.released import theirs
from tests.checkpoint.released.families import case
from tests.fuzz import hostile


class Evil:
    """Runs a command where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def pickled(folder: Path) -> Path:
    """PABEE as its authors' script saves it: a pickle, configuration and tokenizer beside it."""
    one = case("PABEE on BERT")
    theirs.save(folder, one.tensors, one.config)
    (folder / "model.safetensors").unlink()
    torch.save(one.tensors, folder / "pytorch_model.bin")
    torch.save(Evil(folder / "ran"), folder / "training_args.bin")
    return folder


def test_the_command_makes_a_folder_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, new = pickled(tmp_path / "theirs"), tmp_path / "new"
    with pytest.raises(InputError, match=r"pytorch_model.bin is there, and pickled .* python -m dynviz convert .* --out FOLDER"):
        api.load(folder)
    assert main(["convert", str(folder / "pytorch_model.bin"), "--out", str(new)]) == 0
    assert "model.safetensors, config.json" in capsys.readouterr().out
    assert api.load(new).config.method == "pabee"
    assert not (folder / "ran").exists()
    assert not (new / "training_args.bin").exists()
    with pytest.raises(InputError, match="is there already: weights are not written over"):
        convert.convert(folder / "pytorch_model.bin", new)


def test_a_pickle_that_runs_a_command_is_refused_and_nothing_is_run(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    torch.save({"classifier.weight": torch.ones(2, 2), "x": Evil(tmp_path / "ran")}, file)
    with pytest.raises(InputError, match=r"holds more than tensors: it asks for '(posix|nt)\.system', and nothing was run"):
        convert.convert(file, tmp_path / "new")
    assert not (tmp_path / "ran").exists()
    assert list((tmp_path / "new").iterdir()) == []


def saved(file: Path, found: object) -> Path:
    torch.save(found, file)
    return file


def test_what_is_no_table_of_tensors_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.bin"
    for found, why in (
        ([torch.ones(2)], "holds no table of tensors: it holds list"),
        ({}, "it holds nothing"),
        ({"a": torch.arange(3)}, "holds no tensors of floating-point numbers"),
        (torch.nn.Linear(2, 2), "holds more than tensors: it asks for"),
    ):
        with pytest.raises(InputError, match=why):
            unpickled.tensors_of(saved(file, found))
    for junk in (b"", b"junk", b"\x80\x04\x95", b"\x80\x02cos\nsystem\n", b"PK\x03\x04"):
        file.write_bytes(junk)
        with pytest.raises(InputError, match=r"is not what torch.save writes|holds more than tensors"):
            unpickled.tensors_of(file)


def test_what_torch_refuses_is_told_without_its_advice_to_read_it_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(hostile.zipped([("a/data.pkl", b"\x80\x02X\x01\0\0\0aQ."), ("a/version", b"3\n")]))
    with pytest.raises(InputError, match=r"holds more than tensors: persistent_load id must be tuple or int, but got <class 'str'>\. Ask"):
        unpickled.tensors_of(tmp_path / "x.bin")


def test_tensors_are_kept_once_and_whole(tmp_path: Path) -> None:
    one = torch.randn(4, 4)
    file = saved(tmp_path / "x.bin", {"state_dict": {"bert.a": one, "core.a": one, "bert.b": one.T, "position_ids": torch.arange(3)}})
    kept = unpickled.tensors_of(file)
    assert list(kept) == ["bert.a", "bert.b"]
    assert torch.equal(kept["bert.b"], one.T)


def test_a_process_is_given_little_more_than_the_file_needs(tmp_path: Path) -> None:
    """A kilobyte that stands for sixteen gigabytes."""
    file = saved(tmp_path / "x.bin", {"a.weight": torch.ones(1).expand(200_000, 20_000)})
    with pytest.raises(InputError, match="was not converted: it took more time, memory or room"):
        convert.convert(file, tmp_path / "new")
    assert not (tmp_path / "new" / "model.safetensors").exists()
