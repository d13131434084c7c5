"""The README says what is so: its Python runs, its commands exist, its generated parts are current."""

import re

import pytest

from dynviz import api
from dynviz.__main__ import main
from tests.readme import PARTS, README, filled

TEXT = README.read_text(encoding="utf-8")
BUNDLED = {c.name for c in api.checkpoints(repeats=True)}


def test_generated_parts_are_current() -> None:
    assert filled(TEXT) == TEXT, "run `python -m tests.readme --write`"
    assert all(make() in TEXT for make in PARTS.values())


def test_python_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert "of 6 layers" in capsys.readouterr().out


def test_every_command_line_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    commands = set(re.findall(r"python -m dynviz (\w+)", TEXT))
    assert {"checkpoints", "trace", "sweep", "bench", "train"} <= commands
    for command in commands:
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0


def test_models_named_are_in_the_box() -> None:
    named = set(re.findall(r"--model ([\w-]+)", TEXT)) | set(re.findall(r'dynviz\.load\("([\w-]+)"\)', TEXT))
    assert named <= BUNDLED
