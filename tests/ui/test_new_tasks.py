"""The pages for a task of 151 classes and for one of names: the likeliest classes only, and whole names are what is counted."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dynviz import api
from dynviz.data import bundled
from dynviz.figures.wording import percent1
from dynviz.records.tasks import TASKS
from dynviz.ui.data import cache, difficulty
from dynviz.ui.parts.operating import beside_f1
from tests.checkpoints import Spec, build
from tests.ui.conftest import APP
from tests.ui.data import job, ran, view
from tests.ui.data import opened as data_page
from tests.ui.look import WORDS
from tests.ui.tradeoff import opened

SPECS = (
    Spec("clinc150-plain", "plain", "clinc150"),
    Spec("clinc150-joint", "entropy_exit", "clinc150", knobs=(("entropy", 0.6),)),
    Spec("wnut17-plain", "plain", "wnut17"),
    Spec("wnut17-tokee", "tokee", "wnut17", knobs=(("delta", 0.4),)),
)
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("tasks"), SPECS, sentences=12)


def said(at: AppTest) -> str:
    return "\n".join(e.value for kind in WORDS for e in getattr(at, kind)).replace("\\", "")


def test_names_are_scored_by_entity_and_it_is_said_why() -> None:
    at = opened("wnut17-tokee")
    sweep = api.stored_sweep(api.find("wnut17-tokee"), "report")
    assert sweep is not None
    point = sweep.find({"delta": 0.4, "window": 1.0})
    assert point is not None
    assert [m.value for m in at.metric if m.label == "Entity F1"] == [percent1(sweep.score[point])]
    assert f"entity F1 {percent1(sweep.score[point])}, against {percent1(sweep.score[0])}" in said(at)
    assert beside_f1(sweep, point) in said(at)
    assert f"{len(sweep.rows.ids)} posts" in said(at)
    assert f"{len(sweep.rows.ids)} sentences" not in said(at)
    share = (sweep.rows.labels == 0).mean()
    assert f"{percent1(share)} of these words are O" in said(at)
    assert '"text":"entity F1, %"' in at.get("plotly_chart")[0].proto.spec.replace('": "', '":"')


def test_many_classes_show_the_likeliest_alone() -> None:
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.query_params["model"] = "clinc150-joint"
    at.query_params["text"] = "play some jazz in the kitchen"
    at.run()
    assert not at.exception
    assert sum(name in said(at) for name in TASKS["clinc150"].labels if "_" in name) < 20
    at.query_params["see.why"] = "true"
    at.run()
    assert not at.exception
    assert "The 4 likeliest of 151 classes; 147 not drawn." in said(at)


def test_many_classes_of_rows_are_the_commonest_alone_and_that_is_said() -> None:
    at = ran(data_page("clinc150-joint"))
    there = len(set(bundled("clinc150").labels or ()))
    at.segmented_control(key="by").set_value("label").run()
    assert not at.exception
    assert there > difficulty.MANY
    assert f"The {difficulty.MANY} commonest of the {there} classes that occur are drawn." in said(at)
    parts = difficulty.found(view(at), "label", "layers")[0]
    assert len(parts) == difficulty.MANY
    cache.registry().forget(job(at))
