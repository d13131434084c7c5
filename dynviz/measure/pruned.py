"""Do pruned tokens matter? What a method keeps, at the knobs it ships with, held against a choice by lot; five questions.

Computed by `python -m dynviz pruned --write` over a sample of a task's evaluation split, and stored as pruned.json beside the checkpoints.

- Accuracy: the same model once more, with as many tokens of each sentence and layer, but drawn by lot ([CLS] stays; `core.by_lot`).
- Agreement: does the kept set hold the tokens on which the plain model's answer hangs? By gradient times input of the right answer, and by
  attention rollout (`core.teacher`); AUROC of either for being kept, in each sentence, among its word pieces.
- Order: does what the rule reads of the tokens, nothing dropped yet, rank them as the attention does that they receive in the plain model's
  last layer? Spearman's correlation in each sentence, up to the middle layer, where dropping saves most.
- Content words: their share among the pieces kept and among all. Parts of speech are a tagging model's, whose mistakes go in.
- Edits: one word deleted, one replaced (`data.edits`): are the same pieces of the others kept?

Left out are models that merge tokens, as what they take away is not gone; and those that drop none at their knobs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from dynviz.checkpoint.cards import card, default_knobs
from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.checkpoint.model import Model, load, teacher
from dynviz.core import engine
from dynviz.core.by_lot import ByLot
from dynviz.data.pieces import Pieces, cut
from dynviz.measure import evaluate
from dynviz.measure.funnels import Groups, funnels, groups
from dynviz.measure.kept import agreement, in_step, of_content, of_pieces, one_of_each, overlap, shares, tags
from dynviz.records import Bools, Floats, Ints, Run
from dynviz.records.metric import Scores
from dynviz.records.pruned import MEASURES, Dropper, Funnel, Held, TaskPruned, Why
from dynviz.records.redraw import simultaneous_differences
from dynviz.records.zoo import rounded
from dynviz.runtime import Progress

ROWS, PIECES = 300, 12_000  # of a sample: at most so many texts, and so many pieces in all
DRAWS, EDITS = 3, 2
KINDS = ("tokens", "baseline")


@dataclass(frozen=True, eq=False)
class Sample:
    """Some texts of a task, no longer than what is read of them, as pieces.

    labels: (S,) the right classes. content: (N,) 1 on pieces of content words, 0 on others, NaN on what is no word. saliency, rollout,
    attention: (N,) of the plain model, the last what is received in its last layer. groups: sorts of pieces. edited: E texts with a word
    changed; edits_of: (E,) the sentence of each.
    """

    pieces: Pieces
    labels: Ints
    content: Floats
    saliency: Floats
    rollout: Floats
    attention: Floats
    groups: Groups
    edited: Pieces
    edits_of: Ints


@dataclass(frozen=True, eq=False)
class Counted:
    """Of one model, sentence by sentence: measure -> (S,) of its own choice and of one by lot; NaN where it cannot be told."""

    kept: tuple[float, float]
    found: Mapping[str, tuple[Floats, Floats]]
    funnels: Mapping[str, tuple[Funnel, ...]]


@dataclass(frozen=True, eq=False)
class Padded:
    """Sentences side by side, for a teacher."""

    ids: Tensor
    real: Tensor
    labels: Tensor
    types: Tensor | None = None


def compute(
    models: Sequence[Checkpoint], plain: Checkpoint, tagger: Checkpoint, texts: Sequence[str], labels: Ints, rows: int = ROWS,
    seed: int = 0, progress: Progress | None = None,
) -> TaskPruned:  # fmt: skip
    """What holds for these checkpoints of one task, over some of the texts, labelled by class."""
    rng = np.random.default_rng(seed)
    longest = min(c.config.max_length for c in models)
    sample = drawn(load(plain.folder), load(tagger.folder), texts, labels, rows, longest, rng)
    there, left_out = [], {}
    for done, checkpoint in enumerate(models):
        if progress:
            progress(done, len(models))
        found = counted(load(checkpoint.folder), sample, seed)
        if isinstance(found, Counted):
            there.append((checkpoint, found))
        elif card(checkpoint).kind != "baseline":  # one that drops nothing is none of those that are asked about
            left_out[checkpoint.name] = found
    held = beside([found for _, found in there])
    droppers = tuple(
        Dropper(c.name, c.config.title, c.digest, default_knobs(c), found.kept, h, found.funnels)
        for (c, found), h in zip(there, held, strict=True)
    )
    digests = {c.name: c.digest for c in (plain, tagger)}
    task, many = plain.task, len(sample.labels)
    return TaskPruned(
        task.name, task.splits["report"], many, seed, DRAWS, EDITS, plain.name, tagger.name, digests, droppers, left_out
    )  # fmt: skip


def asked(checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Those that may drop tokens of whole texts, by what their cards say they are."""
    able = [c for c in checkpoints if c.offered and c.task.unit == "sentence"]
    return [c for c in able if card(c).kind in KINDS and card(c).knobs]


