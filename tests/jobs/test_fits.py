"""Fits in the background: one at a time, what comes out is whole and names no path, and nothing is left of one that is stopped."""

import io
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.data import Examples, examples_from
from dynviz.errors import InputError
from dynviz.jobs import Fit, Fits, Wish, fits
from tests import hub
from tests.fitting import made

TEXT = "the film is good"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hub.save(tmp_path_factory.mktemp("theirs") / "my reviews", num_hidden_layers=2)


@pytest.fixture(scope="module")
def rows(base: Path) -> Examples:
    return examples_from(made.rows(), api.checkpoint_at(base).task)


def until(done: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(scope="module")
def kept(base: Path, rows: Examples, tmp_path_factory: pytest.TempPathFactory) -> tuple[Fits, Fit]:
    """One that has ended, and its registry."""
    found = Fits(tmp_path_factory.mktemp("server") / "fits")
    fit = found.start(Wish(base, rows, budget=0.7), "somebody")
    until(lambda: not fit.active)
    return found, fit


def test_what_comes_out_is_a_checkpoint_that_opens_beside_the_model_anywhere(kept: tuple[Fits, Fit], base: Path, tmp_path: Path) -> None:
    found, fit = kept
    status = found.status(fit)
    assert (status.state, status.stage, status.error, fit.wish) == ("done", "choosing the knob", "", None)
    assert [p.name for p in fit.folder.iterdir() if p.is_dir() and not p.is_symlink()] == [fit.name], "no states are left"
    packed = fits.zipped(fit)
    assert packed == fits.zipped(fit)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
        archive.extractall(tmp_path)
    assert not [name for name, data in held.items() if bytes(base.parent) in data or bytes(fit.folder) in data]
    assert max(map(len, held.values())) < 100_000, "only what was added"
    with pytest.raises(InputError, match=f"{fit.name} stands on a model that is not there"):
        api.load(tmp_path / fit.name)
    shutil.copytree(base, tmp_path / base.name)
    here, there = (api.load(folder) for folder in (fit.checkpoint, tmp_path / fit.name))
    np.testing.assert_array_equal(api.trace(here, TEXT).answer, api.trace(there, TEXT).answer)
    assert here.digest == there.digest


def test_a_later_server_finds_it_and_clears_what_was_not_done(kept: tuple[Fits, Fit], monkeypatch: pytest.MonkeyPatch) -> None:
    found, fit = kept
    half = found.root / ("x" * 22)
    half.mkdir()
    assert Fits(found.root).find(half.name) is None
    assert half.exists(), "it may be another server's, just made"
    monkeypatch.setattr(fits, "FRESH", -1.0)
    later = Fits(found.root)
    assert not half.exists()
    again = later.find(fit.id)
    assert again is not None
    assert (again.checkpoint, again.base, again.state) == (fit.checkpoint, "my reviews", "done")
    assert later.find("../" + fit.id) is later.find("y" * 22) is None


class Held(Fits):
    """Fits whose work waits for a word."""

    def __init__(self, root: Path) -> None:
        self.go = threading.Event()
        super().__init__(root, self.waited)

    @contextmanager
    def waited(self) -> Iterator[None]:
        self.go.wait(60)
        yield


def test_one_is_fitted_at_a_time_one_of_each_visitor_and_nothing_stays_of_what_is_cancelled(
    base: Path, rows: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fits, "QUEUE", 3)
    held = Held(tmp_path / "fits")
    wish = Wish(base, rows)
    one = held.start(wish, "one")
    until(lambda: one.state == "running")
    with pytest.raises(InputError, match="A fit of yours is under way"):
        held.start(wish, "one")
    two, three = held.start(wish, "two"), held.start(wish, "three")
    assert [held.status(fit).place for fit in (one, two, three)] == [0, 1, 2]
    with pytest.raises(InputError, match="There is no room for another fit now"):
        held.start(wish, "four")
    held.cancel(two)
    assert (two.state, two.folder.exists(), held.status(three).place) == ("cancelled", False, 1)
    held.forget(three)
    held.cancel(one)
    held.go.set()
    until(lambda: held.worker is None)
    assert (one.state, one.wish, list(held.root.iterdir())) == ("cancelled", None, [])
    assert base.is_dir(), "what the link led to is still there"


def test_why_it_fails_is_said_without_a_path(base: Path, rows: Examples, tmp_path: Path) -> None:
    found = Fits(tmp_path / "fits")
    broken = shutil.copytree(base, tmp_path / "broken")
    (broken / "tokenizer.json").write_text("{")
    fit = found.start(Wish(broken, rows))
    until(lambda: not fit.active)
    error = found.status(fit).error
    assert fit.state == "failed"
    assert "broken" in error
    assert str(tmp_path) not in error
    assert not fit.folder.exists()
