"""What the rule read of a token can be read where it stays and where it leaves: its limit, or its place."""

import numpy as np

from dynviz.figures import ladder, ranks, ranks_finding, ranks_table, staircase
from dynviz.figures.style import LIGHT
from dynviz.figures.told import cut_by_first, places, told_of
from dynviz.records.card import Card, Comparison, Reading
from tests.figures.build import trace

NAN = np.nan
READ = np.array([[NAN] * 4, [0.9, 0.1, 0.3, 0.2], [0.9, NAN, 0.4, 0.1], [0.9, NAN, 0.2, NAN]])  # in the layer


def dropped():
    return trace(["a", "b"], depth=[3, 0, 3, 1], unit="sentence", kind="drop", readings={"received": READ})


def card(**more) -> Card:
    readings = (Reading("received", "token", "attention received (mean)", **more),)
    return Card("rank", "Rank", "tokens", "a paper", "tokens are dropped", "About.", (), readings, False)


def hovers(fig, name: str) -> list[str]:
    return next(t for t in fig.data if t.name == name).hovertext


def test_places_are_counted_among_those_read_and_ties_go_by_position() -> None:
    assert places(np.array([0.2, NAN, 0.5, 0.2])).tolist() == [2, 0, 1, 3]


def test_the_pointer_reads_the_place_of_a_token_that_is_dropped_and_of_one_that_stays() -> None:
    told = told_of(dropped(), (), card())
    said = hovers(ladder(dropped(), told=told), "tokens")
    assert "<b>a</b>, layer 1<br>dropped<br>attention received: 0.1, the 4th largest of 4" in said
    assert "<b>b</b>, layer 2<br>computed<br>attention received: 0.4, the 2nd largest of 3" in said
    crosses = hovers(staircase(dropped(), told=told), "dropped or skipped")
    assert any("dropped here<br>attention received: 0.1, the 4th largest of 4" in text for text in crosses)
    assert not any("<br>received " in text for text in hovers(staircase(dropped(), told=told), "cells"))  # it is not told twice


def test_the_pointer_reads_the_limit_where_there_is_one() -> None:
    read = Comparison("received", "attention received", READ, np.array([NAN, 0.15, 0.15, 0.15]), "below")
    said = hovers(ladder(dropped(), told=told_of(dropped(), (read,), card())), "tokens")
    assert "<b>a</b>, layer 1<br>dropped<br>attention received: 0.1, below 0.15" in said
    assert "<b>b</b>, layer 1<br>computed<br>attention received: 0.3, not below 0.15" in said


def test_what_is_read_before_a_layer_is_told_in_the_layer_that_it_opens() -> None:
    before = np.concatenate([READ[1:], [[NAN] * 4]])
    t = trace(["a", "b"], depth=[3, 0, 3, 1], unit="sentence", kind="drop", readings={"received": before})
    said = hovers(ladder(t, told=told_of(t, (), card())), "tokens")
    assert "<b>b</b>, layer 2<br>computed<br>attention received: 0.4, the 2nd largest of 3" in said


def test_ranks_are_printed_and_those_that_leave_are_framed() -> None:
    (read,) = told_of(dropped(), (), card())
    fig = ranks(dropped(), read)
    assert list(fig.data[0].text) == ["1", "4", "2", "3", "1", "", "2", "3", "1", "", "2", ""]
    edges = fig.data[0].marker.line.color
    assert [text for text, edge in zip(fig.data[0].text, edges, strict=True) if edge == LIGHT.dropped] == ["4", "3"]
    assert ranks_finding(dropped(), read) == (
        "Tokens are ranked by attention received in every layer. Of those that leave, “[SEP]” stood highest: place 3 of 3 in layer 2."
    )
    assert [(row["layer"], row["token"]) for row in ranks_table(dropped(), read) if row["left"]] == [("layer 1", "a"), ("layer 2", "[SEP]")]


def test_who_passes_by_a_layer_is_not_said_to_leave() -> None:
    done = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 1]], bool)
    router = np.array([[NAN] * 4, [0.1, 0.9, 0.3, 0.2], [NAN] * 4, [NAN] * 4])
    t = trace(["a", "b"], unit="sentence", kind="drop", transformed=done, readings={"received": router})
    (read,) = told_of(t, (), card())
    cut = "“b” stood highest: place 2 of 4 in layer 2; 2 went on, and [CLS] is always one of them."
    assert f"Of those that pass by, {cut}" in ranks_finding(t, read), "[CLS], of the last place, took the second"
    assert not cut_by_first(t, router[1], 2, 3), "the third of two would have gone anyway"
    assert not cut_by_first(t, np.array([0.9, 0.8, 0.1, 0.2]), 2, 3), "[CLS] went on by its place"


def test_where_the_largest_leave_that_is_said() -> None:
    t = trace(["a", "b"], depth=[3, 3, 0, 3], unit="sentence", kind="drop", readings={"received": READ * [1, 1, 9, 1]})
    assert ranks_finding(t, told_of(t, (), card())[0]).endswith("Those of the first places leave.")
