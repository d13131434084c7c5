"""All methods at a glance: by kind, a row for each checkpoint, numbers from the configs, names that lead to the cards."""

import csv
import io

from dynviz import api
from dynviz.data.spreadsheet import to_csv
from dynviz.ui.methods import overview
from dynviz.ui.methods.entry import groups
from tests.ui.methods.look import opened, typed, words

HEADS = ["Method, published, checkpoint", "What it does, and what stops", "Full depth", "At its setting", "Compute"]


def test_methods_stand_in_a_table_for_each_kind() -> None:
    at = opened(view="all")
    kinds = [h.value for h in at.header]
    assert kinds[:7] == ["Early exit", "Depth per token", "Fewer tokens", "Cascade", "Baselines", "Policies", "Not run here"]
    tables = [t.value for t in at.table][:-1]
    assert len(tables) == 6
    assert all(list(t.columns) == HEADS for t in tables)
    assert "TOKEE" in tables[1].to_string()
    assert "CeeBERT" in tables[5].to_string()


def test_a_row_says_what_a_method_does_where_it_was_published_and_what_its_checkpoint_reached() -> None:
    exits = opened(view="all").table[0].value.map(typed)
    row = next(r for r in exits.itertuples(index=False) if "sst2-joint" in r[0])
    card = api.card(api.find("sst2-joint"))
    assert row[0] == f"[**{card.title}**](?method=entropy_exit)  \n{card.venue}  \n`sst2-joint`"
    assert row[1] == f"{card.caption}  \n:gray[{card.stops}]"
    assert list(row[2:]) == ["87.5 %", "87.0 %  \n(-0.5 [-1.7, +0.7])", "36.0 %"]


def test_a_name_takes_the_chosen_model_along_to_the_tab_it_opens() -> None:
    cells = "".join(opened(view="all", model="sst2-ltp").table[0].value[HEADS[0]])
    assert "](?method=entropy_exit&model=sst2-ltp)" in cells


def test_a_method_with_several_checkpoints_says_its_words_once() -> None:
    exits = opened(view="all").table[0].value
    cells = [cell for cell in exits[HEADS[0]] if "dact" in cell]
    assert [cell.count("DACT") for cell in cells] == [1, 0]
    assert "`sst2-dact-b`" in cells[1]


def test_the_csv_holds_every_checkpoint_with_its_kind_and_numbers_as_numbers() -> None:
    there = groups(api.checkpoints())
    rows = overview.rows(there, api.policies())
    assert {r["checkpoint"] for r in rows if "checkpoint" in r} == {c.name for c in api.checkpoints() if c.runnable}
    joint = next(r for r in rows if r.get("checkpoint") == "sst2-joint")
    assert (joint["kind"], joint["full"], joint["score"], joint["share"], joint["n"]) == ("Early exit", 0.875, 0.87, 0.36, "1,000")
    assert next(csv.reader(io.StringIO(to_csv(rows))))[:4] == ["kind", "name", "method", "does"]


def test_registered_methods_without_a_checkpoint_are_listed() -> None:
    said = words(opened(view="all"))
    assert "no checkpoint ships yet" in said
    for name in set(api.registered()) - {c.config.method for c in api.checkpoints()}:
        assert f"`{name}`" in said
