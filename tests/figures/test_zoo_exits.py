"""Every exit alone: the numbers of the grid, and the sentence that says which training is best after the first layer."""

from dataclasses import replace

import numpy as np

from dynviz.figures import zoo_exits, zoo_exits_finding, zoo_exits_table
from dynviz.records.zoo import Contender, Trust
from tests.figures.test_zoo import TASK

TRUST = (
    Trust("joint", "x", (0.8, 0.9), (0.1, 0.1), (0.7, 0.7), "p", (0.7, 0.7)),
    Trust("frozen", "y", (0.6, 0.91), (0.1, 0.1), (0.7, 0.7), "p", (0.7, 0.7)),
    Trust("cascade", "c", (0.5, 0.6, 0.99), (0.1, 0.1, 0.1), (0.7, 0.7, 0.7), "p", (0.7, 0.7, 0.7)),
    Trust("few", "z", (None, 0.85), (None, 0.1), (None, 0.7), "p", (None, 0.7)),
)


def told():  # type: ignore[no-untyped-def]
    names = tuple(Contender(t.contender, t.contender.title(), "m", "exit", (t.checkpoint,), ()) for t in TRUST)
    return replace(TASK, trust=TRUST, contenders=names, static=((0.5, 0.78), (1.0, 0.92)), digests={"z": "zz"})


def test_the_finding_compares_the_first_exits_and_the_last() -> None:
    assert zoo_exits_finding(told()) == (
        "After layer 1 the classifier of Joint alone is right in 80.0 %, that of Frozen in 60.0 %; after the last layer all lie between "
        "85.0 % and 91.0 %. A plain model of one layer, trained as such, is right in 78.0 %."
    )
    deep = tuple(replace(c, title=f"{c.title}, 12 layers") for c in told().contenders)
    said = zoo_exits_finding(replace(told(), contenders=deep))
    assert "of Joint (12 layers) alone is right in 80.0 %, that of Frozen (12 layers) in 60.0 %" in said


def test_cells_hold_percent_and_are_blank_where_nobody_was_asked() -> None:
    cells = zoo_exits(told()).data[0]
    assert list(cells.text) == ["78.0", "92.0", "80.0", "90.0", "60.0", "91.0", "", "85.0"]
    assert zoo_exits_table(told())[3] == {"method": "Few", "layer 1": None, "layer 2": 0.85, "model": "z", "checkpoint": "zz"}


def test_cut_models_stand_at_their_depth_and_exits_at_theirs() -> None:
    """Two exits and one model cut at each second layer: no method is left out, and nothing stands at a layer it is not of."""
    cut = replace(told(), static=((0.5, 0.7), (1.0, 0.92)), depths=(2, 3), trust=(TRUST[2],))
    assert list(zoo_exits(cut).data[0].text) == ["", "70.0", "92.0", "50.0", "60.0", "99.0"]
    assert "A plain model of one layer" not in zoo_exits_finding(cut)


def test_a_task_without_readings_is_said_to_have_none() -> None:
    bare = replace(told(), trust=())
    assert "No method" in zoo_exits_finding(bare)
    assert np.isfinite(zoo_exits(bare).layout.height)
