"""A bar for each model: in how many sentences one kind of word goes deeper than another."""

from dynviz.figures.share_of_sentences import Sides, share_of_sentences, share_of_sentences_finding, share_of_sentences_table

ROWS = [Sides("one", 15, 4, 1), Sides("<two>", 0, 5, 15)]


def test_each_bar_is_a_whole_parted_in_three() -> None:
    fig = share_of_sentences(ROWS, "adjectives", "words such as the")
    assert [list(part.x) for part in fig.data] == [[0.75, 0.0], [0.2, 0.25], [0.05, 0.75]]
    assert [part.text[0] for part in fig.data] == ["75 %", "20 %", ""], "a number that has no room is left to the hover"
    assert fig.layout.yaxis.ticktext == ("one", "&lt;two&gt;")


def test_the_finding_says_of_how_many_sentences() -> None:
    said = share_of_sentences_finding(ROWS, "adjectives", "words such as the")
    assert said == "Adjectives go deeper than words such as the in so many of 20 sentences: 75 % for one and 0 % for <two>."
    assert "18 to 20 sentences" in share_of_sentences_finding([*ROWS, Sides("three", 9, 9, 0)], "a", "b")
    assert share_of_sentences_table(ROWS)[0] == {"model": "one", "sentences": 20, "deeper": 15, "as deep": 4, "less deep": 1}
