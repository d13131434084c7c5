"""What is kept, held against a choice by lot: numbers that a reader checks in the head, and a whole run on tiny models."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dynviz import api
from dynviz.cli import main
from dynviz.data import bundled
from dynviz.data.pieces import Pieces
from dynviz.errors import InputError
from dynviz.measure import evaluate, kept, pruned
from dynviz.measure import funnels as measured
from dynviz.measure.kept import agreement, in_step, of_content, of_pieces, one_of_each, overlap, sentence_bounds, shares
from dynviz.records import Sentences
from dynviz.records import pruned as stored
from dynviz.records.card import Reading
from dynviz.records.pruned import MEASURES, Funnel, TaskPruned
from dynviz.records.tasks import TASKS
from tests.checkpoints import Spec, build

YES, NO = True, False


def pieces(*words: str) -> Pieces:
    """One text of words that are a piece each, [CLS] and [SEP] around them."""
    text = " ".join(words)
    ends = np.cumsum([len(w) + 1 for w in words]) - 1
    inner = [(int(e) - len(w), int(e)) for w, e in zip(words, ends, strict=True)]
    owner = np.array([-1, *range(len(words)), -1])
    layout = Sentences(np.array([len(owner)]), owner < 0, owner)
    offsets = np.array([(0, 0), *inner, (0, 0)])
    return Pieces((text,), np.zeros(len(owner), int), layout, ("[CLS]", *words, "[SEP]"), offsets, np.array([0]))


def test_agreement_is_the_area_under_the_curve_among_words_alone() -> None:
    """Kept: scores 4 and 2; dropped: 3 and 1. Of four pairs three are in order; what [CLS] and [SEP] have does not count."""
    text = pieces("a", "b", "c", "d")
    found = agreement(np.array([9.0, 4, 3, 2, 1, 9]), np.array([YES, YES, NO, YES, NO, NO]), text)
    assert found.tolist() == [0.75]
    assert np.isnan(agreement(np.arange(6.0), np.array([YES] * 5 + [NO]), text)).all(), "all words are kept"


def test_rank_correlation_is_told_among_the_words_that_were_read() -> None:
    """Ranks 1, 2, 3, 4 against 2, 1, 4, 3: 1 - 6 * 4 / (4 * 15) = 0.6. Its square would change no rank; what was not read is left out."""
    text, one = pieces("a", "b", "c", "d", "e"), np.array([0.0, 1, 2, 3, 4, np.nan, 0])
    other = np.array([9.0, 2, 1, 4, 3, 7, 9])
    assert in_step(one, other, text) == pytest.approx([0.6])
    assert in_step(one**2, other, text) == pytest.approx([0.6])
    assert in_step(one, -one, text) == pytest.approx([-1])
    assert np.isnan(in_step(one, np.ones(7), text)).all(), "ranks of equal numbers say nothing"


def test_order_is_told_up_to_the_middle_layer_of_what_the_rule_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four layers: nothing before the first, in order after it, the other way round after the second; what follows does not count."""
    text, none, rising = pieces("a", "b", "c"), np.full(5, np.nan), np.array([9.0, 1, 2, 3, 9])
    read = {"stay": np.stack([none, rising, -rising, rising, rising]), "told": np.stack([rising] * 5)}
    monkeypatch.setattr(evaluate, "run_all", lambda _, __, knobs: SimpleNamespace(readings=read if knobs == {"tau": 0.0} else {}))
    monkeypatch.setattr(evaluate, "subject_of", lambda model: model)
    readings = (Reading("told", "token", "told", compared=False), Reading("stay", "token", "stay"))
    model: Any = SimpleNamespace(method=SimpleNamespace(readings=readings, off=lambda: {"tau": 0.0}))
    sample: Any = SimpleNamespace(pieces=text, attention=rising * 2, labels=np.zeros(1))
    own, lot = pruned.order(model, sample)
    assert own == pytest.approx([0.0])
    read["stay"][2] = rising
    assert pruned.order(model, sample)[0] == pytest.approx([1.0])
    read["stay"][:3] = np.nan
    assert np.isnan(pruned.order(model, sample)[0]).all(), "nothing was read so low"
    assert lot.tolist() == [0.0]


