"""When many words settle: on numbers that can be checked in the head, and on a tiny base by the command."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dynviz import api
from dynviz.cli import main
from dynviz.errors import InputError
from dynviz.records import word_readings as stored
from dynviz.records.alignment import word_depths
from dynviz.training import word_readings
from dynviz.training.word_readings import Read
from tests import bases

TAGS = ("DET", "NOUN", "VERB", "DET", "ADP")
FIVE = Read(
    2, 6, np.array([0, 0, 0, 1, 1]), TAGS, np.array([9, 1, 3, 9, 5]), np.array([[6, 2, 4, 5, 4], [6, 6, 6, 6, 6]]),
    np.array([2, 0, 4, 2, 4]), np.array([1, 4, 6, 2, 5]),
)  # fmt: skip
WORDS, NAMES = ("the", "film", "good", "bad", "."), ("DET", "NOUN", "ADJ", "ADJ", "PUNCT")


def test_content_words_are_held_against_function_words_at_each_bar() -> None:
    near, far = word_readings.states(FIVE)
    assert (near.bar, far.bar) == (0.5, 0.7)
    assert near.content.words == (2, 3)
    assert near.content.layers == (3.0, 5.0), "2 and 4; 6, 5 and 4"
    assert near.content.less[0] == -2.0
    assert near.content.less[1] <= -2.0 <= near.content.less[2]
    assert far.content.less == (0.0, 0.0, 0.0), "all words alike, whichever texts are drawn"


def test_a_draw_without_a_group_says_nothing_of_it() -> None:
    """The only verb stands in the first of two texts: a quarter of the draws hold it not."""
    found = word_readings.earlier(FIVE, FIVE.sure, frozenset({"VERB"}), frozenset({"DET", "NOUN"}))
    assert found.less[0] == pytest.approx(6 - 7 / 3, abs=1e-4)
    assert found.less[1:] == pytest.approx((6 - 2.5, 6 - 7 / 3), abs=1e-4), "the first text twice; both texts"


def test_determiners_are_held_against_all_other_words() -> None:
    found = word_readings.earlier(FIVE, FIVE.sure, frozenset({"DET"}), None)
    assert found.words == (2, 3)
    assert found.layers == (1.5, 5.0)
    assert found.less == (-3.5, -4.0, -3.0), "each text alone, 1 less 5 and 2 less 5, and both"
    with pytest.raises(InputError, match="There is no word of the classes X"):
        word_readings.earlier(FIVE, FIVE.sure, frozenset({"X"}), None)


def test_a_word_that_is_never_read_back_counts_as_the_last_layer() -> None:
    assert FIVE.late.tolist() == [2, 6, 4, 2, 4]
    found = word_readings.correlation(FIVE)
    assert found is not None
    assert found[0] == pytest.approx(-0.9733, abs=1e-4), "ranks 3.5 0 1 3.5 2 against .5 4 2.5 .5 2.5"
    assert found[1] <= found[0] <= found[2]
    assert word_readings.correlation(replace(FIVE, back=np.zeros(5, int))) is None, "none was ever read back: no order"


def test_classes_have_means_of_all_readings_and_few_words_have_none() -> None:
    assert word_readings.classes(FIVE) == ()
    many = word_readings.together([FIVE] * 10)
    assert many.owner.tolist() == [text * 2 + own for text in range(10) for own in (0, 0, 0, 1, 1)]
    (found,) = word_readings.classes(many)
    assert (found.name, found.words, found.never) == ("DET", 20, 0.0)
    assert [value[0] for value in (found.state, found.back, found.sure)] == [5.5, 2.0, 1.5]
    assert found.back == (2.0, 2.0, 2.0)
    assert found.state[1] < 5.5 < found.state[2]
    more = word_readings.classes(word_readings.together([FIVE] * 20))
    assert {part.name: part.never for part in more} == {"ADP": 0.0, "DET": 0.0, "NOUN": 1.0, "VERB": 0.0}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with heads, and a tagger on it that lets words stop."""
    found = tmp_path_factory.mktemp("words")
    bases.heads(bases.base(found))
    bases.on_base(found, "pos-tiny", method="tokee", task="pos", delta=0.1)
    bases.on_base(found, "sst2-tiny")
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "ud_ewt").mkdir()
    orders = [np.random.default_rng(i).permutation(5) for i in range(24)]
    rows = [{"tokens": [WORDS[i] for i in order], "tags": [NAMES[i] for i in order]} for order in orders]
    pd.DataFrame(rows).to_parquet(folder / "ud_ewt" / "test.parquet")
    pd.DataFrame([{"tokens": ["The", "the", "film"], "tags": ["DET", "DET", "NOUN"]}]).to_parquet(folder / "ud_ewt" / "train.parquet")
    return folder


