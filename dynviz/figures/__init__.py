"""Pictures of records: pure functions from a `Trace`, a `Sweep` or plain arrays to a plotly figure.

Every figure `x` has a finding (`x_finding`: plain sentences, shown on screen and read aloud) and a table (`x_table`: rows for
CSV and for readers who see no picture). Nothing here computes with a model. plotly is imported when a figure is first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "style": ("DARK", "LIGHT", "Style"),
    "columns": ("Column", "columns", "layer_names"),
    "staircase": ("staircase", "staircase_finding", "staircase_table"),
    "ladder": ("ladder", "ladder_finding", "ladder_table", "windows"),
    "funnel": ("funnel", "funnel_finding", "funnel_of", "funnel_table", "survival", "survival_finding", "survival_table"),
    "trajectory": ("trajectory", "trajectory_finding", "trajectory_table"),
    "tradeoff": ("Curve", "curve_of", "tradeoff", "tradeoff_finding", "tradeoff_table"),
    "exits": ("exit_distribution", "exit_finding", "exit_table"),
    "halting": ("gates", "gates_finding", "gates_table", "halting", "halting_finding", "halting_table"),
    "scores": ("scores", "scores_finding", "scores_table"),
}
_WHERE = {name: home for home, names in _HOME.items() for name in names}
__all__ = sorted(_WHERE)  # type: ignore[misc]  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    # a submodule that shares its figure's name (staircase.staircase) would shadow the function once imported: store it
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
