"""Captions: what a picture shows, and all that is needed to make it again."""

from dataclasses import replace

import numpy as np

from dynviz import captions
from tests.figures.build import sweep, trace


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
    assert "Data: sst2, reporting split, n = 4." in said
    assert "Model m: checkpoint abc, training seed 0, method exit, knobs entropy = 0.5." in said
    assert "40 % of full compute, -25.0 points" in said
    assert "95 % paired bootstrap [" in said
    assert "2 settings" in captions.of_sweeps([found])


def test_a_caption_is_finding_source_and_versions() -> None:
    assert captions.caption("It stopped.", "Model m.", {"dynviz": "1", "torch": "2"}) == "It stopped. Model m. Made with dynviz 1, torch 2."
    assert captions.caption("It stopped.", "", {}) == "It stopped."