def test_words_are_read_as_those_of_one_text_are(root: Path, data: Path) -> None:
    reader, tagger = api.load_reader(root / "mpnet"), api.load(root / "pos-tiny")
    found = word_readings.read(reader, tagger, {"delta": 0.1, "window": 1}, WORDS, NAMES, word_readings.frequency(data))
    assert found.tags == NAMES[:4], "a sign is no word"
    assert found.often.tolist() == [2, 1, 0, 0], "in small letters"
    near = api.states_near(tagger, "the film good bad .", root / "mpnet")
    assert found.state.tolist() == [near.settled(bar).tolist()[:4] for bar in word_readings.BARS]
    back = api.read_back(reader, "the film good bad .", range(4))
    assert found.back.tolist() == back.first(0.5).tolist()[:4]
    assert found.layers == 3
    sure = word_depths(api.trace(tagger, list(WORDS), delta=0.1))
    assert found.sure.tolist() == sure[:4]
    assert len(set(sure)) > 1, "words stop apart"


def test_a_word_that_was_not_read_whole_is_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_readings, "PIECES", 5)  # <s> the film good </s>
    reader, tagger = api.load_reader(root / "mpnet"), api.load(root / "pos-tiny")
    found = word_readings.read(reader, tagger, {"delta": 0.1, "window": 1}, WORDS, NAMES, Counter())
    assert found.tags == NAMES[:2]


def test_the_command_measures_prints_and_stores_and_what_changed_is_not_shown(
    root: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["masked", "--readings", "--root", str(root), "--data", str(data), "--texts", "22", "--seed", "3"]
    assert main([*asked, "--write"]) == 0
    out, err = capsys.readouterr()
    assert "22 of 22 texts, 88 words" in err
    assert "88 words of 22 texts, signs left out." in out
    found = api.stored_words(root)
    assert found is not None
    assert (found.tagger, found.words, found.texts, found.seed, found.layers) == ("pos-tiny", 88, 22, 3, 3)
    assert found.knobs["delta"] == 0.1
    assert [part.name for part in found.classes] == ["ADJ", "DET", "NOUN"]
    assert main(asked) == 0
    assert capsys.readouterr().out == out.replace(f"Written to {root / stored.FILE}.\n", ""), "the same seed, the same numbers"
    for name in ("mpnet/masked.json", "mpnet/base.json", "pos-tiny/config.json"):
        other = Path(shutil.copytree(root, tmp_path / name.replace("/", "-")))
        file = other / name
        text = file.read_text()
        file.write_text(text.replace('"delta": 0.1', '"delta": 0.2') if "pos" in name else text + " ")
        assert api.stored_words(other) is None, f"{name} is another now"
    shutil.rmtree(other / "pos-tiny")
    assert api.stored_words(other) is None


def test_what_is_missing_is_said(root: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["masked", "--readings", "--root", str(root)]) == 2
    assert "Give the folder that holds ud_ewt" in capsys.readouterr().err
    other = Path(shutil.copytree(root, tmp_path / "bare"))
    (other / "mpnet" / "masked.json").unlink()
    assert main(["masked", "--readings", "--root", str(other), "--data", str(data)]) == 2
    assert "There are no heads in" in capsys.readouterr().err
    shutil.rmtree(other / "pos-tiny")
    assert main(["masked", "--readings", "--root", str(other), "--data", str(data)]) == 2
    assert "There is no tagger on mpnet" in capsys.readouterr().err


def test_of_several_taggers_the_screen_s_is_taken(root: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "two"))
    bases.on_base(other, "pos-a", method="tokee", task="pos", seed=2)
    assert word_readings.tagger_on(other, "mpnet").name == "pos-a", "none was measured: the first"
    measured = {"accuracy": 0.9, "share": 0.4, "difference": 0.0, "low": 0.0, "high": 0.0}
    _say(other / "pos-tiny", measured)
    assert word_readings.tagger_on(other, "mpnet").name == "pos-tiny"
    _say(other / "pos-a", {**measured, "accuracy": 0.95, "share": 0.6})
    assert word_readings.tagger_on(other, "mpnet").name == "pos-tiny", "the other spends too much"
    _say(other / "pos-a", {**measured, "accuracy": 0.95})
    assert word_readings.tagger_on(other, "mpnet").name == "pos-a"


def _say(folder: Path, at: dict[str, float]) -> None:
    raw = json.loads((folder / "config.json").read_text())
    raw["trained"] = {"metrics": {"calibration": {"sentences": 10, "answers": 10, "accuracy": 0.9, "at_knobs": at}}}
    (folder / "config.json").write_text(json.dumps(raw))
