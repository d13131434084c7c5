"""The promise on the Trade-off page: the setting that Learn then Test chooses on calibration data, its check, and the reasons for none."""

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.figures import promise
from dynviz.figures.wording import percent
from dynviz.measure import risk
from tests.checkpoints import Spec, build
from tests.ui.tradeoff import opened

ROOT = Path(__file__).parents[2]
SPECS = (
    Spec("sst2-joint", "entropy_exit", knobs=(("entropy", 0.5),)),
    Spec("sst2-plain", "plain"),
    Spec("pos-tokee", "tokee", "pos", knobs=(("delta", 0.3),)),
    Spec("sst2-temper", "right_tool"),
)


pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("risk"), SPECS, sentences=60)


def words(at: AppTest) -> str:
    said = "\n".join(e.value for kind in ("markdown", "caption", "info") for e in getattr(at, kind))
    return said.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def found(model: str, delta: float, eps: float = 0.05, loss: risk.Loss = "differs") -> risk.Promise:
    there, here = (api.stored_sweep(api.find(model), split) for split in ("calibration", "report"))
    assert there is not None
    return risk.promise(there, here, api.card(api.find(model)).knobs[0], delta, eps, loss)


def figure(at: AppTest) -> dict[str, Any]:
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    return next(s for s in specs if any(t.get("name") == "tested" for t in s["data"]))


def test_the_sentence_names_confidence_limit_loss_knob_and_compute_and_the_button_sets_the_knob() -> None:
    at = opened("sst2-joint", **{"risk.limit": "10.0", "risk.level": "90", "risk.loss": "harm"})
    wanted = found("sst2-joint", 0.1, 0.1, "harm")
    sweep = api.stored_sweep(api.find("sst2-joint"), "calibration")
    assert sweep is not None
    assert wanted.controlled.point, "the tiny model has a setting that passes"
    knob = sweep.knobs[wanted.controlled.point]["entropy"]
    said = "With 90 % confidence at most 10 % of answers are wrong where full depth is right"
    assert f"{said}: exit below uncertainty {knob:g}, {percent(float(sweep.share[wanted.controlled.point]))} of the compute." in words(at)
    assert "Checked on the evaluation split" in words(at)
    assert len(figure(at)["data"][0]["x"]) == wanted.controlled.tested.stopped + 1
    at.button(key="tradeoff.promise").click().run()
    assert at.session_state["sst2-joint.entropy"] == knob
    assert at.button(key="tradeoff.promise").disabled
    ring = next(t for t in figure(at)["data"] if t["name"] == "operating point")
    assert ring["x"] == [wanted.controlled.tested.chosen]


def test_a_limit_too_tight_for_so_few_sentences_is_explained() -> None:
    at = opened("sst2-joint", **{"risk.limit": "0.5"})
    assert "No setting of the knob keeps the promise" in words(at)
    assert "a limit below 4.9 % cannot be shown even where nothing is lost" in words(at)
    assert "nothing to check" in words(at)


def test_words_are_counted_within_their_sentences() -> None:
    assert "words are tagged otherwise than at full depth, on average over texts" in words(
        opened("pos-tokee", **{"risk.limit": "10.0"})
    )


def test_a_model_without_a_knob_has_no_promise() -> None:
    assert "Plain model has no knob to choose." in words(opened("sst2-plain"))


def test_what_it_rests_on_is_said_honestly() -> None:
    assert "Are they exchangeable here? Not strictly." in words(opened("sst2-joint"))
    assert "was fitted on the calibration split" not in words(opened("sst2-joint"))
    assert "was fitted on the calibration split" in words(opened("sst2-temper"))


@pytest.mark.parametrize(
    ("low", "seen", "high", "said"),
    [(0, 0.01, 0.02, "within"), (0.005, 0.01, 0.03, "open"), (0.01, 0.03, 0.05, "over"), (0.03, 0.05, 0.07, "broken")],
)
def test_the_check_is_judged_by_its_interval(low: float, seen: float, high: float, said: str) -> None:
    assert promise.outcome(seen, low, high, 0.02) == said
