"""The Trade-off page on tiny checkpoints: what it says agrees with the stored numbers, and every click has its widget twin."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.figures.at_budget import REACH
from dynviz.figures.style import LIGHT
from dynviz.figures.wording import percent, points
from dynviz.records import Sweep
from dynviz.records.card import Kind
from dynviz.records.slices import flips
from dynviz.ui.tradeoff import board
from dynviz.ui.tradeoff import chart as page
from dynviz.ui.tradeoff.board import Spot
from dynviz.ui.tradeoff.view import TradeoffView
from tests.checkpoints import SPECS, Spec, build
from tests.ui.look import WORDS, verdict
from tests.ui.tradeoff import opened

ROOT = Path(__file__).parents[2]
MORE = (
    Spec("sst2-gate-a", "gate_bert", family=("sst2-gate", "lambda", 0.1)),
    Spec("sst2-gate-b", "gate_bert", family=("sst2-gate", "lambda", 0.3)),
    Spec("sst2-cascade-cut", "cascade", layers=(2, 4), readings_only=True),
    Spec("sst2-random", "random_tokens"),
)


pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("tradeoff"), (*SPECS, *MORE), sentences=24)


def stored(name: str, split: str = "report") -> Sweep:
    found = api.stored_sweep(api.find(name), split)
    assert found is not None
    return found


def chart(at: AppTest, index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[index].proto.spec)
    return found


def words(at: AppTest) -> str:
    return "\n".join(e.value for kind in WORDS for e in getattr(at, kind)).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def point_at(sweep: Sweep, **knobs: float) -> int:
    return next(i for i, k in enumerate(sweep.knobs) if dict(k) == knobs)


def test_headline_states_n_compute_and_the_paired_difference_of_the_stored_numbers() -> None:
    at, sweep = opened("sst2-joint"), stored("sst2-joint")
    i = point_at(sweep, entropy=0.5)
    mean, low, high = (points(float(v)) for v in sweep.differences[i])
    assert verdict(at) == f"24 sentences: {percent(float(sweep.share[i]))} of compute, {mean} points [{low}, {high}]"
    assert at.metric[0].value == percent(float(sweep.share[i]))
    assert at.metric[1].value == f"{sweep.accuracy[i] * 100:.1f} %"


def test_no_model_is_loaded_to_draw_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynviz.checkpoint.model.load", lambda *_: pytest.fail("a model was loaded"))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    at.query_params["model"] = "sst2-dact"
    at.switch_page("dynviz/ui/pages/tradeoff.py").run()
    assert not at.exception
    assert at.get("plotly_chart")


def test_curves_baselines_front_and_star_are_drawn_with_their_numbers() -> None:
    at, sweep = opened("sst2-joint", beside="best"), stored("sst2-joint")
    traces = {t["name"]: t for t in chart(at)["data"] if "customdata" in t or t["name"] == "Pareto front"}
    own = traces["Entropy exit, joint training"]
    assert sorted(own["x"]) == pytest.approx(sorted((sweep.share * 100).round(3)))
    assert {"one fixed depth", "random exit", "oracle exit", "plain model", "Pareto front", "LTP", "CascadeBERT"} <= set(traces)
    assert len(traces["one fixed depth"]["x"]) == 2
    assert "difference to full depth, n = 24" in words(at)


def test_chart_has_an_accessible_name_with_the_finding_and_the_curves() -> None:
    alt = opened("sst2-joint").get("plotly_chart")[0].proto.alt
    assert "Entropy exit, joint training" in alt
    assert "full depth" in alt
    assert "oracle exit" in alt


def test_layers_axis_draws_mean_depth() -> None:
    at = opened("sst2-joint")
    at.segmented_control(key="axis").set_value("layers").run()
    own = next(t for t in chart(at)["data"] if t["name"] == "Entropy exit, joint training")
    assert sorted(own["x"]) == pytest.approx(sorted(stored("sst2-joint").mean_depth.round(3)))


def look(at: AppTest) -> TradeoffView:
    """The view the page had, built outside it."""
    here = [c for c in api.checkpoints() if c.config.task == "sst2"]
    report = {c.name: s for c in here if (s := api.stored_sweep(c, "report"))}
    defaults = {c.name: api.default_knobs(c) for c in here}
    return TradeoffView(at.session_state["choice"], "share", report, report, defaults, tuple(board.lines(here, report, defaults)))


@pytest.mark.parametrize(
    ("clicked", "found"),
    [
        (["LTP", 3], Spot("sst2-ltp", 3)),
        (["DACT-BERT, tau", 1], Spot("sst2-dact-b", 2)),
        (["plain model", 0], Spot("sst2-plain", 0)),
        (["oracle exit", 0], "Oracle exit is a baseline, not a model: there is nothing to set."),
        ([], None), (["LTP"], None), (["LTP", 99], None), (["LTP", -1], None), ([None, None], None), (["LTP", "x"], None),
    ],
)  # fmt: skip
def test_a_click_means_a_setting_a_reason_or_nothing(clicked: list[Any], found: object) -> None:
    view = look(opened("sst2-joint"))
    there = page.target(view, clicked)
    if isinstance(found, Spot) and found.checkpoint.startswith("sst2-dact"):
        assert isinstance(there, Spot)
        assert view.report[there.checkpoint].knobs[there.point] == {"slack": 0.0}
        assert there.checkpoint == found.checkpoint
    else:
        assert there == found


def test_the_menus_do_what_a_click_does() -> None:
    at, sweep = opened("sst2-joint"), stored("sst2-ltp")
    at.selectbox(key="tradeoff.line").set_value("LTP").run()
    assert at.session_state["model"] == "sst2-ltp"
    i = point_at(sweep, scale=3.0)
    at.select_slider(key="tradeoff.point.LTP").set_value(i).run()
    assert at.session_state["sst2-ltp.scale"] == 3.0
    assert f"{percent(float(sweep.share[i]))} of compute" in verdict(at)


def test_full_depth_is_a_point_like_any_other() -> None:
    at = opened("sst2-dact")
    at.select_slider(key="tradeoff.point.DACT-BERT, tau").set_value(1).run()
    assert at.session_state["sst2-dact.value"] == 0.1
    at.toggle(key="full").set_value(True).run()
    assert "full depth" in verdict(at)


def test_the_point_where_nothing_stops_is_called_off_whatever_its_knob_holds() -> None:
    shown = opened("sst2-ltp").select_slider(key="tradeoff.point.LTP").options
    assert [label.endswith("100 %") for label in shown if label.startswith("off · ")] == [True]


def drawn(at: AppTest) -> set[str]:
    """The methods' curves in the chart."""
    known = {"LTP", "CascadeBERT", "CascadeBERT (2)", "DACT-BERT, tau", "Gate-BERT, lambda", "Entropy exit, joint training"}
    return {t["name"] for t in chart(at)["data"]} & known


