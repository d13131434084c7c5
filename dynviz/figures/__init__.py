"""Pictures of records: pure functions from a `Trace`, a `Sweep` or plain arrays to a plotly figure.

Every figure `x` has a finding (`x_finding`: plain sentences, shown on screen and read aloud) and a table (`x_table`: rows for
CSV and for readers who see no picture). Nothing here computes with a model.
"""

from dynviz.figures.at_budget import Choice, at_budget, at_budget_finding, at_budget_key, at_budget_table
from dynviz.figures.beside import beside, beside_finding, beside_table
from dynviz.figures.boxes import boxes, boxes_finding, boxes_table
from dynviz.figures.columns import Column, columns, layer_names
from dynviz.figures.couple import couple, couple_finding, couple_table
from dynviz.figures.deltas import deltas, deltas_finding, deltas_of, deltas_table
from dynviz.figures.difficulty import Group, difficulty, difficulty_finding, difficulty_table
from dynviz.figures.domain import domain, domain_finding, domain_key, domain_table
from dynviz.figures.exits import exit_distribution, exit_finding, exit_table
from dynviz.figures.funnel import funnel, funnel_finding, funnel_of, funnel_table
from dynviz.figures.gates import gates, gates_finding, gates_table
from dynviz.figures.halting import halting, halting_finding, halting_table
from dynviz.figures.ladder import ladder, ladder_finding, ladder_table, windows
from dynviz.figures.pruned import pruned, pruned_finding, pruned_key, pruned_table
from dynviz.figures.pruned_groups import pruned_groups, pruned_groups_finding, pruned_groups_key, pruned_groups_table
from dynviz.figures.ranks import ranks, ranks_finding, ranks_table
from dynviz.figures.risk import Risks, risk, risk_finding, risk_key, risk_table
from dynviz.figures.rule import rule, rule_finding, rule_table
from dynviz.figures.scores import scores, scores_finding, scores_table
from dynviz.figures.settling import Question, settling, settling_finding, settling_table
from dynviz.figures.staircase import staircase, staircase_finding, staircase_table
from dynviz.figures.stream import stream, stream_finding, stream_table
from dynviz.figures.strip import strip, strip_finding
from dynviz.figures.style import DARK, LIGHT, Style
from dynviz.figures.tradeoff import Curve, curve_of, tradeoff, tradeoff_finding, tradeoff_table
from dynviz.figures.trajectory import trajectory, trajectory_finding, trajectory_left_out, trajectory_table
from dynviz.figures.trust import foresight, foresight_finding, foresight_table, reliability, reliability_finding, reliability_table
from dynviz.figures.waterfall import waterfall, waterfall_finding, waterfall_key, waterfall_table
from dynviz.figures.zoo import (
    zoo_budget,
    zoo_budget_finding,
    zoo_budget_key,
    zoo_budget_table,
    zoo_caution,
    zoo_scores,
    zoo_scores_finding,
    zoo_scores_key,
    zoo_scores_table,
)  # fmt: skip
from dynviz.figures.zoo_across import across, zoo_across, zoo_across_finding, zoo_across_key, zoo_across_table
from dynviz.figures.zoo_answers import zoo_changes, zoo_changes_finding, zoo_changes_key, zoo_changes_table
from dynviz.figures.zoo_exits import zoo_exits, zoo_exits_finding, zoo_exits_key, zoo_exits_table
from dynviz.figures.zoo_trust import zoo_trust, zoo_trust_finding, zoo_trust_key, zoo_trust_table
from dynviz.figures.zoo_worth import zoo_worth, zoo_worth_finding, zoo_worth_key, zoo_worth_table

__all__ = [
    "at_budget", "at_budget_finding", "at_budget_key", "at_budget_table", "Choice", "beside", "beside_finding", "beside_table", "boxes",
    "boxes_finding", "boxes_table", "Column",
    "columns", "Curve", "curve_of", "couple", "couple_finding", "couple_table", "DARK", "deltas", "deltas_finding", "deltas_of",
    "deltas_table", "difficulty", "difficulty_finding", "difficulty_table", "domain", "domain_finding", "domain_key", "domain_table",
    "exit_distribution", "exit_finding", "exit_table", "foresight", "foresight_finding", "foresight_table", "funnel", "funnel_finding",
    "funnel_of", "funnel_table", "gates", "gates_finding", "gates_table", "Group", "halting", "halting_finding", "halting_table", "ladder",
    "ladder_finding", "ladder_table", "layer_names", "LIGHT", "pruned", "pruned_finding", "pruned_groups", "pruned_groups_finding",
    "pruned_groups_key", "pruned_groups_table", "pruned_key", "pruned_table", "reliability", "reliability_finding", "reliability_table",
    "ranks", "ranks_finding", "ranks_table", "trajectory_left_out",
    "risk", "risk_finding", "risk_key", "risk_table", "Risks", "rule", "rule_finding", "rule_table", "scores", "scores_finding",
    "scores_table", "staircase", "staircase_finding", "staircase_table", "stream", "stream_finding", "stream_table", "strip",
    "strip_finding", "Style", "tradeoff", "tradeoff_finding", "tradeoff_table", "trajectory", "trajectory_finding", "trajectory_table",
    "waterfall", "waterfall_finding", "waterfall_key", "waterfall_table", "windows", "across", "zoo_across",
    "zoo_across_finding", "zoo_across_key", "zoo_across_table", "zoo_budget", "zoo_budget_finding", "zoo_budget_key",
    "zoo_budget_table", "zoo_caution", "zoo_changes", "zoo_changes_finding", "zoo_changes_key", "zoo_changes_table", "zoo_exits",
    "zoo_exits_finding", "zoo_exits_key", "zoo_exits_table", "zoo_scores", "zoo_scores_finding", "zoo_scores_key", "zoo_scores_table",
    "zoo_trust", "zoo_trust_finding", "zoo_trust_key", "zoo_trust_table", "zoo_worth", "zoo_worth_finding", "zoo_worth_key",
    "zoo_worth_table", "Question", "settling", "settling_finding", "settling_table",
]  # fmt: skip
