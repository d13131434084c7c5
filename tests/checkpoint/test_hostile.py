"""One bad folder harms nobody else: the catalogue lists the others, says in a sentence what it left out, and takes no time or memory."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dynviz import api
from dynviz.checkpoint import catalogue
from dynviz.checkpoint.catalogue import gathered
from dynviz.cli import main
from dynviz.errors import InputError
from tests.checkpoint.hostile import SHELF, SOUND, make, with_
from tests.clock import within
from tests.panicking import panic

NAMES = ["", ".", "..", "/", "x" * 300, "y" * 10**6, "a\0b", "half \ud800", "~", "a\nb"]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A root with one checkpoint that is well."""
    (tmp_path / "sound").mkdir()
    with_()(tmp_path / "sound")
    return tmp_path


@pytest.mark.parametrize("kind", SHELF)
def test_a_bad_folder_is_left_out_in_one_sentence_and_the_others_are_there(kind: str, sound: Path) -> None:
    make(sound, kind)
    problems: list[str] = []
    assert [c.name for c in api.checkpoints(sound, problems)] == ["sound"]
    (said,) = problems
    assert kind in said
    assert said.isprintable()
    assert len(said) < 800
    assert api.find("sound", sound).name == "sound"
    with pytest.raises(InputError):
        api.find(str(sound / kind), sound)


def test_all_of_them_together_take_no_time_and_no_memory(sound: Path) -> None:
    """The bound of the issue: under 2 s of processor for 40 folders or more, measured in a fresh process."""
    for kind in SHELF:
        make(sound, kind)
    code = (
        "import resource, sys; from dynviz import api; from pathlib import Path\n"
        "before = resource.getrusage(resource.RUSAGE_SELF); problems = []\n"
        "found = api.checkpoints(Path(sys.argv[1]), problems)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF)\n"
        "spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime\n"
        "print(len(found), len(problems), spent, after.ru_maxrss - before.ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(sound)], capture_output=True, text=True, check=True, timeout=120)
    found, problems, seconds, kilobytes = (float(x) for x in done.stdout.split())
    assert (found, problems) == (1, len(SHELF))
    assert len(SHELF) >= 40
    assert seconds < within(2)
    assert kilobytes < 300_000


def test_the_command_lists_the_others_and_names_what_it_left_out(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("pipe", "surrogate", "trained-metrics", "pipe-weights"):
        make(sound, kind)
    assert main(["checkpoints", "--root", str(sound)]) == 2
    out, err = capsys.readouterr()
    assert "sound" in out
    assert [f"/{kind}" in err for kind in ("pipe", "surrogate", "trained-metrics", "pipe-weights")] == [True] * 4
    assert len(err.splitlines()) == 4
    assert main(["checkpoints", "--root", str(sound), "--json"]) == 2
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["sound"]
    assert main(["checkpoints", "--root", str(sound), "--refresh-cards"]) == 2


def test_a_folder_whose_name_is_no_text_is_listed_all_the_same(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = os.fsencode(sound) + b"/\xff\xfe"
    os.mkdir(there)
    shutil.copy(sound / "sound" / "config.json", os.fsdecode(there + b"/config.json"))
    (sound / "line\nbreak").mkdir()
    (sound / "line\nbreak" / "config.json").write_text("{")
    assert main(["checkpoints", "--root", str(sound)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_too_odd_to_be_told_that_it_is_none(name: str, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (sound.parent / "config.json").write_text(json.dumps({**SOUND, "name": "above"}))  # what ".." of the root would be
    (sound / "elsewhere").mkdir()
    monkeypatch.chdir(sound / "elsewhere")
    with pytest.raises(InputError, match="No checkpoint is called") as caught:
        api.find(name, sound)
    str(caught.value).encode()
    assert len(str(caught.value)) < 400
    (sound.parent / "config.json").unlink()


def test_a_path_to_something_that_is_no_folder_is_no_checkpoint(sound: Path) -> None:
    os.mkfifo(sound / "pipe")
    for where in (sound / "pipe", sound / "sound" / "config.json", "/dev/zero", "/proc/self/mem"):
        with pytest.raises(InputError, match="No checkpoint is called"):
            api.find(str(where), sound)


# Names that are taken


def named(root: Path, folder: str, **changes: object) -> Path:
    (root / folder).mkdir(parents=True)
    with_(**changes)(root / folder)
    return root / folder


def test_a_folder_of_a_name_that_is_taken_does_not_replace_it(sound: Path, tmp_path: Path) -> None:
    theirs = named(tmp_path / "operator", "sound", title="Replaced")
    bundled, problems = api.checkpoints(sound), []
    assert gathered([theirs], problems, bundled) == []
    assert "is called sound, as another checkpoint is" in problems[0]
    assert str(theirs) in problems[0]


def test_of_two_with_one_name_the_one_in_the_folder_of_that_name_stays(sound: Path) -> None:
    named(sound, "a-copy", name="sound")
    problems: list[str] = []
    assert [c.folder.name for c in api.checkpoints(sound, problems)] == ["sound"]
    assert "a-copy" in problems[0]


FAMILY = {"name": "line", "parameter": "tau", "value": 0.1}


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"name": "line"}, "line"),  # a checkpoint of a family's name would be put into its line of the menu
        ({"name": "other", "family": {**FAMILY, "name": "sound"}}, "sound"),  # and a family of a checkpoint's name
        ({"name": "other", "family": FAMILY}, "line 0.1"),  # the step of the slider that another has
    ],
)
def test_neither_does_a_family_take_a_place_in_the_menu(changes: dict[str, object], taken: str, sound: Path, tmp_path: Path) -> None:
    named(sound, "member", name="member", family=FAMILY)
    theirs = named(tmp_path / "operator", str(changes["name"]), **changes)
    there, problems = api.checkpoints(sound), []
    assert len(there) == 2
    assert gathered([theirs], problems, there) == []
    assert f"is called {taken}" in problems[0]


def test_a_further_member_of_a_family_and_its_seeds_are_welcome(sound: Path) -> None:
    named(sound, "member", name="member", family=FAMILY)
    named(sound, "second", name="second", family={**FAMILY, "value": 0.2})
    for seed in ("1", "2"):
        named(sound, f"member-{seed}", name=f"member-{seed}", family=FAMILY, repeats="member")
    problems: list[str] = []
    assert len(api.checkpoints(sound, problems, repeats=True)) == 5
    assert not problems


@pytest.mark.parametrize("harm", [panic, "text".index])
def test_a_harm_that_nobody_thought_of_is_a_sentence(harm: Callable[..., object], sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "config_of", lambda raw, folder: harm("none"))
    problems: list[str] = []
    assert catalogue.checkpoints(sound, problems) == []
    assert len(problems) == 1
    assert all("config.json cannot be read" in problem for problem in problems)
