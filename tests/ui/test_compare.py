"""The Compare page on tiny checkpoints: several models on one text, and two texts under one model."""

import json
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from dynviz.errors import InputError
from dynviz.records import Trace
from dynviz.ui.compare import models
from dynviz.ui.compare.said import of_texts
from dynviz.ui.parts.picking import WIDE
from dynviz.ui.shell.state import Choice
from tests.figures.build import trace
from tests.ui.conftest import Open

TEXT = "A warm, funny and honest film."


def compared(opened: Open, **parameters: str) -> AppTest:
    at = opened(page="compare", **parameters)
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(e.value for e in (*at.title, *at.markdown)).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def charts(at: AppTest) -> list[str]:
    return [c.proto.alt for c in at.get("plotly_chart")]


def test_stored_results_are_compared_before_any_model_is_loaded(opened: Open) -> None:
    at = compared(opened, model="sst2-joint")
    rows = at.dataframe[0].value
    assert next(iter(rows["Model"])) == "Entropy exit, joint training"
    assert len(rows) > 1
    assert "cheapest" in said(at) or "All take" in said(at)
    assert any("no model was loaded" in c.value for c in at.caption)


def test_beside_a_model_that_drops_tokens_stand_others_that_do_and_the_same_never_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"one": "tokens", "exits": "exit", "broken": "tokens", "two": "tokens", "three": "tokens"}
    monkeypatch.setattr(models.cache, "card", lambda name: SimpleNamespace(kind=kinds[name]))
    monkeypatch.setattr(models, "_serves", lambda chosen, name, typed: name != "broken")

    def beside(kind: str, *able: str) -> list[str]:
        config = SimpleNamespace(task="a task of nobody")
        chosen = SimpleNamespace(card=SimpleNamespace(kind=kind), checkpoint=SimpleNamespace(config=config))
        return models._beside(cast(Choice, chosen), able, "")

    assert beside("tokens", models.PLAIN, *kinds) == ["one", "two", models.PLAIN]
    assert beside("tokens", *kinds) == ["one", "two"], "at full depth it is the same that never stops"
    assert beside("tokens", models.PLAIN, "exits") == [models.PLAIN, "exits"], "there is no other that drops tokens"
    assert beside("exit", *kinds) == ["one", "exits", "two"]


