"""Model folders as strangers save them: other tokenizers than hub.py's, and what wrapping, sharding and forgetting do to a folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from tests import hub

SAID = ["the film is good and warm", "a dull, bad film that nobody likes", "Angela didn't visit Paris; it's the café", "we paid $5"] * 3
ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
NAMES = ("bos_token", "pad_token", "eos_token", "unk_token", "mask_token")
TAGS = {"id2label": {0: "O", 1: "B-PER", 2: "I-PER"}, "label2id": {"O": 0, "B-PER": 1, "I-PER": 2}}


def bytes_cut(prefix: bool = False, trim: bool = True) -> Tokenizer:
    """GPT-2's way: pieces of bytes, a space belonging to the word after it."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(SAID, trainers.BpeTrainer(vocab_size=330, initial_alphabet=alphabet, special_tokens=list(ROBERTA)))
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=trim, add_prefix_space=prefix)
    return made


def unigram_cut() -> Tokenizer:
    """SentencePiece's way: a mark before every word, the most probable pieces."""
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.train_from_iterator(SAID, trainers.UnigramTrainer(vocab_size=90, special_tokens=list(ROBERTA), unk_token="<unk>"))
    ends = [("<s>", 0), ("</s>", 2)]
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    return made


def cased_cut() -> Tokenizer:
    """WordPiece with capitals."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(SAID, trainers.WordPieceTrainer(vocab_size=150, special_tokens=list(hub.SPECIAL)))
    ends = [(t, made.token_to_id(t)) for t in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return made


def mpnet_cut() -> Tokenizer:
    """MPNet's way: BERT's pieces of small letters between RoBERTa's marks."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(SAID, trainers.WordPieceTrainer(vocab_size=150, special_tokens=[*ROBERTA[:3], "[UNK]", "<mask>"]))
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return made


def save(folder: Path, family: str = "bert", cut: Tokenizer | None = None, kind: str = "", head: str = "sentence", **more: Any) -> Path:
    """A model with this tokenizer. kind: the tokenizer's class as the folder names it."""
    made = cut or cased_cut()
    named = dict(zip(NAMES, ROBERTA, strict=True)) | {"cls_token": "<s>", "sep_token": "</s>"}
    if made.token_to_id("[CLS]") is not None:
        named = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), hub.SPECIAL, strict=True))
    if made.token_to_id("<unk>") is None and made.token_to_id("<s>") is not None:
        named["unk_token"] = "[UNK]"
    PreTrainedTokenizerFast(tokenizer_object=made, **named).save_pretrained(folder)
    if kind:
        rewrite(folder, "tokenizer_config.json", tokenizer_class=kind)
    size = {"vocab_size": made.get_vocab_size()} | ({"pad_token_id": 1, "type_vocab_size": 1} if "roberta" in family else {})
    hub.model(family, head, **{**size, **(TAGS if head == "token" else {}), **more}).save_pretrained(folder)
    return folder


def rewrite(folder: Path, name: str = "config.json", drop: tuple[str, ...] = (), **changes: Any) -> Path:
    """Change keys of a JSON file of a folder, and leave some out."""
    file = folder / name
    raw = {**(json.loads(file.read_text()) if file.exists() else {}), **changes}
    file.write_text(json.dumps({k: v for k, v in raw.items() if k not in drop}))
    return folder


def retensor(folder: Path, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]) -> Path:
    """Save other tensors in place of the model's."""
    file = folder / "model.safetensors"
    save_file({k: v.clone() for k, v in change(load_file(file)).items()}, file, metadata={"format": "pt"})
    return folder


def renamed(folder: Path, change: Callable[[str], str]) -> Path:
    """Call its tensors otherwise."""
    return retensor(folder, lambda tensors: {change(k): v for k, v in tensors.items()})


def sharded(folder: Path) -> Path:
    """Its weights in several files and an index."""
    for file in folder.glob("*.safetensors"):
        file.unlink()
    hub.model("bert").save_pretrained(folder, max_shard_size="20KB")
    return folder


def only_vocabulary(folder: Path, config: bool = True) -> Path:
    """Its tokenizer as vocab.txt, with or without tokenizer_config.json."""
    known = AutoTokenizer.from_pretrained(folder).get_vocab()
    (folder / "vocab.txt").write_text("\n".join(sorted(known, key=known.__getitem__)), encoding="utf-8")
    (folder / "tokenizer.json").unlink()
    if config:
        rewrite(folder, "tokenizer_config.json", tokenizer_class="BertTokenizer", do_lower_case=False)
    else:
        (folder / "tokenizer_config.json").unlink()
    return folder


def baked(folder: Path) -> Path:
    """Its tokenizer as saved after training: with padding and truncation switched on."""
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.enable_padding(length=64, direction="left")
    made.enable_truncation(8)
    made.save(str(folder / "tokenizer.json"))
    return folder


def copied(folder: Path, name: str) -> Path:
    """A copy beside it."""
    return Path(shutil.copytree(folder, folder.parent / name))
