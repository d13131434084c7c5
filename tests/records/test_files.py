"""Files that others made: read where they are regular, bounded and sound; else one sentence, and soon."""

import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dynviz.errors import InputError
from dynviz.records.files import exists, opened, parse, printable, read_bytes, read_json

LIMIT = 1000


def sparse(file: Path) -> None:
    with file.open("wb") as f:
        f.truncate(5_000_000_000)


def listening(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(file))


HARMFUL: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda f: None, "is missing"),
    "a pipe": (os.mkfifo, "it is a pipe, a socket or a device"),
    "a socket": (listening, "it is a pipe, a socket or a device"),
    "a device": (lambda f: f.symlink_to("/dev/zero"), "it is a pipe, a socket or a device"),
    "a folder": (Path.mkdir, "it is a folder"),
    "a loop": (lambda f: f.symlink_to(f), "symbolic links"),
    "a link to nothing": (lambda f: f.symlink_to(f.parent / "nothing"), "is missing"),
    "5 GB of holes": (sparse, "is larger than 0.001 MB"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_what_is_no_small_regular_file_is_refused_at_once(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has a limit of its own
    make, said = HARMFUL[kind]
    make(Path("file"))
    caught: list[BaseException] = []

    def read() -> None:
        try:
            read_bytes(Path("file"), LIMIT)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive(), "it waits for a writer"
    assert isinstance(caught[0], InputError)
    assert said in str(caught[0])


def test_a_pipe_that_takes_the_files_place_is_refused_once_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    os.mkfifo(file)
    (tmp_path / "before").write_bytes(b"{}")
    monkeypatch.setattr(os, "stat", lambda path, stat=os.stat: stat(tmp_path / "before"))
    with pytest.raises(InputError, match="it is a pipe"), opened(file, LIMIT):
        pass


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "half \ud800", ""])
def test_a_name_that_no_file_can_have_is_one_sentence(name: str, tmp_path: Path) -> None:
    assert not exists(tmp_path / name / "config.json")
    with pytest.raises(InputError) as caught:
        read_json(tmp_path / name / "config.json")
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":' * 100_000, "levels deep"),
        ("[" * 65 + "]" * 65, "levels deep"),
        ("1" * 5000, "5,000 digits"),
        ("[1e999]", "1e999 is not a finite number"),
        ("[NaN]", "NaN is not a finite number"),
        ('["\\ud800"]', "half of a surrogate pair"),
        ('{"\\udfff": 1}', "half of a surrogate pair"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' is given twice"),
        ("{", "Expecting"),
        ("", "Expecting value"),
    ],
)
def test_json_that_says_nothing_sound_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json is not JSON"):
        read_json(tmp_path / "x.json")


def test_bytes_that_are_no_text_are_no_json(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(InputError, match="is not JSON"):
        read_json(tmp_path / "x.json")


def test_sound_json_is_read_as_json_is() -> None:
    raw = {"deep": [[[]]], "text": "\U0001f600 \u05d0", "number": -1.5e3, "whole": 10**39, "none": None, "yes": True}
    assert parse(json.dumps(raw)) == raw
    assert parse(json.dumps(raw, ensure_ascii=False).encode()) == raw
    assert parse("[" * 64 + "]" * 64)


def test_what_a_terminal_would_obey_is_printed_as_its_code() -> None:
    assert printable("red \x1b[31m, \u202eturned, \ud800 half\n") == "red \\x1b[31m, \\u202eturned, \\ud800 half\\n"
    assert printable("é א 漢 😀") == "é א 漢 😀"
    assert printable("x" * 1000, 10) == "x" * 10 + "..."