def test_typed_text_runs_under_every_model_chosen(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", text=TEXT, **{"with": "sst2-plain,sst2-ltp"})
    assert list(at.multiselect[0].value) == ["sst2-plain", "sst2-ltp"]
    assert list(at.dataframe[0].value["Model"]) == ["Entropy exit, joint training", "Plain model", "LTP"]
    assert len(charts(at)) == 3  # the race, the depths, one staircase
    at.multiselect[0].set_value(["sst2-ltp"]).run()
    assert len(at.dataframe[0].value) == 2
    assert at.query_params["with"] in ("sst2-ltp", ["sst2-ltp"])


def test_one_that_cannot_run_leaves_the_chosen_one_standing(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = models.cache.trace

    def broken(name: str, *more: Any) -> Trace:
        if name == "sst2-ltp":
            raise InputError("sst2-ltp is damaged", "a file is cut short", "Copy it again")
        return whole(name, *more)

    monkeypatch.setattr(models.cache, "trace", broken)
    at = compared(opened, model="sst2-joint", text=TEXT, **{"with": "sst2-ltp"})
    assert [e.value.replace("\\", "") for e in at.error] == ["sst2-ltp is damaged: a file is cut short. Copy it again."]
    assert list(at.dataframe[0].value["Model"]) == ["Entropy exit, joint training", models.text.PLAIN]


def test_the_table_fits_the_page_and_breaks_what_does_not_fit_its_column(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.text, "PLAIN", "A model with a name as long as those that others give theirs")
    long = compared(opened, model="sst2-joint", text=TEXT, **{"with": "plain,sst2-ltp"}).dataframe[0]
    assert max(map(len, long.value["Model"])) > 40
    widths = [column["width"] for column in json.loads(long.proto.columns).values() if "width" in column]
    assert len(widths) == len(long.value.columns)
    assert sum(widths) <= 1016, "of a window of 1400 px the sidebar and the margins leave so many"
    assert long.proto.row_height > 64, "from here on Streamlit breaks cells into lines"
    short = compared(opened, model="sst2-joint", text=TEXT, **{"with": "sst2-plain"}).dataframe[0]
    assert short.proto.row_height == 35


def test_an_unknown_model_in_the_address_is_left_out(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", **{"with": "nothing,sst2-ltp"})
    assert list(at.multiselect[0].value) == ["sst2-ltp"]


def test_two_texts_are_told_apart_by_length_and_by_stopping(opened: Open) -> None:
    at = compared(opened, model="sst2-plain", compare="texts", text="Fine.", text2="Fine, but far longer than it had any right to be.")
    assert "The second text costs" in said(at)
    assert "explains 100 % of the difference" in said(at)
    assert "the same share of full compute goes into both" in said(at)
    assert list(at.dataframe[0].value["Text"]) == ["“Fine.”", "“Fine, but far longer than…”"]


def test_where_length_and_stopping_pull_apart_each_is_told_in_flops_and_nothing_explains_all() -> None:
    short, long = trace(["a"], depth=[3] * 3, kind="exit", unit="sentence"), trace(["a"] * 8, depth=[2] * 10, kind="exit", unit="sentence")
    told = of_texts(short, long)
    assert "explains" not in told
    parts = re.search(r"longer \(10 pieces against 3\), which alone would add (\S+) MFLOPs, but a smaller share of full "
                      r"compute goes into it \(67 % against 100 %\), which alone would save (\S+) MFLOPs\.$", told)  # fmt: skip
    assert parts
    assert float(parts[1]) - float(parts[2]) == pytest.approx((long.flops - short.flops) / 1e6, rel=0.02)


def test_a_bundled_text_is_called_that_and_quoted(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="texts", text=TEXT)
    said_so = [c.value.replace("\\", "") for c in at.caption if "Bundled" in c.value]
    other = list(at.dataframe[0].value["Text"])[1].removeprefix("“").rstrip("…”")
    assert len(said_so) == 1
    assert said_so[0].startswith(f"Bundled, until you type your own: the second text is “{other}")
    assert "Stored results" not in said_so[0], "the first text was run"
    both = compared(opened, model="sst2-joint", compare="texts")
    assert any("the first text is “" in c.value and "no model was loaded" in c.value for c in both.caption)


def race_of(at: AppTest) -> dict[str, list[float]]:
    """Of each lane: the pale bar behind it, and how long it is."""
    found = json.loads(at.get("plotly_chart")[0].proto.spec)["data"]
    assert found[0]["name"] == "plain"
    return {"plain": found[0]["x"], "own": [sum(t["x"][i] for t in found[1:] if t["type"] == "bar") for i in range(len(found[0]["x"]))]}


def test_each_lane_stands_before_the_plain_model_on_its_own_text(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="texts", text="Fine.", text2="Fine, but far longer than it had any right to be.")
    lanes, rows = race_of(at), at.dataframe[0].value
    assert lanes["plain"][0] < lanes["plain"][1]
    assert lanes["plain"] == pytest.approx(list(rows["MFLOPs, plain"]), abs=0.06)
    assert [100 * o / p for o, p in zip(lanes["own"], lanes["plain"], strict=True)] == pytest.approx(list(rows["Compute"]))


def test_plain_and_adaptive_on_two_texts_is_one_choice_in_the_address(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="square", text="Fine.", text2="Fine, but far longer than it had any right to be.")
    assert at.segmented_control(key="mode").value == "square"
    rows, lanes = at.dataframe[0].value, race_of(at)
    assert [name.split(" ")[0] for name in rows["Text"]] == ["Plain", "Adaptive", "Plain", "Adaptive"]
    assert list(rows["Compute"])[::2] == [100, 100]
    assert lanes["own"][::2] == pytest.approx(lanes["plain"][::2])
    times = lanes["plain"][2] / lanes["plain"][0]
    assert f"costs the plain model {times:.1f} times as much" in said(at)
    assert len(charts(at)) == 3, "the race, and the squares of each text"


def test_where_nothing_stops_both_models_are_the_same_and_that_is_said(opened: Open) -> None:
    at = compared(opened, model="sst2-plain", compare="square")
    assert any("nothing stops" in i.value for i in at.info)


def test_the_plain_tagger_is_the_same_model_never_stopping(opened: Open) -> None:
    at = compared(opened, model="pos-tokee", text="The old man the boats.", **{"with": "plain"})
    rows = at.dataframe[0].value
    assert list(rows["Model"])[1] == "Plain model (never stopping)", "whatever the other is called, as short as a lane has room for"
    assert list(rows["Compute"])[1] == 100
    assert list(rows["Its own full depth"])[1] == "all tags as at full depth"
    assert "plain" not in compared(opened, model="sst2-plain").multiselect[0].options


def test_two_equal_texts_cost_the_same(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="texts", text=TEXT, text2=TEXT)
    assert "Both cost the same" in said(at)
    assert [name.split(" ")[0] for name in at.dataframe[0].value["Text"]] == ["First", "Second"]


def test_hostile_text_is_shown_as_typed(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="texts", text="<script>x</script> & <b>bold</b>", text2="plain")
    assert not at.error
    assert "<script>" not in "".join(m.value for m in at.markdown)


def test_a_text_that_cannot_be_read_is_one_sentence(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", compare="texts", text="\ufffc\u200b", text2="fine")
    assert len(at.error) <= 1


def test_nothing_to_compare_with_is_an_instruction(opened: Open) -> None:
    at = compared(opened, model="sst2-joint")
    at.multiselect[0].set_value([]).run()
    assert any("at least one model" in i.value for i in at.info)


def test_one_staircase_is_drawn_that_of_the_address_or_the_first(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", **{"with": "sst2-ltp"}, each="2")
    second = charts(at)[-1]
    at.segmented_control(key="each").set_value("1").run()
    assert charts(at)[-1] != second
    assert len(charts(at)) == 3
    assert compared(opened, model="sst2-joint", each="9").segmented_control(key="each").value == "1"


def test_of_a_long_text_a_part_is_drawn_and_what_was_not_read_is_said(opened: Open) -> None:
    at = compared(opened, model="sst2-joint", text="A warm, funny and honest film. " * 40, **{"with": "sst2-ltp"})
    assert len(at.info) == 1
    assert "pieces were read" in at.info[0].value
    parts = [s for s in at.segmented_control if str(s.key).startswith(("aligned-", "stairs-"))]
    assert len(parts) == 2
    grid = json.loads(at.get("plotly_chart")[1].proto.spec)
    assert len(grid["layout"]["xaxis"]["ticktext"]) <= WIDE
    first = charts(at)[1]
    parts[0].set_value("2").run()
    assert not at.exception
    assert charts(at)[1] == first  # the finding is about the whole text
    assert json.loads(at.get("plotly_chart")[1].proto.spec) != grid
