"""The sound things that are broken: tiny checkpoints of ours, and tiny classifiers as others save them. Made once for a run."""

import shutil
from pathlib import Path

OURS = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")
FAMILIES = ("bert", "roberta", "distilbert", "albert", "electra", "mpnet", "modernbert", "deberta-v2")
FOREIGN = tuple((family, head) for family in FAMILIES for head in ("sentence", "token"))


def made(root: Path, shelf: Path | None = None) -> Path:
    """The folders `ours`, `foreign` and `based` (a base, heads, a model on it) in a new folder. shelf: our checkpoints, where they are
    made already."""
    from transformers.utils import logging

    from tests import bases, hub
    from tests.checkpoints import SPECS, build

    logging.disable_progress_bar()
    root.mkdir(parents=True)
    if shelf is not None:
        shutil.copytree(shelf, root / "ours")
    else:
        build(root / "ours", [s for s in SPECS if s.name in OURS], sentences=12)
    bases.heads(bases.base(root / "based"))
    bases.on_base(root / "based", "one")
    shutil.rmtree(root / "based" / "published")
    for family, head in FOREIGN:
        hub.save(root / "foreign" / f"{family}-{head}", family, head)
    return root
