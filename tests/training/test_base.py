"""Training on a base whose layers are shared: updates alone, from the weights that ship, and what was trained comes back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from dynviz import api
from dynviz.checkpoint import base
from dynviz.checkpoint.config import digest, read_config
from dynviz.checkpoint.model import Model, load
from dynviz.cli import main
from dynviz.core.method import Phase
from dynviz.errors import InputError
from dynviz.training.recipes import TrainingJob
from dynviz.training.recipes.twelve import TWELVE, tuned
from dynviz.training.run import before_rounding, train
from tests import bases

JOINT = TrainingJob(
    "sst2-x-joint", "x", "entropy_exit", "sst2", encoder="mpnet", own=False, rank=2, options={"pooling": "mean", "hidden": False},
    phases=(tuned("joint", 1),),
)  # fmt: skip
FROZEN = replace(JOINT, name="sst2-x-deebert", method="deebert", encoder="sst2-x-joint", phases=(Phase("ramps", "heads", 1),))
TEXT = "the film is good . what a dull story"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bases.base(tmp_path_factory.mktemp("out")).parent


def answers(model: Model) -> np.ndarray:
    return np.asarray(api.analyse(model, TEXT).full.probs)


def test_updates_alone_are_trained_stored_and_come_back(out: Path, data: Path) -> None:
    before = {name: tensor.clone() for name, tensor in base.weights(out / "mpnet", "").items()}
    folder = train(JOINT, data, out, limit_steps=3)
    stage = read_config(folder).stages[0]
    assert (stage.encoder, stage.base, read_config(folder).embeddings) == ("mpnet", digest(out / "mpnet"), "mpnet")
    assert all(name.startswith(("lora.model.", "method.")) for name in load_file(folder / "model.safetensors"))
    trained = before_rounding(JOINT, data, out)
    assert trained is not None
    np.testing.assert_allclose(answers(load(folder)), answers(trained), atol=2e-3)
    state = torch.load(out / ".work" / JOINT.name / "joint.state.pt", weights_only=True)
    assert not any("layer.0.output.dense.weight" in name for name in state["model"]), "a state holds what changes"
    after = base.weights(out / "mpnet", "")
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_a_method_goes_on_from_a_model_on_the_base(out: Path, data: Path) -> None:
    train(JOINT, data, out, limit_steps=3)
    folder = train(FROZEN, data, out, limit_steps=3)
    assert read_config(folder).stages[0].encoder == JOINT.name
    assert {name.split(".")[0] for name in load_file(folder / "model.safetensors")} == {"method"}
    np.testing.assert_allclose(answers(load(folder))[-1], answers(load(out / JOINT.name))[-1], atol=1e-3)


def test_the_layers_of_a_base_are_never_trained_themselves(out: Path, data: Path) -> None:
    for wrong in (replace(JOINT, own=True), replace(JOINT, phases=(Phase("tune", "all", 1),))):
        with pytest.raises(InputError, match="cannot be trained on mpnet: its layers are shared"):
            train(replace(wrong, name="x"), data, out, limit_steps=1)


def test_a_user_trains_on_it_by_naming_it(out: Path, data: Path) -> None:
    command = ["train", "plain", "--task", "sst2", "--encoder", "mpnet", "--name", "mine", "--epochs", "0.02"]
    assert main([*command, "--data", str(data), "--out", str(out)]) == 0
    config = read_config(out / "mine")
    assert config.stages[0].lora is not None
    assert config.trained["metrics"]["report"]["answers"] == 300


def test_or_tunes_the_published_weights_whole(out: Path, data: Path, tmp_path: Path) -> None:
    job = TrainingJob("x", "x", "plain", "sst2", options={"pooling": "mean"}, phases=(Phase("tune", "all", 0.02),))
    folder = train(job, data, tmp_path, str(out / "published"), limit_steps=1)
    assert read_config(folder).stages[0].config["model_type"] == "mpnet"
    assert np.isfinite(answers(load(folder))[-1]).all()


def test_every_job_of_twelve_layers_stands_on_the_base_and_stores_updates_in_8_bits() -> None:
    names = {job.name for job in TWELVE}
    assert all(job.encoder == "mpnet" or job.encoder in names for job in TWELVE)
    assert all(not job.own and job.in_blocks and job.rank == 8 for job in TWELVE)
    assert all(phase.trains != "all" for job in TWELVE for phase in job.phases or ())