def test_content_words_among_the_kept_and_among_all() -> None:
    text = pieces("the", "dull", "plot", "of", "it")
    content = of_content(of_pieces(text, [["DET", "ADJ", "NOUN", "ADP", ""]]))
    assert content[1:5].tolist() == [0, 1, 1, 0]
    assert np.isnan(content[[0, 5, 6]]).all(), "no word, or nothing known of it"
    own, every = shares(content, np.array([YES, YES, YES, NO, NO, YES, YES]), text.sentences.owner, 1)
    assert (own.tolist(), every.tolist()) == ([0.5], [0.5])
    none = shares(content, np.array([YES] + [NO] * 6), text.sentences.owner, 1)
    assert np.isnan(none).all()


def test_overlap_is_told_among_the_pieces_that_both_texts_have() -> None:
    """In both texts: a, c, d, e. Kept before: a, b, c; after: a, d: one of three. By lot two sets of 2 of 4 share 1, of 3: a third."""
    before, after = pieces("a", "b", "c", "d", "e"), pieces("a", "c", "d", "e")
    old, new = np.array([YES, YES, YES, YES, NO, NO, NO]), np.array([YES, YES, NO, YES, NO, YES])
    assert overlap((before, old), (after, new)) == pytest.approx((1 / 3, 1 / 3))
    replaced = pieces("a", "x", "c", "d", "e")
    same = np.array([YES, YES, NO, YES, NO, NO, NO])
    assert overlap((before, old), (replaced, same))[0] == 1.0, "the word that is changed does not count"
    assert np.isnan(overlap((before, np.zeros(7, bool)), (after, np.zeros(6, bool)))).all()


def test_one_word_is_deleted_and_one_replaced() -> None:
    found = one_of_each("The plot is dull.", np.random.default_rng(0))
    assert [e.kind == "deleted" for e in found] == [True, False]
    assert not one_of_each("!", np.random.default_rng(0))


def test_a_tagger_is_given_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LONGEST", 3)
    assert list(sentence_bounds(["It", "is", ".", "No", "it", "is", "not"])) == [(0, 3), (3, 6), (6, 7)]


def test_pieces_by_part_of_speech_position_and_length(monkeypatch: pytest.MonkeyPatch) -> None:
    text = pieces("the", "dull", "plot", "of", "dull", "cuts")
    monkeypatch.setattr(measured, "FEW", 1)
    found = measured.groups(text, ["", "DET", "ADJ", "NOUN", "ADP", "ADJ", "", ""])
    places = {by: {name: np.flatnonzero(which).tolist() for name, which in some.items()} for by, some in found.items()}
    assert places["part of speech"] == {"ADJ": [2, 5], "ADP": [4], "DET": [1], "NOUN": [3]}
    assert places["position"] == {"[CLS], [SEP]": [0, 7], "first third": [1, 2], "middle third": [3, 4], "last third": [5, 6]}
    assert places["length"] == {"8 to 8 pieces": list(range(8))}
    mask = np.array([[YES] * 8, [YES, NO, YES, NO, NO, NO, NO, NO]])
    assert measured.funnels(mask, found)["part of speech"][0] == Funnel("ADJ", 2, (1.0, 0.5))


DROPS = (Spec("sst2-tokens", "random_tokens", knobs=(("keep", 0.8),)), Spec("sst2-still", "random_tokens", knobs=(("keep", 1.0),)))
MERGES = Spec("sst2-tome", "tome", knobs=(("share", 0.2),))
LTP = Spec("sst2-ltp", "ltp", tensors=(("thresholds", (0.02, 0.06, 0.08, 0.1)),), knobs=(("scale", 1.0),))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    specs = [Spec("sst2-plain", "plain"), Spec("pos-tokee", "tokee", "pos", knobs=(("delta", 0.3),)), *DROPS, MERGES, LTP]
    return build(tmp_path_factory.mktemp("pruned"), specs, sentences=4)


@pytest.fixture(scope="module")
def found(shelf: Path) -> TaskPruned:
    there = {c.name: c for c in api.checkpoints(shelf)}
    asked = pruned.asked(list(there.values()))
    assert {c.name for c in asked} == {"sst2-tokens", "sst2-still", "sst2-tome", "sst2-ltp"}
    examples = bundled("sst2")
    assert examples.labels is not None
    labels = np.array([["negative", "positive"].index(x) for x in examples.labels])
    return pruned.compute(asked, there["sst2-plain"], there["pos-tokee"], examples.texts, labels, rows=12, seed=1)


