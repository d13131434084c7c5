"""A method's card: every word from the registry, the docstrings and the configs."""

from pathlib import Path

import pytest

from dynviz import api
from dynviz.methods import methods
from dynviz.records.deviations import MEAN_POOLING
from dynviz.ui.methods import docstring, facts, text
from tests.ui.methods.look import opened, typed, words


@pytest.mark.parametrize("name", ["tokee", "entropy_exit", "ltp", "cascade", "dact", "gate_bert", "plain", "act"])
def test_every_method_shows_its_docstring_knobs_and_source(name: str) -> None:
    at, method = opened(name), methods()[name]
    assert not at.error
    said = words(at)
    about = api.registered()[name]
    assert about.split("\n", 1)[0] in said
    parts = docstring.of(about)
    for point in (*parts.rule, *parts.knob, *parts.training):
        assert f"- {point}".replace("\\", "").replace("\u00a0", " ") in said
    assert parts.source[0].replace("\\", "").replace("\u00a0", " ") in said
    assert method.stops in said
    tables = "\n".join(t.value.to_string() for t in at.table)
    for knob in method.knobs:
        assert knob.name in tables


def test_inferred_is_marked_and_explained() -> None:
    said = words(opened("dact"))
    assert ":orange-badge[inferred]" in said
    assert ":orange-badge[inferred] (no code or full text being at hand)" in words(opened("gate_bert"))
    assert "(inferred" not in said
    assert "the paper leaves it open" in said


def test_what_is_measured_stands_before_what_others_report_and_how_it_was_made() -> None:
    heads = [h.value for h in opened("tokee").header]
    assert heads[1:] == [
        "On one example", "Measured here", "Figures others report", "Knobs", "What it reads", "Where ours differs", "How it was made",
    ]  # fmt: skip


def test_how_a_checkpoint_was_made_and_measured_is_told_from_its_config() -> None:
    at = opened("entropy_exit")
    checkpoint = api.find("sst2-joint")
    facts = "\n".join(t.value.to_string() for t in at.table)
    for fact in (checkpoint.digest, "59372", "sst2/train_fit (9a6b8a65ba47)", "joint (3259 steps)", "10.0 min", "torch 2.13.0"):
        assert fact in facts.replace("\\", "")
    measured = next(t.value for t in at.table if "Split" in t.value.columns).map(typed)
    assert list(measured["Split"]) == ["calibration (calibration)", "evaluation (dev)"]
    assert list(measured["Examples"]) == ["1,000", "1,000"]
    assert list(measured["There"]) == ["87.0 %  \n(-0.5 [-1.7, +0.7])"] * 2
    assert list(measured["Compute"]) == ["36.0 %"] * 2
    assert list(measured["Against plain"]) == [text.NO_PLAIN] * 2, "said, not left blank"


def test_the_table_says_how_a_setting_was_set_and_what_it_costs_against_the_plain_model() -> None:
    box = Path(__file__).parents[3] / "sample_checkpoints"
    names = ("sst2-random-tokens", "sst2-joint", "sst2-gate-bert-0.3", "sst2-plain")
    rows = {name: facts.metrics(api.checkpoint_at(box / name))[1] for name in names}
    assert rows["sst2-random-tokens"]["set"] == "by hand: as many tokens as attention top-k drops"
    assert rows["sst2-joint"]["set"] == "on calibration"
    assert rows["sst2-gate-bert-0.3"]["set"].startswith("off")
    plain, joint = rows["sst2-plain"], rows["sst2-joint"]
    assert joint["plain"] == pytest.approx(joint["score"] - plain["full"], abs=2e-5)
    assert "plain" not in plain
    assert facts.shown({**joint, "plain": -0.015, "plain_low": -0.03, "plain_high": 0.0})["beside"] == "-1.5  \n[-3.0,\xa0+0.0]"


def test_a_shared_base_is_told_by_where_it_was_published() -> None:
    box = Path(__file__).parents[3] / "sample_checkpoints"
    told = {name: facts.encoder(api.checkpoint_at(box / name)) for name in ("sst2-12-joint", "sst2-plain", "sst2-deebert")}
    assert "sentence-transformers/all-mpnet-base-v2 as published, its weights rounded" in told["sst2-12-joint"]
    assert "low-rank updates of rank 8" in told["sst2-12-joint"]
    assert told["sst2-plain"] == text.OWN
    assert told["sst2-deebert"] == text.SHARED.format(name="sst2-plain")


def test_a_family_names_its_training_knob() -> None:
    assert "Set in training: tau. One checkpoint each: 0.01, 0.1." in words(opened("dact"))


def test_registered_reads_every_method_without_importing_it() -> None:
    assert set(api.registered()) == set(methods())


def test_an_unknown_method_in_the_url_shows_that_of_the_model_in_use() -> None:
    at = opened("nonsense")
    assert at.session_state["method"] == api.find(at.session_state["model"]).config.method


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
        "Not run here",
    ]
    assert kinds.value == "depth"
    kinds.set_value("exit").run()
    assert at.session_state["method"] == "expected_accuracy"
    titles = at.pills(key="method").options
    assert titles == sorted(titles, key=str.lower)
    assert {"DACT-BERT", "Entropy exit, joint training", "The Right Tool"} < set(titles)
    at.pills(key="method").set_value("entropy_exit").run()
    assert "Early exit by entropy on a jointly trained model" in words(at)
    assert not at.exception


# What others report, and where ours differs


def test_figures_of_others_stand_in_a_block_of_their_own_with_their_source() -> None:
    at = opened("ceebert")
    said, tables = words(at), [t.value for t in at.table]
    assert "Figures others report" in said
    assert "none of it measured here" in said
    reported = next(t for t in tables if "Printed in" in t.columns)
    assert len(reported.columns) == 5
    assert all(reported["Printed in"])
    differs = next(t for t in tables if "Theirs" in t.columns)
    assert list(differs.columns) == ["Theirs", "Ours", "Why"]
    assert "Where ours differs" in said


@pytest.mark.parametrize(("method", "pooled"), [("entropy_exit", True), ("ceebert", False), ("tokee", False)])
def test_what_all_mean_pooled_models_do_otherwise_stands_first_where_one_is(method: str, pooled: bool) -> None:
    differs = next(t.value for t in opened(method).table if "Theirs" in t.value.columns).map(typed)
    told = [tuple(row) for row in differs.itertuples(index=False)]
    common = (MEAN_POOLING.theirs, MEAN_POOLING.ours, MEAN_POOLING.why)
    assert (told[0] == common) is pooled
    assert told.count(common) == pooled


def test_a_method_without_traceable_figures_says_so_and_baselines_say_nothing() -> None:
    assert "so none is shown" in words(opened("entropy_exit"))
    assert "Figures others report" not in words(opened("plain"))
