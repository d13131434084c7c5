"""dynviz stream: a policy learns its threshold while sentences go by, over shipped readings."""

import argparse

from dynviz.cli.options import Commands, add_root, aligned, check_root, count, seed


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "stream",
        help="let a policy learn a threshold on a stream",
        description="Let a policy learn its threshold on a stream of sentences.",
    )
    command.add_argument("--model", required=True, help="name of a checkpoint whose readings hold class probabilities, e.g. sst2-joint")
    command.add_argument("--policy", default="ceebert", help="the policy (default ceebert)")
    command.add_argument("--mu", type=float, help="price of all layers, in confidence; larger leaves earlier")
    command.add_argument("--exploration", type=float, help="how much is tried out (beta)")
    whose = "whose readings; report, the default, is the evaluation split"
    command.add_argument("--split", choices=("calibration", "report"), default="report", help=whose)
    command.add_argument("--seed", type=seed, default=0, help="of the first order (default 0)")
    command.add_argument("--orders", type=count, default=5, help="how many orders of the sentences (default 5)")
    add_root(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Play, and print a row for each order and one for each fixed threshold."""
    from dynviz import api

    knobs = {name: value for name in ("mu", "exploration") if (value := getattr(arguments, name)) is not None}
    seeds = range(arguments.seed, arguments.seed + arguments.orders)
    checkpoint = api.find(arguments.model, check_root(arguments.root))
    streams = api.stream(checkpoint, knobs, arguments.policy, arguments.split, seeds)
    first = streams[0]
    rows = [
        {
            "order": f"seed {seed}", "most played": float(s.thresholds[s.counts.argmax()]), "exit layer": float(s.depth[-1]),
            "accuracy": float(s.accuracy[-1]), "reward": float(s.rewards.mean()), "regret": float(s.regret[-1]),
        }
        for seed, s in zip(seeds, streams, strict=True)
    ]  # fmt: skip
    fixed = [
        {"threshold": float(a), "exit layer": float(d), "accuracy": float(r), "reward": float(w), "": "best" if k == first.best else ""}
        for k, (a, d, r, w) in enumerate(zip(first.thresholds, first.fixed_exits, first.fixed_right, first.fixed.mean(1), strict=True))
    ]
    split = "evaluation" if arguments.split == "report" else arguments.split
    print(f"{checkpoint.name}, {len(first.arms):,} sentences of the {split} split, {first.layers} layers\n")
    print(f"Learned, not told the right answers:\n{aligned(rows)}\n\nEach threshold, had it been played throughout:\n{aligned(fixed)}")
    return 0
