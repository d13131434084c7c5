"""What the zoo says: sentences made of the stored numbers."""

from pathlib import Path

from dynviz import figures, insights
from dynviz.records import zoo as zoo_file
from tests.ui.methods.look import alts, opened, words


def test_without_stored_numbers_the_zoo_says_what_to_do() -> None:
    assert "insights --write" in words(opened(view="zoo"))


def test_every_sentence_of_the_zoo_is_made_of_the_stored_numbers(shelf: Path) -> None:
    stored = insights.compute(shelf)
    zoo_file.write(stored, shelf / "zoo.json")
    try:
        at = opened(view="zoo")
        assert not at.exception
        task = stored["sst2"]
        expected = [figures.zoo_budget_finding(task, task.budgets[1])]
        expected += [getattr(figures, f"zoo_{name}_finding")(task) for name in ("scores", "changes", "exits", "trust")]
        assert alts(at) == expected
        for finding in expected:
            assert finding.split(". ")[0].rstrip(".") in words(at)
        assert f"{task.plain_accuracy * 100:.1f} % right" in words(at)
        at.segmented_control(key="zoo.budget").set_value("70").run()
        assert alts(at)[0] == figures.zoo_budget_finding(task, task.budgets[2])
        at.segmented_control(key="zoo.task").set_value("pos").run()
        assert not at.exception
        assert alts(at)[0] == figures.zoo_budget_finding(stored["pos"], stored["pos"].budgets[2])
    finally:
        (shelf / "zoo.json").unlink()
