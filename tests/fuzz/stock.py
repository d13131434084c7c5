"""The sound things that are broken: tiny checkpoints of ours, tiny classifiers as others save them, early-exit ones in their authors' form,
and checkpoints that stand on one of those. Made once for a run."""

import shutil
from pathlib import Path

OURS = ("pos-tokee", "sst2-plain", "sst2-joint", "sst2-ltp")
FAMILIES = ("bert", "roberta", "distilbert", "albert", "electra", "mpnet", "modernbert", "deberta-v2")
STANDING, EXITS = {"bert": 0, "roberta": 1}, "-exits"  # family: epochs of tuning
FOREIGN = tuple((family, head) for family in FAMILIES for head in ("sentence", "token"))


def made(root: Path, shelf: Path | None = None) -> Path:
    """The folders `ours`, `foreign`, `based` (a base, heads, a model on it), `released` and `standing` in a new folder. shelf: our
    checkpoints, where they are made already."""
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
    _released(root / "released")
    _standing(root / "standing", root / "foreign")
    return root


def _released(folder: Path) -> None:
    """One of each family of released checkpoints that is opened."""
    from tests.checkpoint.released import families, theirs

    for title in families.CASES:
        one = families.case(title)
        theirs.save(folder / title.replace(",", "").replace(" ", "-").lower(), one.tensors, one.config)


def _standing(folder: Path, foreign: Path) -> None:
    """Exits fitted on two classifiers, the second of which is tuned; each beside its checkpoint, which names it by its folder's name."""
    import dynviz
    from tests.fitting import made as data

    for family, tune in STANDING.items():
        base = Path(shutil.copytree(foreign / f"{family}-sentence", folder / family))
        dynviz.fit_exits(base, data.rows(), folder / f"{family}{EXITS}", beside=True, tune=tune)
