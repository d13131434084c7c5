"""Steps beside time: what is drawn, and what is said."""

from dynviz.figures.pairs import Timed, pairs, pairs_finding, pairs_table

STOPS = Timed("Stops <early>", 0.35, 0.37, 0.41)
DROPS = Timed("Drops", 0.75, 1.11, 0.88)


def test_three_bars_a_model_in_percent_of_plain() -> None:
    steps, alone, batch = pairs([STOPS, DROPS], 32).data
    assert (list(steps.x), list(alone.x), list(batch.x)) == ([0.35, 0.75], [0.37, 1.11], [0.41, 0.88])
    assert list(alone.text) == ["37 %", "111 %"]
    assert (steps.name, batch.name) == ("steps", "time, 32 at once")
    assert len({*steps.y, *alone.y, *batch.y}) == 6, "each in a row of its own"


def test_a_bar_longer_than_plain_has_room() -> None:
    fig = pairs([DROPS], 32)
    assert fig.layout.xaxis.range[1] > 1.11
    assert next(shape for shape in fig.layout.shapes if shape.type == "line").x0 == 1


def test_names_are_shown_as_typed() -> None:
    assert "Stops &lt;early&gt;" in pairs([STOPS], 32).layout.annotations[0].text


def test_the_finding_names_who_keeps_its_promise_and_who_does_not() -> None:
    said = pairs_finding([DROPS, STOPS], 32)
    assert said.startswith("Stops <early>: 35 % of the steps, 37 % of the time, 41 % in a batch of 32. Drops: 75 % of the steps, 111 %")
    assert pairs_finding([STOPS], 32).count("steps") == 1


def test_the_table_has_a_row_a_model() -> None:
    assert pairs_table([STOPS], 32) == [{"model": "Stops <early>", "steps": 0.35, "time, one by one": 0.37, "time, 32 at once": 0.41}]
