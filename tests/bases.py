"""A tiny base whose layers checkpoints share, made as the one that ships: from a published MPNet, rounded; and models on it."""

import string
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from dynviz.checkpoint.base_build import build
from dynviz.checkpoint.base_config import Source, read_base, sha256
from dynviz.checkpoint.config import CheckpointConfig, LoraConfig, StageConfig, digest
from dynviz.checkpoint.encoders import load_encoder, trainable_copy
from dynviz.checkpoint.masked import base_encoder, save_heads, write_masked
from dynviz.checkpoint.masked_config import WEIGHTS, Fitted, HeldOut, MaskedConfig, Reached
from dynviz.checkpoint.model import build_method, save
from dynviz.core import lora
from dynviz.core.encoder import Encoder
from dynviz.core.masked import MaskedHeads
from dynviz.methods import method_class
from dynviz.records.tasks import TASKS

SPECIAL = ("<s>", "<pad>", "</s>", "[UNK]", "<mask>")
WIDTH, LAYERS = 32, 3
LORA = LoraConfig(rank=2, alpha=4.0)


def published(folder: Path, words: Sequence[str] = ()) -> Path:
    """An MPNet as somebody publishes it: safetensors, configuration, tokenizer. words: that it knows beside a few of its own."""
    vocabulary = [*SPECIAL, *string.ascii_lowercase, *(f"##{c}" for c in string.ascii_lowercase), *".,!?", "the", "film", "good", "bad"]
    vocabulary = list(dict.fromkeys([*vocabulary, *words]))
    config = AutoConfig.for_model(
        "mpnet", vocab_size=len(vocabulary), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=2 * WIDTH, max_position_embeddings=140,
    )  # fmt: skip
    torch.manual_seed(0)
    model = AutoModel.from_config(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    piece = Tokenizer(models.WordPiece({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    piece.normalizer, piece.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    piece.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    names = {"pad_token": "<pad>", "unk_token": "[UNK]", "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
    PreTrainedTokenizerFast(tokenizer_object=piece, **names).save_pretrained(folder)
    return folder


def source_of(folder: Path) -> Source:
    """What would be told of these weights."""
    return Source(model="nobody/tiny", revision="1", licence="Apache-2.0", sha256=sha256(folder / "model.safetensors"))


def base(folder: Path, words: Sequence[str] = ()) -> Path:
    """The rounded base in `folder`/mpnet."""
    found = published(folder / "published", words)
    build(found, folder / "mpnet", source_of(found))
    return folder / "mpnet"


def heads(folder: Path) -> Path:
    """Random heads for hidden words beside the base in this folder, and what would be told of them."""
    encoder = base_encoder(folder)
    found = MaskedHeads((2, 3), encoder.width, 4, encoder.config.vocab_size)
    torch.manual_seed(0)
    for parameter in found.parameters():
        torch.nn.init.normal_(parameter, std=2.0)
    save_heads(found, folder)
    reached = Reached(words=10, right=[0.1, 0.2], likely=[0.25, 0.5])
    fitted = Fitted(books=1, passages=1, pieces=1, hidden=0.2, steps=[1, 1], seconds=1.0, seed=0, versions={})
    held = HeldOut(books=1, commonest=100, all=reached, common=reached, others=reached)
    own = sha256(folder / WEIGHTS)
    told = MaskedConfig(format=1, base=digest(folder), sha256=own, layers=[2, 3], rank=4, fitted=fitted, held_out=held)
    write_masked(told, folder)
    return folder


def on_base(
    root: Path, name: str, encoder: str = "mpnet", seed: int = 1, depth: int = LAYERS, method: str = "plain", task: str = "sst2",
    **knobs: float,
) -> Path:
    """A model with random updates of the base in `root`, or of another model's."""
    folder = root / "mpnet"
    stage = StageConfig(
        name="model", encoder=encoder, config={**read_base(folder).config, "num_hidden_layers": depth}, lora=LORA, base=digest(folder)
    )
    config = CheckpointConfig(
        format=1, name=name, title=f"{method_class(method).title} {name}", method=method, task=task, labels=list(TASKS[task].labels),
        embeddings="mpnet", stages=[stage], knobs=knobs,
        options={} if TASKS[task].unit == "token" else {"pooling": "mean", "hidden": False},
    )  # fmt: skip
    start = load_encoder(root / name, stage.model_copy(update={"lora": None}), {}, folder)
    updated = trainable_copy(start)
    lora.add(updated.model.encoder, LORA.rank, LORA.alpha)
    torch.manual_seed(seed)
    for part in updated.model.encoder.modules():
        if isinstance(part, lora.LowRank):
            torch.nn.init.normal_(part.a, std=0.3)
            torch.nn.init.normal_(part.b, std=0.3)
    updated = Encoder(updated.model, "model")
    built = build_method(config, (updated,))
    if TASKS[task].unit == "token":
        for parameter in built.parameters():  # as strong as it takes that words stop
            torch.nn.init.normal_(parameter, std=1.0)
    save(config, (updated,), built, root / name)
    return root / name
