"""No command asks another host, whatever the environment allows; a name on the Hub is asked for by who types one."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dynviz.data import bundled
from tests import hub
from tests.watch import asked, strangers, watch

TEXT = "The cast is wonderful, but the plot is dull."
RUN = "import json, sys; from dynviz.cli import main; print([main(words) for words in json.loads(sys.argv[1])])"
STRANGE = "elsewhere.example"
SENDING = "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))"


def watched(log: Path, code: str, *arguments: str) -> str:
    """What Python printed, every host that it asked being written to the log."""
    command, environment = [sys.executable, "-c", code, *arguments], {**os.environ, **watch(log)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def commands(shelf: Path, folder: Path) -> list[list[str]]:
    """One of each that reads a model: ours, and somebody else's."""
    examples, table, other = bundled("sst2"), folder / "mine.csv", str(hub.save(folder / "other"))
    assert examples.labels is not None
    rows = [f'"{text}",{label}\n' for text, label in zip(examples.texts[:4], examples.labels[:4], strict=True)]
    table.write_text("text,label\n" + "".join(rows), encoding="utf-8")
    exits = ["--model", "sst2-joint", "--root", str(shelf)]
    return [
        ["checkpoints", "--root", str(shelf)],
        ["doctor"],
        ["doctor", other],
        ["trace", *exits, TEXT],
        ["trace", "--model", other, TEXT],
        ["card", *exits, "--points", "3", "--out", str(folder / "card.html"), TEXT],
        ["sweep", *exits, "--data", str(table), "--points", "3", "--out", str(folder / "sweep.json")],
        ["insights", "--root", str(shelf)],
    ]


def test_no_command_asks_another_host(shelf: Path, tmp_path: Path) -> None:
    log, wanted = tmp_path / "asked", commands(shelf, tmp_path)
    ended = watched(log, RUN, json.dumps(wanted)).splitlines()[-1]
    assert ended == str([0] * len(wanted))
    assert list(asked(log)), "it was watched"
    assert not strangers(log)


APART = """
from dynviz.data import apart
apart._START = sys.argv[1] + apart._START
print(len(apart.table_apart(b"text,label\\nfine,1\\n", "a.csv")))
"""


def test_the_process_that_reads_files_asks_nobody_and_would_be_seen(tmp_path: Path) -> None:
    kept, planted = tmp_path / "kept", tmp_path / "planted"
    assert watched(kept, f"import sys{APART}", "") == "1\n"
    assert [event for event, _ in asked(kept)] == ["start", "start"], "it was watched too"
    assert watched(planted, f"import sys{APART}", f"import socket; {SENDING}; ") == "1\n"
    assert strangers(planted) == [("socket.sendto", "192.0.2.1")]


def test_a_call_to_another_host_would_be_seen(tmp_path: Path) -> None:
    log = tmp_path / "asked"
    asking = f"try: urllib.request.urlopen('http://{STRANGE}/')\nexcept OSError: pass\n"
    watched(log, f"import socket, urllib.request\n{asking}{SENDING}")
    assert {host for _, host in strangers(log)} == {STRANGE, "192.0.2.1"}
