"""What the zoo says: sentences made of the stored numbers."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dynviz import api, figures
from dynviz.figures import captions
from dynviz.measure import insights
from dynviz.records import pruned as pruned_file
from dynviz.records import zoo as zoo_file
from dynviz.records.zoo import Budget, TaskZoo, Zoo
from tests.figures.test_pruned import TASK
from tests.ui.methods.look import alts, opened, words


def test_without_stored_numbers_the_zoo_says_what_to_do() -> None:
    assert "insights --write" in words(opened(view="zoo"))


def told(by: str) -> str:
    """What is said of the groups of the first model that drops tokens."""
    one = TASK.droppers[0]
    return figures.pruned_groups_finding(one.title, one.kept[1], one.funnels[by], by)


def within(task: TaskZoo, share: float) -> Budget:
    return next(b for b in task.budgets if b.budget == share)


@pytest.fixture(scope="module")
def stored(shelf: Path) -> Iterator[Zoo]:
    found = insights.compute(shelf)
    zoo_file.write(found, shelf / "zoo.json")
    yield found
    (shelf / "zoo.json").unlink()


def test_every_sentence_of_the_zoo_is_made_of_the_stored_numbers(stored: Zoo) -> None:
    at = opened(view="zoo")
    assert not at.exception
    task = stored["sst2"]
    expected = [figures.zoo_budget_finding(task, within(task, 0.5))]
    expected += [getattr(figures, f"zoo_{name}_finding")(task) for name in ("scores", "changes", "exits", "trust", "worth")]
    assert alts(at) == expected
    for finding in expected:
        assert finding.split(". ")[0].rstrip(".") in words(at)
    assert f"{task.plain_accuracy * 100:.1f} % right" in words(at)
    assert figures.zoo_caution(task) in words(at)
    assert any(f"{task.plain_accuracy * 100:.1f}\N{NO-BREAK SPACE}% right" in part.value for part in at.markdown), "a number keeps its sign"
    keys = [
        figures.zoo_budget_key(within(task, 0.5)),
        *(getattr(figures, f"zoo_{name}_key")(task) for name in ("scores", "changes", "trust")),
    ]
    assert all(key in words(at) for key in keys), "how many comparisons the intervals allow for, and which signal foretells"
    at.segmented_control(key="zoo.budget").set_value("70").run()
    assert alts(at)[0] == figures.zoo_budget_finding(task, within(task, 0.7))
    at.segmented_control(key="zoo.task").set_value("pos").run()
    assert not at.exception
    assert alts(at)[0] == figures.zoo_budget_finding(stored["pos"], within(stored["pos"], 0.7))


def test_every_exported_picture_says_data_n_knobs_seeds_and_checkpoints(stored: Zoo) -> None:
    at = opened(view="zoo")
    names = [chart.key for chart in at.get("plotly_chart")]
    assert len(names) == 6
    for name in names:
        at.session_state[f"export-{name}"] = True
    at.run()
    task = stored["sst2"]
    captioned = {caption.value.split(" Data: ")[0]: caption.value for caption in at.code}
    assert set(captioned) == set(alts(at))
    for said in captioned.values():
        assert f"n = {task.sentences}" in said
        assert captions.combined(task.digests) in said
        assert re.search(r"[Kk]nob", said)
        assert "Made with dynviz" in said
    compared = [f"for all {n} methods at once (max-t)." for n in (len(within(task, 0.5).chosen), len(task.scores), len(task.changes))]
    assert sum(figures.zoo_caution(task) in said for said in captioned.values()) == len(compared)
    assert all(any(correction in said for said in captioned.values()) for correction in compared)
    assert any("Training seeds: 7 (1)" in said for said in captioned.values())


def test_the_same_methods_stand_side_by_side_where_two_tasks_ask_the_same(stored: Zoo, shelf: Path) -> None:
    file = shelf / "zoo.json"
    before = file.read_text(encoding="utf-8")
    raw = json.loads(before)
    raw["tasks"]["imdb"] = json.loads(json.dumps(raw["tasks"]["sst2"]).replace('"sst2', '"imdb'))
    file.write_text(json.dumps(raw), encoding="utf-8")
    found = figures.across(zoo_file.read(file), "sst2", 0.5)
    at = opened(view="zoo")
    file.write_text(before, encoding="utf-8")
    assert found is not None
    assert alts(at)[1] == figures.zoo_across_finding(found)
    assert "The same methods on other texts" in words(at)
    at.session_state["export-zoo-across"] = True
    at.run()
    assert any("Data: sst2" in caption.value and "Data: imdb" in caption.value for caption in at.code)


def test_whether_dropped_tokens_matter_is_said_where_it_was_measured(stored: Zoo, shelf: Path) -> None:
    here = zip(TASK.droppers, api.checkpoints(shelf), strict=False)
    dropped = replace(TASK, left_out={"sst2-tome": "it merges"}, droppers=tuple(replace(d, digest=c.digest) for d, c in here))
    pruned_file.write({"sst2": dropped}, shelf / pruned_file.FILE)
    at = opened(view="zoo")
    (shelf / pruned_file.FILE).unlink()
    assert alts(at)[-2:] == [figures.pruned_finding(dropped), told("part of speech")]
    said = words(at)
    assert "100 texts of the dev split" in said
    assert "told by our checkpoint `tagger`" in said
    assert "Left out: `sst2-tome` (it merges tokens)." in said
    at.segmented_control(key="pruned.by").set_value("length").run()
    assert told("length") in words(at)
    at.session_state["export-pruned"] = True
    at.run()
    assert any("3 a text" in caption.value and "for all 2 models" in caption.value for caption in at.code)
    at.segmented_control(key="zoo.task").set_value("pos").run()
    assert "Do pruned tokens matter?" not in words(at), "nothing was measured there"
