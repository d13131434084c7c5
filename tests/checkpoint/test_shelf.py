"""Where checkpoints are looked for: a folder that is named, a repository of the Hub, beside the package, in the working directory."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dynviz import api
from dynviz.checkpoint import shelf as place
from dynviz.cli import main
from dynviz.errors import InputError
from tests.hub_server import GATED, Hub, hub

NAME, OTHER = "somebody/checkpoints", "somebody/absent"

ASK = """
import json, os, sys
from dynviz import api
for name in sys.argv[1:]:
    os.environ["DYNVIZ_CHECKPOINTS"] = name
    try:
        print(json.dumps([c.name for c in api.checkpoints(repeats=True)]), api.checkpoint_root())
    except ValueError as error:
        print(json.dumps(str(error)))
"""


def ask(server: Hub | None, cache: Path, *names: str) -> list[str]:
    """What a process of its own finds under each name, one line for each; without a server, with the network switched off."""
    told = {
        "HF_ENDPOINT": server.address if server else "http://127.0.0.1:9",
        "HF_HUB_OFFLINE": "0" if server else "1",
        "HF_HOME": str(cache),
    }
    told |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run([sys.executable, "-c", ASK, *names], env={**os.environ, **told}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def found(shelf: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Hub]:
    """What is found on the Hub: as it is now; as it was; what is not there; what one may not read; a revision that is none."""
    now, then = (tmp_path_factory.mktemp(name) / "all" for name in ("now", "then"))
    shutil.copytree(shelf, now)
    shutil.copytree(shelf / "sst2-plain", then / "sst2-plain")
    (now / "code.py").write_text("raise SystemExit")
    (now / "weights.bin").write_bytes(b"a pickle")
    with hub({NAME: {"main": now, "v1": then}}) as server:
        return ask(server, cache, NAME, f"{NAME}@v1", OTHER, GATED, f"{NAME}@v9"), server


def names(shelf: Path) -> list[str]:
    return [c.name for c in api.checkpoints(shelf, repeats=True)]


def test_checkpoints_of_the_hub_are_those_of_its_folder(found: tuple[list[str], Hub], shelf: Path, cache: Path) -> None:
    listed, _, where = found[0][0].partition("] ")
    assert json.loads(f"{listed}]") == names(shelf)
    assert Path(where).is_relative_to(cache)


def test_a_revision_is_what_was_there_then(found: tuple[list[str], Hub]) -> None:
    assert found[0][1].startswith('["sst2-plain"] ')


def test_neither_code_nor_pickles_are_asked_for(found: tuple[list[str], Hub]) -> None:
    files = [path for path in found[1].asked if "/resolve/" in path]
    assert files
    assert {Path(path).suffix for path in files} <= {".json", ".safetensors", ".parquet"}


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        (2, OTHER, "the Hugging Face Hub has no repository of this name that is open to all"),
        (3, GATED, "the Hugging Face Hub gives it only to those who were let in"),
        (4, NAME, "it has no revision 'v9'"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(found: tuple[list[str], Hub], line: int, name: str, why: str) -> None:
    said = json.loads(found[0][line])
    assert said.startswith(f"The checkpoints of {name} cannot be fetched: ")
    assert why in said
    assert "DYNVIZ_CHECKPOINTS" in said


def test_without_a_network_the_cache_is_read_and_what_is_not_in_it_is_one_sentence(found: tuple[list[str], Hub], cache: Path) -> None:
    again, absent = ask(None, cache, NAME, OTHER)
    assert again == found[0][0]
    assert "is in this machine's cache, and the Hugging Face Hub cannot be reached" in json.loads(absent)


def test_a_folder_that_is_here_is_no_name_of_the_hub(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(shelf, tmp_path / NAME)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(place.VARIABLE, NAME)
    assert api.checkpoint_root() == Path(NAME)
    assert [c.name for c in api.checkpoints(repeats=True)] == names(shelf)


def test_who_lists_is_told_and_who_loads_is_stopped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a server that cannot be reached: HF_HUB_OFFLINE is set for all tests."""
    monkeypatch.setenv(place.VARIABLE, OTHER)
    problems: list[str] = []
    assert api.checkpoints(problems=problems) == []
    assert len(problems) == 1
    with pytest.raises(InputError, match=f"The checkpoints of {OTHER} cannot be fetched"):
        api.find("sst2-plain")
    assert main(["checkpoints"]) == 2
    assert f"left out: The checkpoints of {OTHER} cannot be fetched" in capsys.readouterr().err


def test_where_nothing_is_named_they_lie_beside_the_package_or_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(place.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(place, "__file__", str(tmp_path / "site" / "dynviz" / "checkpoint" / "shelf.py"))
    assert api.checkpoint_root() == tmp_path / "site" / place.NAME, "neither is there: the one that is missed"
    (tmp_path / place.NAME).mkdir()
    assert api.checkpoint_root() == tmp_path / place.NAME
    (tmp_path / "site" / place.NAME).mkdir(parents=True)
    assert api.checkpoint_root() == tmp_path / "site" / place.NAME
