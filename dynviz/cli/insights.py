"""dynviz insights: what all methods of a task reach beside each other, from shipped readings."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynviz.cli.options import Commands, add_root, add_task, aligned, check_root

_VERDICTS = {"above": " better", "level": "", "below": " worse"}  # against the choice of the calibration split


def add(commands: Commands) -> None:
    """Register the command."""
    about = "Compare all methods of each task at equal compute, settings chosen on the calibration split, from shipped readings."
    command = commands.add_parser("insights", help="compare all methods from shipped readings", description=about)
    add_root(command)
    add_task(command)
    command.add_argument("--write", action="store_true", help="store everything as zoo.json beside the checkpoints")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compute, print a table for each task, and store."""
    from dynviz import api
    from dynviz.figures.backbones import backbones_bought, backbones_findings
    from dynviz.figures.reproduced import reproduced_finding
    from dynviz.measure import backbones, insights, reproduced
    from dynviz.records import backbones as stored_backbones
    from dynviz.records import reproduced as stored_reproduced
    from dynviz.records import zoo as stored
    from dynviz.records.metric import metric_of

    root = check_root(arguments.root) or api.checkpoint_root()
    found = insights.compute(root, arguments.task)
    for name, task in found.items():
        plain = f"plain model {metric_of(name)} {task.plain_accuracy:.4f}"
        print(f"{name}: {task.sentences:,} sentences of {task.report}, {plain}\n{aligned(_rows(task))}\n")
        print("\n".join(_words(task)) + "\n")
    held = backbones.compute(found, root)
    for name, two in held.items():
        print("\n".join([f"{name}: {backbones_bought(two)}", *(one.said for one in backbones_findings(two))]) + "\n")
    beside = reproduced.compute(root, arguments.task)
    print("".join(f"{name}: {reproduced_finding(one)}\n" for name, one in beside.items()), end="")
    if arguments.write:
        for kept, numbers in ((stored, found), (stored_backbones, held), (stored_reproduced, beside)):
            _write(kept, numbers, root, bool(arguments.task))
    return 0


def _write(kept: Any, found: Mapping[str, Any], root: Path, some: bool) -> None:
    """Store numbers in the file of their records, where there are any. some: only of some tasks, so that those of others stay."""
    file = root / kept.FILE
    every = {**(kept.read(file) if some else {}), **found}
    if every:  # most folders hold one backbone, and some no method that anybody else measured
        kept.write(every, file)
        print(f"Written to {file}.")


def _words(task: Any) -> list[str]:
    """What the Methods page says of the task, a line for each picture."""
    from dynviz import figures

    budgets = [figures.zoo_budget_finding(task, budget) for budget in task.budgets]
    others = [getattr(figures, f"zoo_{what}_finding")(task) for what in ("scores", "changes", "exits", "trust", "worth")]
    surely = "Better, worse and surely are said at 95 % for all methods of a list at once (max-t bootstrap over sentences)."
    return list(dict.fromkeys([*budgets, *others, surely, figures.zoo_caution(task)]))


def _rows(task: Any) -> list[dict[str, Any]]:
    """A row for each contender: its accuracy and compute within each budget, and its score."""
    from dynviz.figures.wording import percent
    from dynviz.records.zoo import side

    scores = {score.contender: score for score in task.scores}
    rows = []
    for contender in task.contenders:
        row: dict[str, Any] = {"method": contender.title}
        for budget in task.budgets:
            one = next((c for c in budget.chosen if c.contender == contender.name), None)
            said = f"{one.accuracy:.3f} at {percent(one.share)}{_VERDICTS[side(one.leader)]}" if one else "-"
            row[f"within {percent(budget.budget)}"] = said
        score = scores.get(contender.name)
        row["above a cut model"] = f"{score.score[0]:+.3f} [{score.score[1]:+.3f}, {score.score[2]:+.3f}]" if score else "-"
        rows.append(row)
    return rows
