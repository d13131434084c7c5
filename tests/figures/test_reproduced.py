"""What others report beside ours, drawn, in words and in a table."""

from dataclasses import replace

from dynviz.figures import captions
from dynviz.figures.reproduced import drawn, reproduced, reproduced_finding, reproduced_key, reproduced_table
from dynviz.records.reproduced import Row, TaskReproduced
from tests.measure.test_reproduced import OURS, ROW, THEIRS

PADDED = replace(THEIRS, cost="2.4x faster, padded to 64", share=0.42, real=1.07, counts="running time")
WITHIN = replace(ROW, ours=replace(OURS, difference=(-0.02, -0.03, 0.0)))
OTHER = Row("B", "sst2-b", replace(THEIRS, full=None), OURS, ("linear classifiers here", *ROW.differs), "For another reason.")
FOUND = TaskReproduced(
    "sst2", "dev", 872,
    (ROW, OTHER, Row("C", "sst2-c", PADDED, None, ROW.differs, "Padding."), WITHIN),
    {"D": "MNLI", "E's rule, on text": "GLUE"}, {"sst2-a": "a" * 12},
)  # fmt: skip


def test_the_finding_counts_what_was_met_and_says_what_parts_all_rows() -> None:
    assert reproduced_finding(FOUND) == (
        "Of 4 published results on this data, each held against our setting of the nearest cost over 872 texts: in 1 ours "
        "and theirs cannot be told apart, in 1 more of full depth's score is kept here; 2 cannot be held against ours, as the table "
        "says why. In every row: test sentences there, dev here. No score on this data "
        "whose cost is told could be traced of D and E's rule (on text)."
    )
    alone = reproduced_finding(replace(FOUND, rows=(ROW,), other={}))
    assert alone.endswith("in 1 more of full depth's score is kept here.")


def test_it_is_said_where_what_is_printed_of_one_method_differs_itself() -> None:
    again = replace(ROW, theirs=replace(THEIRS, score=0.86, real=0.6))
    alone = replace(ROW, theirs=replace(THEIRS, score=0.7), ours=replace(OURS, share=None))
    assert (
        "What is printed of one method on one base lies up to 4.0 points apart: A on BERT-base, -2.0 with 50 % left, -6.0 with 60 % left."
        in reproduced_finding(replace(FOUND, rows=(ROW, again, alone)))
    )
    other = replace(again, theirs=replace(again.theirs, backbone="ALBERT-base"))
    assert "What is printed" not in reproduced_finding(replace(FOUND, rows=(ROW, other)))


def test_the_table_holds_both_and_the_reasons() -> None:
    rows = reproduced_table(FOUND)
    assert rows[0] == {
        "method": "A", "published": "92.0 to 90.0", "setting there": "SST-2 test, BERT-base, 2x fewer layers", "printed in": THEIRS.source,
        "ours": "89.0 to 88.0 at 48 % of the layers, 50 % of the FLOPs; 6 layers of width 384", "lost there": "-2.0",
        "lost here": "-1.0 [-1.5, -0.5]", "verdict": "more kept here", "apart": "", "why": "Because.", "checkpoint": "sst2-a",
    }  # fmt: skip
    assert (rows[1]["published"], rows[1]["lost there"], rows[1]["apart"]) == ("90.0", "", "Linear classifiers here.")
    assert rows[1]["verdict"].startswith("cannot be told")
    assert (rows[2]["ours"], rows[2]["lost here"]) == ("", "")
    assert rows[2]["apart"] == "Without padding 107 % of the work is left there."


def test_the_picture_draws_each_pair_of_losses_the_first_at_the_top() -> None:
    assert drawn(FOUND) == [FOUND.rows[0], FOUND.rows[3]]
    traces = {trace.name: trace for trace in reproduced(FOUND).data}
    assert list(traces["there"].x) == [-2, -2]
    assert list(traces["here"].x) == [-2, -1]
    assert list(traces["there"].error_x.array) == [0, 0]
    assert list(traces["here"].error_x.array) == [2, 0.5]
    assert list(traces["here"].error_x.arrayminus) == [1, 0.5]
    assert "all 3 results at once" in reproduced_key(FOUND)
    assert "4 published results, 1 checkpoint (combined hash" in captions.of_reproduced(FOUND, {"sst2-a": 0}, "At one.")
