"""What was fitted goes to the Hub with a card made from its numbers, and comes back as it was; a shelf stands in for the Hub."""

import re
from pathlib import Path

import numpy as np
import pytest

import dynviz
from dynviz import api
from dynviz.errors import InputError
from dynviz.fitting.fitted import Fitted
from tests import hub
from tests.fitting import made


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> hub.Shelf:
    folder = tmp_path_factory.mktemp("hub")
    found = hub.Shelf(folder / "cache")
    found.put("somebody/base", hub.save(folder / "base"))
    return found


@pytest.fixture(autouse=True)
def cache(shelf: hub.Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(shelf.cache))


@pytest.fixture(scope="module")
def fitted(shelf: hub.Shelf, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(shelf.cache))
        return dynviz.fit_exits("somebody/base", made.rows(60), tmp_path_factory.mktemp("out") / "adaptive", budget=0.6)


def test_a_model_of_the_hub_is_named_by_id_and_revision(fitted: Fitted) -> None:
    on = fitted.model.config.stands_on
    assert on is not None
    assert (on.hub, on.revision, on.folder) == ("somebody/base", f"{10:040x}", None)


def test_what_is_pushed_comes_back_as_it_was(fitted: Fitted, shelf: hub.Shelf) -> None:
    where = fitted.push_to_hub("me/adaptive", private=True, hub=shelf)
    assert where == f"https://hub.example/me/adaptive/commit/{10:040x}"
    assert shelf.asked == ["me/adaptive private True"]
    there = sorted(file.name for file in (shelf.cache / "models--me--adaptive" / "snapshots" / f"{10:040x}").iterdir())
    assert there == [
        "README.md", "config.json", "golden.json", "model.safetensors", "readings-calibration.parquet", "readings-report.parquet",
        "sweep-report.parquet",
    ]  # fmt: skip
    back = dynviz.load("me/adaptive")
    assert back.digest == fitted.model.digest
    np.testing.assert_array_equal(api.trace(back, "the film is good").answer, api.trace(fitted.model, "the film is good").answer)
    assert dynviz.load("somebody/base").config.method == "plain", "a classifier of the Hub is opened as before"


def test_the_card_says_what_was_measured(fitted: Fitted) -> None:
    card, report = fitted.card("me/adaptive"), fitted.report
    rows = [line.split(" | ") for line in card.splitlines() if line.startswith("| ")][2:]
    assert rows[0][0] == "| full depth: entropy 0"
    assert rows[0][1:] == [f"{100 * report.accuracy[0]:.1f}", "0", f"{100 * report.share[0]:.1f} |"]
    point = report.find(fitted.model.knobs())
    assert point
    mean, low, high = (100 * x for x in report.difference(point))
    own = rows[-1]
    assert own[0] == f"| as it comes: entropy {fitted.model.knobs()['entropy']:g}"
    assert own[2] == f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"
    assert own[3] == f"{100 * report.share[point]:.1f} |"
    for line in rows[1:-1]:
        knobs = {"entropy": float(line[0].split()[-1])}
        assert knobs == fitted.knobs(float(re.findall(r"budget (\d+)%", line[0])[0]) / 100)
    assert "base_model: somebody/base" in card
    assert 'model = dynviz.load("me/adaptive")' in card
    assert "on 12 rows that were neither fitted on nor chose a setting; the settings were chosen on 12 others" in card
    assert "(the best within 60% of the compute on the rows kept for choosing)" in card


def test_what_cannot_be_pushed_is_one_sentence(fitted: Fitted, shelf: hub.Shelf, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'adaptive' is no Hub id"):
        fitted.push_to_hub("adaptive", hub=shelf)

    class Shut(hub.Shelf):
        def create_repo(self, name: str, *, private: bool, exist_ok: bool) -> None:
            raise RuntimeError("401 Unauthorized\nmore")

    with pytest.raises(InputError, match=r"me/other cannot be put on the Hub: 401 Unauthorized\. Check the id, the network"):
        fitted.push_to_hub("me/other", hub=Shut(tmp_path))
    alone = dynviz.fit_exits(hub.save(tmp_path / "base"), made.rows())
    with pytest.raises(InputError, match="it stands on a model in a folder of this machine"):
        alone.push_to_hub("me/alone", hub=shelf)
