"""dynviz risk: the boldest setting at which, with this confidence, at most so many answers are lost; from shipped readings."""

import argparse
from typing import TYPE_CHECKING

from dynviz.cli.options import Commands, add_root, aligned, check_root
from dynviz.errors import InputError

if TYPE_CHECKING:
    from dynviz.measure.risk import Promise
    from dynviz.records import Sweep


def add(commands: Commands) -> None:
    """Register the command."""
    about = (
        "Choose the boldest setting of the first knob that keeps a promise on the calibration split (Learn then Test, a fixed sequence "
        "from safe to bold), and check it on the evaluation split. It holds for sentences exchangeable with those of the calibration split."
    )
    command = commands.add_parser("risk", help="a setting with a promise about lost answers", description=about)
    command.add_argument("--model", required=True, help="name of a checkpoint with shipped readings, e.g. sst2-joint")
    command.add_argument("--delta", type=part, default=0.02, help="share of answers that may be lost, at most (default 0.02)")
    command.add_argument("--confidence", type=part, default=0.95, help="with which the promise holds (default 0.95)")
    command.add_argument(
        "--loss", choices=("differs", "harm"), default="differs", help="differs from full depth, or harm: wrong where that is right"
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
    tested, name = found.controlled.tested, knobs[0].name
    rows = [
        {
            name: float(calibration.knobs[int(i)][name]), "lost": float(tested.risks[k]), "upper bound": float(found.bounds[k]),
            "compute": float(calibration.share[int(i)]), "": "accepted" if k < tested.stopped else "failed" if k == tested.stopped else "",
        }
        for k, i in enumerate(found.controlled.order)
    ]  # fmt: skip
    print(aligned(rows[: tested.stopped + 2]))
    fitted = api.card(checkpoint).title if api.fitted_on(checkpoint) == "calibration" else ""
    said = _said(arguments, checkpoint.task.unit, found, calibration, report)
    print("\n" + "\n".join([*said, *_rests(checkpoint.task.name, arguments.confidence, fitted)]))
    return 0


def _said(arguments: argparse.Namespace, unit: str, found: "Promise", calibration: "Sweep", report: "Sweep | None") -> list[str]:
    """The promise and its check, in the page's words."""
    from dynviz.figures import promise
    from dynviz.figures.wording import count, setting

    tested, point, there = found.controlled.tested, found.controlled.point, found.there
    asked, level = (arguments.loss, unit), arguments.confidence
    knobs, share = setting(calibration.knobs[point]), float(calibration.share[point])
    said = [promise.promised(bool(tested.stopped), *asked, arguments.delta, level, knobs, share)]
    if not tested.stopped:
        said.append(promise.why_none(tested.n, level, setting(calibration.knobs[int(found.controlled.order[0])])))
    said.append(f"Chosen on the calibration split ({count(tested.n, 'sentence')}).")
    if found.check is None or there is None or report is None:
        return [*said, promise.NOT_CHECKED]
    if not there:
        return [*said, promise.FULL_CHECK]
    risk = (found.check.risk, found.check.low, found.check.high)
    checked = promise.checked(*asked, risk, arguments.delta, level, float(report.share[there]))
    return [*said, f"Checked on the evaluation split ({count(found.check.n, 'sentence')}): {checked}"]


def _rests(task: str, level: float, fitted: str) -> list[str]:
    """What the promise rests on, without Markdown."""
    from dynviz.figures import promise

    return ["", "What this promise rests on:", *(f"- {rest.replace('**', '')}" for rest in promise.rests_on(task, level, fitted))]
