"""Another domain, on tiny models and reviews: measured by the command, stored, said, and left out once a checkpoint is another."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dynviz import api, figures
from dynviz.cli import main
from dynviz.errors import InputError
from dynviz.figures import captions
from dynviz.records import domain as stored
from dynviz.records.domain import Domain, Moved, Place
from dynviz.training import domain
from tests.checkpoints import Spec, build

SPECS = (
    Spec("sst2-plain", "plain"),
    Spec("sst2-joint", "entropy_exit", knobs=(("entropy", 0.6),)),
    Spec("sst2-ltp", "ltp", knobs=(("scale", 1.0),), tensors=(("thresholds", (0.02, 0.04, 0.06, 0.08)),)),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("domain"), SPECS, sentences=12)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty reviews, some longer than a model can read."""
    folder = tmp_path_factory.mktemp("reviews")
    (folder / "imdb").mkdir()
    texts = [f"{'a warm and funny story . ' * (1 + 3 * i)} review {i}" for i in range(20)]
    pd.DataFrame({"text": texts, "label": [i % 2 for i in range(20)]}).to_parquet(folder / "imdb" / "test.parquet")
    return folder


def test_the_command_measures_stores_and_says_it(root: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["domain", "--root", str(root), "--data", str(data), "--write"]) == 0
    found = api.stored_domain(root)
    assert found is not None
    assert (found.home, found.away, found.split, found.sentences, found.pieces, found.native) == ("sst2", "imdb", "test", 20, 140, None)
    assert {m.model for m in found.models.values()} == {"sst2-plain", "sst2-joint", "sst2-ltp"}
    by_name = {m.model: m for m in found.models.values()}
    for name, moved in by_name.items():
        home = api.shipped_point(api.checkpoint_at(root / name), "report")
        assert home is not None
        assert (moved.home.share, moved.home.accuracy, moved.home.full) == pytest.approx((home.share, home.accuracy, home.full), abs=1e-4)
        for place in (moved.home, moved.away):
            mean, low, high = place.difference
            assert mean == pytest.approx(place.accuracy - place.full, abs=2e-5)
            assert low <= mean <= high
    assert by_name["sst2-plain"].away.difference == (0.0, 0.0, 0.0)
    assert figures.domain_finding(found) in capsys.readouterr().out
    stored.write(Domain(**{**vars(found), "models": {"0" * 12: by_name["sst2-ltp"]}}), root / stored.FILE)
    assert api.stored_domain(root) is None  # of a checkpoint that is no more


HOME = Place(0.6, 0.88, 0.9, (-0.02, -0.04, 0.0))
FOUND = Domain(
    "sst2", "imdb", "test", 600, 256, 0.91,
    {
        "a": Moved("sst2-a", "A", HOME, Place(0.4, 0.8, 0.86, (-0.06, -0.09, -0.03))),
        "b": Moved("sst2-b", "B", HOME, Place(0.8, 0.84, 0.85, (-0.01, -0.03, 0.01))),
        "p": Moved("sst2-plain", "Plain", *[Place(1.0, 0.9, 0.9, (0.0, 0.0, 0.0))] * 2),
    },
)  # fmt: skip


def test_it_is_said_who_spends_less_and_who_is_surely_worse() -> None:
    assert figures.domain_finding(FOUND) == (
        "On texts of another domain 1 of 2 models spend a smaller share than at home: 60 % in the middle instead of 60 %. Surely worse "
        "than their own full depth: 1 there, none at home. At full depth they have 85.0 % to 90.0 % right there; the plain model trained "
        "there has 91.0 %."
    )
    rows = figures.domain_table(FOUND)
    assert [row["model"] for row in rows] == ["sst2-a", "sst2-b", "sst2-plain"]
    assert (rows[0]["away: compute"], rows[0]["away: from"], rows[0]["home: right"]) == (0.4, -0.09, 0.88)
    assert "n = 600, at most 256 pieces" in captions.of_domain(FOUND)


def test_the_picture_draws_both_places_of_each_model_that_stops() -> None:
    fig = figures.domain(FOUND)
    drawn = {trace.name: trace for trace in fig.data}
    assert list(drawn["compute away"].x) == [80, 40]  # the cheapest at the top
    assert list(drawn["compute home"].x) == [60, 60]
    assert list(drawn["difference away"].x) == [-1, -6]
    assert list(drawn["difference away"].error_x.arrayminus) == [2, 3]
    assert list(fig.layout.yaxis.ticktext) == ["B", "A"]
    assert "95 % for both models at once, in each place" in figures.domain_key(FOUND)


def test_a_file_that_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / stored.FILE
    assert stored.read(file) is None
    stored.write(FOUND, file)
    assert stored.read(file) == FOUND
    raw = json.loads(file.read_text())
    raw["domain"]["sentences"] = "many"
    file.write_text(json.dumps(raw))
    with pytest.raises(InputError, match="domain --write"):
        stored.read(file)
    digest, one = next(iter(FOUND.models.items()))
    places = [replace(one.home, difference=(0.0, 0.1, 0.2)), replace(one.home, share=-0.5), replace(one.home, accuracy=90.0)]
    for wrong in (replace(FOUND, away="films"), *(replace(FOUND, models={digest: replace(one, away=place)}) for place in places)):
        stored.write(wrong, file)
        with pytest.raises(InputError, match=r"'films' is not known|do not fit.*domain --write"):
            stored.read(file)


def test_a_missing_file_is_told_before_any_model_is_loaded(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "load", lambda folder: pytest.fail("a model was loaded first"))
    with pytest.raises(InputError, match=r"test\.parquet is missing"):
        domain.measure(root, tmp_path)
