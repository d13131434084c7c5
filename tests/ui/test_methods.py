"""The Methods page on tiny checkpoints: every word from the registry, the docstrings and the configs; pictures from stored traces."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from safetensors.numpy import load_file
from streamlit.testing.v1 import AppTest

from dynviz import api, figures, insights
from dynviz.methods import methods
from dynviz.records import zoo as zoo_file
from dynviz.ui import method_card
from tests.checkpoints import SPECS, Spec, build

ROOT = Path(__file__).parents[2]
MORE = (Spec("sst2-gate", "gate_bert"), Spec("sst2-right-tool", "right_tool"))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build(tmp_path_factory.mktemp("methods"), (*SPECS, *MORE), sentences=12)
    file = folder / "sst2-joint" / "config.json"
    config = json.loads(file.read_text())
    at = {"accuracy": 0.87, "share": 0.36, "difference": -0.005, "low": -0.017, "high": 0.007, "mean_depth": 2.1}
    numbers = {"sentences": 1000, "answers": 1000, "accuracy": 0.875, "at_knobs": at}
    config["trained"] = {
        "data": "sst2/train_fit", "data_digest": "9a6b8a65ba47", "rows": 59372, "seed": 7,
        "stages": {"joint": {"steps": 3259, "seconds": 600.0}},
        "versions": {"torch": "2.13.0"}, "when": "2026-11-20",
        "metrics": {"knobs": {"entropy": 0.5}, "calibration": numbers, "report": numbers},
    }  # fmt: skip
    file.write_text(json.dumps(config))
    return folder


@pytest.fixture(autouse=True)
def here(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def opened(method: str = "", **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.run()
    at.switch_page("dynviz/ui/pages/methods.py")
    for name, value in {**({"method": method} if method else {}), **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    said = "\n".join(e.value for kind in ("subheader", "markdown", "caption", "info") for e in getattr(at, kind))
    return said.replace("\\", "")


def alts(at: AppTest) -> list[str]:
    return [chart.proto.alt for chart in at.get("plotly_chart")]


@pytest.mark.parametrize("name", ["tokee", "entropy_exit", "ltp", "cascade", "dact", "gate_bert", "plain"])
def test_every_method_shows_its_docstring_knobs_and_venue(name: str) -> None:
    at, method = opened(name), methods()[name]
    about = api.registered()[name]
    assert about.split("\n", 1)[0] in words(at)
    for sentence in about.split("\n\n")[1:]:
        plain = " ".join(sentence.split()).split("(inferred)")[0].split("_")[0][:60].rsplit(" ", 1)[0]
        assert plain in words(at)
    assert method.venue in words(at)
    tables = "\n".join(t.value.to_string() for t in at.table)
    for knob in method.knobs:
        assert knob.name in tables


def test_inferred_is_marked_and_explained() -> None:
    said = words(opened("dact"))
    assert ":orange-badge[inferred]" in said
    assert ":orange-badge[inferred] (no code or full text being at hand)" in words(opened("gate_bert"))
    assert "(inferred" not in said
    assert "the paper leaves it open" in said


def test_symbols_stand_in_code_with_their_spaces() -> None:
    assert "class probabilities `y_n` and a halting value `h_n`;" in words(opened("dact"))


def test_text_of_a_docstring_is_shown_as_written() -> None:
    shown = method_card.paragraphs("Caption.\n\nA <b>b</b> & *c* of $5$ and [x](y).")[0]
    assert shown.replace("\\", "") == "A <b>b</b> & *c* of $5$ and [x](y)."
    assert "\\*c\\*" in shown
    assert "\\$5\\$" in shown


def test_pictures_follow_from_what_is_stored() -> None:
    assert ["rule's condition" in alt for alt in alts(opened("tokee"))] == [False, True]
    assert any("threshold" in alt for alt in alts(opened("ltp")))
    halting = alts(opened("dact"))
    assert len(halting) == 2
    profile = alts(opened("gate_bert"))
    assert any("gates let" in alt for alt in profile)
    assert "same for every sentence" in words(opened("gate_bert"))


def test_gates_are_those_of_the_checkpoint(shelf: Path) -> None:
    stored = load_file(shelf / "sst2-gate" / "model.safetensors")["method.gates"]
    found = api.stored_tensor(api.find("sst2-gate"), "gates")
    assert found is not None
    assert np.allclose(found, stored)
    assert api.stored_tensor(api.find("sst2-joint"), "gates") is None


def test_how_a_checkpoint_was_made_and_measured_is_told_from_its_config() -> None:
    at = opened("entropy_exit")
    checkpoint = api.find("sst2-joint")
    facts = "\n".join(t.value.to_string() for t in at.table)
    for fact in (checkpoint.digest, "59372", "sst2/train_fit (9a6b8a65ba47)", "joint (3259 steps)", "10.0 min", "torch 2.13.0"):
        assert fact in facts.replace("\\", "")
    measured = next(d.value for d in at.dataframe if "Split" in d.value.columns)
    assert list(measured["Split"]) == ["calibration (calibration)", "report (dev)"]
    assert list(measured["Examples"]) == ["1,000", "1,000"]
    assert measured["Compute"][0] == pytest.approx(36)


def test_a_family_names_its_training_knob() -> None:
    assert "Set in training: tau. One checkpoint each: 0.01, 0.1." in words(opened("dact"))


def test_registered_methods_without_a_checkpoint_are_listed() -> None:
    said = words(opened(view="all"))
    assert "no checkpoint ships yet" in said
    for name in set(methods()) - {s.method for s in (*SPECS, *MORE)}:
        assert f"`{name}`" in said


def test_registered_reads_every_method_without_importing_it() -> None:
    assert set(api.registered()) == set(methods())


def test_an_unknown_method_in_the_url_shows_that_of_the_model_in_use() -> None:
    at = opened("nonsense")
    assert at.session_state["method"] == api.find(at.session_state["model"]).config.method


def test_halting_bounds_are_the_methods_own() -> None:
    pair = api.stored_pairs(api.find("sst2-dact-a"))[0]
    found = api.halting(pair.full)
    assert found is not None
    left, low, high = found
    assert np.all(np.diff(left) <= 1e-9)
    assert low[-1] == pytest.approx(np.sort(pair.full.answer[0])[-1], abs=1e-6)
    assert np.isnan(high).sum() == 0
    assert api.halting(api.stored_pairs(api.find("sst2-ltp"))[0].trace) is None


# Which method


def test_methods_are_shelved_by_kind_and_a_kind_opens_its_first() -> None:
    at = opened("tokee")
    kinds = at.segmented_control(key="methods.kind")
    assert [o.split(" (")[0] for o in kinds.options] == [
        "Early exit",
        "Depth per token",
        "Fewer tokens",
        "Cascade",
        "Baselines",
        "Policies",
    ]
    assert kinds.value == "depth"
    kinds.set_value("exit").run()
    assert at.session_state["method"] == "dact"
    assert at.pills(key="method").options == ["DACT-BERT", "Entropy exit, joint training", "The Right Tool"]
    at.pills(key="method").set_value("entropy_exit").run()
    assert "Early exit by entropy on a jointly trained model" in words(at)
    assert not at.exception


# What others report, and where ours differs


def test_figures_of_others_stand_in_a_block_of_their_own_with_their_source() -> None:
    at = opened("pabee") if "pabee" in {s.method for s in SPECS} else opened("ceebert")
    said, tables = words(at), [t.value for t in at.table]
    assert "Figures others report" in said
    assert "none of it measured here" in said
    reported = next(t for t in tables if "Printed in" in t.columns)
    assert len(reported.columns) == 5
    assert all(reported["Printed in"])
    differs = next(t for t in tables if "Theirs" in t.columns)
    assert list(differs.columns) == ["Theirs", "Ours", "Why"]
    assert "Where ours differs" in said


def test_a_method_without_traceable_figures_says_so_and_baselines_say_nothing() -> None:
    assert "so none is shown" in words(opened("entropy_exit"))
    assert "Figures others report" not in words(opened("plain"))


# A policy


def test_the_policy_shows_its_words_its_stream_and_the_real_accuracy_beside_the_proxy() -> None:
    at = opened("ceebert")
    said = words(at)
    assert api.policies()["ceebert"].caption in said
    assert "Confidence is a proxy" in said
    assert "CeeBERT: a threshold learned on a stream" in said
    streams = api.stream(api.find("sst2-joint"))
    assert at.metric[0].value == f"{100 * np.mean([s.accuracy[-1] for s in streams]):.0f} %"
    assert at.metric[1].value == f"{np.mean([s.depth[-1] for s in streams]):.2f}"
    assert at.get("plotly_chart")[0].proto.alt.startswith("Over 12 sentences, in 5 orders, it comes to play the threshold")


def test_turning_the_policys_knobs_plays_the_stream_again() -> None:
    at = opened("ceebert")
    before = at.get("plotly_chart")[0].proto.spec
    at.slider(key="ceebert.mu").set_value(0.5).run()
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != before
    assert at.metric[1].value == f"{np.mean([s.depth[-1] for s in api.stream(api.find('sst2-joint'), {'mu': 0.5})]):.2f}"


# What the zoo says


def test_without_stored_numbers_the_zoo_says_what_to_do() -> None:
    assert "insights --write" in words(opened(view="zoo"))


def test_every_sentence_of_the_zoo_is_made_of_the_stored_numbers(shelf: Path) -> None:
    stored = insights.compute(shelf)
    zoo_file.write(stored, shelf / "zoo.json")
    try:
        at = opened(view="zoo")
        assert not at.exception
        task = stored["sst2"]
        expected = [figures.zoo_budget_finding(task, task.budgets[1])]
        expected += [getattr(figures, f"zoo_{name}_finding")(task) for name in ("scores", "changes", "exits", "trust")]
        assert alts(at) == expected
        for finding in expected:
            assert finding.split(". ")[0].rstrip(".") in words(at)
        assert f"{task.plain_accuracy * 100:.1f} % right" in words(at)
        at.segmented_control(key="zoo.budget").set_value("70").run()
        assert alts(at)[0] == figures.zoo_budget_finding(task, task.budgets[2])
        at.segmented_control(key="zoo.task").set_value("pos").run()
        assert not at.exception
        assert alts(at)[0] == figures.zoo_budget_finding(stored["pos"], stored["pos"].budgets[2])
    finally:
        (shelf / "zoo.json").unlink()


def test_what_a_method_learned_beside_its_classifiers_is_shown() -> None:
    assert any("reads layer" in alt for alt in alts(opened("right_tool")))
