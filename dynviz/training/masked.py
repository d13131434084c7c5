"""Fitting the heads that read a hidden word back from a base's frozen states, on passages of books; and measuring them on other books.

Words of each passage's beginning are hidden, whole; the base runs once over all passages, and the heads are fitted on what it makes of the
masks, after every other layer. How frequent each piece is, is counted in passages of the same books. What they reach is measured as they
are used, with one word hidden a run.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from dynviz.checkpoint.base_config import sha256
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.masked import MaskedReader, base_encoder, heads_in, reader_of, save_heads, write_masked
from dynviz.checkpoint.masked_config import CONFIG, WEIGHTS, Fitted, HeldOut, MaskedConfig, Reached
from dynviz.core.masked import MaskedHeads, normed
from dynviz.data.pieces import Pieces, cut
from dynviz.errors import InputError, refusing
from dynviz.measure.word_settling import HALF, answered
from dynviz.records import Bools, Floats, Ints
from dynviz.records.files import exists
from dynviz.runtime import versions

Say = Callable[[str], object]
CORPUS = "corpus_books"
FOLD = 5  # of the books in order of their names, every fifth is held out
WINDOW = 48  # pieces of a passage that are read
EVERY = 2  # layers: each second one has a head
TOGETHER = 32  # passages run at once
BATCH = 256
TENTH = 10
UNSEEN = 0.1  # count of a piece that is not there


@dataclass(frozen=True)
class Plan:
    """How much is done. passages: fitted on; counted: whose pieces are counted; hidden: share of words; known: frequent pieces that are
    summed over, beside those hidden; steps: at most, each head is looked at after every `looks` of them; tested: words measured on, one of
    a passage; commonest: how many pieces count as common."""

    passages: int = 2_400
    counted: int = 4_000
    hidden: float = 0.2
    rank: int = 128
    known: int = 2_000
    steps: int = 300
    looks: int = 20
    rate: float = 2e-3
    decay: float = 0.1
    dropout: float = 0.2
    tested: int = 600
    commonest: int = 100
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Masks:
    """What a frozen base makes of hidden pieces. states: (H, n, D) in fp16 after the layers read; right: (n,) the pieces hidden."""

    states: Tensor
    right: Tensor


def fit(data: Path, base: Path, out: Path, plan: Plan, say: Say = print) -> MaskedConfig:
    """Fit the heads of a base and write them, with what they reach, into a folder."""
    began = time.monotonic()
    own, other = books(data)
    encoder = base_encoder(base)
    blank = MaskedHeads(range(EVERY, len(encoder.layers) + 1, EVERY), encoder.width, plan.rank, encoder.config.vocab_size)
    reader = reader_of(encoder, blank, base)
    rng = np.random.default_rng(plan.seed)
    texts = own["text"].to_numpy()[rng.permutation(len(own))]
    often = frequency(reader.tokenizer, texts[: plan.counted], encoder.config.vocab_size)
    say(f"Running {base.name} over {min(plan.passages, len(texts)):,} passages")
    masks = hide(reader, windows(reader.tokenizer, texts[: plan.passages]), plan.hidden, rng)
    say(f"Fitting {len(blank.layers)} heads on {len(masks.right):,} hidden pieces")
    steps = train(blank, masks, reader.embeddings, often, plan)
    fitted = Fitted(
        books=own["source"].nunique(), passages=min(plan.passages, len(texts)), pieces=len(masks.right), hidden=plan.hidden,
        steps=steps, seconds=round(time.monotonic() - began, 1), seed=plan.seed, versions=versions(),
    )  # fmt: skip
    say(f"Hiding {plan.tested:,} words of other books, one a run")
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out, prefix=".heads-") as folder:  # both files or none: either alone would be refused
        aside = Path(folder)
        save_heads(blank, aside)
        stored = reader_of(encoder, heads_in(aside, blank.layers, plan.rank, encoder), base)
        told = MaskedConfig(
            format=1, base=digest(base), sha256=sha256(aside / WEIGHTS), layers=list(blank.layers), rank=plan.rank, fitted=fitted,
            held_out=measured(stored, other, often, plan, rng),
        )  # fmt: skip
        write_masked(told, aside)
        for name in (WEIGHTS, CONFIG):
            (aside / name).replace(out / name)
    return told


def books(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The passages to fit on, and those of books that are held out."""
    files = [data / CORPUS / f"{split}.parquet" for split in ("train", "dev")]
    if missing := [file for file in files if not exists(file)]:
        raise InputError(f"There is no {missing[0]}", "the heads are fitted on passages of books", "Give the folder that holds it: --data")
    with refusing(f"The passages in {data / CORPUS} cannot be read", "Give files of columns source and text, as were trained on"):
        passages = pd.concat([pd.read_parquet(file, columns=["source", "text"]) for file in files], ignore_index=True)
    held = set(sorted(passages["source"].unique())[::FOLD])
    out = passages["source"].isin(held)
    return passages[~out], passages[out]


def frequency(tokenizer: Any, texts: Sequence[str], pieces: int) -> Tensor:
    """(V,) the log of each piece's share in the texts; a piece that is not there counts as a tenth of one that is there once."""
    found = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    counts = torch.bincount(torch.tensor([piece for text in found for piece in text]), minlength=pieces) + UNSEEN
    return (counts / counts.sum()).log()


