"""A pre-trained model and data sets small enough to train on in a second; every sentence was written for this test."""

from pathlib import Path

import pandas as pd
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from dynviz.training.recipes import TrainingJob

GOOD = ["a warm and funny story", "what a lovely bright film", "the cast is a joy", "i liked it very much", "such a fine evening out"]
BAD = ["a cold and dull story", "what a poor dim film", "the cast is a bore", "i hated it very much", "such a lost evening out"]
WORDS = sorted({word for text in GOOD + BAD for word in text.split()})


def base_model(folder: Path) -> Path:
    """A BERT of three layers, width 16, with a tokenizer of whole words."""
    import torch

    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, "."])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    raw.normalizer, raw.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    raw.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokens = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=raw, **tokens).save_pretrained(folder)
    torch.manual_seed(0)
    config = AutoConfig.for_model(
        "bert", vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=40,
    )  # fmt: skip
    AutoModel.from_config(config).save_pretrained(folder, safe_serialization=True)
    return folder


def data_folder(folder: Path) -> Path:
    """Splits of all three tasks and of the unlabelled corpora."""
    texts = [f"{a} . {b}" for a in GOOD for b in GOOD] + [f"{a} . {b}" for a in BAD for b in BAD]
    frame = pd.DataFrame({"text": texts * 6, "label": ([1] * len(GOOD) ** 2 + [0] * len(BAD) ** 2) * 6})
    for task, names in (("sst2", ("train_fit", "calibration", "dev")), ("imdb", ("train", "dev", "test"))):
        (folder / task).mkdir(parents=True)
        for name in names:
            frame.to_parquet(folder / task / f"{name}.parquet")
    (folder / "ud_ewt").mkdir()
    tokens = [text.split() for text in GOOD + BAD]
    tags = [["DET" if w in ("a", "the") else "VERB" if w in ("is", "liked", "hated") else "NOUN" for w in words] for words in tokens]
    for name in ("train", "dev", "test"):
        pd.DataFrame({"tokens": tokens, "tags": tags}).to_parquet(folder / "ud_ewt" / f"{name}.parquet")
    for name in ("corpus_imdb_unsup", "corpus_books"):
        (folder / name).mkdir()
        pd.DataFrame({"text": [" . ".join(GOOD), " . ".join(BAD)]}).to_parquet(folder / name / "train.parquet")
    return folder


def plain_job(name: str = "sst2-plain", **more: object) -> TrainingJob:
    """A plain model on the tiny data."""
    return TrainingJob(name, "Plain model", "plain", "sst2", options={"pooling": "mean"}, **more)  # type: ignore[arg-type]