def all_of(groups: tuple[Funnel, ...]) -> float:
    """The share computed in the last layer, of all groups."""
    return sum(g.pieces * g.shares[-1] for g in groups) / sum(g.pieces for g in groups)


def test_a_whole_run_on_tiny_models(found: TaskPruned, shelf: Path) -> None:
    assert [d.model for d in found.droppers] == ["sst2-ltp", "sst2-tokens"]
    assert found.left_out == {"sst2-tome": "it merges"}, "a baseline that drops nothing is no dropper"
    assert (found.sentences, found.plain, found.tagger) == (12, "sst2-plain", "pos-tokee")
    for one in found.droppers:
        assert one.digest == api.find(one.model, shelf).digest
        assert 0 < one.kept[1] <= one.kept[0] < 1
        assert set(one.held) == set(MEASURES)
        for held in one.held.values():
            assert held.more[0] == pytest.approx(held.own - held.chance, abs=2e-5)
            assert held.more[1] <= held.more[0] <= held.more[2]
            assert -1 <= held.own <= 1
        last = all_of(one.funnels["position"])
        assert last == pytest.approx(one.kept[1], abs=1e-4), "the groups together are all pieces"
    assert found.droppers[0].held["saliency"].chance == 0.5


def test_what_is_stored_is_read_again_and_nothing_else(found: TaskPruned, tmp_path: Path) -> None:
    file = tmp_path / stored.FILE
    assert stored.read(file) == {}
    stored.write({"sst2": found}, file)
    assert stored.read(file) == {"sst2": found}
    wrong = replace(found.droppers[0], held={"beauty": found.droppers[0].held["edits"]})
    stored.write({"sst2": replace(found, droppers=(wrong,))}, file)
    with pytest.raises(InputError, match=r"'beauty' of sst2-ltp does not fit.*pruned --write"):
        stored.read(file)
    for broken, why in (({"funnels": {}}, "numbers of sst2-ltp are missing"), ({"kept": (0.5, -0.1)}, "kept by sst2-ltp is no share")):
        stored.write({"sst2": replace(found, droppers=(replace(found.droppers[0], **broken),))}, file)
        with pytest.raises(InputError, match=why):
            stored.read(file)


def test_numbers_of_a_checkpoint_that_is_another_by_now_are_left_out(found: TaskPruned, shelf: Path) -> None:
    own, old = found.droppers[0], replace(found.droppers[0], model="old", digest="0123456789ab")
    stored.write({"sst2": replace(found, droppers=(own, old)), "imdb": replace(found, droppers=(old,))}, shelf / stored.FILE)
    assert api.pruned(shelf) == {"sst2": replace(found, droppers=(own,))}
    (shelf / stored.FILE).unlink()


def test_shipped_numbers_are_of_the_checkpoints_that_ship() -> None:
    for task in api.pruned().values():
        digests = {d.model: d.digest for d in task.droppers} | dict(task.digests)
        assert digests == {name: api.find(name).digest for name in digests}, "run `python -m dynviz pruned --write`"


def test_a_missing_file_of_any_task_is_told_before_the_first_is_asked(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root, data = Path(shutil.copytree(shelf, tmp_path / "root")), tmp_path / "data"
    for name in ("tokens", "plain"):
        folder = Path(shutil.copytree(root / f"sst2-{name}", root / f"imdb-{name}"))
        told = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**told, "name": folder.name, "title": f"{name} of reviews", "task": "imdb"}))
    file = data / "sst2" / f"{TASKS['sst2'].file('report')}.parquet"
    file.parent.mkdir(parents=True)
    pd.DataFrame({"text": ["a film"], "label": [1]}).to_parquet(file)
    monkeypatch.setattr(pruned, "compute", lambda *given: pytest.fail("the first task was asked first"))
    assert main(["pruned", "--root", str(root), "--data", str(data)]) == 2
    assert "the task imdb needs it" in capsys.readouterr().err
