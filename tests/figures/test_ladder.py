"""The ladder strikes each token on the line where it was dropped, and never moves one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dynviz.cli.terminal import picture
from dynviz.figures import funnel, funnel_finding, funnel_of, funnel_table, ladder, ladder_finding, ladder_table, windows
from dynviz.figures.depths import depth_sentences
from dynviz.figures.returns import KEY
from dynviz.figures.wording import struck
from dynviz.frozen import Deck, page
from tests.figures.build import trace


def texts(fig):
    tokens = next(t for t in fig.data if t.name == "tokens")
    return {tuple(c): text for c, text in zip(tokens.customdata, tokens.text, strict=True)}, tokens


def dropped():
    return trace(["a", "<b>"], depth=[3, 1, 2, 3], unit="sentence", kind="drop")


def test_struck_where_dropped_and_a_dot_where_gone():
    shown, _ = texts(ladder(dropped()))
    assert [shown[1, layer] for layer in range(4)] == ["a", "a", "<s>a</s>", "·"]
    assert [shown[2, layer] for layer in range(4)] == ["&lt;b&gt;"] * 3 + ["<s>&lt;b&gt;</s>"]


def test_positions_never_move():
    _, tokens = texts(ladder(dropped()))
    for column in range(4):
        assert len({x for x, c in zip(tokens.x, tokens.customdata, strict=True) if c[0] == column}) == 1


def test_bars_count_the_tokens_kept():
    fig = ladder(dropped())
    bars = next(t for t in fig.data if t.name == "tokens kept")
    assert list(bars.customdata) == [4, 4, 3, 2]
    assert bars.width[3] * 2 == bars.width[0]
    assert [t.strip() for t in next(t for t in fig.data if t.name == "printed counts").text] == ["4", "4", "3", "2"]


def test_frozen_tokens_are_slanted_not_struck():
    shown, _ = texts(ladder(trace(["a"], depth=[3, 1, 3])))
    assert shown[1, 2] == "<i>a</i>"


def test_finding_and_table_tell_the_same():
    assert ladder_finding(dropped()) == "2 of 4 tokens are gone by layer 3. Tokens computed of 4: layer 1 4, layer 2 3, layer 3 2."
    assert [row["dropped at"] for row in ladder_table(dropped())] == [0, 2, 3, 0]


def test_lines_after_the_answer_stay_empty():
    fig = ladder(trace(["a"], depth=[1] * 3, unit="sentence", kind="exit"))
    assert (1, 2) not in texts(fig)[0]
    assert any("had its answer" in a.text for a in fig.layout.annotations)


def test_windows_cover_every_column_once():
    long = trace(["astonishing"] * 60)
    parts = windows(long)
    assert parts[0][0] == 0
    assert parts[-1][1] == 62
    assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
    assert len(parts) > 2
    sizes = [stop - start for start, stop in parts]
    assert max(sizes) - min(sizes) <= 2, "no part of a single token is left over"


def test_a_lone_sign_that_is_dropped_gets_a_longer_stroke() -> None:
    assert struck("film") == "<s>film</s>"
    assert struck(",") == "<s>\u00a0,\u00a0</s>"


def test_funnel_draws_counts_and_shares():
    kept, compute, names = funnel_of(dropped())
    assert kept.tolist() == [4, 4, 3, 2]
    fig = funnel(kept, compute, names)
    left, spent = (next(t for t in fig.data if t.name == n) for n in ("tokens computed", "compute"))
    assert list(left.x) == [1, 1, 0.75, 0.5]
    assert spent.x[0] == 1
    assert spent.x[2] < 0.6
    assert funnel_finding(kept) == "2 of 4 tokens are computed in the last layer; layers 2 and 3 lose most, 1."
    assert funnel_table(kept)[2] == {"layer": "layer 2", "tokens": 3.0, "share of tokens": 0.75, "compute": None}


def test_funnel_over_many_texts_has_whiskers_and_says_how_far_they_reach():
    band = ([1, 1, 0.5, 0.1], [1, 1, 0.9, 0.6])
    fig = funnel([4000, 4000, 3000, 1500], None, None, band)
    drawn = next(t for t in fig.data if t.name == "10 to 90 %")
    assert list(drawn.x) == [1, 1, 0.7, 0.35]
    assert list(drawn.error_x.array) == pytest.approx([0, 0, 0.2, 0.25])
    assert funnel_finding([4000, 4000, 3000, 1500], None, band) == (
        "1,500 of 4,000 tokens are computed in the last layer; layer 3 loses most, 1,500. "
        "Of single texts it is 10 % to 60 % of the tokens, the outer tenths left out."
    )


def returning():
    """Of four tagged words the second and third are dropped, in layers 2 and 3, and all are read after layer 3."""
    probs = np.full((4, 6, 2), np.nan)
    probs[3, 1:5] = [[0.9, 0.1], [0.2, 0.8], [0.9, 0.1], [0.9, 0.1]]
    return trace(["a", "b", "c", "d"], depth=[3, 3, 1, 2, 3, 3], kind="drop", probs=probs)


def test_a_dropped_token_that_is_read_at_the_end_comes_back_on_a_line_of_its_own():
    shown, tokens = texts(ladder(returning()))
    assert [shown.get((c, 4)) for c in range(6)] == [None, None, "↩", "↩", None, None]
    said = {tuple(c): hover for c, hover in zip(tokens.customdata, tokens.hovertext, strict=True)}
    assert said[2, 4] == "<b>b</b>, comes back<br>its state after layer 1 answers: NOUN"
    fig = ladder(returning())
    assert fig.layout.yaxis.ticktext[-1] == "comes back"
    line = next(t for t in fig.data if t.name == "state carried")
    assert [y for y in line.y if y is not None] == [-2.4, -3.6, -3.4, -3.6]
    assert len({x for x in line.x if x is not None}) == 2
    assert [row["answered from layer"] for row in ladder_table(returning())] == [None, None, 1, 2, None, None]
    assert "2 of 4 words are dropped on the way and come back to be tagged" in " ".join(depth_sentences(returning()))


def test_one_that_comes_back_is_marked_in_a_terminal_and_on_a_frozen_card_too():
    shown = picture(returning(), returning(), False, 80).splitlines()
    assert shown[1].split() == ["3", "3", "1↩", "2↩", "3", "3"]
    assert KEY in shown
    found = replace(returning(), versions={"dynviz": "1"})
    card = page(Deck([found], 0, found, None, "title", "caption"))
    assert '"back":["","","↩","↩","",""]' in card
    assert KEY in card


def test_without_such_tokens_there_is_no_such_line():
    assert "↩" not in picture(dropped(), dropped(), False, 80)
    assert "comes back" not in ladder(dropped()).layout.yaxis.ticktext
    assert "answered from layer" not in ladder_table(dropped())[0]


def test_a_frozen_word_that_is_read_again_was_never_away():
    probs = np.tile([0.9, 0.1], (4, 3, 1))
    assert trace(["a"], depth=[3, 1, 3], probs=probs).returned.tolist() == [-1, -1, -1]
    assert returning().returned.tolist() == [-1, -1, 1, 2, -1, -1]
