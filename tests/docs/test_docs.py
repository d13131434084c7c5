"""The documents say what is so: made parts are current, commands exist, links lead somewhere, examples run."""

import argparse
import csv
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

from dynviz import api
from dynviz.cli import main, parser
from dynviz.core.engine import replay, run
from dynviz.core.method import Method, Shape
from dynviz.jobs import runner, shelf
from dynviz.methods import methods
from dynviz.records.deviations import MEAN_POOLING
from dynviz.training.cli import add_arguments
from dynviz.training.recipes import QUEUE
from dynviz.ui.data import source
from dynviz.ui.shell import cache, uploads
from dynviz.ui.shell.operator import DEMO, Allowed
from dynviz.version import __version__
from tests import tiny
from tests.benchmarks.pooling import RESULTS
from tests.docs.made import FILES, ROOT, stale
from tests.docs.results import how_set
from tests.lacking import lacking
from tests.methods.small import randomize
from tests.ui.methods.grammar import complaints

WRITTEN = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / ".github").glob("*.md")])
TEXTS = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in WRITTEN}
COMMAND = re.compile(r"(?:^ {4}|`)((?:python -m|streamlit run|pytest|ruff|mypy|pip) ?[^`\n]*)", re.MULTILINE)
COMMANDS = sorted({(name, found) for name, text in TEXTS.items() for found in COMMAND.findall(text)})
EXAMPLE = "sst2-lead"  # the method that docs/CONTRIBUTING.md adds


def blocks(name: str) -> list[str]:
    """The Python in a document."""
    return re.findall(r"```python\n(.*?)```", TEXTS[name], re.DOTALL)


# What is made


def test_nothing_made_is_stale() -> None:
    assert not stale(), "run `python -m tests.docs --write`"
    assert all("`python -m tests.docs --write`" in TEXTS[name] for name in FILES)


def test_a_changed_document_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.made.ROOT", tmp_path)
    monkeypatch.setattr("tests.docs.made.made", lambda: {"a.md": "88.1\n", "b.md": "88.5\n", "c.md": ""})
    (tmp_path / "a.md").write_text("88.1\n")
    (tmp_path / "b.md").write_text("88.4\n")
    assert stale() == ["b.md", "c.md"]


def test_the_readme_fits_on_a_page_and_names_the_backbone_first() -> None:
    assert len(TEXTS["README.md"].encode()) <= 8192
    box = TEXTS["README.md"].split("<!-- box -->")[1]
    first = re.search(r"^\|.*?\n\n", box + "\n\n", re.DOTALL | re.MULTILINE)
    assert first is not None
    assert "| backbones | all-MiniLM-L6-v2, 6 layers of width 384" in first[0]
    assert "trained to embed sentences, mean pooled" in first[0]
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert all(name in notice for name in re.findall(r"all-[\w-]+-v2", first[0]))


@pytest.mark.parametrize("name", ["sst2-berxit", "sst2-edgebert", "sst2-act-0.02"])
def test_results_are_at_exactly_the_knobs_that_ship(name: str) -> None:
    checkpoint = api.find(name)
    knobs = api.default_knobs(checkpoint)
    here = api.stored_at(checkpoint, "report", knobs)
    assert here is not None
    assert here.knobs[-1] == knobs
    row = next(line for line in TEXTS["docs/results.md"].splitlines() if f"`{name}`" in line)
    assert f"| {100 * here.accuracy[-1]:.1f} |" in row
    assert f"| {100 * here.share[-1]:.0f} % |" in row
    assert f"{next(iter(knobs))} {next(iter(knobs.values())):g}" in row


def test_every_checkpoint_that_runs_stands_in_the_results() -> None:
    named = re.findall(r"^\| \*\*.+?\*\* \| `(.+?)` \|", TEXTS["docs/results.md"], re.MULTILINE)
    assert sorted(named) == sorted(c.name for c in api.checkpoints() if c.offered)


