"""The address of the Data page holds the whole view, and nonsense in it does no harm."""

import numpy as np
import pytest

from dynviz.data import bundled
from dynviz.ui.data import text
from tests.ui.data import fine, job, opened, ran, shown, view
from tests.ui.look import finding, words

pytestmark = pytest.mark.usefixtures("runs")


def test_the_address_restores_the_filters_the_order_and_the_page() -> None:
    id = job(ran(opened())).id
    at = opened(job=id, exit="layer 1", outcome=text.OUTCOMES["right"], kind="negation", order=text.SORTS["deep"], find="not")
    found = view(at)
    keep = (found.sweep.exits[1] == 1) & found.good & found.sweep.rows.tagged("negation") & found.job.store.holding("not")
    assert keep.any()
    assert sorted(shown(at)) == sorted(found.job.store.texts(np.flatnonzero(keep).tolist()))
    at = opened(job=id, row="120", **{"rows-page": "2"})
    assert shown(at) == list(bundled("sst2").texts[100:])
    assert at.selectbox(key="data.open").value == 119


def test_the_address_restores_every_closer_look() -> None:
    id = job(ran(opened())).id
    at = opened(job=id, by=text.BYS["negation"], measure=text.MEASURES["compute"], group=text.NEGATED)
    assert at.segmented_control(key="measure").value == "compute"
    assert f"of {int(view(at).sweep.rows.tagged('negation').sum())} rows" in words(at)
    at = opened(job=id, look=text.VIEWS["inbox"], inbox="avoided")
    assert set(shown(at, "Outcome")) == {"✓ better"}
    at = opened(job=id, look=text.VIEWS["kinds"], slices=text.KINDS_BYS["label"])
    assert list(next(d.value for d in at.dataframe if "Accuracy here" in d.value.columns)["Kind"][1:]) == ["negative", "positive"]
    at = opened(job=id, look=text.VIEWS["trust"], confidence="layer 2", bin="15")
    assert at.selectbox(key="data.bin.layer 2").value == 14
    assert f"of {int((view(at).gathered.layer_sure[1] > 14 / 15).sum()):,} rows" in words(at)


def test_the_address_holds_what_was_chosen_and_not_what_is_the_rule() -> None:
    at = ran(opened())
    menu = at.selectbox(key="data.group.length")
    group = menu.options[0].rsplit(" (", 1)[0]
    at = fine(menu.set_value(group).run())
    row = at.selectbox(key="data.open").options[1]
    at = fine(at.selectbox(key="data.open").select_index(1).run())
    assert at.query_params["group"] == group
    assert shown(opened(job=job(at).id, group=group)) == shown(at)
    there = opened(job=job(at).id, group=group, row=at.query_params["row"]).selectbox(key="data.open")
    assert there.options[there.index or 0] == row
    at = fine(at.selectbox(key="data.open").select_index(0).run())
    assert "row" not in at.query_params
    at = fine(at.selectbox(key="data.group.length").set_value(None).run())
    assert "group" not in at.query_params
    assert at.selectbox(key="data.group.length").value is None


NONSENSE = ("nonsense", "-1", "0", "9999999999999999999999", "<b>", "\0", "layer 99", "é" * 300)


def test_nonsense_in_the_address_is_harmless() -> None:
    first = ran(opened())
    names = (
        "exit", "outcome", "kind", "order", "rows-page", "row", "by", "measure", "group", "slices", "inbox", "confidence", "bin", "other",
    )  # fmt: skip
    for bad in NONSENSE:
        for name in text.VIEWS.values():
            at = opened(job=job(first).id, look=name, **dict.fromkeys(names, bad))
            assert not at.error, (bad, name, at.error[0].value)
            assert finding(at) == finding(first), (bad, name)
            assert {"exit", "outcome", "kind", "row"}.isdisjoint(at.query_params), (bad, name)
        assert finding(opened(job=job(first).id, look=bad, find=bad)) == finding(first), bad
        assert opened(rows=bad, hub=bad).button(key="data.run").label == "Run on 151 rows", bad


def test_a_new_run_begins_with_all_of_its_rows() -> None:
    at = ran(opened())
    at.selectbox(key="exit").set_value("layer 1").run()
    at.text_input(key="find").set_value("not").run()
    at.selectbox(key="data.group.length").select_index(1).run()
    at = ran(fine(at.button(key="data.new").click().run()))
    assert "of 151 rows" in words(at)
    assert not {"exit", "find", "group"} & set(at.query_params)


def test_another_page_and_back_keeps_the_view() -> None:
    at = ran(opened())
    at.segmented_control(key="look").set_value("inbox").run()
    at.segmented_control(key="data.inbox").set_value("differs").run()
    at.selectbox(key="order").set_value("long").run()
    before = shown(fine(at))
    fine(at.switch_page("dynviz/ui/pages/methods.py").run())
    fine(at.switch_page("dynviz/ui/pages/data.py").run())
    assert shown(at) == before
    assert at.query_params["inbox"] == "differs"