def test_beside_the_model_in_use_stand_its_own_kind_the_thriftiest_or_those_chosen() -> None:
    at = opened("sst2-gate")
    assert {"Gate-BERT, lambda", "LTP"} <= drawn(at), "both drop tokens"
    assert len(drawn(at)) == 1 + page.LEAST
    at.segmented_control(key="beside").set_value("best").run()
    assert len(drawn(at)) == 5, "all that have models"
    at.segmented_control(key="beside").set_value("own").run()
    at.multiselect(key="curves.sst2").set_value(["CascadeBERT (2)"]).run()
    assert drawn(at) == {"Gate-BERT, lambda", "CascadeBERT (2)"}
    assert not at.exception


def test_beside_a_model_that_drops_tokens_the_untrained_rules_are_drawn_grey() -> None:
    random = {t["name"]: t for t in chart(opened("sst2-ltp"))["data"]}["Random tokens"]
    assert (random["line"]["dash"], random["line"]["color"]) == ("dash", LIGHT.baseline)
    assert "by a rule that nobody trained" in words(opened("sst2-ltp"))
    assert "by a rule that nobody trained" not in words(opened("sst2-joint")), "it drops none"


def test_how_curves_are_compared_is_in_the_address() -> None:
    assert len(drawn(opened("sst2-gate", beside="best"))) == 5
    assert opened("sst2-gate", beside="nonsense").segmented_control(key="beside").value == "kind"


def test_a_family_is_one_stepped_curve_with_a_point_for_each_member() -> None:
    at = opened("sst2-dact")
    family = next(t for t in chart(at)["data"] if t["name"] == "DACT-BERT, tau")
    assert family["line"]["shape"] == "hv"
    assert [h.split("<br>")[1] for h in family["hovertext"]] in (["tau 0.01", "tau 0.1"], ["tau 0.1", "tau 0.01"])


