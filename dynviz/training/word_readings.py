"""When words settle, over many of them: three readings of each word of a sample of tagged texts, and three claims about them.

The states and the hidden words are read from the frozen base, the tags from a tagger on it that lets each word stop, at the setting it
ships with. The evaluation split of the tagger's task has a part in none of the three; how frequent words are is counted in its training
split.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dynviz.checkpoint.cards import card, default_knobs, score_within
from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.masked import load_reader
from dynviz.checkpoint.model import load
from dynviz.data.pieces import cut
from dynviz.errors import InputError
from dynviz.measure.analysis import analyse
from dynviz.measure.stored_words import bound
from dynviz.measure.word_settling import HALF, PIECES, likely, nearness, whole_words
from dynviz.records import Bools, Floats, Ints
from dynviz.records.alignment import word_depths
from dynviz.records.metric import Scores
from dynviz.records.operating import Interval
from dynviz.records.rank import spearman
from dynviz.records.redraw import redrawn, redrawn_units
from dynviz.records.tasks import TASKS
from dynviz.records.word_readings import CONTENT, FUNCTION, READINGS, SIGNS, AtBar, Less, WordClass, WordReadings
from dynviz.records.word_settling import ReadBack, StatesNear
from dynviz.records.zoo import rounded
from dynviz.training.examples import rows_of
from dynviz.training.readings import examples_of

if TYPE_CHECKING:
    from dynviz.checkpoint.masked import MaskedReader
    from dynviz.checkpoint.model import Model

TASK, DETERMINER = "pos", "DET"
TEXTS = 120
BARS = (0.5, 0.7)  # of the cosine; the classes are told at the first
MOST_SPENT = 0.5  # of full compute: a tagger that spends more is taken where no other is there
FEWEST = 20  # words of a class whose mean is worth telling
EVERY = 10  # texts, after which it is said how far it is


@dataclass(frozen=True, eq=False)
class Read:
    """What was read of W words of some texts. owner: (W,) the text of each; tags: (W,) its class; often: (W,) how often it stands in the
    training split; state: (B, W) layers at each bar; back: (W,) the layer, 0 where it was never read back; sure: (W,)."""

    texts: int
    layers: int
    owner: Ints
    tags: tuple[str, ...]
    often: Ints
    state: Ints
    back: Ints
    sure: Ints

    @property
    def late(self) -> Ints:
        """(W,) the layer at which each was read back, the last one where it never was."""
        return np.where(self.back > 0, self.back, self.layers)

    def among(self, classes: frozenset[str]) -> Bools:
        """(W,) which words are of these classes."""
        return np.isin(self.tags, sorted(classes))


def measure(root: Path, data: Path, base: str, texts: int = TEXTS, seed: int = 0, say: Callable[[str], object] = print) -> WordReadings:
    """Read the words of so many texts of the evaluation split, drawn by the seed. base: the folder's name in `root`."""
    task, tagger = TASKS[TASK], tagger_on(root, base)
    stands_on = bound(tagger)
    if stands_on is None:
        raise InputError(f"There are no heads in {root / base}", "they read hidden words", "Fit them: python -m dynviz masked --data DATA")
    rows, often = examples_of(data, task, "report"), frequency(data)
    labels = rows.labels or ()
    drawn = np.sort(np.random.default_rng(seed).permutation(len(rows.texts))[:texts])
    reader, model = load_reader(root / base), load(tagger.folder)
    parts = []
    for n, row in enumerate(drawn, 1):
        parts.append(read(reader, model, default_knobs(tagger), rows.texts[row], labels[row], often))
        if n % EVERY == 0 or n == len(drawn):
            say(f"{n} of {len(drawn)} texts, {sum(len(part.tags) for part in parts):,} words")
    found = together(parts)
    return WordReadings(
        TASK, task.splits["report"], found.texts, len(found.tags), seed, base, found.layers, tagger.name, tagger.config.title,
        default_knobs(tagger), stands_on, HALF, states(found), earlier(found, found.sure, frozenset({DETERMINER}), None),
        correlation(found), rounded((found.back == 0).mean()), classes(found),
    )  # fmt: skip


def tagger_on(root: Path, base: str) -> Checkpoint:
    """The tagger on a base that lets each word stop by itself: as the screen chooses it, the most accurate at its own setting, on the
    calibration split, of those that do not spend much there; else the first."""
    there = (c for c in checkpoints(root) if (c.config.task, c.backbone) == (TASK, base) and c.offered)
    found = sorted((c for c in there if card(c).kind == "depth"), key=lambda c: c.name)
    if not found:
        raise InputError(f"There is no tagger on {base}", f"{root} holds none that lets each word stop", "Train one, e.g. pos-12-tokee")
    measured = [(score, c) for c in found if (score := score_within(c, MOST_SPENT)) is not None]
    return max(measured, key=lambda pair: pair[0])[1] if measured else found[0]


def frequency(data: Path) -> Counter[str]:
    """How often each word, in small letters, stands in the training split."""
    return Counter(str(token).lower() for tokens in rows_of(data, TASKS[TASK], "train")["tokens"] for token in tokens)


