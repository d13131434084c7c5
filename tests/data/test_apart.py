"""Reading in another process: the same table comes back, and what runs away is cut off in one sentence."""

import io
import json
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dynviz
from dynviz.data import Table, apart, open_table
from dynviz.data.apart import table_apart
from dynviz.errors import InputError


def labelled() -> bytes:
    names = {"info": {"features": {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}}}
    out = io.BytesIO()
    table = pa.table({"text": ["caf\u00e9", None], "label": [1, 0], "tokens": [["a", "b"], []]})
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(names)}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.parquet", labelled()),
        ("a.csv", b"text,text,n\n\xe9,b,1\n\nbroken\nc,d,2\n"),
        ("a.jsonl", b'{"text": "\\u0000", "n": 1e999, "big": %d}\n{"text": NaN, "list": ["a", 1, true, null]}' % 10**30),
    ],
)
def test_the_same_table_comes_back(name: str, data: bytes) -> None:
    assert table_apart(data, name) == open_table(data, name, lenient=True)


def test_many_rows_come_back_in_pieces() -> None:
    data = b"text,label\n" + b"".join(b"%d %s,%d\n" % (i, b"word " * (i % 90), i % 2) for i in range(3000))
    assert table_apart(data, "a.csv") == open_table(data, "a.csv")


def test_what_is_wrong_with_a_file_is_the_same_sentence() -> None:
    for lenient, data in ((True, b"text\n"), (False, b"text,label\na\n")):
        with pytest.raises(InputError) as here:
            open_table(data, "a.csv", lenient)
        with pytest.raises(InputError) as there:
            table_apart(data, "a.csv", lenient)
        assert str(there.value) == str(here.value)


RUNS_AWAY = {
    "processor": "any(iter(int, 1))",  # without end
    "memory": "bytearray(3 * 10**9)",
    "crash": "os.abort()",
    "silence": "os._exit(0)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="processor and memory are not limited there")
@pytest.mark.parametrize("what", RUNS_AWAY)
def test_what_runs_away_is_cut_off(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Before it reads the file, the other process does this."""
    begin = "import os, sys; sys.path[:] = sys.argv[3:]; import dynviz.data.apart as a; a.PROCESSOR = 1; read = a.table; "
    end = ", read(*given))[1]; a.answer(sys.argv[1], True)"
    monkeypatch.setattr(apart, "_START", f"{begin}a.table = lambda *given: ({RUNS_AWAY[what]}{end}")
    with pytest.raises(InputError, match=r"a\.csv was not read to its end: that took too much time or memory"):
        table_apart(b"text\na\n", "a.csv")
    monkeypatch.setattr(apart, "_START", f"{begin}a.table = lambda *given: (0{end}")
    assert len(table_apart(b"text\na\n", "a.csv")) == 1


def test_what_sleeps_is_cut_off_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    monkeypatch.setattr(apart, "_START", "import time; time.sleep(60)")
    with pytest.raises(InputError, match="not read to its end"):
        table_apart(b"text\na\n", "a.csv")


def test_two_read_at_once_and_a_third_waits_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(apart, "SECONDS", 1.0)
    monkeypatch.setattr(apart, "PATIENCE", 0.1)
    said: list[str] = []

    def read() -> None:
        with pytest.raises(InputError) as caught:
            table_apart(b"text\na\n", "a.csv")
        said.append(caught.value.why)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["other files are being read", *["that took too much time or memory"] * 2]
    assert apart._turns.acquire(blocking=False), "turns are given back"
    apart._turns.release()


def test_the_answer_comes_in_lines_that_are_taken_in_quickly() -> None:
    """The server's interpreter is held while one of them is parsed, and no longer: short rows, then long ones, then short ones."""
    texts = ["a"] * 20_000 + ["word " * 20_000] * 100 + ["b"] * 20_000
    lines = list(apart._parts(Table("t", {"text": texts}, list(range(len(texts))), [])))
    assert max(map(len, lines)) < 500_000
    assert len(lines) < 200
    assert [text for line in lines for text in json.loads(line).get("columns", {}).get("text", [])] == texts


def test_the_other_process_imports_little_and_nothing_from_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('another json')")
    monkeypatch.chdir(tmp_path)
    assert len(table_apart(b"text\na\n", "a.csv")) == 1
    heavy = ("torch", "transformers", "streamlit", "plotly", "pandas")
    code = f"import sys, dynviz.data.apart; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(dynviz.__file__).parents[1])
    assert done.stdout.strip() == "[]"


def test_a_package_in_a_zip_file_can_be_read_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(dynviz.__file__).parent
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        for folder in ("", "data", "data/formats", "records"):
            for file in (root / folder).glob("*.py"):
                archive.write(file, f"dynviz/{file.relative_to(root)}")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packed.zip"), *(p for p in sys.path if Path(p).resolve() != root.parent)])
    assert len(table_apart(b"text\na\n", "a.csv")) == 1
