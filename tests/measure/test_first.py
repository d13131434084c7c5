"""The texts of the first screen are chosen by what they cost, and the golden traces hold them."""

import json
import shutil
from pathlib import Path

import pytest

from dynviz import api
from dynviz.checkpoint import golden
from dynviz.cli import main
from dynviz.data import bundled, lesson_texts
from dynviz.measure import first
from dynviz.measure.first import Text, chosen, counted
from tests.checkpoints import BASE


def easy(id: str, share: float, pieces: int = 8) -> Text:
    return Text(id, True, pieces, share)


def hard(id: str, share: float, pieces: int = 8) -> Text:
    return Text(id, False, pieces, share)


def test_the_two_texts_are_those_whose_costs_differ_most_the_cheaper_first() -> None:
    assert chosen([easy("a", 0.2), easy("b", 0.5), hard("c", 0.9), hard("d", 0.6)]) == ("a", "c")
    assert chosen([easy("a", 0.9), hard("b", 0.2)]) == ("b", "a"), "where the one meant as easy costs more, it comes second"


def test_texts_of_another_length_are_no_pair() -> None:
    assert chosen([easy("a", 0.2, 8), hard("b", 0.9, 10), hard("c", 0.8, 9)]) == ("a", "c")
    assert chosen([easy("a", 0.2, 8), hard("b", 0.9, 10)]) is None
    assert chosen([easy("a", 0.2), easy("b", 0.2)]) is None, "none is meant as hard"


def test_of_pairs_within_two_points_the_shortest_is_taken_then_the_first_ids() -> None:
    long, short = (easy("a", 0.2, 9), hard("b", 0.91, 9)), (easy("c", 0.2, 6), hard("d", 0.9, 6))
    assert chosen([*long, *short]) == ("c", "d")
    assert chosen([easy("b", 0.2), easy("a", 0.2), hard("d", 0.9), hard("c", 0.9)]) == ("a", "c")


def test_what_texts_were_meant_as_is_not_heeded_where_it_would_hide_most_of_the_difference() -> None:
    texts = [easy("a", 0.5), hard("b", 0.3), hard("c", 0.9)]  # 40 points with the tags, 60 without
    assert chosen(texts) == ("b", "c")
    assert chosen([easy("a", 0.5), hard("b", 0.47), hard("c", 0.51)]) == ("b", "a"), "too small a difference to leave the tags for"


def test_pairs_are_counted_at_one_length_and_two_points_are_no_difference() -> None:
    texts = [easy("a", 0.5), hard("b", 0.6), hard("c", 0.51), hard("d", 0.4), hard("e", 0.9, 9)]
    assert counted(texts) == (3, 1, 1)


@pytest.mark.parametrize("name", ["sst2-joint", "pos-tokee"])
def test_stored_first_texts_are_those_that_running_each_by_itself_gives(name: str, shelf: Path) -> None:
    model, found = api.load(shelf / name), golden.read(shelf / name)
    examples, texts = bundled(model.config.task), []
    assert examples.labels is not None
    for id, given, label, tags in zip(examples.ids, examples.texts, examples.labels, examples.tags, strict=True):
        run = api.analyse(model, given)
        said, full = ([p for p in t.predicted if p] for t in (run.at(), run.full))
        words = given.split() if isinstance(given, str) else given
        if 5 <= len(words) <= 12 and said == full == ([label] if isinstance(label, str) else list(label)):
            texts.append(Text(id, "plain" in tags, len(run.full.tokens), run.at().share))
    assert (found.first.ids if found.first else None) == chosen(texts)
    if found.first is not None:
        assert (found.first.of, found.first.dearer, found.first.cheaper) == counted(texts)
        assert [p.trace.share for p in found.first.pairs] == [next(t.share for t in texts if t.id == id) for id in found.first.ids]


def test_making_golden_traces_again_changes_no_byte(shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (BASE, "sst2-joint", "sst2-ltp"):
        shutil.copytree(shelf / name, tmp_path / name)
    file = tmp_path / "sst2-joint" / "golden.json"
    before = file.read_text(encoding="utf-8")
    assert main(["checkpoints", "--golden", "--root", str(tmp_path)]) == 0
    assert file.read_text(encoding="utf-8") == before
    assert "none, all were current" in capsys.readouterr().out


def test_of_golden_traces_only_what_changed_is_written_anew(shelf: Path, tmp_path: Path) -> None:
    for name in (BASE, "sst2-joint"):
        shutil.copytree(shelf / name, tmp_path / name)
    file, raw = tmp_path / "sst2-joint" / "golden.json", json.loads((shelf / "sst2-joint" / "golden.json").read_text(encoding="utf-8"))
    raw["pairs"][0]["trace"]["versions"]["torch"] = "1.0"  # the same numbers, made by another release
    raw["pairs"][1]["trace"]["answer"] = [[0.5, 0.5]]
    del raw["pairs"][2]
    raw.pop("first", None)
    file.write_text(json.dumps(raw, ensure_ascii=False) + "\n", encoding="utf-8")
    assert main(["checkpoints", "--golden", "--root", str(tmp_path)]) == 0
    now, then = (json.loads(text) for text in (file.read_text(encoding="utf-8"), (shelf / "sst2-joint" / "golden.json").read_text("utf-8")))
    assert now["pairs"][0] == raw["pairs"][0]
    assert now["pairs"][1:] == then["pairs"][1:]
    assert now.get("first") == then.get("first")


def test_a_text_of_two_names_is_stored_once(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, (text, *_) = api.load(shelf / "sst2-joint"), bundled("sst2").texts
    monkeypatch.setitem(first.LESSONS, "sst2-joint", ("same", "new"))
    monkeypatch.setattr(first, "lesson_texts", lambda: {"same": text, "new": "A film of a lesson."})
    stored = [pair.trace.text for pair in api.golden_of(model).pairs]
    assert stored.count(text) == 1
    assert stored[-1] == "A film of a lesson."


def test_the_texts_of_lessons_are_there() -> None:
    ids = {id for ids in golden.LESSONS.values() for id in ids}
    assert not ids or ids <= {*lesson_texts(), *(id for task in ("pos", "sst2") for id in bundled(task).ids)}
