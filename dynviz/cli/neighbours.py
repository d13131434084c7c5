"""dynviz neighbours: do similar sentences leave at similar layers? A store of held-out sentences is asked before the model runs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynviz.cli.options import Commands, add_root, check_root
from dynviz.errors import InputError

if TYPE_CHECKING:
    from dynviz.measure.neighbours import Asked
    from dynviz.records import Floats, Recorded

_VERDICTS = {"above": "surely better than", "below": "surely worse than", "level": "not to be told from"}


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "RAEE's rule as a question: the calibration split is the store, the evaluation split asks it, and what it foretells is compared "
        "with always stopping after one layer. Readings ship; the texts are read from your data folder, for the keys alone."
    )
    command = commands.add_parser("neighbours", help="do similar sentences leave at similar layers?", description=about)
    command.add_argument("--model", default="sst2-joint", help="name of a checkpoint with exits and readings (default sst2-joint)")
    command.add_argument("--data", type=Path, required=True, help="folder with <task>/<split>.parquet")
    add_root(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, and print what came of it."""
    from dynviz import api
    from dynviz.measure.neighbours import asked

    if not arguments.data.is_dir():
        raise InputError(f"--data {arguments.data} is not a folder", "the data sets lie there, one folder each", "Check the path")
    api.one_thread()
    model = api.load(arguments.model, check_root(arguments.root))
    checkpoint = api.find(arguments.model, check_root(arguments.root))
    print(said(asked(*(_split(model, checkpoint, arguments.data, purpose) for purpose in ("calibration", "report")))))
    return 0


def said(found: "Asked") -> str:
    """What came of it, in sentences."""
    from dynviz.figures.wording import depth, percent1, points
    from dynviz.records.zoo import side

    mean, low, high = map(points, found.gain)
    return (
        f"A store of {found.stored:,} sentences, of which no layer gets {percent1(found.never)} right, was asked about {found.asked:,} "
        f"others. The layers it foretells, {depth(found.depth)} in the mean, are right in {percent1(found.accuracy)}. Always stopping "
        f"after layer {found.fixed} is right in {percent1(found.fixed_accuracy)}: the neighbours are {_VERDICTS[side(found.gain)]} that, "
        f"{mean} points [{low}, {high}]. Asking the store is not counted as compute."
    )


def _split(model: Any, checkpoint: Any, data: Path, purpose: str) -> "tuple[Floats, Recorded]":
    """The keys, means of the embeddings, and the readings of a split."""
    from dynviz import api
    from dynviz.measure.neighbours import answering, keys
    from dynviz.training.readings import prepared

    found = api.stored_run(checkpoint, purpose)
    if found is None or len(model.stages) > 1:
        raise InputError(f"{checkpoint.name} cannot be asked", "it ships no readings of one encoder", "Choose another checkpoint")
    if answering(found[0]) < 2:
        raise InputError(f"{checkpoint.name} cannot be asked", "it answers after one layer alone", "Choose a model of early exits")
    pieces, rows = prepared(model, data, purpose)
    if rows.ids != found[0].rows.ids:
        raise InputError(f"The rows in {data} are not those measured", f"the {purpose} split differs", "Give the data it was measured on")
    return keys(model.stages[0], pieces), found[0]
