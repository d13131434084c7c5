"""What a visitor reads where tokens were merged: never that they were dropped."""

import json
import re
from dataclasses import replace

from dynviz.figures.columns import columns
from dynviz.frozen import Deck, page
from dynviz.ui.parts import words
from dynviz.ui.sentence import forcing, said
from dynviz.ui.sentence.result import Result
from dynviz.ui.shell import text
from tests.figures.build import trace
from tests.figures.test_merged import merging


def test_why_a_word_stopped_names_whom_it_was_merged_into() -> None:
    made = merging()
    assert words.why(made, columns(made)[1], [], None).said == "“a” was merged into “b” in layer 2."
    assert words.why(made, columns(made)[2], [], None).said == "“b” went through all 3 layers."


def test_each_layer_says_what_was_merged_in_it() -> None:
    assert "Merged into others here: “a”." in said.step(merging(), 2, [])
    assert not [line for line in said.step(merging(), 1, []) if "Merged" in line or "Dropped" in line]


def test_merged_words_can_be_kept_by_hand() -> None:
    made = merging()
    assert forcing._stopped(made, columns(made)) == [1, 3]


def test_the_ladder_is_explained_as_it_is_drawn() -> None:
    made, none = merging(), trace(["a"], depth=[3, 1, 3], unit="sentence", kind="drop")
    shown = [Result(t, t, ()).panel("ladder", None, "", list) for t in (made, none)]
    assert [panel.key for panel in shown] == [text.KEY["ladder_merged"], words.ladder_key(none)]
    assert [panel.how for panel in shown] == [text.HOW_TO["ladder_merged"], text.HOW_TO["ladder"]]
    assert "→: merged into a word on that side." in words.cells_key(made, None)


def test_a_frozen_card_draws_arrows_where_words_were_merged() -> None:
    full = replace(trace(["a", "b", "<c>"], unit="sentence", readings={"likeness": [0.0] * 4}), versions={"dynviz": "1"})
    found = page(Deck([merging()], 0, full, None, "t", "c"))
    data = json.loads(re.search(r'<script[^>]*application/json[^>]*>(.*?)</script>', found, re.S)[1])  # type: ignore[index]
    assert data["frames"][0]["cells"] == ["ccccc", "crccc", "cgclc"]
    assert "merged" in data["words"]["key"]
    assert {"l", "r"} <= data["words"]["states"].keys()
