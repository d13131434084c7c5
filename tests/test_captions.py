"""Captions: what a picture shows, and all that is needed to make it again."""

import hashlib
from dataclasses import replace

import numpy as np

from dynviz.figures import captions
from tests.figures.build import sweep, trace
from tests.figures.test_zoo import TASK


def test_a_run_is_named_by_text_model_hash_seed_method_and_knobs() -> None:
    run = replace(trace(["It", "works", "."]), model="m", method="tokee", digest="abc123", knobs={"delta": 0.05, "window": 1})
    said = captions.of_runs([run], {"m": 7})
    assert said == "Text: “It works .” Model m: checkpoint abc123, training seed 7, method tokee, knobs delta = 0.05, window = 1."


def test_what_is_not_known_is_not_said() -> None:
    run = replace(trace(["x" * 400]), text="x" * 400, knobs={})
    said = captions.of_runs([run])
    assert said.endswith("…”. No knob.")
    assert len(said) < 330


def test_the_same_text_under_two_models_is_told_once() -> None:
    run = replace(trace(["one"]), model="a")
    said = captions.of_runs([run, replace(run, model="b"), run])
    assert said.count("Text:") == 1
    assert [said.count(f"Model {name}") for name in "ab"] == [1, 1]


def test_a_sweep_is_named_by_data_n_and_the_setting_in_use_with_its_interval() -> None:
    right = np.array([[1, 1, 1, 0], [1, 1, 0, 0]])
    found = replace(sweep(right, [1.0, 0.4], [0.0, 0.5]), digest="abc", split="report", task="sst2")
    said = captions.of_sweeps([found], {"m": 0}, 1)
    assert "Data: sst2, evaluation split, n = 4." in said
    assert "Model m: checkpoint abc, training seed 0, method exit, knobs entropy = 0.5." in said
    assert "40 % of full compute, -25.0 points" in said
    assert "95 % paired bootstrap [" in said
    assert "2 settings" in captions.of_sweeps([found])


def test_a_caption_is_finding_source_and_versions() -> None:
    assert captions.caption("It stopped.", "Model m.", {"dynviz": "1", "torch": "2"}) == "It stopped. Model m. Made with dynviz 1, torch 2."
    assert captions.caption("It stopped.", "", {}) == "It stopped."


def test_many_methods_are_named_by_data_n_knobs_seeds_and_one_hash_of_all_checkpoints() -> None:
    digests = {"b": "222", "a": "111"}
    zoo = replace(TASK, digests=digests, sentences=1872, answers=25000)
    said = captions.of_zoo(zoo, {"a": 0, "b": 3, "elsewhere": 9}, "Knobs: in the CSV.")
    one = hashlib.sha256(b"a 111\nb 222\n").hexdigest()[:12]
    assert said == (
        f"Data: sst2, evaluation split (dev), n = 1,872 (25,000 answers). Knobs: in the CSV. 4 methods, 2 checkpoints "
        f"(combined hash {one}, each method's own in the CSV). Training seeds: 0 (1), 3 (1)."
    )


def test_the_combined_hash_changes_with_any_checkpoint_and_not_with_their_order() -> None:
    assert captions.combined({"a": "1", "b": "2"}) == captions.combined({"b": "2", "a": "1"})
    assert captions.combined({"a": "1", "b": "2"}) != captions.combined({"a": "1", "b": "3"})
    assert captions.combined({"a": "1"}) != captions.combined({"a": "1", "b": "2"})
