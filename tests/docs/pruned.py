"""Whether the tokens that models drop matter: a part of docs/results.md for each task and backbone of which it was asked."""

from dynviz import api, figures
from dynviz.figures.wording import percent
from dynviz.records.pruned import MEASURES, Dropper
from tests.docs.table import cell, table

ABOUT = (
    "Do pruned tokens matter? {n} texts of {split} (seed {seed}), every model at the knobs it ships with, held against a choice by lot; "
    "`python -m dynviz pruned --data DATA --write` measures it anew. **accuracy**: against as many tokens of each text and layer drawn by "
    "lot ({draws} lots). **saliency**, **rollout**: AUROC of a token's share in the plain model's answer (`{plain}`), by gradient times "
    "input and by attention rollout, for being kept. {order}**content words**: their share among the kept pieces, against all (parts of "
    "speech by `{tagger}`). **edits**: Jaccard index of what is kept before and after a word is deleted or replaced. In each cell: the "
    "mean, that of a choice by lot, and the difference with a 95 % interval that holds for all models of the column at once (bootstrap "
    "over texts)."
)
ORDER = (
    "**order**: Spearman's correlation of what the rule reads of tokens up to the middle layer, nothing dropped yet, with the attention "
    "that they receive in the plain model's last layer. "
)


def dropped(name: str) -> str:
    """The paragraph and its table, by task or "task/backbone"; "" where nothing is stored."""
    found = api.pruned().get(name)
    if found is None or not found.droppers:
        return ""
    asked = [name for name in MEASURES if any(name in d.held for d in found.droppers)]
    about = ABOUT.format(
        n=found.sentences, split=found.split, seed=found.seed, draws=found.draws, plain=found.plain, tagger=found.tagger,
        order=ORDER if "order" in asked else "",
    )  # fmt: skip
    rows = [_row(d, asked) for d in sorted(found.droppers, key=lambda d: -d.held["accuracy"].more[0])]
    out = "".join(f" `{name}` is left out: {why}." for name, why in found.left_out.items())
    return f"\n{about}\n\n{cell(figures.pruned_finding(found))}{out}\n\n{table(('method', 'model', 'tokens left', *asked), rows)}\n"


def _row(d: Dropper, asked: list[str]) -> tuple[str, ...]:
    return cell(d.title), f"`{d.model}`", percent(d.kept[1]), *(_cell(d, name) for name in asked)


def _cell(d: Dropper, name: str) -> str:
    held = d.held.get(name)
    return "{:.3f}, {:.3f}; {:+.3f} [{:+.3f}, {:+.3f}]".format(held.own, held.chance, *held.more) if held else ""