def test_curves_without_a_model_are_compared_but_not_opened() -> None:
    at = opened("sst2-joint", beside="own")
    assert "CascadeBERT (2)" in at.multiselect(key="curves.sst2").options
    assert "CascadeBERT (2)" not in at.selectbox(key="tradeoff.line").options
    assert page.target(look(at), ["CascadeBERT (2)", 1]) == Spot("sst2-cascade-cut", 1)


def test_budget_is_chosen_on_calibration_and_reported_on_report_and_says_so() -> None:
    at = opened("sst2-joint")
    at.slider(key="budget").set_value(70).run()
    there, here = stored("sst2-joint", "calibration"), stored("sst2-joint")
    i = there.choose(0.7)
    assert "Chosen on the calibration split" in words(at)
    assert f"{percent(float(there.share[i]))} of compute, {there.accuracy[i] * 100:.1f} % right there" in words(at)
    assert "Reported on the evaluation split" in words(at)
    assert f"{percent(float(here.share[i]))} of compute, {here.accuracy[i] * 100:.1f} % right" in words(at)
    at.button(key="tradeoff.use").click().run()
    assert at.session_state["sst2-joint.entropy"] == there.knobs[i]["entropy"]


def test_all_curves_stand_at_the_budget_sorted_and_the_one_chosen_on_calibration_is_marked() -> None:
    at = opened("sst2-joint", budget="70")
    drawn = [chart(at, i) for i in range(len(at.get("plotly_chart")))]
    fig = next(c for c in drawn if any(t.get("name") == "curves" for t in c["data"]))
    dots = next(t for t in fig["data"] if t["name"] == "curves")
    assert dots["x"] == sorted(dots["x"])
    names = dict(zip(fig["layout"]["yaxis"]["ticktext"], dots["x"], strict=True))
    for title, name in (("Entropy exit, joint training", "sst2-joint"), ("LTP", "sst2-ltp")):
        there, here = stored(name, "calibration"), stored(name)
        i = there.choose(0.7)
        if there.share[i] <= 0.7:
            found = 100 * here.accuracy[here.nearest(there.knobs[i])]
            assert names[title] == pytest.approx(max(found, dots["x"][-1] - 100 * REACH), abs=1e-3)  # no farther left is drawn
    star = fig["layout"]["yaxis"]["ticktext"][dots["marker"]["symbol"].index("star")]
    at.segmented_control(key="among").set_value("all").run()
    assert f"\n{star}, " in words(at), "the star is what is chosen among all curves"
    assert "At most 70 % of compute: " in words(at)


def test_the_budget_is_a_line_on_the_axis_of_compute() -> None:
    at = opened("sst2-joint", budget="55")
    assert next(t["x"] for t in chart(at)["data"] if t.get("name") == "budget") == [55, 55]
    at.slider(key="budget").set_value(30).run()
    assert next(t["x"] for t in chart(at)["data"] if t.get("name") == "budget") == [30, 30]
    at.segmented_control(key="axis").set_value("layers").run()
    assert not [t for t in chart(at)["data"] if t.get("name") == "budget"]


def test_a_budget_nobody_keeps_says_so() -> None:
    at = opened("sst2-joint")
    at.slider(key="budget").set_value(10).run()
    assert "keeps to 10 % there" in words(at)


def test_flips_are_counted_and_listed_by_row_and_kind() -> None:
    at, sweep = opened("sst2-joint", section="flips"), stored("sst2-joint")
    found = flips(sweep, point_at(sweep, entropy=0.5))
    worse = sum(f.kind == "worse" for f in found)
    avoided = sum(f.kind == "avoided" for f in found)
    assert f"{len(found)} of 24 sentences differ from full depth: {worse} worse, {avoided} overthinking avoided." in words(at)
    kinds = next(d.value for d in at.dataframe if "Kind" in d.value.columns)
    assert kinds["Kind"][0] == "all"
    assert kinds["Texts"][0] == 24
    assert at.pills(key="flips").value == ["worse", "avoided"]
    assert opened("sst2-joint", section="flips", flips="avoided,nonsense").pills(key="flips").value == ["avoided"]
    assert opened("sst2-joint", section="flips", flips="nonsense").pills(key="flips").value == ["worse", "avoided"]


def test_exits_can_be_listed_layer_by_layer() -> None:
    at, sweep = opened("sst2-joint"), stored("sst2-joint")
    i = point_at(sweep, entropy=0.5)
    layer = int(sweep.exits[i][0])
    at.selectbox(key="stopped").set_value(f"layer {layer}").run()
    listed = next(d.value for d in at.dataframe if "Outcome" in d.value.columns)
    assert list(listed["Row"]) == [r for r, e in zip(sweep.rows.ids, sweep.exits[i], strict=True) if e == layer]
    assert "do not ship" in words(at), "and how to read the sentences all the same"
    assert at.get("page_link")[-1].proto.label == "Give the file on the Data page"


