"""dynviz validate, on what DynViz stores and on what the documents say anybody can write."""

import json
import re
from pathlib import Path

import pytest

from dynviz import api
from dynviz.cli import main
from dynviz.records.schema import from_json
from dynviz.records.shapes import SCHEMAS
from tests.records.test_faults import SOUND, swept

DOCUMENT = (Path(__file__).parents[2] / "docs" / "traces.md").read_text(encoding="utf-8")


def written(folder: Path, content: str, name: str = "trace.json") -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(folder / name)


def test_what_dynviz_writes_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace, sweep = written(tmp_path, f"\ufeff{SOUND['merging']}"), written(tmp_path, json.dumps(swept()), "sweep.json")
    assert [main(["validate", file]) for file in (trace, sweep)] == [0, 0]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{trace}: a trace (dynviz.trace/1) of 5 tokens in 3 layers. Nothing is wrong with it."
    assert said[1] == f"{sweep}: a sweep (dynviz.sweep/1) of 2 points. Nothing is wrong with it."


def test_what_ships_beside_checkpoints_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    folder = api.checkpoint_root() / "sst2-deebert"
    assert [main(["validate", str(folder / name)]) for name in ("readings-report.parquet", "sweep-report.parquet")] == [0, 0]
    assert re.search(r"readings of 872 examples in 6 layers.*\n.*a sweep of \d+ points over 872 examples", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps({**json.loads(SOUND["merging"]), "special": [1]}), "special has 1 entry, and there are 5 tokens"),
        ("{", "The file is not JSON"),
        ("[" * 100_000, "more than 64 levels deep"),
        ('{"a": 1, "a": 2}', "the key 'a' is given twice"),
        ("PAR1", "not a Parquet file of numbers as dynviz writes it"),
        ("", "The file is not JSON"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str) -> None:
    assert main(["validate", written(tmp_path, content)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert said in told.err


def test_a_column_that_does_not_fit_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(api.checkpoint_root() / "sst2-deebert" / "sweep-report.parquet")
    pq.write_table(table.drop_columns(["exit"]), tmp_path / "sweep.parquet")
    assert main(["validate", str(tmp_path / "sweep.parquet")]) == 1
    assert "the column 'exit' is missing" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_a_mistake_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(tmp_path / "none.json")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_the_example_writes_a_trace_that_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert "dynviz" not in re.sub(r'"dynviz.trace/1"', "", block), "written without it"
    assert len(block.splitlines()) <= 21
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "traces.md", "exec"), {})
    assert main(["validate", "trace.json"]) == 0
    found = from_json((tmp_path / "trace.json").read_text(encoding="utf-8"))
    assert (found.exit_layer, found.predicted, found.depth.tolist()) == (2, ("positive",), [2] * 4)
    assert [found.text[a:b] for a, b in found.offsets] == list(found.tokens)


def test_every_key_is_described() -> None:
    for schema, parts in SCHEMAS.items():
        said = DOCUMENT.split(f"`{schema}`")[1].split("\n## ")[0]
        for part in (*parts, *(inner for outer in parts for inner in outer.parts)):
            assert f"`{part.key}`" in said, f"{schema}: {part.key}"


def test_the_viewer_is_written_as_html_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["viewer", "--out", str(tmp_path / "viewer.txt")]) == 2
    assert "the viewer is HTML" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