def drawn(
    plain: Model, tagger: Model, texts: Sequence[str], labels: Ints, rows: int, longest: int, rng: np.random.Generator
) -> Sample:  # fmt: skip
    """Some of the texts, drawn, with all that does not depend on the model that is asked. longest: pieces that all models read."""
    limit, order = min(longest, plain.max_length), rng.permutation(len(texts))[:rows]
    pieces = cut(plain.tokenizer, [texts[i] for i in order], limit)
    order = order[np.cumsum(pieces.sentences.lengths) <= PIECES]
    pieces = read_part(plain, pieces.only(np.arange(len(order))), limit)
    edits = [(s, edit.text) for s, text in enumerate(pieces.texts) for edit in one_of_each(text, rng)]
    edited = cut(plain.tokenizer, [text for _, text in edits], limit)
    spoken, scores = of_pieces(pieces, tags(tagger, pieces.texts)), told(plain, pieces, labels[order])
    sorts, edits_of = groups(pieces, spoken), np.array([s for s, _ in edits])
    return Sample(pieces, labels[order], of_content(spoken), *scores, sorts, edited, edits_of)


def read_part(model: Model, pieces: Pieces, limit: int) -> Pieces:
    """The same texts, cut off where reading ends: what lies beyond can neither be kept nor be edited."""
    spans = [pieces.sentences.span(s) for s in range(len(pieces.texts))]
    return cut(model.tokenizer, [t[: pieces.offsets[a].max()] for t, a in zip(pieces.texts, spans, strict=True)], limit)


def told(plain: Model, pieces: Pieces, labels: Ints) -> tuple[Floats, Floats, Floats]:
    """(N,) of the plain model, each token's saliency, its share by attention rollout, and the attention received in the last layer."""
    frozen, parts = teacher(plain), []
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        ids = [torch.from_numpy(part.ids[part.sentences.span(s)]) for s in range(len(rows))]
        real = pad_sequence([torch.ones_like(one, dtype=torch.bool) for one in ids], batch_first=True)
        batch = Padded(pad_sequence(ids, batch_first=True), real, torch.from_numpy(labels[rows]))
        received = (frozen.attention(batch).mean(1) * real[..., None]).sum(1) / real.sum(1, keepdim=True)
        parts.append([values[real].double().numpy() for values in (frozen.saliency(batch), frozen.rollout(batch), received)])
    saliency, rollout, attention = (np.concatenate(values) for values in zip(*parts, strict=True))
    return saliency, rollout, attention


