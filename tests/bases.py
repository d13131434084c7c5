"""A tiny base whose layers checkpoints share, made as the one that ships: from a published MPNet, rounded."""

import string
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from dynviz.checkpoint.base_build import build
from dynviz.checkpoint.base_config import Source, sha256

SPECIAL = ("<s>", "<pad>", "</s>", "[UNK]", "<mask>")
WIDTH, LAYERS = 32, 3


def published(folder: Path) -> Path:
    """An MPNet as somebody publishes it: safetensors, configuration, tokenizer."""
    vocabulary = [*SPECIAL, *string.ascii_lowercase, *(f"##{c}" for c in string.ascii_lowercase), *".,!?", "the", "film", "good", "bad"]
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


def base(folder: Path) -> Path:
    """The rounded base in `folder`/mpnet."""
    found = published(folder / "published")
    build(found, folder / "mpnet", source_of(found))
    return folder / "mpnet"
