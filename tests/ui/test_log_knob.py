"""A method that is dropped in, with a knob over several powers of ten: app, frozen card, promise and command line take it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import dynviz.methods
from dynviz import api
from dynviz.cli import main
from dynviz.measure import risk
from dynviz.ui.methods import facts
from dynviz.ui.shell import text
from tests.checkpoints import Spec, build
from tests.ui.tradeoff import opened

METHOD = '''"""The sentence exits once a layer's doubt is below a knob over four powers of ten.

Made for these tests.
"""

from collections.abc import Mapping
from typing import ClassVar

from dynviz.core.method import Knob, Knobs, Moment, Plan
from dynviz.methods._ramps import Ramps
from dynviz.records import Floats, Sentences
from dynviz.records.card import Kind


class Doubt(Ramps):
    """A classifier after every layer."""

    title: ClassVar[str] = "Doubt"
    kind: ClassVar[Kind] = "exit"
    venue: ClassVar[str] = "baseline"
    stops: ClassVar[str] = "the sentence exits"
    replayable: ClassVar[bool] = True
    knobs: ClassVar[tuple[Knob, ...]] = (
        Knob("tau", "exit below this doubt", 1e-4, 1.0, 0.25, 0.1, 0.0, "up", "0: all layers, always", scale="log"),
    )

    def decide(self, moment: Moment, layer: int, readings: Mapping[str, Floats], sentences: Sentences, plan: Plan, knobs: Knobs) -> Plan:
        return plan.stop(plan.live & (readings["uncertainty"][layer] < knobs["tau"]), sentences)
'''
NAME, KEY = "sst2-doubt", "sst2-doubt.tau"


@pytest.fixture(scope="module")
def dropped_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One file more in the folder of the methods."""
    folder = tmp_path_factory.mktemp("methods")
    (folder / "doubt.py").write_text(METHOD, encoding="utf-8")
    dynviz.methods.__path__.append(str(folder))
    dynviz.methods.methods.cache_clear()
    yield
    dynviz.methods.__path__.remove(str(folder))
    dynviz.methods.methods.cache_clear()


@pytest.fixture(scope="module")
def shelf(dropped_in: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("doubt"), (Spec("sst2-plain", "plain"), Spec(NAME, "doubt", knobs=(("tau", 0.1),))), sentences=24)


pytestmark = pytest.mark.usefixtures("here")


def sentence(**address: str) -> AppTest:
    at = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=180)
    for name, value in {"model": NAME, **address}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def test_the_slider_goes_over_the_knobs_points_printed_shortly() -> None:
    """Four powers of ten, four steps in each: seventeen places."""
    slider = sentence().select_slider(key=KEY)
    assert len(slider.options) == 17
    assert slider.options[:5] == ["0.0001", "0.000178", "0.000316", "0.000562", "0.001"]
    assert slider.options[-1] == "1"
    assert slider.value == 0.1
    assert text.STOPS_MORE["up"] in slider.help


def test_its_place_is_read_from_the_address() -> None:
    assert sentence(**{KEY: "0.000562"}).select_slider(key=KEY).value == 0.000562
    assert sentence(**{KEY: "nonsense"}).select_slider(key=KEY).value == 0.1


def test_turning_it_runs_the_text_at_that_setting() -> None:
    at = sentence(text="The cast is wonderful.")
    at.select_slider(key=KEY).set_value(1.0).run()
    assert not at.exception
    assert any("1 of 4" in m.value for m in at.metric), "below 1 every doubt is"
    at.select_slider(key=KEY).set_value(1e-4).run()
    assert any("4 of 4" in m.value for m in at.metric)


def test_full_depth_switches_it_off() -> None:
    at = sentence(text="The cast is wonderful.")
    at.toggle(key="full").set_value(True).run()
    assert at.select_slider(key=KEY).disabled
    assert any("4 of 4" in m.value for m in at.metric)


def test_the_trade_off_draws_its_curve_and_a_budget_sets_a_place_of_the_slider() -> None:
    at = opened(NAME)
    assert not at.exception
    sweep = api.stored_sweep(api.find(NAME), "report")
    assert sweep is not None
    assert [k["tau"] for k in sweep.knobs][:3] == [0.0, 1e-4, 0.000178]
    at.button(key="tradeoff.use").click().run()
    assert not at.exception
    assert at.session_state[KEY] in [k["tau"] for k in sweep.knobs]


def test_the_promise_tests_its_settings_from_safe_to_bold() -> None:
    sweep = api.stored_sweep(api.find(NAME), "calibration")
    assert sweep is not None
    found = risk.promise(sweep, sweep, api.card(api.find(NAME)).knobs[0], 0.3, 0.1, "differs")
    taus = [sweep.knobs[i]["tau"] for i in found.controlled.order]
    assert taus == sorted(taus)


def test_the_frozen_card_goes_over_its_points_and_off() -> None:
    page = api.frozen_card(api.load(NAME), "The cast is wonderful.", points=5)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert data["settings"] == ["0", "1.0e-04", "0.001", "0.01", "0.1", "1"]


def test_the_command_line_takes_a_setting_and_refuses_one_off_the_scale(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "The cast is wonderful.", "--model", NAME, "--root", str(shelf), "--knob", "tau=1"]) == 0
    assert "stopped after layer 1 of 4" in capsys.readouterr().out
    assert main(["trace", "The cast is wonderful.", "--model", NAME, "--root", str(shelf), "--knob", "tau=1e-9"]) == 2
    assert "it goes from 0.0001 to 1.0 (0.0 switches it off)" in capsys.readouterr().err


def test_the_methods_page_says_how_its_settings_are_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(facts, "told", lambda rows, *_: seen.extend(rows))
    facts.knobs(api.card(api.find(NAME)), (), {})
    assert seen[0]["range"] == "0.0001 to 1, even in powers of ten"


def test_another_panel_sets_the_nearest_place_and_nothing_beyond_the_scale() -> None:
    from dynviz.ui.shell import state

    knob = api.card(api.find(NAME)).knobs[0]
    assert [state._on_scale(x, knob, 0.1) for x in (0.0, 1e-9, 0.0002, 0.1, 7.0)] == [1e-4, 1e-4, 0.000178, 0.1, 1.0]
    assert state._on_scale(0.0, knob, 0.0) == 0.0, "a checkpoint that ships with the knob off can stand there"
