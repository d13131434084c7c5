"""Tiny checkpoints in a folder, as the real ones lie: embeddings and tokenizer once; weights, golden traces and readings for each.

`build(folder)` takes a few seconds. The models are random with strong weights, so that they disagree with themselves from layer to layer.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.checkpoint.config import CheckpointConfig, Family, StageConfig
from dynviz.checkpoint.encoders import empty_encoder
from dynviz.checkpoint.model import build_method, load, save
from dynviz.core.encoder import Encoder
from dynviz.data import Examples, bundled
from dynviz.data.pieces import words
from dynviz.measure import evaluate
from dynviz.methods import method_class
from dynviz.records.storage import write_recorded, write_sweep
from dynviz.records.tasks import TASKS

BASE, WIDTH, LAYERS = "tiny", 16, 4
DEEP = "deep"  # another base, for models of more layers
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@dataclass(frozen=True)
class Spec:
    """One checkpoint to make."""

    name: str
    method: str
    task: str = "sst2"
    layers: tuple[int, ...] = (LAYERS,)
    knobs: tuple[tuple[str, float], ...] = ()
    family: tuple[str, str, float] | None = None
    readings_only: bool = False
    repeats: str | None = None
    tensors: tuple[tuple[str, tuple[float, ...]], ...] = ()  # of the method, that are not left to chance
    options: tuple[tuple[str, Any], ...] = ()
    base: str = BASE


SPECS = (
    Spec("pos-tokee", "tokee", "pos", knobs=(("delta", 0.3),)),
    Spec("pos-plain", "plain", "pos"),
    Spec("sst2-plain", "plain"),
    Spec("sst2-plain-2", "plain", layers=(2,), readings_only=True),
    Spec("sst2-joint", "entropy_exit", knobs=(("entropy", 0.5),)),
    Spec("sst2-ltp", "ltp", tensors=(("thresholds", (0.02, 0.04, 0.06, 0.08)),)),
    Spec("sst2-cascade", "cascade", layers=(2, LAYERS)),
    Spec("sst2-dact-a", "dact", family=("sst2-dact", "tau", 0.01)),
    Spec("sst2-dact-b", "dact", family=("sst2-dact", "tau", 0.1)),
)


SEEDS = (
    Spec("sst2-joint-seed1", "entropy_exit", knobs=(("entropy", 0.5),), readings_only=True, repeats="sst2-joint"),
    Spec("sst2-joint-seed2", "entropy_exit", knobs=(("entropy", 0.5),), readings_only=True, repeats="sst2-joint"),
    Spec("sst2-plain-seed1", "plain", readings_only=True, repeats="sst2-plain"),
)  # further seeds of two of them

DEEPER = (
    Spec("sst2-6-plain", "plain", layers=(6,), base=DEEP),
    Spec("sst2-6-plain-4", "plain", layers=(LAYERS,), readings_only=True, base=DEEP),  # as deep as the plain model on the other base
    Spec("sst2-6-joint", "entropy_exit", layers=(6,), knobs=(("entropy", 0.5),), base=DEEP),
    Spec("sst2-6-ltp", "ltp", layers=(6,), tensors=(("thresholds", (0.02, 0.03, 0.04, 0.05, 0.06, 0.07)),), base=DEEP),
)  # the same task on another backbone


def build(root: Path, specs: Sequence[Spec] = SPECS, sentences: int = 24) -> Path:
    """Write the checkpoints into `root`, with golden traces and readings over `sentences` bundled sentences; returns `root`."""
    vocabulary = known_words()
    for base in dict.fromkeys(spec.base for spec in specs):
        _base(root / base, vocabulary)
    for seed, spec in enumerate(specs):
        _checkpoint(root, spec, len(vocabulary), seed)
        readings(root / spec.name, sentences)
        if spec.readings_only:
            (root / spec.name / "model.safetensors").unlink()
    return root


def known_words() -> list[str]:
    """The pieces that the tiny models know: all words of the bundled texts, and signs."""
    texts = [t if isinstance(t, str) else " ".join(t) for task in ("sst2", "pos") for t in bundled(task).texts]
    known = sorted({text[a:b].lower() for text in texts for a, b in words(text)})
    signs = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    return list(dict.fromkeys([*SPECIAL, *signs, *(f"##{c}" for c in string.ascii_lowercase + string.digits), *known]))


def _base(folder: Path, vocabulary: list[str]) -> None:
    folder.mkdir(parents=True)
    piece = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    piece.normalizer = normalizers.BertNormalizer(lowercase=True)
    piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(t, vocabulary.index(t)) for t in ("[CLS]", "[SEP]")]
    pair = "[CLS] $A [SEP] $B:1 [SEP]:1"
    piece.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair=pair, special_tokens=ends)
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=piece, **names).save_pretrained(folder)
    encoder = _encoder("model", LAYERS, len(vocabulary), 0)
    tensors = {f"embeddings.{k}": v.half().contiguous() for k, v in encoder.model.embeddings.state_dict().items()}
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})


def _bert(layers: int, vocabulary: int) -> dict[str, Any]:
    return {
        "model_type": "bert", "vocab_size": vocabulary, "hidden_size": WIDTH, "num_hidden_layers": layers, "num_attention_heads": 2,
        "intermediate_size": 2 * WIDTH, "max_position_embeddings": 140, "type_vocab_size": 2, "pad_token_id": 0,
    }  # fmt: skip


def _encoder(name: str, layers: int, vocabulary: int, seed: int) -> Encoder:
    torch.manual_seed(seed)
    model = empty_encoder(_bert(layers, vocabulary)).to_empty(device="cpu").eval().requires_grad_(False)
    for key, tensor in model.state_dict().items():
        if "LayerNorm" in key and key.endswith("weight"):
            tensor.fill_(1)
        elif tensor.dim() > 1:
            torch.nn.init.normal_(tensor, std=0.35)
        else:
            tensor.zero_()
    return Encoder(model, name)


def _checkpoint(root: Path, spec: Spec, vocabulary: int, seed: int) -> None:
    task = TASKS[spec.task]
    names = ("model",) if len(spec.layers) == 1 else ("small", "big")
    stages = tuple(StageConfig(name=n, encoder="own", config=_bert(d, vocabulary)) for n, d in zip(names, spec.layers, strict=True))
    config = CheckpointConfig(
        format=1, name=spec.name, title=method_class(spec.method).title, method=spec.method, task=spec.task, labels=list(task.labels),
        embeddings=spec.base, stages=list(stages), options=dict(spec.options), knobs=dict(spec.knobs), max_length=task.max_length,
        repeats=spec.repeats,
        family=Family(name=spec.family[0], parameter=spec.family[1], value=spec.family[2]) if spec.family else None,
        trained={"readings_only": True} if spec.readings_only else {},
    )  # fmt: skip
    encoders = tuple(_encoder(s.name, d, vocabulary, seed + 1) for s, d in zip(stages, spec.layers, strict=True))
    method = build_method(config, encoders)
    torch.manual_seed(seed)
    for parameter in method.parameters():
        torch.nn.init.normal_(parameter, std=(2.0 if spec.task == "pos" else 0.6) if parameter.dim() > 1 else 0.2)
    for key, values in spec.tensors:
        method.get_parameter(key).data = torch.tensor(values)
    save(config, encoders, method, root / spec.name)


def some(examples: Examples, count: int) -> Examples:
    """The first `count` examples."""
    assert examples.labels is not None
    cut = {name: getattr(examples, name)[:count] for name in ("ids", "texts", "labels", "tags", "look_for")}
    return replace(examples, **cut)


def readings(folder: Path, sentences: int) -> None:
    """Write the golden traces of a checkpoint, and its readings over bundled sentences."""
    model = load(folder)
    golden.write(api.golden_of(model), folder)
    pieces, rows = api.prepare(model, some(bundled(model.config.task), sentences))
    subject = api.subject(model)
    for split in ("calibration", "report"):
        if model.method.replayable and model.method.unit == "sentence":
            about = {k: getattr(subject, k) for k in ("model", "task", "digest")}
            about |= {"method": model.config.method, "options": model.config.options, "split": split}
            write_recorded(evaluate.record(subject, pieces, rows), about, folder / f"readings-{split}.parquet")
        else:
            points = evaluate.settings(type(model.method), 7, api.knobs_of(model))
            points += [own] if (own := api.knobs_of(model)) not in points else []
            write_sweep(evaluate.sweep(subject, pieces, rows, points, split), folder / f"sweep-{split}.parquet")
