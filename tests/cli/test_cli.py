"""The command line: what it prints, and one sentence with status 2 for a user's mistake."""

import csv
import io
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from dynviz import api
from dynviz.cli import main, terminal
from dynviz.data import bundled
from dynviz.figures import promise
from dynviz.records.schema import from_json
from dynviz.version import __version__
from tests import hub

TEXT = "The cast is wonderful, but the plot is dull."


@pytest.fixture
def run(shelf: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command; (status, what it printed, what it said on stderr)."""

    def _run(*argv: str, root: bool = True) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([*argv, *(["--root", str(shelf)] if root else [])])
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return _run


def data(folder: Path, rows: int = 12) -> Path:
    examples = bundled("sst2")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["review", "verdict"])
    assert examples.labels is not None
    writer.writerows(zip(examples.texts[:rows], examples.labels[:rows], strict=True))
    file = folder / "mine.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def test_checkpoints_are_listed(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("checkpoints")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["name", "sst2-joint", "sst2-ltp", "sst2-plain", "pos-tokee"]


def test_checkpoints_as_json_name_method_task_knobs_and_hash(run, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("checkpoints", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    tokee = rows["pos-tokee"]
    assert (tokee["method"], tokee["task"], tokee["unit"], tokee["layers"]) == ("tokee", "pos", "token", 4)
    assert {k["name"]: k["set_to"] for k in tokee["knobs"]} == {"delta": 0.3, "window": 1}
    assert tokee["backbone"] == "tiny"
    assert tokee["hash"] == api.find("pos-tokee", shelf).digest
    assert rows["sst2-plain"]["knobs"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["pruned", "--data", "x", "--seed", "-1"], "argument --seed: -1 is not from 0 to"),
        (["pruned", "--data", "x", "--task", "films"], "argument --task: invalid choice: 'films'"),
        (["pruned", "--data", "x", "--task", "wnut17"], "There is nothing to ask of"),
        (["pruned", "--data", "x", "--backbone", "roberta"], "There is nothing to ask of"),
        (["insights", "--task", "films"], "argument --task: invalid choice: 'films'"),
        (["stream", "--model", "sst2-joint", "--seed", "4294967296"], "argument --seed: 4294967296 is not from 0 to"),
    ],
)
def test_a_seed_or_a_task_that_cannot_be_is_one_sentence(run, given: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    status, out, err = run(*given)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"dynviz: {said}")


def test_a_knob_of_minus_zero_is_zero(run) -> None:  # type: ignore[no-untyped-def]
    assert "entropy = 0" in run("trace", TEXT, "--model", "sst2-joint", "--knob", "entropy=-0.0")[1]


def test_a_broken_checkpoint_is_named_and_the_others_are_listed(tmp_path: Path, shelf: Path, run) -> None:  # type: ignore[no-untyped-def]
    shutil.copytree(shelf / "sst2-plain", tmp_path / "sst2-plain")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{")
    status, out, err = run("checkpoints", "--root", str(tmp_path), root=False)
    assert (status, err.count("\n")) == (2, 1)
    assert "broken/config.json is not JSON" in err
    head, row = (line.split() for line in out.splitlines())
    assert dict(zip(head[:4], row[:4], strict=True)) == {"name": "sst2-plain", "method": "plain", "task": "sst2", "layers": "4"}
    status, _, err = run("trace", TEXT, "--model", "other", "--root", str(tmp_path), root=False)
    assert (status, "there are: sst2-plain." in err) == (2, True)


def test_letters_a_terminal_cannot_show_are_numbers(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["trace", "猫 é", "--model", "sst2-plain", "--root", str(shelf)]) == 0
    assert b"\\u732b" in written.getvalue()
    assert not capsys.readouterr().err


def test_an_empty_folder_of_checkpoints_is_said(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("checkpoints", "--root", str(tmp_path), root=False)
    assert (status, "There are no checkpoints here" in out) == (0, True)


def test_a_trace_shows_each_word_above_its_depth(run, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("trace", "The cat sleeps.", "--model", "pos-tokee", "--knob", "delta=0.4")
    assert status == 0
    words, depths, tags = (line.split() for line in out.splitlines()[:3])
    trace = api.trace(api.load("pos-tokee", shelf), "The cat sleeps.", delta=0.4)
    assert words == ["[CLS]", "The", "cat", "sleeps", ".", "[SEP]"]
    leads = trace.leads
    assert depths[1:-1] == [str(trace.depth[list(trace.word).index(w)]) for w in range(4)]
    assert tags == [p for p, lead in zip(trace.predicted, leads, strict=True) if lead]
    assert "of full compute" in out
    assert "delta = 0.4" in out
    assert "\x1b" not in out


def test_a_trace_as_json_is_the_published_schema(run, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("trace", TEXT, "--model", "sst2-joint", "--knob", "entropy=0.9", "--json")
    assert from_json(out).same_as(api.trace(api.load("sst2-joint", shelf), TEXT, entropy=0.9), 1e-6)


def test_full_depth_is_every_knob_off(run) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("trace", TEXT, "--model", "sst2-joint", "--full", "--json")
    assert from_json(out).exit_layer == 4
    status, _, err = run("trace", TEXT, "--model", "sst2-joint", "--full", "--knob", "entropy=0.1")
    assert (status, "--full and --knob were both given" in err) == (2, True)


def test_text_comes_from_standard_input_too(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    _, out, _ = run("trace", "-", "--model", "sst2-plain", "--json")
    assert from_json(out).text == TEXT


def test_two_texts_are_traced_together(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    """On DeBERTa, whose table of distances is part of its cost: the saved trace counts as the run did."""
    folder = hub.save(tmp_path / "mine", "deberta-v2")
    status, out, _ = run("trace", "the film is good", "--pair", "is it not bad?", "--model", str(folder), "--json", root=False)
    trace = from_json(out)
    assert status == 0
    assert (trace.text, trace.tokens[5:7]) == ("the film is good\nis it not bad?", ("[SEP]", "is"))
    assert trace.layers[0].distances == 16
    assert trace.flops == api.trace(api.load(folder), "the film is good", "is it not bad?").flops
    status, _, err = run("trace", "the film", "--pair", " ", "--model", str(folder), root=False)
    assert status != 0
    assert "it is empty or blank" in err


def test_a_second_text_for_a_model_of_single_texts_is_refused(run) -> None:  # type: ignore[no-untyped-def]
    status, out, err = run("trace", TEXT, "--pair", "is it not bad?", "--model", "sst2-plain")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "Two texts were given: sst2-plain was trained on single texts" in err


def test_a_foreign_model_is_traced_by_its_path(tmp_path: Path, run) -> None:  # type: ignore[no-untyped-def]
    folder = hub.save(tmp_path / "mine")
    status, out, _ = run(
        "trace", "the film is good", "--model", str(folder), "--method", "attention_topk", "--knob", "keep=0.7", root=False
    )
    assert status == 0
    assert any(label in out for label in ("yes", "no", "maybe"))


def test_risk_prints_the_settings_as_tested_the_promise_and_what_it_rests_on(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("risk", "--model", "sst2-joint", "--delta", "0.5", "--confidence", "0.9", "--loss", "harm")
    assert status == 0
    assert out.split()[:3] == ["entropy", "lost", "upper"]
    assert "With 90 % confidence at most 50 % of answers are wrong where full depth is right" in out
    page = [rest.replace("**", "") for rest in promise.rests_on("sst2", 0.9)]
    assert len(page) == 5
    assert "one promise in 10 may fail" in page[2]
    assert [line[2:] for line in out.splitlines() if line.startswith("- ")] == page  # the page's caveats, all of them
    _, out, _ = run("risk", "--model", "sst2-joint", "--delta", "0.001")
    assert "with 95 % confidence, at most 0.1 % of answers differ from full depth: only full depth does." in out
    assert "With 12 sentences a limit below 22.1 % cannot be shown even where nothing is lost" in out  # 1 - 0.05 ^ (1 / 12)
    status, _, said = run("risk", "--model", "sst2-plain")
    assert (status, "it has no knob" in said) == (2, True)
    assert run("risk", "--model", "sst2-joint", "--delta", "2")[0] == 2


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_a_sweep_is_written_and_summed_up(suffix: str, run, tmp_path: Path, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    out_file = tmp_path / f"out{suffix}"
    status, out, _ = run("sweep", "--model", "sst2-joint", "--data", str(data(tmp_path)), "--points", "5", "--out", str(out_file))
    assert status == 0
    assert "12 examples: full depth" in out
    from dynviz.data import read

    model = api.load("sst2-joint", shelf)
    want = api.sweep(model, read(data(tmp_path), model.task), 5)
    if suffix == ".csv":
        rows = list(csv.DictReader(out_file.read_text().splitlines()))
        assert [float(r["entropy"]) for r in rows] == [k["entropy"] for k in want.knobs]
        np.testing.assert_allclose([float(r["share"]) for r in rows], want.share)
    else:
        written = json.loads(out_file.read_text())
        assert written["examples"]["predicted"] == want.predicted.tolist()
        assert written["points"][0]["full_depth"] is True


MISTAKES = {
    "unknown model": (["trace", TEXT, "--model", "nothing"], "No checkpoint is called 'nothing'"),
    "blank text": (["trace", " \n", "--model", "sst2-plain"], "There is no text"),
    "unknown knob": (["trace", TEXT, "--model", "sst2-joint", "--knob", "delta=1"], "has no knob 'delta'"),
    "knob out of range": (["trace", TEXT, "--model", "sst2-joint", "--knob", "entropy=7"], "was set to 7: it goes from 0.0 to 1.0"),
    "knob not a number": (["trace", TEXT, "--model", "sst2-joint", "--knob", "entropy=high"], "a number is needed after '='"),
    "knob nan": (["trace", TEXT, "--model", "sst2-joint", "--knob", "entropy=nan"], "was set to nan"),
    "knob without value": (["trace", TEXT, "--model", "sst2-joint", "--knob", "entropy"], "it has no '='"),
    "method of a checkpoint": (["trace", TEXT, "--model", "sst2-plain", "--method", "plain"], "a checkpoint has its own"),
    "missing data": (["sweep", "--model", "sst2-plain", "--data", "no.csv", "--out", "a.csv"], "no.csv is missing"),
    "bad ending": (["sweep", "--model", "sst2-plain", "--data", "no.csv", "--out", "a.xls"], "results are written as CSV or JSON"),
    "bad out folder": (["sweep", "--model", "sst2-plain", "--data", "no.csv", "--out", "no/a.csv"], "its folder does not exist"),
    "points": (["sweep", "--model", "x", "--data", "x", "--out", "a.csv", "--points", "0"], "0 is not 1 or more"),
    "no option": (["trace", TEXT], "required: --model"),
    "unknown command": (["paint"], "invalid choice: 'paint'"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_sentence_and_status_2(case: str, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    argv, why = MISTAKES[case]
    status, out, err = run(*argv, root=case != "unknown command")
    assert (status, out) == (2, "")
    assert why in err
    assert err.count("\n") == 1


def test_data_without_labels_cannot_be_swept(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.csv").write_text("text\nfine film\n")
    status, _, err = run("sweep", "--model", "sst2-plain", "--data", str(tmp_path / "a.csv"), "--out", str(tmp_path / "b.csv"))
    assert (status, "have no labels" in err) == (2, True)
    assert not (tmp_path / "b.csv").exists()


def test_ctrl_c_is_status_130(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def interrupted(*_: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "checkpoints", interrupted)
    status, _, err = run("checkpoints")
    assert (status, err) == (130, "dynviz: stopped\n")


def test_bench_times_plain_off_and_knobs_at_both_batch_sizes(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out_file = tmp_path / "bench.csv"
    status, out, _ = run("bench", "--model", "sst2-joint", "--rounds", "1", "--sentences", "4", "--out", str(out_file))
    assert status == 0
    rows = list(csv.DictReader(out_file.read_text().splitlines()))
    assert [(r["batch"], r["way"]) for r in rows] == [
        (b, w) for b in ("1", "32") for w in ("plain transformers", "knob off", "entropy = 0.5")
    ]
    assert all(float(r["ms"]) > 0 and r["torch"] and r["processor"] for r in rows)
    assert float(rows[0]["time_ratio"]) == 1
    assert "knob off" in out


def test_doctor_passes_a_sound_model_and_names_the_fix_for_others(run, tmp_path: Path, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    for folder in (shelf / "sst2-joint", hub.save(tmp_path / "mine")):
        status, out, _ = run("doctor", str(folder), root=False)
        assert status == 0, out
        assert "equal to the model's own last_hidden_state" in out
    (tmp_path / "mine" / "tokenizer.json").unlink()
    status, out, _ = run("doctor", str(tmp_path / "mine"), root=False)
    assert status == 2
    assert "NO  tokenizer: " in out
    assert "Put tokenizer.json beside the weights." in out
    assert "--  layers: not checked" in out
    status, out, _ = run("doctor", str(tmp_path / "mine"), "--json", root=False)
    assert [c["passed"] for c in json.loads(out)] == [True, True, True, False, True, True, None, None, None]


def test_doctor_alone_says_what_is_installed_and_tries_a_bundled_checkpoint(run, monkeypatch: pytest.MonkeyPatch, shelf: Path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DYNVIZ_CHECKPOINTS", str(shelf))
    status, out, _ = run("doctor", root=False)
    assert status == 0
    assert out.startswith(f"ok  installed: dynviz {__version__}, Python {platform.python_version()}, ")
    assert f"torch {version('torch')}" in out
    assert "ok  a sentence: " in out
    monkeypatch.setattr("dynviz.api.checks.PACKAGES", ("torch", "no-such-package"))
    status, out, _ = run("doctor", root=False)
    assert status == 2
    assert "no-such-package missing\n    pip install no-such-package." in out


def test_doctor_of_nothing_is_one_sentence(run) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("doctor", "nothing", root=False)
    assert (status, "There is nothing at 'nothing'" in err) == (2, True)


def test_training_without_its_packages_says_what_to_install(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setitem(sys.modules, "dynviz.training.cli", None)
    monkeypatch.setattr("dynviz.cli.train.importlib.import_module", _lacking)
    status, _, err = run("train", "deebert", root=False)
    assert (status, "pip install tqdm" in err) == (2, True)


def _lacking(name: str) -> None:
    raise ModuleNotFoundError("No module named 'tqdm'", name="tqdm")


def test_module_runs_and_a_closed_pipe_is_no_error(shelf: Path) -> None:
    command = f"{sys.executable} -m dynviz checkpoints --json --root {shelf} | head -c 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env={**os.environ}, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[", "")


# Terminal


class _Stream(io.StringIO):
    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def test_colours_need_a_terminal_and_no_objection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.colours(_Stream(True))
    assert not terminal.colours(_Stream(False))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.colours(_Stream(True))


def test_coloured_words_stay_aligned_with_their_depths(shelf: Path) -> None:
    analysis = api.analyse(api.load("pos-tokee", shelf), "The café sleeps 猫 deeply.")
    plain = terminal.picture(analysis.at(), analysis.full, colour=False, width=30)
    painted = terminal.picture(analysis.at(), analysis.full, colour=True, width=30)
    assert "\x1b[48;5;" in painted
    import re

    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", painted).splitlines()] == plain.splitlines()
    assert all(terminal.cells(line) <= 30 for line in plain.splitlines()[:8])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x00\n", "a\\x00\\x0a"),
        ("👩‍🚀 é", "👩‍🚀 é"),
        ("x\u2028y", "x\\u2028y"),
    ],
)
def test_what_could_steer_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert terminal.printable(text) == shown


@pytest.mark.parametrize("given", [["  "], ["A film.", "--pair", ""]])
def test_an_empty_text_is_refused_before_anything_is_loaded(given: list[str], monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(api, "load", lambda *_, **__: pytest.fail("a model was loaded for it"))
    assert main(["trace", *given, "--model", "sst2-joint"]) == 2
    assert "There is no text" in capsys.readouterr().err


def test_a_folder_that_was_meant_is_not_taken_for_an_id_of_the_hub_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fitted").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["trace", TEXT, "--model", "fitted/mine"]) == 2
    said = capsys.readouterr().err
    assert "There is no folder fitted/mine, though fitted is there: as a model of the Hub it is not had either" in said
    assert main(["trace", TEXT, "--model", "elsewhere/mine"]) == 2
    assert "There is no folder" not in capsys.readouterr().err
