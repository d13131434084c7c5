"""A file under the upload limit takes at most 2 s of processor and 300 MB, whatever it holds: each kind in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clock import within
from tests.data.hostile import KINDS, UPLOAD

SECONDS, BYTES = 2.0, 300_000_000
# The heaviest of each format, and those that stopped or filled the reader before. All others: python -m tests.data.hostile
HERE = (
    "header.csv", "columns.csv", "wide.tsv", "short.tsv", "quotes.csv", "utf16.csv", "one_line.txt", "words.conll",
    "keys.jsonl", "nothing.json", "ints.jsonl", "deep.json", "digits.jsonl", "same_text.parquet", "list_of_nulls.parquet",
    "list_of_text.parquet", "differences.parquet", "numbers.parquet", "bomb.csv.gz", "members.csv.gz", "bomb.xlsx", "strings.xlsx",
    "far.xlsx", "entities.xlsx", "left_out.tsv.gz", "blank.csv.gz", "left_out.jsonl", "left_out_lists.jsonl.gz", "nested.jsonl.gz",
    "nested_rows.jsonl.gz", "rows.xlsx", "merged.xlsx", "ranges.xlsx", "row_of_styles.xlsx", "formats.xlsx", "names.xlsx", "types.xlsx",
    "other_name.xlsx", "expanded.xlsx", "sheets.xlsx", "gap.xlsx", "one_differs.parquet", "times.parquet", "decimals.parquet",
)  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured as Linux counts it")
def test_no_file_takes_more_than_two_seconds_or_300_megabytes(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in HERE:
        data = KINDS[name]()
        assert len(data) <= UPLOAD, name
        (folder / name).write_bytes(data)
    done = subprocess.run([sys.executable, "-m", "tests.data.hostile", str(folder)], capture_output=True, text=True, check=True)
    found = {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == set(HERE)
    others = {name: line["said"] for name, line in found.items() if line["said"].startswith("!!!")}
    assert not others, "an error that is not the project's own"
    limit = within(SECONDS)
    assert not {name: line["seconds"] for name, line in found.items() if line["seconds"] > limit}
    assert not {name: line["bytes"] for name, line in found.items() if line["bytes"] > BYTES}


def test_what_is_measured_is_what_a_reading_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself sees a second of processor, 400 MB, and an error of another kind."""
    import dynviz.data
    from tests.data.hostile import measure

    def slow(*_: object, **__: object) -> list[object]:
        held = bytearray(400_000_000)
        total = sum(range(20_000_000))
        raise RuntimeError(f"{len(held)} {total}")

    path = tmp_path / "a.csv"
    path.write_bytes(b"text\na\n")
    said, seconds, most = measure(path)
    assert said == "1 rows"
    assert seconds < within(1)
    monkeypatch.setattr(dynviz.data, "open_table", slow)
    said, slower, more = measure(path)
    assert said.startswith("!!! RuntimeError")
    assert slower > seconds + 0.1
    assert more > most + 350_000_000
