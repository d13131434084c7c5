"""Further seeds on the screen: not offered as models, drawn as thin lines, their spread said and listed."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.ui.tradeoff import board
from dynviz.ui.tradeoff.board import Seed
from dynviz.ui.tradeoff.seeds import said
from tests.checkpoints import SEEDS, SPECS, build
from tests.ui.look import WORDS
from tests.ui.tradeoff import opened

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("seeds"), (*(s for s in SPECS if s.task == "sst2"), *SEEDS), sentences=16)


def words(at: AppTest) -> str:
    return "\n".join(e.value for kind in WORDS for e in getattr(at, kind))


def test_seeds_are_offered_nowhere() -> None:
    at = opened("sst2-joint")
    assert not [o for o in at.selectbox(key="model").options if "seed" in o]
    at.segmented_control(key="beside").set_value("own").run()
    assert not [o for o in at.multiselect(key="curves.sst2").options if "seed" in o]
    methods = at.switch_page("dynviz/ui/pages/methods.py").run()
    assert not [d for d in methods.dataframe if "seed1" in d.value.to_string()]


def test_seeds_are_thin_lines_of_the_model_in_use_with_one_label() -> None:
    fig = json.loads(opened("sst2-joint").get("plotly_chart")[0].proto.spec)
    lines = [t for t in fig["data"] if t["name"] == "other seeds (2)"]
    sweeps = [api.stored_sweep(c, "report") for c in api.repeats(api.find("sst2-joint"))]
    assert [sorted(t["y"]) for t in lines] == [pytest.approx(sorted((s.accuracy * 100).round(3))) for s in sweeps if s]
    assert all(t["line"]["width"] == 1 for t in lines)
    assert sum("other seeds (2)" in a["text"] for a in fig["layout"]["annotations"]) == 1
    assert "other seeds" not in json.dumps(json.loads(opened("sst2-ltp").get("plotly_chart")[0].proto.spec))


def test_the_spread_is_said_and_listed() -> None:
    at = opened("sst2-joint", section="seeds")
    found = [api.find(n) for n in ("sst2-joint", "sst2-joint-seed1", "sst2-joint-seed2")]
    sweeps = {c.name: s for c in found if (s := api.stored_sweep(c, "report"))}
    full = [s.accuracy[0] * 100 for s in sweeps.values()]
    ends = f"{min(full):.1f} % to {max(full):.1f} % right; at this setting"
    assert f"Trained 3 times, each with another seed: at full depth {ends}" in words(at)
    listed = next(d.value for d in at.dataframe if "Training" in d.value.columns)
    assert list(listed["Training"]) == list(sweeps)
    assert list(listed["At full depth"]) == pytest.approx([round(v, 2) for v in full])


def test_a_plain_model_has_its_spread_at_full_depth_only() -> None:
    assert "Trained 2 times" in words(opened("sst2-plain", section="seeds"))
    assert "at this setting" not in words(opened("sst2-plain", section="seeds"))
    assert "LTP was trained once" in words(opened("sst2-ltp", section="seeds"))


def test_the_sentence_is_from_the_least_to_the_most() -> None:
    found = [Seed("a", 0, 0.9, 0.88, 0.4, -0.02, -0.03, 0.0), Seed("b", 1, 0.91, 0.85, 0.5, -0.06, -0.07, -0.01)]
    assert said(found, early=True) == (
        "Trained 2 times, each with another seed: at full depth 90.0 % to 91.0 % right; at this setting 85.0 % to 88.0 %, at 40 % to "
        "50 % of the compute. The trainings lie 3.0 points apart: a smaller difference between two methods may be luck."
    )
    assert "1.0 points apart" in said(found, early=False)
    assert "at full depth entity F1 90.0 % to 91.0 %." in said(found, False, "entity F1")


def test_a_member_of_a_family_has_its_seeds_at_its_own_point() -> None:
    sweeps = {c.name: s for c in api.repeats(api.find("sst2-joint")) if (s := api.stored_sweep(c, "report"))}
    report = {"sst2-joint": api.stored_sweep(api.find("sst2-joint"), "report")}
    curves = board.seed_curves(sweeps, board.Spot("sst2-joint", 3), report, {k: s.share for k, s in sweeps.items()}, 0)  # type: ignore[arg-type]
    assert [len(c.x) for c in curves] == [1, 1]
    assert [c.accuracy[0] for c in curves] == [s.accuracy[3] for s in sweeps.values()]
