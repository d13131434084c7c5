"""Stored cards are written anew without touching the stored traces."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from dynviz.checkpoint import golden
from dynviz.cli import main
from dynviz.errors import InputError
from dynviz.methods import card, methods
from dynviz.records.card import card_of


def outdated(shelf: Path, folder: Path) -> Path:
    """A checkpoint whose card knows fewer fields and another caption."""
    shutil.copytree(shelf / "sst2-joint", folder)
    raw = json.loads((folder / "golden.json").read_text(encoding="utf-8"))
    raw["card"] = {k: v for k, v in raw["card"].items() if k not in ("published", "deviations")} | {"about": "Long ago."}
    (folder / "golden.json").write_text(json.dumps(raw, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return folder


def test_a_refreshed_card_is_the_methods_and_the_traces_stay_byte_by_byte(shelf: Path, tmp_path: Path) -> None:
    folder = outdated(shelf, tmp_path / "sst2-joint")
    before = (folder / "golden.json").read_text(encoding="utf-8")
    assert golden.refresh(folder)
    after = (folder / "golden.json").read_text(encoding="utf-8")
    assert golden.read_card(folder) == card("entropy_exit")
    assert before[before.index('"pairs"') :] == after[after.index('"pairs"') :]
    assert not golden.refresh(folder)
    assert (folder / "golden.json").read_text(encoding="utf-8") == after


def test_a_folder_without_golden_traces_has_nothing_to_refresh(tmp_path: Path) -> None:
    assert not golden.refresh(tmp_path)


def test_the_command_says_which_cards_it_wrote(shelf: Path, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    outdated(shelf, tmp_path / "sst2-joint")
    assert main(["checkpoints", "--refresh-cards", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Cards written: sst2-joint.\n"
    main(["checkpoints", "--refresh-cards", "--root", str(tmp_path)])
    assert "none, all were current" in capsys.readouterr().out


def test_what_the_rule_compared_is_stored_with_its_trace(shelf: Path) -> None:
    for pair in golden.read(shelf / "sst2-joint").pairs:
        (compared,) = pair.compared
        assert compared.reading == "uncertainty"
        assert compared.stops == "below"
        np.testing.assert_array_equal(compared.values, pair.trace.readings["uncertainty"])
        np.testing.assert_array_equal(compared.limits, np.full(len(pair.trace.layers) + 1, pair.trace.knobs["entropy"]))


def test_a_card_from_before_cards_named_the_kind_is_passed_over_and_the_traces_are_read(shelf: Path, tmp_path: Path) -> None:
    raw = json.loads((shelf / "sst2-joint" / "golden.json").read_text())
    assert golden.read_card(shelf / "sst2-joint") is not None
    del raw["card"]["kind"]
    for pair in raw["pairs"]:
        pair["compared"] = [{**c, "stops": c.pop("side"), "strict": False} for c in pair["compared"]]
    (tmp_path / "golden.json").write_text(json.dumps(raw))
    assert golden.read_card(tmp_path) is None
    assert {c.side for pair in golden.read(tmp_path).pairs for c in pair.compared} == {"below"}


def test_every_methods_card_is_read_back_as_it_was_written() -> None:
    for name in methods():
        assert card_of(json.loads(json.dumps(card(name).plain()))) == card(name), name


def test_golden_traces_without_pairs_are_no_reason_to_write(shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf / "sst2-joint", tmp_path / "sst2-joint")
    (tmp_path / "sst2-joint" / "golden.json").write_text(json.dumps({"schema": golden.SCHEMA, "card": {}}))
    with pytest.raises(InputError, match="pairs"):
        golden.refresh(tmp_path / "sst2-joint")


def test_probabilities_are_stored_without_digits_that_say_nothing(shelf: Path) -> None:
    """In single precision, what lies seven places behind the largest is noise; and there are no blanks between."""
    text = (shelf / "sst2-joint" / "golden.json").read_text(encoding="utf-8")
    for pair in json.loads(text)["pairs"]:
        for trace in (pair["trace"], pair["full"]):
            said = np.array(trace["probs"], np.float64)
            assert np.array_equal(said, said.round(7), equal_nan=True)
    assert '"text": ' not in text
