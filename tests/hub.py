"""Tiny Hugging Face classifiers of every family, as somebody else would save them."""

import shutil
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)  # fmt: skip

FAMILIES = ("bert", "roberta", "distilbert", "albert", "electra", "mpnet", "modernbert", "deberta-v2")
HEADS = {"sentence": AutoModelForSequenceClassification, "token": AutoModelForTokenClassification, "none": AutoModel}
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
VOCABULARY = (
    *SPECIAL,
    *"abcdefghijklmnopqrstuvwxyz.,!?'",
    "the",
    "film",
    "is",
    "good",
    "bad",
    "not",
    *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
)

MODERN: dict[str, dict[str, Any]] = {
    "modernbert": {"local_attention": 8, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3},
    "deberta-v2": {
        "relative_attention": True, "position_buckets": 8, "pos_att_type": "c2p|p2c", "share_att_key": True, "norm_rel_ebd": "layer_norm",
        "position_biased_input": False, "type_vocab_size": 0,
    },
}  # fmt: skip


def tokenizer() -> PreTrainedTokenizerFast:
    """A WordPiece tokenizer of a few words and all letters."""
    piece = Tokenizer(models.WordPiece({t: i for i, t in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    piece.normalizer = normalizers.BertNormalizer(lowercase=True)
    piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(t, VOCABULARY.index(t)) for t in ("[CLS]", "[SEP]")]
    piece.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends)
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=piece, **names)


def model(family: str, head: str = "sentence", **more: Any) -> PreTrainedModel:
    """A random model with strong weights, so that its answers differ."""
    size = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 24}
    if family == "distilbert":
        size = {"dim": 16, "n_layers": 3, "n_heads": 2, "hidden_dim": 24}
    size |= {"electra": {"embedding_size": 8}, "albert": {"embedding_size": 8}, **MODERN}.get(family, {})
    labels = {"id2label": {0: "no", 1: "maybe", 2: "yes"}, "label2id": {"no": 0, "maybe": 1, "yes": 2}}
    config = AutoConfig.for_model(family, **{"vocab_size": len(VOCABULARY), "max_position_embeddings": 40, **size, **labels, **more})
    config._attn_implementation = "eager"
    torch.manual_seed(0)
    built: PreTrainedModel = HEADS[head].from_config(config).eval()
    for parameter in built.parameters():
        torch.nn.init.normal_(parameter, std=0.3) if parameter.dim() > 1 else torch.nn.init.normal_(parameter, std=0.5)
    return built


def save(folder: Path, family: str = "bert", head: str = "sentence", **more: Any) -> Path:
    """A model folder, as save_pretrained writes it."""
    model(family, head, **more).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


class Shelf:
    """Stands in for the Hub, and for its `HfApi`: what is put there lies in a folder laid out as the Hub's cache on this machine."""

    def __init__(self, cache: Path) -> None:
        self.cache, self.asked = cache, list[str]()

    def put(self, name: str, folder: Path) -> str:
        """Put a folder there under an id; returns its revision."""
        own = self.cache / f"models--{name.replace('/', '--')}"
        revision = f"{len(list(own.glob('snapshots/*'))) + 10:040x}"
        shutil.copytree(folder, own / "snapshots" / revision)
        (own / "refs").mkdir(exist_ok=True)
        (own / "refs" / "main").write_text(revision)
        return revision

    def create_repo(self, name: str, *, private: bool, exist_ok: bool) -> None:
        """As `HfApi` does."""
        self.asked.append(f"{name} {'private' if private else 'public'} {exist_ok}")

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> str:
        """As `HfApi` does."""
        return f"https://hub.example/{repo_id}/commit/{self.put(repo_id, Path(folder_path))}"