def windows(tokenizer: Any, texts: Sequence[str]) -> list[Pieces]:
    """The beginnings of those passages that are as long as a window."""
    found = (cut(tokenizer, [text], WINDOW, by_word=True) for text in texts)
    return [pieces for pieces in found if len(pieces.ids) == WINDOW]


def hide(reader: MaskedReader, found: Sequence[Pieces], share: float, rng: np.random.Generator) -> Masks:
    """Hide a share of the words of each passage, and run the base over them."""
    states, right = [], []
    for start in range(0, len(found), TOGETHER):
        some = found[start : start + TOGETHER]
        own = torch.from_numpy(np.stack([np.isin(one.sentences.word, drawn(one, share, rng)) for one in some]))
        ids = torch.from_numpy(np.stack([one.ids for one in some]))
        with torch.inference_mode():
            after = reader.encoder.padded(ids.masked_fill(own, reader.mask), torch.ones_like(own))
            states.append(torch.stack([after[layer][own] for layer in reader.heads.layers]).half())
        right.append(ids[own])
    return Masks(torch.cat(states, 1).clone(), torch.cat(right))


def drawn(pieces: Pieces, share: float, rng: np.random.Generator) -> Ints:
    """The words hidden of a passage; not its last one, which may be cut."""
    last = int(pieces.sentences.word.max())
    return rng.choice(last, max(round(share * last), 1), replace=False) if last else np.zeros(0, np.int64)


def train(heads: MaskedHeads, masks: Masks, embeddings: Tensor, often: Tensor, plan: Plan) -> list[int]:
    """Fit all heads, each on its own layer's states; returns after how many steps each was best.

    Pieces that are neither hidden here nor frequent are left out of the sums: what is fitted is shared by all pieces, and their frequency
    speaks against them. often: (V,) log of how frequent each is, the bias of all heads.
    """
    torch.manual_seed(plan.seed)
    known = torch.from_numpy(np.unique(torch.cat([masks.right, often.topk(min(plan.known, len(often))).indices]).numpy()))
    right = torch.searchsorted(known, masks.right)
    with torch.no_grad():
        heads.bias.copy_(often)
    return [
        _train_one(heads, place, masks.states[place], embeddings[known], right, often[known], plan) for place in range(len(heads.layers))
    ]


def _train_one(heads: MaskedHeads, place: int, states: Tensor, embeddings: Tensor, right: Tensor, often: Tensor, plan: Plan) -> int:
    """Fit one head, and keep it as it was when it foresaw the last tenth of the hidden pieces best, on which it is not fitted.

    embeddings, often: of the pieces that are summed over. right: (n,) the place of each hidden piece among them.
    """
    given, count = normed(states.float()), len(right) - len(right) // TENTH
    width, rank = heads.up.shape[1:]
    down = (torch.randn(rank, width) / width**0.5).requires_grad_()
    shift, up = torch.zeros(rank, requires_grad=True), torch.zeros(width, rank, requires_grad=True)
    optimizer = torch.optim.AdamW([down, shift, up], plan.rate, weight_decay=plan.decay)
    best = (float("inf"), 0)

    def missed(rows: Tensor, dropout: float) -> Tensor:
        meant = F.dropout(F.gelu(F.linear(given[rows], down, shift)), dropout)
        return F.cross_entropy(meant @ (embeddings @ up).T + often, right[rows])

    for step in range(1, plan.steps + 1):
        loss = missed(torch.randint(count, (BATCH,)), plan.dropout)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % plan.looks == 0 or step == plan.steps:
            with torch.no_grad():
                now = float(missed(torch.arange(count, len(right)), 0.0)) if count < len(right) else -step
                if now < best[0]:
                    best = (now, step)
                    heads.down[place], heads.shift[place], heads.up[place] = down, shift, up
    return best[1]


def measured(reader: MaskedReader, books: pd.DataFrame, often: Tensor, plan: Plan, rng: np.random.Generator) -> HeldOut:
    """What the heads reach on words of passages of these books, one of each, as many as are asked."""
    common = set(often.topk(min(plan.commonest, len(often))).indices.tolist())
    texts = books["text"].to_numpy()[rng.permutation(len(books))][: plan.tested]
    found, ordinary = [], []
    for pieces in windows(reader.tokenizer, texts):
        word = int(rng.integers(max(int(pieces.sentences.word.max()), 1)))
        found.append(answered(reader, pieces, [word]))
        own = pieces.ids[pieces.sentences.word == word]
        ordinary.append(len(own) == 1 and int(own[0]) in common)
    if not found:
        raise InputError("There is nothing to measure on", f"no passage of the other books has {WINDOW} pieces", "Give longer passages")
    probs, right = (np.concatenate([getattr(one, name) for one in found], 1) for name in ("probs", "right"))
    these = np.array(ordinary)
    parts = [Reached(**reached(probs[:, kept], right[:, kept])) for kept in (these | True, these, ~these)]
    return HeldOut(books=books["source"].nunique(), commonest=plan.commonest, all=parts[0], common=parts[1], others=parts[2])


def reached(probs: Floats, right: Bools) -> dict[str, Any]:
    """Shares over words (H, n), by layer."""
    of = max(probs.shape[1], 1)
    shares = {"right": right.sum(1) / of, "likely": (probs >= HALF).sum(1) / of}
    return {"words": probs.shape[1], **{name: [round(float(value), 4) for value in values] for name, values in shares.items()}}