def test_results_say_how_all_knobs_were_set() -> None:
    assert not [c.name for c in api.checkpoints() if c.offered and api.card(c).knobs and not how_set(c)], "run `train --settle`"


def test_every_method_and_deviation_is_told_of() -> None:
    for kind in methods().values():
        assert f"**{kind.title}**" in TEXTS["docs/methods.md"]
    rows = TEXTS["docs/deviations.md"].split("## Method by method")[1].count("\n| ") - 2  # head and rule
    assert rows == sum(len(kind.deviations) for kind in methods().values()) + sum(len(c.deviations) for c in api.policies().values())


def test_the_reason_for_mean_pooling_is_what_was_measured() -> None:
    found = list(csv.DictReader(RESULTS.read_text(encoding="utf-8").splitlines()))
    chance, *rest = found
    lower = [r for r in rest if (r["model"], r["reader"]) == ("all-MiniLM-L6-v2", "ramp") and r["layer"] in "123"]
    percent = {by: [f"{100 * float(r['accuracy']):.1f}" for r in lower if r["pooling"] == by] for by in ("cls", "mean")}
    assert percent["cls"] == [f"{100 * float(chance['accuracy']):.1f}"] * 3
    assert f"at chance on [CLS] ({percent['cls'][0]} %" in MEAN_POOLING.why
    assert "{}, {} and {} %".format(*percent["mean"]) in MEAN_POOLING.why


# What is written


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_every_command_is_understood(name: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command.partition("&&")[0])
    if words[:2] == ["streamlit", "run"]:
        assert (ROOT / (words[2] if len(words) > 2 else "app.py")).is_file()
    elif words[:3] == ["python", "-m", "dynviz"]:
        assert _parsed(words[3:], capsys), capsys.readouterr()
    elif words[:2] == ["python", "-m"] and words[2].startswith("tests."):
        assert find_spec(words[2]) is not None
    elif words[0] == "pytest":
        assert all((ROOT / word).exists() for word in words[1:] if "/" in word and "NAME" not in word)