def counted(model: Model, sample: Sample, seed: int) -> Counted | Why:
    """All measures of one model at the knobs it ships with, or why there are none."""
    pieces, knobs = sample.pieces, model.knobs()
    own, answers = with_lots(model, pieces, knobs, seed)
    if own.merged_into is not None:
        return "it merges"
    if (own.exit_layer < len(own.sizes)).any():
        return "it answers early"
    if own.transformed.all():
        return "it drops nothing"
    middle, last = own.transformed[len(own.sizes) // 2 - 1], own.transformed[-1]
    found = {"accuracy": (own.predicted == sample.labels, (answers == sample.labels).mean(0))}
    for name, scores in (("saliency", sample.saliency), ("rollout", sample.rollout)):
        for where, kept in (("", last), (", middle layer", middle)):
            area = agreement(scores, kept, pieces)
            found[name + where] = area, np.where(np.isnan(area), np.nan, 0.5)
    found["order"] = order(model, sample)
    found["content words"] = shares(sample.content, last, pieces.sentences.owner, len(sample.labels))
    found["edits"] = steadiness(model, sample, last)
    return Counted((float(middle.mean()), float(last.mean())), found, funnels(own.transformed, sample.groups))


def order(model: Model, sample: Sample) -> tuple[Floats, Floats]:
    """(S,) how far what the rule reads of tokens, with nothing dropped, ranks them as the plain model's last attention does: the mean over
    the readings up to the middle layer; and 0, by lot."""
    method, pieces = model.method, sample.pieces
    name = next(r.name for r in method.readings if r.unit == "token" and r.compared)
    read = evaluate.run_all(evaluate.subject_of(model), pieces, method.off()).readings[name]
    rows = [row for row in read[: (len(read) - 1) // 2 + 1] if np.isfinite(row).any()]
    own = np.mean([in_step(row, sample.attention, pieces) for row in rows], axis=0) if rows else np.full(len(sample.labels), np.nan)
    return own, np.where(np.isnan(own), np.nan, 0.0)


def with_lots(model: Model, pieces: Pieces, knobs: Mapping[str, float], seed: int) -> tuple[Run, Ints]:
    """The run of the texts, and (draws, S) what is answered where lots, the same for every model, say which tokens stay."""
    runs, answers = [], []
    for rows in evaluate.batches(pieces.sentences):
        part = pieces.only(rows)
        own = engine.run(model.stages, model.method, part.ids, part.sentences, knobs)
        drops = own.merged_into is None and not own.transformed.all()
        seeds = [(seed, draw, int(rows[0])) for draw in range(DRAWS)] if drops else []
        lots = [ByLot(model.method, own, np.random.default_rng(one)) for one in seeds]
        by_lot = [engine.run(model.stages, lot, part.ids, part.sentences, knobs).predicted for lot in lots] or [own.predicted] * DRAWS
        runs.append(own)
        answers.append(np.stack(by_lot))
    return evaluate.join(runs), np.concatenate(answers, axis=1)


def steadiness(model: Model, sample: Sample, kept: Bools) -> tuple[Floats, Floats]:
    """(S,) how much of the kept set an edit leaves as it was, the mean over the edits of a sentence; and by lot."""
    sums, many = np.zeros((2, len(sample.labels))), np.zeros(len(sample.labels))
    left = evaluate.run_all(evaluate.subject_of(model), sample.edited, model.knobs()).transformed[-1]
    for edit, s in enumerate(sample.edits_of.tolist()):
        both = overlap(_one(sample.pieces, kept, s), _one(sample.edited, left, edit))
        if not np.isnan(both[0]):
            sums[:, s] += both
            many[s] += 1
    means = np.where(many > 0, sums / np.maximum(many, 1), np.nan)
    return means[0], means[1]


def _one(pieces: Pieces, kept: Bools, text: int) -> tuple[Pieces, Bools]:
    """One of the texts, and which of its pieces are kept."""
    return pieces.only(np.array([text])), kept[pieces.sentences.span(text)]


def beside(models: Sequence[Counted]) -> list[dict[str, Held]]:
    """Each measure of all models at once, so that their intervals hold together."""
    out: list[dict[str, Held]] = [{} for _ in models]
    for name in MEASURES if models else ():
        own, chance = (np.stack([model.found[name][side] for model in models]).astype(np.float64) for side in (0, 1))
        of = ~np.isnan(own)
        for row, held in enumerate(_held(np.where(of, own, 0.0), np.where(of, chance, 0.0), of)):
            if of[row].any():
                out[row][name] = held
    return out


def _held(own: Floats, chance: Floats, of: NDArray[np.bool_]) -> list[Held]:
    one, other = (Scores(values, of.astype(np.float64)) for values in (own, chance))
    gaps = simultaneous_differences(one, other)
    return [
        Held(rounded(a), rounded(b), (rounded(mean), rounded(low), rounded(high)), int(n))
        for a, b, (mean, low, high), n in zip(one.value, other.value, gaps, of.sum(1), strict=True)
    ]
