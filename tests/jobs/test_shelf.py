"""Runs on disk: what a killed server left is found and deleted, what the operator keeps goes on, and a torn file harms nobody else."""

import errno
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dynviz.data import bundled
from dynviz.errors import InputError
from dynviz.jobs import Job, Registry, gather, runner, shelf, store
from dynviz.jobs.lock import Lock
from tests.jobs.conftest import Models, first, hold, made, started, wait

SERVER = """
import sys, tempfile
from dynviz.jobs import shelf
root = shelf.temporary()
(root / "text of a visitor").write_text("secret")
print(root, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_server_left_is_deleted_by_the_next_and_a_living_ones_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf.tempfile, "tempdir", str(tmp_path))
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", SERVER]
    servers = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    killed, living = (Path(server.stdout.readline().strip()) for server in servers)  # type: ignore[union-attr]
    try:
        servers[0].kill()
        servers[0].wait(30)
        assert (killed / "text of a visitor").exists()
        assert killed.stat().st_mode & 0o077 == 0
        shelf.clean(tmp_path)
        assert not killed.exists()
        assert (living / "text of a visitor").exists()
    finally:
        servers[1].communicate("", timeout=30)
        for server in servers:
            server.stdout.close()  # type: ignore[union-attr]
            server.stdin.close()  # type: ignore[union-attr]
    assert not living.exists(), "a server that stops takes its folder along"


def test_only_ones_own_folders_are_cleaned_and_no_link_is_followed(tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere"
    kept.mkdir()
    (kept / "precious").touch()
    Lock(kept).take()
    (tmp_path / f"{shelf.PREFIX}link").symlink_to(kept)
    shared, young, old, stray = (tmp_path / f"{shelf.PREFIX}{name}" for name in ("shared", "young", "old", "stray"))
    for folder, mode in ((shared, 0o755), (young, 0o700), (old, 0o700)):
        folder.mkdir(mode)
        os.utime(folder, (0, 0) if folder != young else None)
    stray.touch()
    shelf.clean(tmp_path)
    assert (kept / "precious").exists()
    assert shared.exists()
    assert young.exists(), "it may be just being made"
    assert stray.exists()
    assert not old.exists()


def aged(job: Job, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(job.store.folder / shelf.ABOUT, (then, then))


def test_a_day_is_counted_from_the_last_look(registry: Registry, models: Models) -> None:
    looked, unseen = (made(registry, models) for _ in range(2))
    second = Registry(registry.root)
    for job in (looked, unseen):
        aged(job, shelf.AGE + 60)
    assert second.find(looked.id) is not None
    third = Registry(registry.root)
    assert third.find(looked.id) is not None
    assert third.find(unseen.id) is None
    assert not unseen.store.folder.exists()


def test_looks_are_written_down_while_a_run_is_open(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    job = made(registry, models)
    aged(job, shelf.AGE - 60)
    registry.find(job.id)
    monkeypatch.setattr(runner, "LOOK", -1.0)
    registry.find(job.id)
    assert time.time() - shelf.seen(job.store.folder) < 60


def test_a_run_that_its_servers_end_interrupted_says_so_and_one_that_was_cancelled_stays_so(
    registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 2)
    held, go = hold(monkeypatch, 1)
    job = started(registry, models)
    assert held.wait(30)
    saved = {p.name: p.read_bytes() for p in job.store.folder.iterdir()}  # as a kill at this moment leaves it
    registry.cancel(job)
    go.set()
    wait(registry)
    assert other(registry, job).state == "cancelled"
    for file in job.store.folder.iterdir():
        file.unlink()
    for name, data in saved.items():
        (job.store.folder / name).write_bytes(data)
    found = other(registry, job)
    assert (found.state, found.done) == ("interrupted", 2)


def other(registry: Registry, job: Job) -> Job:
    """The job as another server on the same folder sees it."""
    found = Registry(registry.root).find(job.id)
    assert found is not None
    return found


def test_two_servers_do_not_work_on_the_same_run(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 2)
    held, go = hold(monkeypatch, 1)
    job = started(registry, models)
    assert held.wait(30)
    second = Registry(registry.root)
    found = second.find(job.id)
    assert found is not None
    assert (found.state, found.done) == ("elsewhere", 2)
    second.start(found, lambda: models["sst2-joint"])
    assert second.worker is None
    assert second.status(found).active
    go.set()
    wait(registry)
    assert second.find(job.id) is found
    assert second.status(found).state == "done"


def test_a_run_that_another_server_deleted_is_gone_here_too(registry: Registry, models: Models) -> None:
    job = started(registry, models)
    wait(registry)
    second = Registry(registry.root)
    second.delete(job.id)
    assert registry.find(job.id) is None
    assert not registry.kept(job.id)


def test_a_full_disk_is_said_and_the_run_goes_on_later(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PART_ROWS", 2)
    real, full = os.replace, [True]

    def replaced(source: Path, target: Path) -> None:
        if full[0] and "part-000002" in str(target):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    monkeypatch.setattr(store.os, "replace", replaced)
    job = started(registry, models)
    wait(registry)
    assert (job.state, job.done) == ("failed", 2)
    assert "the disk of this server is full" in job.error
    assert not list(job.store.folder.glob("*.new"))
    full[0] = False
    registry.start(job, lambda: models["sst2-joint"])
    wait(registry)
    assert job.state == "done"


def test_a_run_for_which_the_disk_has_no_room_leaves_nothing(registry: Registry, models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.pq, "write_table", full)
    with pytest.raises(InputError, match="the disk of this server is full"):
        made(registry, models)
    assert not list(registry.root.iterdir())


def test_a_temporary_folder_that_the_system_took_is_made_anew(registry: Registry, models: Models) -> None:
    made(registry, models)
    shelf.shutil.rmtree(registry.root)
    job = started(registry, models)
    wait(registry)
    assert job.state == "done"
    assert registry.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["mkdir", "symlink", "fifo"])
def test_a_lock_that_is_no_file_is_said(registry: Registry, models: Models, kind: str) -> None:
    job = made(registry, models)
    lock = job.store.folder / ".lock"
    {"mkdir": lock.mkdir, "symlink": lambda: lock.symlink_to("/etc/passwd"), "fifo": lambda: os.mkfifo(lock)}[kind]()
    assert registry.find(job.id) is job
    if kind != "fifo":
        with pytest.raises(InputError, match="takes no file"):
            registry.start(job, lambda: models["sst2-joint"])


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbage(file: Path) -> None:
    file.write_bytes(b"\x89\0garbage" * 40)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def reshaped(file: Path) -> None:
    if file.suffix == ".json":
        file.write_text(json.dumps({"id": 7, "labels": {"a": 1}}))
    else:
        pq.write_table(pa.table({"other": list(range(5))}), file)


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize("harm", [cut, garbage, emptied, reshaped, directory, pipe])
@pytest.mark.parametrize("name", [shelf.ABOUT, store.TEXTS, "part-000000-000005.parquet"])
def test_a_torn_file_is_said_and_harms_no_other_run(registry: Registry, models: Models, name: str, harm: object) -> None:
    torn, whole = (started(registry, models) for _ in range(2))
    wait(registry)
    harm(torn.store.folder / name)  # type: ignore[operator]
    later = Registry(registry.root)
    said = ""
    try:
        job = later.find(torn.id)
        assert job is not None
        if name.startswith("part") and harm is not reshaped:
            assert (job.state, job.done) == ("interrupted", 0), "a part that is torn is read again"
            return
        gather(job.store, job.about)
    except InputError as error:
        said = str(error)
    assert "its files on the server are damaged" in said
    found = later.find(whole.id)
    assert found is not None
    assert gather(found.store, found.about) is not None
    made(later, models)
    later.delete(torn.id)
    assert not torn.store.folder.exists()


@pytest.mark.parametrize(("column", "value"), [("label", 77), ("label", -5), ("probs", None)])
def test_numbers_that_do_not_fit_are_damage(registry: Registry, models: Models, column: str, value: int | None) -> None:
    job = started(registry, models)
    wait(registry)
    file = job.store.folder / "part-000000-000005.parquet"
    table = pq.read_table(file)
    place = table.column_names.index(column)
    spoilt = pa.array([[value]] * 5, pa.list_(pa.int16())) if value is not None else None
    pq.write_table(table.remove_column(place) if spoilt is None else table.set_column(place, column, spoilt), file)
    with pytest.raises(InputError, match="damaged"):
        gather(job.store, job.about)


def harmed(column: Any) -> dict[str, Any]:
    """A part's column as a torn or foreign file might hold it, by what is wrong."""
    kind, rows = column.type, column.to_pylist()
    inner = kind.value_type if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind) else kind
    lists = inner is not kind
    out = {"null": pa.array([None] * len(rows), kind), "words": pa.array([["x"]] * len(rows) if lists else ["x"] * len(rows))}
    for name, value in {"low": -7, "null in it": None, **({"inf": np.inf, "nan": np.nan} if pa.types.is_floating(inner) else {})}.items():
        out[name] = pa.array([[value, *row[1:]] if lists else value for row in rows], kind)
    if lists:
        loose = pa.list_(inner)
        out["empty"], out["more"] = pa.array([[]] * len(rows), loose), pa.array([[*row, row[0]] for row in rows], loose)
        out["moved"] = pa.array([rows[0][:-1], [*rows[1], rows[1][0]], *rows[2:]], loose)
        out["no lists"] = pa.array([row[0] for row in rows], inner)
    return out


