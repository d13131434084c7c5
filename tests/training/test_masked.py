"""Heads for hidden words: fitted on some books, measured on others, stored beside a base that stays what it is."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from dynviz import api
from dynviz.checkpoint.config import digest
from dynviz.checkpoint.masked import load_reader
from dynviz.checkpoint.masked_config import CONFIG, WEIGHTS, has_heads, read_masked
from dynviz.cli import main
from dynviz.core.masked import MaskedHeads
from dynviz.errors import InputError
from dynviz.training import masked
from tests import bases

ROUND = ("the", "good", "film", "bad")  # each word follows from its neighbours
PLAN = masked.Plan(
    passages=80, counted=80, rank=16, known=30, steps=300, looks=20, rate=0.02, decay=0.0, dropout=0.0, tested=30, commonest=4
)


def books(folder: Path, count: int = 20, per: int = 5) -> Path:
    """Books that say the same over and over, beginning anywhere; one sixth is the dev split."""
    rng = np.random.default_rng(0)
    texts = [" ".join(ROUND[(i + begin) % 4] for i in range(60)) for begin in rng.integers(0, 4, count * per)]
    frame = pd.DataFrame({"text": texts, "source": [f"book {i // per:02}" for i in range(count * per)]})
    (folder / masked.CORPUS).mkdir(parents=True)
    frame[:-6].to_parquet(folder / masked.CORPUS / "train.parquet")
    frame[-6:].to_parquet(folder / masked.CORPUS / "dev.parquet")
    return folder


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with heads, and the data beside it."""
    root = tmp_path_factory.mktemp("fitted")
    masked.fit(books(root / "data"), bases.base(root), root / "mpnet", PLAN, lambda line: None)
    return root


def test_some_books_are_fitted_on_and_others_measured(fitted: Path) -> None:
    told = api.guessing(fitted / "mpnet")
    assert told.layers == [2], "every other of three"
    assert (told.fitted.books, told.held_out.books) == (16, 4)
    assert told.fitted.passages == 80
    assert told.held_out.all.words == 20, "one of each passage of the books held out"
    assert told.held_out.common.words == 20, "all four pieces are common here"
    assert 0 < told.fitted.steps[0] <= 300
    reader = api.load_reader(fitted / "mpnet")
    back = api.read_back(reader, " ".join(ROUND * 12), range(12))
    assert back.layers == (2,)
    assert int(back.asked.sum()) == 12
    assert ((back.probs[:, :12] > 0) & (back.probs[:, :12] < 1)).all()


def test_what_states_tell_is_learnt_and_frequency_speaks_where_they_tell_nothing() -> None:
    """Four pieces, each with states of its own; two of six others are frequent."""
    torch.manual_seed(0)
    centres, embeddings, right = torch.randn(4, 16), torch.randn(10, 16), torch.arange(400) % 4 + 2
    states = (centres[right - 2] + 0.1 * torch.randn(400, 16))[None].half()
    often = torch.tensor([0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.025, 0.025, 0.025, 0.025]).log()
    heads = MaskedHeads((1,), 16, 8, 10)
    blank = heads.logits(0, centres, embeddings).softmax(-1)
    assert torch.allclose(blank, torch.full_like(blank, 0.1)), "nothing is fitted yet"
    masked.train(heads, masked.Masks(states, right), embeddings, often, replace(PLAN, steps=100))
    found = heads.logits(0, centres, embeddings).softmax(-1).detach()
    assert found.argmax(-1).tolist() == [2, 3, 4, 5]
    assert float(found.max(-1).values.min()) > 0.9
    assert torch.equal(heads.bias, often)


def test_the_same_seed_gives_the_same_heads(fitted: Path, tmp_path: Path) -> None:
    again = masked.fit(fitted / "data", fitted / "mpnet", tmp_path, PLAN, lambda line: None)
    assert again.sha256 == read_masked(fitted / "mpnet").sha256


def test_the_base_is_what_it_was_and_its_check_knows_the_heads(fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(shutil.copytree(fitted, tmp_path / "root"))
    folder = root / "mpnet"
    assert has_heads(folder)
    before = digest(folder)
    assert main(["base", "--check", "--root", str(root)]) == 0
    assert "heads for hidden words among them" in capsys.readouterr().out
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1] + b"x")
    assert digest(folder) == before
    assert main(["base", "--check", "--root", str(root)]) == 2
    assert f"{CONFIG} names another SHA-256" in capsys.readouterr().err
    with pytest.raises(InputError, match="is not the file that was stored"):
        load_reader(folder)


def test_heads_of_another_base_are_refused(fitted: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(fitted / "mpnet", tmp_path / "mpnet"))
    raw = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**raw, "base": "0" * 12}))
    with pytest.raises(InputError, match="was trained on another mpnet"):
        load_reader(folder)
    (folder / CONFIG).write_text(json.dumps({**raw, "rank": "x"}))
    with pytest.raises(InputError, match="key 'rank'"):
        load_reader(folder)


def test_the_command_prints_what_is_there_and_says_what_is_missing(fitted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["masked", "--shown", "--root", str(fitted)]) == 0
    out = capsys.readouterr().out
    assert "4 commonest right" in out
    assert f"{api.guessing(fitted / 'mpnet').held_out.all.right[0]:.3f}" in out
    assert main(["masked", "--root", str(fitted)]) == 2
    assert "--data is missing" in capsys.readouterr().err
    assert main(["masked", "--root", str(fitted), "--data", str(fitted)]) == 2
    assert "the heads are fitted on passages of books" in capsys.readouterr().err


def test_heads_that_were_not_finished_leave_those_that_are_there(fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(fitted / "mpnet", tmp_path / "mpnet"))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def stopped(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(masked, "measured", stopped)
    with pytest.raises(KeyboardInterrupt):
        masked.fit(fitted / "data", folder, folder, replace(PLAN, steps=1, seed=1), lambda line: None)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("content", [b"no table", None])
def test_passages_that_are_none_are_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    """Not Parquet; and a table of other columns."""
    folder = tmp_path / masked.CORPUS
    folder.mkdir()
    for split in ("train", "dev"):
        if content is None:
            pd.DataFrame({"sentence": ["the film"]}).to_parquet(folder / f"{split}.parquet")
        else:
            (folder / f"{split}.parquet").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        masked.books(tmp_path)
