"""What holds on another backbone, in words and in a table."""

from dataclasses import replace

from dynviz.figures.backbones import backbones_finding, backbones_table
from dynviz.records.backbones import Held, Order, TaskBackbones

FOUND = TaskBackbones(
    "sst2", "dev", 872, ("sst2", "sst2/mpnet"), (6, 12), (0.91, 0.934), 0.67,
    (Order(0.5, {"A": (0.9, 0.92), "B": (0.88, 0.93), "C": (0.8, 0.9)}, (0.5, 0.1, 0.9)), Order(0.3, {"A": (0.7, 0.8)}, None)),
    (Held("A", (0.4, 0.6), (0.2, 0.1, 0.3)), Held("B", (0.4, 0.3), (-0.1, -0.2, -0.01)), Held("C", (0.4, 0.41), (0.01, -0.1, 0.1))),
    (Held("A", (0.05, 0.06), (0.01, -0.02, 0.03)),), {},
)  # fmt: skip


def test_the_finding_says_what_depth_buys_and_what_holds() -> None:
    assert backbones_finding(FOUND) == (
        "At full depth 6 layers have 91.0 % right and 12 layers 93.4 %, over 872 sentences of dev. One of the 12 layers takes 67 % of the "
        "work of the whole model of 6: what they buy is depth to look at and a higher level, not less work. Within 50 % of the compute 3 "
        "methods stand in a like order on both (Spearman 0.50 [0.10, 0.90]). Sentences that leave in the first third of the layers, 12 "
        "layers against 6, 3 methods: surely more in 1, surely fewer in 1, in 1 it cannot be told. Sentences that some exit has right and "
        "the last one wrong, 12 layers against 6, 1 method: in 1 it cannot be told."
    )
    level = replace(FOUND, orders=(Order(0.5, FOUND.orders[0].accuracy, (0.5, -0.5, 1.0)),), early=(), overthought=())
    assert backbones_finding(level).endswith("3 methods stand in no like order that could be told on both (Spearman 0.50 [-0.50, 1.00]).")


def test_a_level_that_is_not_higher_is_not_called_so() -> None:
    assert "a higher level" not in backbones_finding(replace(FOUND, plain=(0.93, 0.91)))


def test_the_table_holds_every_number() -> None:
    rows = backbones_table(FOUND)
    assert len(rows) == 1 + 4 + 4
    assert list(rows[0].values()) == ["right at full depth", "Plain model", "91.0 %", "93.4 %", ""]
    assert list(rows[0])[2:4] == ["6 layers", "12 layers"]
    assert rows[5]["difference"] == "+20.0 [+10.0, +30.0]"
