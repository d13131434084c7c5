"""The stored readings of many words: shown only beside the base, the heads and the tagger of which they were taken."""

from pathlib import Path

from dynviz.checkpoint.catalogue import Checkpoint, checkpoints
from dynviz.checkpoint.config import digest, neighbour
from dynviz.checkpoint.masked_config import has_heads, heads_digest
from dynviz.checkpoint.shelf import checkpoint_root
from dynviz.records import word_readings as stored
from dynviz.records.word_readings import Bound, WordReadings


def stored_words(root: Path | None = None) -> WordReadings | None:
    """When words settle, over many of them, as stored by `python -m dynviz masked --readings --write`; None where that is not there, or
    was taken of other weights than lie here now."""
    where = root or checkpoint_root()
    found = stored.read(where / stored.FILE)
    tagger = next((c for c in checkpoints(where) if c.name == found.tagger), None) if found else None
    return found if found and tagger and tagger.backbone == found.base and bound(tagger) == found.bound else None


def bound(tagger: Checkpoint) -> Bound | None:
    """The digests of a tagger, its base and the heads there; None where no heads are."""
    base = neighbour(tagger.folder, tagger.backbone)
    return Bound(digest(base), heads_digest(base), tagger.digest) if has_heads(base) else None