def test_a_file_that_cannot_be_read_is_a_sentence_and_the_rest_is_drawn(shelf: Path) -> None:
    file = shelf / "sst2-ltp" / "sweep-report.parquet"
    good = file.read_bytes()
    file.write_bytes(good[:100])
    try:
        at = opened("sst2-joint", clean=False)
        assert "sst2-ltp" in at.error[0].value.replace("\\", "")
        assert at.get("plotly_chart")
    finally:
        file.write_bytes(good)


def test_words_are_a_task_of_their_own() -> None:
    at = opened("pos-tokee")
    assert "24 sentences, " in verdict(at)
    at.segmented_control(key="task").set_value("sst2").run()
    assert not at.exception
    assert at.session_state["choice"].checkpoint.config.task == "sst2"


def best_at(task: str, budget: float) -> str:
    """The model with the most accurate setting within a budget on the calibration split; of a family each at its own setting."""
    found = []
    for c in api.checkpoints():
        card = api.card(c)
        if c.config.task == task and c.offered and card.kind != "baseline":
            sweep = stored(c.name, "calibration")
            own = [sweep.nearest(api.default_knobs(c))] if c.config.family else range(len(sweep.knobs))
            found += [(float(sweep.accuracy[i]), -float(sweep.share[i]), c.name) for i in own if sweep.share[i] <= budget]
    return max(found)[2]


def test_a_task_opens_with_its_best_curve_until_a_model_is_chosen() -> None:
    at = opened("pos-tokee", budget="70")
    at.segmented_control(key="task").set_value("sst2").run()
    assert at.session_state["choice"].checkpoint.name == best_at("sst2", 0.7)
    assert at.session_state["choice"].untouched
    at.selectbox(key="model").set_value("sst2-joint").run()
    at.slider(key="budget").set_value(50).run()
    assert at.session_state["choice"].checkpoint.name == "sst2-joint", "what is chosen stays"


def test_a_link_to_the_page_names_the_model_also_the_default() -> None:
    at = opened("pos-tokee")
    assert at.query_params["model"] == "pos-tokee"
    at.switch_page("dynviz/ui/pages/sentence.py").run()
    assert "model" not in at.query_params


def test_a_link_to_a_member_of_a_family_opens_that_member() -> None:
    for member in ("sst2-dact-a", "sst2-dact-b"):
        at = opened(member)
        assert at.session_state["choice"].checkpoint.name == member
        assert f"tau {api.find(member).config.family.value:g}" in words(at)


def test_the_plain_model_is_shown_as_the_yardstick() -> None:
    assert "full depth" in verdict(opened("sst2-plain"))


@pytest.mark.parametrize(("kind", "held"), [("tokens", True), ("depth", True), ("layers", False), ("exit", False), ("baseline", False)])
def test_rules_that_nobody_trained_are_yardsticks_of_all_that_saves_token_by_token(kind: Kind, held: bool) -> None:
    lines = tuple(board.Line(name, (api.find(name),), ()) for name in ("sst2-ltp", "sst2-random"))
    chosen: Any = SimpleNamespace(card=replace(api.card(api.find("sst2-ltp")), kind=kind))
    assert [line.name for line in TradeoffView(chosen, "share", {}, {}, {}, lines).yardsticks] == ["sst2-random"] * held


def test_colours_stay_with_their_curve_and_are_never_shared_while_one_is_free() -> None:
    assert board.ranks([0, 2, 5]) == [0, 2, 5]
    assert board.ranks([0, 1, 7, 8]) == [0, 1, 2, 3]
    assert sorted(board.ranks([0, 1, 2, 3, 4, 9])) == [0, 1, 2, 3, 4, 5]


def test_a_member_of_a_family_is_named_with_its_step_once() -> None:
    member = api.find("sst2-dact-b")
    assert board.step_title(member) == "DACT-BERT, tau 0.1"
    titled = api.Checkpoint(member.folder, member.config.model_copy(update={"title": "DACT-BERT, tau 0.1"}))
    assert board.step_title(titled) == "DACT-BERT, tau 0.1"
    assert board.family_title(titled) == "DACT-BERT"