def _parsed(words: list[str], capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether the command line takes these words; of a command alone, whether there is one."""
    if len(words) < 2:
        words = [*words, "--help"]
    try:
        if "--help" in words:
            main(words)
        elif words[0] == "train":
            training = argparse.ArgumentParser()
            add_arguments(training)
            assert set(training.parse_args(words[1:]).only or ()) <= {EXAMPLE, *(job.name for job in QUEUE)}
        else:
            parser().parse_args(words)
    except SystemExit as end:
        return not end.code
    return True


@pytest.mark.parametrize("name", list(TEXTS))
def test_links_lead_somewhere(name: str) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)\)", TEXTS[name]):
        assert link.startswith("https://") or ((ROOT / name).parent / link).exists(), link


def test_python_in_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks("README.md"):
        exec(compile(block, "README.md", "exec"), {})
    assert "of 6 layers" in capsys.readouterr().out


def test_models_named_are_in_the_box() -> None:
    bundled = {c.name for c in api.checkpoints(repeats=True)}
    for text in TEXTS.values():
        named = set(re.findall(r"--model (\w+\d*-[\w.-]+)", text)) | set(re.findall(r'dynviz\.load\("([\w.-]+)"\)', text))
        assert named <= bundled


def test_paths_named_are_there() -> None:
    for name, text in TEXTS.items():
        for path in re.findall(r"`((?:dynviz|tests|docs|sample_checkpoints|\.ci)/[\w./-]*)`", text):
            assert (ROOT / path).exists() or "lead" in path or "NAME" in path, f"{name}: {path}"


def test_what_a_demo_bounds_is_what_the_code_bounds() -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in TEXTS["docs/deploying.md"].splitlines() if line.startswith("| ")}
    assert f"| {Allowed().rows:,} | {DEMO.rows:,} |" in rows["rows of a run"]
    assert f"| {Allowed().pasted:,} | {DEMO.pasted:,} |" in rows["pasted characters"]
    assert f"| {DEMO.characters:,} |" in rows["characters of one text, also of a row"]
    assert f"| {runner.OWN} | {runner.OWN} |" in rows["runs kept for one session; more push out the oldest of its own"]
    assert f"| {runner.KEPT}, {runner.DISK >> 30} GB |" in rows["runs kept in all, and their size; a full server refuses more"]
    held = f"{source.MEGABYTES}, {uploads.SESSION_MEGABYTES}, {uploads.SERVER_MEGABYTES} MB"
    assert f"| {held} |" in rows["uploads held in memory: each, for a session, in all"]
    assert f"up to {source.MEGABYTES} MB each" in rows["files and names of data sets"]
    assert (shelf.AGE, cache.MODELS) == (24 * 3600, 12), "docs/deploying.md and docs/scaling.md say so"


# The method that docs/CONTRIBUTING.md adds


@pytest.fixture(scope="module")
def lead() -> Method:
    """The example, on an encoder of four layers."""
    (block,) = blocks("docs/CONTRIBUTING.md")
    module = ModuleType("lead")
    exec(compile(block, "lead.py", "exec"), module.__dict__)
    kind = module.__dict__["Lead"]
    assert not lacking(kind)
    assert not complaints(module.__doc__ or "")
    method: Method = randomize(kind(Shape((16,), (4,), tiny.CLASSES), pooling="mean"))
    return method.eval().requires_grad_(False)


@pytest.mark.parametrize(("setting", "layers"), [(1.01, [4, 4]), (0.0, [1, 1])])
def test_the_example_of_a_method_stops_as_it_says(lead: Method, setting: float, layers: list[int]) -> None:
    ids, layout = tiny.sentences([5, 8])
    assert run((tiny.encoder(),), lead, ids, layout, {"lead": setting}).exit_layer.tolist() == layers


def test_the_example_of_a_method_is_replayed_as_it_runs(lead: Method) -> None:
    ids, layout = tiny.sentences([5, 8, 6, 9])
    full = run((tiny.encoder(),), lead, ids, layout, lead.off())
    for setting in (0.2, 0.5, 0.8):
        again = run((tiny.encoder(),), lead, ids, layout, {"lead": setting})
        assert np.array_equal(again.exit_layer, replay(lead, full, {"lead": setting}).exit_layer)


# What lies beside the documents


def test_the_citation_is_of_this_version_and_licence() -> None:
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= said.keys()
    assert (said["version"], said["license"], said["authors"]) == (__version__, "Apache-2.0", [{"name": "DynViz maintainers"}])
    assert f"## {__version__} - " in TEXTS["docs/CHANGELOG.md"]


def test_issues_ask_for_what_the_doctor_says() -> None:
    for file in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert file.name == "config.yml" or any("python -m dynviz doctor" in field["attributes"]["label"] for field in form["body"])


def test_hooks_and_workflow_run_what_is_here() -> None:
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repo["repo"] == "local", "nothing is fetched"
    assert {hook["entry"].split()[0] for hook in repo["hooks"]} == {"ruff", "mypy", "python"}
    for hook in repo["hooks"]:
        assert all((ROOT / word).is_file() for word in hook["entry"].split() if word.endswith(".py"))
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
    assert steps[-1]["run"] == ".ci/run"


def test_a_tidy_file_ends_in_one_newline(tmp_path: Path) -> None:
    said = ModuleType("tidy")
    exec(compile((ROOT / ".ci/tidy.py").read_text(encoding="utf-8"), "tidy.py", "exec"), said.__dict__)
    none, many = "no newline at its end", "empty lines at its end"
    for content, complaint in ((b"a\n", ""), (b"", ""), (b"a", none), (b"a\n\n", many), (b"\0a", "")):
        (tmp_path / "x").write_bytes(content)
        assert said.__dict__["complaint"](tmp_path / "x").endswith(complaint)
        assert bool(said.__dict__["main"]([str(tmp_path / "x")])) is bool(complaint)