@pytest.mark.parametrize("name", ["sst2-joint", "sst2-ltp", "pos-tokee"])
def test_every_column_holds_as_many_numbers_as_its_name_says_and_such(registry: Registry, models: Models, name: str) -> None:
    data = bundled(models[name].config.task)
    job = registry.create(models[name], "rows", first(data, 5), models[name].knobs())
    registry.start(job, lambda: models[name])
    wait(registry)
    assert gather(job.store, job.about) is not None
    file = job.store.folder / "part-000000-000005.parquet"
    table = pq.read_table(file)
    passed = []
    for place, column in enumerate(table.column_names):
        for kind, spoilt in harmed(table.column(column)).items():
            pq.write_table(table.set_column(place, column, spoilt), file)
            with suppress(InputError):
                gather(job.store, job.about)
                passed.append((column.partition(".")[0], kind))
    unread = {(column, "nan") for column in ("probs", "reading", "sure", "layer_sure")}
    same = {(column, "no lists") for column in ("label", "predicted", "sure", "words_depth", "layer_answer", "layer_sure")}  # one each
    assert set(passed) <= unread | same | {("reading", "low")}


SIZE = {"stage": "model", "width": 4, "ffn": 4}


@pytest.mark.parametrize("change", [
    {"sizes": []}, {"sizes": [SIZE]}, {"sizes": ["model"] * 4}, {"sizes": [{**SIZE, "width": "4"}] * 4}, {"sizes": [{"width": 4}] * 4},
    {"sizes": [{**SIZE, "ffn": -4}] * 4}, {"sizes": [{**SIZE, "stage": None}] * 4}, {"sizes": 2}, {"classes": 3}, {"classes": "2"},
    {"kind": "zebra"},
])  # fmt: skip
def test_what_a_part_says_of_its_numbers_must_be_so(registry: Registry, models: Models, change: dict[str, object]) -> None:
    job = started(registry, models)
    wait(registry)
    file = job.store.folder / "part-000000-000005.parquet"
    table = pq.read_table(file)
    meta = json.loads(table.schema.metadata[b"dynviz"])
    assert len(meta["sizes"]) == 4
    pq.write_table(table.replace_schema_metadata({b"dynviz": json.dumps({**meta, **change}).encode()}), file)
    with pytest.raises(InputError, match="damaged"):
        gather(job.store, job.about)


@pytest.mark.parametrize("change", [
    {"total": 6}, {"total": 0}, {"id": "a" * 22}, {"title": 7}, {"labels": "ab"}, {"knobs": {"a": "b"}},
    {"knobs": {"a": float("inf")}}, {"made": "soon"}, {"skipped": [["x"]]}, {"title": "\ud800"},
])  # fmt: skip
def test_what_a_job_says_of_itself_must_be_so(registry: Registry, models: Models, change: dict[str, object]) -> None:
    job = made(registry, models)
    file = job.store.folder / shelf.ABOUT
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(InputError, match="damaged"):
        Registry(registry.root).find(job.id)
