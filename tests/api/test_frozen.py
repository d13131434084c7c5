"""The frozen card as a file: its numbers are the traces', it holds nothing that could ask for more, and words stay words."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from dynviz import api, frozen
from dynviz.api import frozen as frozen_api
from dynviz.cli import main
from dynviz.errors import InputError
from dynviz.figures import room
from dynviz.figures.columns import columns
from tests.checkpoints import SPECS, build

TEXT = "The cast is wonderful, but the plot is dull."
HOSTILE = "</script><script>alert(1)</script> <img src=x onerror=alert(2)> {{data}} {{script}} & \u2028 'q' \"Q\""
MODELS = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("cards"), [s for s in SPECS if s.name in MODELS], sentences=12)


@pytest.fixture(autouse=True)
def here(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))


class Tags(HTMLParser):
    """The tags of a page, and what is asked for from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asked += [f"{tag} {name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "action") or name[:2] == "on"]


def parsed(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    return found


def inside(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("name", MODELS)
def test_every_setting_shows_the_depths_and_the_compute_of_its_own_run(name: str) -> None:
    model = api.load(name)
    data = inside(api.frozen_card(model, TEXT, points=9))
    knob = next(iter(api.card_of(model).knobs), None)
    assert len(data["settings"]) == (len(data["frame"]) if knob else 1)
    for setting, which in zip(data["settings"], data["frame"], strict=True):
        trace = api.trace(model, TEXT, **({knob.name: float(setting)} if knob else {}))
        frame = data["frames"][which]
        places = [c.pieces[0] for c in columns(trace)]
        assert frame["depth"] == [int(max(trace.depth[list(c.pieces)])) for c in columns(trace)]
        assert frame["share"] == f"{trace.share * 100:.0f} %"
        computed = [[code in "01234uc" for code in line] for line in frame["cells"]]
        assert np.array_equal(np.array(computed).sum(0), frame["depth"])
        assert len(places) == len(data["columns"])


def test_the_card_opens_at_the_settings_given_and_its_curve_points_at_them() -> None:
    model = api.load("sst2-joint")
    data = inside(api.frozen_card(model, TEXT, {"entropy": 0.3}))
    assert data["settings"][data["at"]] == "0.3"
    sweep = api.stored_sweep(api.find("sst2-joint"), "report")
    assert sweep is not None
    point = next(i for i, knobs in enumerate(sweep.knobs) if knobs["entropy"] == 0.3)
    assert data["curve"]["of"][data["at"]] == point
    assert data["curve"]["x"][point] == round(float(sweep.share[point]) * 100, 3)
    assert data["curve"]["y"][point] == round(float(sweep.accuracy[point]) * 100, 3)
    assert f"n = {len(sweep.rows.ids)}" in data["words"]["curve"]


def test_a_model_without_shipped_numbers_gets_the_curve_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    model = api.load("sst2-joint")
    monkeypatch.setattr(frozen_api, "stored_sweep", lambda *a: None)
    data = inside(api.frozen_card(model, TEXT, points=5))
    shares = [api.trace(model, TEXT, entropy=float(s)).share * 100 for s in data["settings"]]
    assert data["curve"]["y"] == pytest.approx(shares, abs=1e-3)


def test_a_model_without_a_knob_has_a_card_without_a_slider() -> None:
    data = inside(api.frozen_card(api.load("sst2-plain"), TEXT))
    assert (data["knob"], data["curve"], len(data["frames"])) == (None, None, 1)


def test_hostile_text_is_data_and_the_page_asks_for_nothing() -> None:
    plain, page = (api.frozen_card(api.load("pos-tokee"), text, points=5) for text in (TEXT, HOSTILE))
    assert parsed(page).tags == parsed(plain).tags
    assert parsed(page).asked == []
    assert inside(page)["text"] == HOSTILE
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert "default-src 'none'" in page


def test_the_caption_names_checkpoint_knobs_and_versions() -> None:
    model = api.load("pos-tokee")
    page = api.frozen_card(model, TEXT, {"delta": 0.1}, 7)
    slider = "Slider: a word halts below uncertainty from 0"
    for part in (model.digest, "delta = 0.1", slider, *(f"{k} {v}" for k, v in api.versions().items())):
        assert part in page


def test_a_long_text_has_fewer_settings_and_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    model = api.load("pos-tokee")
    long = "She said that that board will table any motion that they back. " * 20
    whole = api.frozen_card(model, long)
    monkeypatch.setattr(frozen, "LIMIT", len(whole.encode()) * 3 // 4)
    thinned = inside(api.frozen_card(model, long, {"delta": 0.02}))
    assert len(thinned["settings"]) < len(inside(whole)["settings"])
    assert thinned["settings"][thinned["at"]] == "0.02"
    monkeypatch.setattr(frozen, "LIMIT", 1000)
    with pytest.raises(InputError, match="too long for a card"):
        api.frozen_card(model, long)


def test_the_command_writes_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "card.html"
    assert main(["card", TEXT, "--model", "sst2-ltp", "--knob", "scale=1", "--points", "5", "--out", str(out)]) == 0
    assert "Written to" in capsys.readouterr().out
    assert inside(out.read_text(encoding="utf-8"))["text"] == TEXT
    assert main(["card", TEXT, "--model", "sst2-ltp", "--out", str(tmp_path / "card.pdf")]) == 2
    assert "End it in .html" in capsys.readouterr().err


def test_rows_of_the_grid_shrink_as_those_of_the_pictures_do() -> None:
    model = api.load("sst2-joint")
    found = re.search(r"--row:([\d.]+)px", api.frozen_card(model, TEXT, points=2))
    assert found
    assert float(found[1]) == room.row(len(model.stages[-1].layers), frozen.ROW)
    assert "td { height: var(--row)" in frozen._file("card.css")
