"""dynviz risk: the boldest setting at which, with this confidence, at most so many answers are lost; from shipped readings."""

import argparse

from dynviz.cli.options import Commands, add_root, aligned, check_root
from dynviz.errors import InputError

LOST = {"differs": "answers differ from full depth", "harm": "answers are wrong where full depth is right"}


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Choose the boldest setting of the first knob that keeps a promise on the calibration split (Learn then Test, a fixed sequence "
        "from safe to bold), and check it on the report split. It holds for sentences exchangeable with those of the calibration split."
    )
    command = commands.add_parser("risk", help="a setting with a promise about lost answers", description=about)
    command.add_argument("--model", required=True, help="name of a checkpoint with shipped readings, e.g. sst2-joint")
    command.add_argument("--delta", type=part, default=0.02, help="share of answers that may be lost, at most (default 0.02)")
    command.add_argument("--confidence", type=part, default=0.95, help="with which the promise holds (default 0.95)")
    command.add_argument(
        "--loss", choices=tuple(LOST), default="differs", help="differs from full depth, or harm: wrong where that is right"
    )
    add_root(command)
    command.set_defaults(run=run)


def part(text: str) -> float:
    """An argparse type: a number between 0 and 1, both excluded."""
    number = float(text)
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"{text} does not lie between 0 and 1")
    return number


def run(arguments: argparse.Namespace) -> int:
    """Print the settings as tested, the promise, and its check."""
    from dynviz import api
    from dynviz.measure import risk

    checkpoint = api.find(arguments.model, check_root(arguments.root))
    knobs = api.card(checkpoint).knobs
    calibration, report = (api.stored_sweep(checkpoint, split) for split in ("calibration", "report"))
    if not knobs or calibration is None:
        why = "no numbers of its calibration split ship" if knobs else "it has no knob"
        raise InputError(f"No promise can be made for {checkpoint.name}", why, "Choose another checkpoint: python -m dynviz checkpoints")
    eps = 1 - arguments.confidence
    found = risk.promise(calibration, report, knobs[0], arguments.delta, eps, arguments.loss)
    tested, point, name = found.controlled.tested, found.controlled.point, knobs[0].name
    rows = [
        {
            name: float(calibration.knobs[int(i)][name]), "lost": float(tested.risks[k]), "upper bound": float(found.bounds[k]),
            "compute": float(calibration.share[int(i)]), "": "accepted" if k < tested.stopped else "failed" if k == tested.stopped else "",
        }
        for k, i in enumerate(found.controlled.order)
    ]  # fmt: skip
    said = ", ".join(f"{k} = {v:g}" for k, v in calibration.knobs[point].items()) if tested.stopped else "only full depth"
    print(aligned(rows[: tested.stopped + 2]))
    print(
        f"\nWith {arguments.confidence:.0%} confidence at most {arguments.delta:.1%} of {LOST[arguments.loss]}: {said}, "
        f"{calibration.share[point]:.0%} of the compute (calibration split, n = {tested.n:,})."
    )
    if found.check is not None and found.there:
        check = found.check
        print(
            f"On the report split: {check.risk:.1%} [{check.low:.1%}, {check.high:.1%}], n = {check.n:,}, "
            f"{report.share[found.there] if report else 0:.0%} of the compute."
        )
    print("It holds for sentences exchangeable with those of the calibration split, on average over them.")
    return 0
