"""What `pip install dynviz` brings: wheel and source are built once, without a network, and looked at."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from mypy.modulefinder import FindModuleCache, SearchPaths
from mypy.options import Options

from dynviz import api
from dynviz.version import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dynviz"
LIMIT = 1_500_000  # bytes of the wheel: checkpoints are not in it


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source and the wheel that was made from it, of a copy: nothing is left in the checkout."""
    work = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, work / "dynviz", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE", "NOTICE", "pyproject.toml"):
        shutil.copy(ROOT / name, work)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return work / "dist"


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip lays it out."""
    folder = tmp_path_factory.mktemp("site")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def shipped() -> set[str]:
    """Every file of the package."""
    return {f.relative_to(ROOT).as_posix() for f in PACKAGE.rglob("*") if f.is_file() and "__pycache__" not in f.parts}


def test_the_index_would_take_both(dist: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir()], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert sorted(f.name for f in dist.iterdir()) == [f"dynviz-{__version__}-py3-none-any.whl", f"dynviz-{__version__}.tar.gz"]


def test_the_wheel_holds_the_whole_package_and_no_checkpoint(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == shipped(), "what is no .py is named in pyproject.toml, under package-data"
    assert not [name for name in held if PurePosixPath(name).suffix in (".safetensors", ".parquet")]
    assert wheel.stat().st_size < LIMIT


def test_the_source_holds_what_the_wheel_is_made_of(dist: Path) -> None:
    (found,) = dist.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {*shipped(), "pyproject.toml", "README.md", "LICENSE", "NOTICE"} <= held
    assert not [name for name in held if name.startswith(("sample_checkpoints", "tests"))]


def test_who_installs_it_has_its_types(unpacked: Path) -> None:
    """As mypy looks for them: in a package without py.typed it finds none."""
    finder = FindModuleCache(SearchPaths((), (), (str(unpacked),), ()), None, Options())
    assert finder.find_module("dynviz.api") == str(unpacked / "dynviz" / "api" / "__init__.py")
    (unpacked / "dynviz" / "py.typed").rename(unpacked / "aside")
    try:
        found = FindModuleCache(SearchPaths((), (), (str(unpacked),), ()), None, Options()).find_module("dynviz.api")
        assert not isinstance(found, str)
    finally:
        (unpacked / "aside").rename(unpacked / "dynviz" / "py.typed")


def test_it_is_used_without_the_checkout_and_told_where_checkpoints_lie(unpacked: Path, tmp_path: Path) -> None:
    code = "import dynviz, dynviz.api as api; print(dynviz.__file__); print(*(c.name for c in api.checkpoints()))"
    told = {**os.environ, "PYTHONPATH": str(unpacked), "DYNVIZ_CHECKPOINTS": str(ROOT / "sample_checkpoints")}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=told, capture_output=True, text=True, check=True)
    place, names = done.stdout.splitlines()
    assert place == str(unpacked / "dynviz" / "__init__.py")
    assert names.split() == [c.name for c in api.checkpoints(ROOT / "sample_checkpoints")]
