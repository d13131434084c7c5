"""The model card of a fitted model, made from its sweep: what it does on rows that chose nothing, how to use it, and what it stands on."""

from collections.abc import Mapping

from dynviz.checkpoint.config import CheckpointConfig
from dynviz.records import Sweep

BUDGETS = (0.25, 0.4, 0.5, 0.6, 0.75, 0.9)  # shares of compute in the card's table


def card_of(config: CheckpointConfig, knobs: Mapping[str, float], choosing: Sweep, report: Sweep, name: str) -> str:
    """Markdown with the Hub's header. choosing, report: the rows that chose settings, and those that did not. name: the Hub id."""
    on = config.stands_on
    assert on is not None
    words = config.task != "custom"
    text = '"first text\\nsecond text"' if config.pair else '"..."'
    header = [
        "---", "library_name: dynviz", f"pipeline_tag: {'token-classification' if words else 'text-classification'}",
        *([f"base_model: {on.hub}"] if on.hub else []), "tags: [early-exit, adaptive-compute, dynviz]", "---",
    ]  # fmt: skip
    base = f"[{on.hub}](https://huggingface.co/{on.hub}), revision `{on.revision}`" if on.hub else f"a model in a folder ({config.name})"
    rows = len(report.rows.ids)
    return "\n".join(
        [
            *header, f"# {name}", "",
            f"{config.title} on {base}: classifiers after every layer, with which an answer may be given before the last. The model itself "
            f"is not in this folder; it is held against its SHA-256 (`{on.sha256}`) when this is opened.", "",
            "## Use", "", "```python", "import dynviz", f'model = dynviz.load("{name}")', f'dynviz.trace(model, {text}).depth', "```", "",
            f"On the command line: `python -m dynviz trace TEXT{' --pair TEXT' if config.pair else ''} --model {name}`.", "",
            "## What it does", "",
            f"Measured on {rows:,} rows that were neither fitted on nor chose a setting; the settings were chosen on "
            f"{len(choosing.rows.ids):,} others. Compute is in FLOPs of the plain model, classifiers included; intervals are 95 %, of the "
            "paired difference.", "",
            *_table(choosing, report, knobs), "", f"It comes set to {_setting(knobs)}{_why(config)}.", "",
        ]
    )  # fmt: skip


def _table(choosing: Sweep, report: Sweep, knobs: Mapping[str, float]) -> list[str]:
    """A row for full depth, one for each budget, and one for the setting it comes with."""
    lines = ["| setting | accuracy, % | difference, points | compute, % |", "| --- | --- | --- | --- |"]
    chosen = [(f"budget {budget:.0%}", dict(choosing.knobs[choosing.choose(budget)])) for budget in BUDGETS]
    for what, setting in [("full depth", dict(report.knobs[0])), *chosen, ("as it comes", dict(knobs))]:
        point = report.find(setting)
        if point is None:
            continue
        mean, low, high = (100 * x for x in report.difference(point))
        differs = f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]" if point else "0"
        lines.append(f"| {what}: {_setting(setting)} | {100 * report.accuracy[point]:.1f} | {differs} | {100 * report.share[point]:.1f} |")
    return lines


def _setting(knobs: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in knobs.items())


def _why(config: CheckpointConfig) -> str:
    why = config.trained.get("metrics", {}).get("knobs_why", "")
    return f" ({why})" if why else ""
