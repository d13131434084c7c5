"""The page "Your model": what the operator lets be seen and nothing else, what the doctor says, a fit, and the result on every page."""

import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.jobs.fits import zipped
from dynviz.ui.data.cache import fits
from dynviz.ui.shell import cache, operator
from dynviz.ui.yours import text
from tests import hub
from tests.ui.conftest import Open
from tests.ui.look import charts, words

MOOD = {"id2label": {0: "Negative", 1: "Positive"}, "label2id": {"Negative": 0, "Positive": 1}, "num_hidden_layers": 2}
PASTED = "\n".join(f"the film is {'good' if i % 2 else 'bad'}{'.' * (i % 7)}\t{'positive' if i % 2 else 'negative'}" for i in range(20))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The operator's folder: a classifier, and one that cannot be driven."""
    root = tmp_path_factory.mktemp("operator")
    hub.save(root / "mood", **MOOD)
    regressor = shutil.copytree(root / "mood", root / "stars")
    config = json.loads((regressor / "config.json").read_text())
    (regressor / "config.json").write_text(json.dumps({**config, "problem_type": "regression"}))
    return root


@pytest.fixture
def at_hand(theirs: Path, opened: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """The app, with that folder to be seen."""
    monkeypatch.setenv("DYNVIZ_MODELS", str(theirs))
    monkeypatch.delenv("DYNVIZ_JOBS", raising=False)
    yield opened
    for fit in list(fits().fits.values()):
        fits().forget(fit)


def fine(at: AppTest) -> AppTest:
    assert not at.exception
    assert not at.error, [e.value for e in at.error]
    return at


def ended(at: AppTest) -> AppTest:
    end = time.monotonic() + 180
    while fits().worker is not None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return at.run()


def test_what_may_be_seen_is_the_operators_to_say(opened: Open, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = fine(opened(page="yours"))
    assert [e.value for e in at.info] == [text.NOTHING]
    assert not at.get("text_input"), "no path is typed"
    monkeypatch.setenv("DYNVIZ_MODELS", str(theirs))
    monkeypatch.setenv("DYNVIZ_DEMO", "1")
    operator._read.cache_clear()
    at = fine(opened(page="yours", classifier="mood"))
    assert [e.value for e in at.info] == [text.DEMO]
    assert not at.selectbox


def test_what_cannot_be_driven_is_told_with_its_reason_and_without_a_path(at_hand: Open, theirs: Path) -> None:
    at = fine(at_hand(page="yours", classifier="stars"))
    assert at.selectbox(key="classifier").options == ["mood", "stars"]
    said = words(at)
    assert "| **no** | configuration and classifier | stars is built for regression: one label out of several is needed." in said
    assert str(theirs) not in said
    assert [e.value for e in at.warning] == [text.NOT_DRIVEN]
    assert "yours.start" not in [b.key for b in at.button]


def test_the_first_that_can_be_driven_is_shown_and_what_the_address_asks_in_vain_is_said(at_hand: Open, theirs: Path) -> None:
    broken = theirs / "a broken one"
    broken.mkdir()
    (broken / "config.json").write_text("{ this is not JSON")
    try:
        operator._read.cache_clear()
        at = fine(at_hand(page="yours", classifier="<b>nobody"))
        assert at.selectbox(key="classifier").options == ["a broken one", "mood", "stars"]
        assert at.selectbox(key="classifier").value == "mood"
        (said,) = [w.value for w in at.warning]
        assert "mood is shown" in said
        assert r"\<b\>nobody" in said, "no HTML"
        at.selectbox(key="classifier").set_value("a broken one").run()
        assert "config.json is not JSON" in words(fine(at))
        assert not [w for w in at.warning if "address" in w.value]
    finally:
        shutil.rmtree(broken)
        operator._read.cache_clear()


def test_a_fit_joins_its_visitors_pages_and_whoever_has_the_link(at_hand: Open, theirs: Path) -> None:
    at = fine(at_hand(page="yours", classifier="mood", knob="budget"))
    assert "| ok | model | 2 layers of width 16 |" in words(at)
    assert at.button(key="yours.start").label == "Fit on 151 rows", "the bundled texts fit, whatever the case of its labels"
    at.segmented_control(key="from").set_value("paste").run()
    assert at.code[0].value == "A first text\tNegative\nAnother text\tPositive", "how rows may look, with its own labels"
    fine(at.text_area(key="data.paste").set_value(PASTED).run())
    at.slider(key=f"yours.{text.BUDGET}").set_value(70).run()
    at.button(key="yours.start").click().run()
    at = fine(ended(at))
    (fit,) = fits().fits.values()
    assert at.query_params["fit"] == fit.id
    checkpoint = cache.checkpoint(fit.name)
    report = cache.sweep(fit.name, "report")
    assert report is not None
    assert checkpoint.config.trained["metrics"]["knobs_why"].startswith("the best within 70%")
    assert words(at).startswith("Your model\n4 rows: "), "a fifth of them"
    assert [chart.alt.startswith("DeeBERT: ") for chart in charts(at)] == [True]
    assert at.code[0].value == f'python -m dynviz trace "the film is good" --model {fit.name}'
    names = zipfile.ZipFile(io.BytesIO(zipped(fit))).namelist()
    assert f"{fit.name}/model.safetensors" in names

    at.query_params["classifier"] = "mood"  # as Back does, to an address of the form's
    del at.query_params["fit"]
    at = fine(at.run())
    assert "fit" not in at.query_params
    assert at.button(key="yours.start").label == "Fit on 20 rows"
    at.query_params["fit"] = fit.id
    at = fine(at.run())
    at.button(key="yours.new").click().run()
    at.number_input(key="yours.seed").set_value(1).run()
    at.button(key="yours.start").click().run()
    second = fits().find(fine(ended(at)).query_params["fit"])
    assert second is not None
    at.button(key="yours.open").click().run()  # which goes there in a browser; here no page is known until it is asked for
    at = fine(at.switch_page("dynviz/ui/pages/tradeoff.py").run())
    assert at.selectbox(key="model").options == ["■ DeeBERT", "■ DeeBERT (2)"]
    assert at.selectbox(key="tradeoff.line").options == ["DeeBERT (2)"], "the other was measured on other rows"
    fits().forget(second)

    at.switch_page("dynviz/ui/pages/yours.py").run()
    at.query_params["fit"] = fit.id
    at.run().button(key="yours.open").click().run()
    for page in ("sentence", "compare", "tradeoff", "data", "methods"):
        at = fine(at.switch_page(f"dynviz/ui/pages/{page}.py").run())
        assert at.session_state["choice"].checkpoint.name == fit.name, page
        assert at.selectbox(key="model").options == ["■ DeeBERT"]

    other = fine(at_hand(page="sentence", model="mood-tome", text="the film is not good, is the film bad?"))
    assert "are merged into others" in words(other), "what needs no training stands beside the model at once"
    assert "× ToMe's rule, on text" in other.selectbox(key="model").options
    assert fit.name not in [c.name for c in other.session_state["choice"].entry.members]
    assert not [c for c in other.segmented_control if c.key == "menu.backbone"], "another visitor's menus know nothing of it"
    linked = fine(at_hand(page="tradeoff", model=fit.name))
    assert linked.session_state["choice"].checkpoint.name == fit.name
    fits().forget(fit)
    assert linked.run().session_state["choice"].checkpoint.name != fit.name
    gone = at_hand(page="yours", fit=fit.id)
    assert not gone.exception
    assert [e.value for e in gone.warning] == [text.GONE]
