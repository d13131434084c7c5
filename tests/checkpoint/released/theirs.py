"""Tiny checkpoints in the form in which others' code saves them: their names, their shapes, and a tokenizer beside them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F
from transformers import AutoModel

from dynviz import api
from dynviz.checkpoint.model import Model
from tests import hub

TEXT = "the film is not good, is the film bad?"
LABELS = ("no", "maybe", "yes")
LAYERS, WIDTH, CLASSES = 3, 16, 3
Tensors = dict[str, Tensor]


def weights(name: str, rows: int, columns: int = WIDTH) -> Tensors:
    """A linear layer with strong weights, by its name."""
    return {f"{name}.weight": torch.randn(rows, columns) * 0.5, f"{name}.bias": torch.randn(rows) * 0.5}


def encoder(family: str = "bert", base: str = "") -> Tensors:
    """An encoder's tensors under its own prefix, or another; without its pooler."""
    state = hub.model(family, "none").state_dict()
    return {f"{base or family}.{name}": tensor for name, tensor in state.items() if not name.startswith("pooler.")}


def config(family: str = "bert", **more: Any) -> dict[str, Any]:
    """What its config.json says."""
    return {**json.loads(hub.model(family).config.to_json_string()), "architectures": None, **more}


def save(folder: Path, tensors: Mapping[str, Tensor], told: Mapping[str, Any]) -> Path:
    """A folder that holds them. told: its config.json; what is None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({key: value for key, value in told.items() if value is not None}))
    hub.tokenizer().save_pretrained(folder)
    return folder


def states(model: Model, ids: np.ndarray) -> list[Tensor]:
    """The states (T, D) after each layer, as transformers' own encoder computes them with the weights of ours."""
    theirs = AutoModel.from_config(model.stages[0].config, attn_implementation="eager")
    theirs.load_state_dict(model.stages[0].model.state_dict(), strict=False)
    with torch.no_grad():
        return [x[0] for x in theirs.eval()(torch.from_numpy(ids)[None], output_hidden_states=True).hidden_states[1:]]


def linear(x: Tensor, tensors: Tensors, name: str) -> Tensor:
    """Their linear layer of this name."""
    return F.linear(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def answered(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """The ids of the text, and (L, C) what the opened model answers after each layer."""
    found = api.analyse(model, TEXT)
    return found.pieces.ids, found.full.probs[1:, 0]


def agree(model: Model, logits: list[Tensor], ids: np.ndarray, probs: np.ndarray) -> None:
    """Equal after every layer, and telling: no two layers say the same."""
    want = torch.stack(logits).softmax(-1).numpy()
    np.testing.assert_allclose(probs, want, rtol=0, atol=1e-5)
    assert len({tuple(row.round(3)) for row in want}) == len(want)