def read(
    reader: "MaskedReader", tagger: "Model", knobs: dict[str, float], tokens: Sequence[str], tags: Sequence[str], often: Counter[str]
) -> Read:
    """Three readings of all words of a text that base and tagger read whole; signs are none."""
    most = min(PIECES, reader.encoder.max_length, tagger.max_length)
    pieces, layers = cut(reader.tokenizer, [list(tokens)], most, by_word=True), len(reader.encoder.layers)
    spoken = pieces.sentences.word[pieces.sentences.leads]
    trace = analyse(tagger, list(tokens)).at(knobs)
    depth = dict(zip(np.unique(trace.word[trace.word >= 0]).tolist(), word_depths(trace), strict=True))
    kept = [w for w in spoken.tolist() if w < whole_words(pieces, most) and w in depth and tags[w] not in SIGNS]
    near = nearness(reader.encoder, pieces)[:, np.isin(spoken, kept)]
    names, counts = tuple(tokens[w] for w in kept), [often[tokens[w].lower()] for w in kept]
    return Read(
        1, layers, np.zeros(len(kept), np.int64), tuple(tags[w] for w in kept), np.array(counts, np.int64),
        np.stack([StatesNear(names, near).settled(bar) for bar in BARS]),
        ReadBack(names, reader.heads.layers, likely(reader, pieces, kept)).first(HALF), np.array([depth[w] for w in kept], np.int64),
    )  # fmt: skip


def together(parts: Sequence[Read]) -> Read:
    """The words of several texts, which are numbered in the order given."""
    ends = np.cumsum([part.texts for part in parts])
    owner = np.concatenate([part.owner + end - part.texts for part, end in zip(parts, ends, strict=True)])
    often, state, back, sure = (np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in ("often", "state", "back", "sure"))
    return Read(int(ends[-1]), parts[0].layers, owner, tuple(tag for part in parts for tag in part.tags), often, state, back, sure)


def states(found: Read) -> tuple[AtBar, ...]:
    """Content words less function words, at each bar."""
    return tuple(AtBar(bar, earlier(found, layers, CONTENT, FUNCTION)) for bar, layers in zip(BARS, found.state, strict=True))


def earlier(found: Read, layers: Ints, some: frozenset[str], others: frozenset[str] | None) -> Less:
    """The mean of a reading (W,) over words of some classes, less that over words of others; None: all others."""
    one = found.among(some)
    groups = np.stack([one, ~one if others is None else found.among(others)])
    if not groups.any(1).all():
        what = f"There is no word of the classes {', '.join(sorted(some if not groups[0].any() else others or {'other'}))}"
        raise InputError(what, "there are too few words to compare", "Read more texts: --texts")
    scores = _scores(found, layers, groups)
    drawn, (a, b), (few, many) = _drawn(scores), scores.value, groups.sum(1)
    low, high = np.nanpercentile(drawn[:, 0] - drawn[:, 1], [2.5, 97.5])
    return Less((int(few), int(many)), (rounded(a), rounded(b)), (rounded(a - b), rounded(low), rounded(high)))


def correlation(found: Read) -> Interval | None:
    """Spearman's rank correlation of the layer at which a word is read back with how frequent it is (or the log of that: ranks are the
    same); None where all words are alike in one of them."""
    late, often = found.late.astype(float), found.often.astype(float)
    own, low, high = redrawn_units(lambda units: float(spearman(late[units][None], often[units][None])[0]), found.owner, found.texts)
    return None if np.isnan(own) else (rounded(own), rounded(low), rounded(high))


def classes(found: Read) -> tuple[WordClass, ...]:
    """Means of all readings by word class, those of enough words, in the order of the task's labels."""
    names = [name for name in TASKS[TASK].labels if found.tags.count(name) >= FEWEST]
    if not names:
        return ()
    groups = np.stack([found.among(frozenset({name})) for name in names])
    means = {reading: _means(found, own, groups) for reading, own in zip(READINGS, (found.state[0], found.late, found.sure), strict=True)}
    return tuple(
        WordClass(
            name, int(of.sum()), means["state"][i], means["back"][i], means["sure"][i], rounded((found.back[of] == 0).mean())
        )
        for i, (name, of) in enumerate(zip(names, groups, strict=True))
    )


def _means(found: Read, layers: Ints, groups: Bools) -> list[Interval]:
    scores = _scores(found, layers, groups)
    low, high = np.nanpercentile(_drawn(scores), [2.5, 97.5], axis=0)
    return [(rounded(mean), rounded(a), rounded(b)) for mean, a, b in zip(scores.value, low, high, strict=True)]


def _drawn(scores: Scores) -> Floats:
    """(draws, G) the means in each draw of texts; NaN of a group of which it holds no word, as of one that stands in a single text."""
    there = redrawn(Scores(scores.of, np.ones(scores.of.shape[1]))) > 0
    return np.where(there, redrawn(scores), np.nan)


def _scores(found: Read, layers: Ints, groups: Bools) -> Scores:
    """(G, S) sums of layers over the words of each group (G, W) in each text, and how many these are."""

    def by_text(weights: Floats) -> Floats:
        return np.stack([np.bincount(found.owner, row, found.texts) for row in weights])

    return Scores(by_text(groups * layers.astype(float)), by_text(groups.astype(float)))
