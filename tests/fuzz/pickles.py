"""What `python -m dynviz convert` takes: pickles that ask for more than tensors, claim what is not there, nest without end, or break off.

A few start the process that the command starts; the others are read in a fork of this one, under the same bounds, which costs a fortieth
of that, and in less time, since some take all they are given.
"""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import torch

from dynviz.checkpoint.released import convert, unpickled
from dynviz.checkpoint.tensors import read_tensors
from tests.fuzz import bar, hostile, raw
from tests.fuzz.bar import Wrong
from tests.fuzz.kind import Kind

SECONDS = 2  # of processor, given to a fork; the command gives its process more
SLACK = 60_000_000  # bytes that a process takes besides what its limit counts
OUT, RAN = "out", "ran"


@dataclass(frozen=True)
class Ground:
    """The folder of the cases, and the tensors of one sound model."""

    own: Path
    tensors: dict[str, torch.Tensor]


@dataclass(frozen=True)
class Case:
    """A file to convert. whole: by the command's own process."""

    file: Path
    whole: bool


def ground(stock: Path, own: Path) -> Ground:
    """A sound pickle was converted once."""
    from safetensors.torch import load_file

    kept = load_file(stock / "released" / "pabee-on-bert" / "model.safetensors")
    torch.save(kept, own / "sound.bin")
    convert.convert(own / "sound.bin", own / "sound")
    return Ground(own, kept)


def make(at: Ground, rng: Random) -> Case:
    """A file in an empty folder, which it would mark if it ran."""
    shutil.rmtree(at.own / "case", ignore_errors=True)
    (at.own / "case").mkdir()
    file = at.own / "case" / "pytorch_model.bin"
    mark = file.with_name(RAN)
    how = rng.choice((sound, evil, evil, claimed, claimed, nested, archived, cut))
    file.write_bytes(how(rng, at, mark))
    return Case(file, how in (sound, evil) and rng.random() < 0.1)


def saved(found: Any, rng: Random) -> bytes:
    """As torch.save writes it: a zip, or the older form."""
    out = io.BytesIO()
    torch.save(found, out, _use_new_zipfile_serialization=rng.random() < 0.8)
    return out.getvalue()


def some(rng: Random, at: Ground) -> dict[str, Any]:
    """A few tensors of the model, in a form that training scripts use."""
    table = {name: at.tensors[name] for name in rng.sample(sorted(at.tensors), 4)}
    return rng.choice(({"state_dict": table}, {"model": table, "epoch": 3}, table, table))


def sound(rng: Random, at: Ground, _: Path) -> bytes:
    return saved(some(rng, at), rng)


def evil(rng: Random, at: Ground, mark: Path) -> bytes:
    """A program in the place of a pickle, or among sound tensors."""
    if rng.random() < 0.5:
        return saved({**some(rng, at), "x": hostile.Evil(str(mark))}, rng)
    return hostile.held(rng, rng.choice(hostile.PROGRAMS)(str(mark)), saved(some(rng, at), rng))


def claimed(rng: Random, at: Ground, _: Path) -> bytes:
    """Tensors that are more than is there, of another kind, or none."""
    odd = rng.choice(hostile.TENSORS)()
    if rng.random() < 0.5:
        return saved({**some(rng, at), "classifier.weight": odd}, rng)
    return hostile.held(rng, rng.choice(hostile.CLAIMS), saved(some(rng, at), rng))


def nested(rng: Random, at: Ground, _: Path) -> bytes:
    return hostile.held(rng, rng.choice(hostile.NESTS)(rng.choice((30, 900, 100_000))), saved(some(rng, at), rng))


def archived(rng: Random, at: Ground, _: Path) -> bytes:
    """The zip packed another way: compressed, its parts huge, twice, elsewhere or missing."""
    return hostile.packed(rng, saved(at.tensors, Random(1)))


def cut(rng: Random, at: Ground, mark: Path) -> bytes:
    """Broken anywhere."""
    whole = rng.choice((sound, evil))(rng, at, mark)
    return whole[: rng.randrange(len(whole))] if rng.random() < 0.4 else raw.mutated(rng, whole)


def forked(command: Sequence[str], **_told: Any) -> subprocess.CompletedProcess[str]:
    """What the command's process does and says, in a fork of this one; Wrong where its bounds do not hold."""
    file, new = command[-2:]
    room = bar.held() + 3 * os.path.getsize(file) + unpickled.ROOM + SLACK
    with tempfile.TemporaryFile("w+") as errors:
        if not (child := os.fork()):
            status = 1
            try:
                os.dup2(errors.fileno(), 2)
                with open(2, "w", closefd=False) as out, mock.patch("sys.stderr", out), mock.patch.object(unpickled, "SECONDS", SECONDS):
                    status = unpickled.main(file, new)
            finally:
                os._exit(status)
        ended, used = os.wait4(child, 0)[1:]
        errors.seek(0)
        said = errors.read()
    if used.ru_utime + used.ru_stime > SECONDS + 1:
        raise Wrong(f"its process took {used.ru_utime + used.ru_stime:.1f} s")
    if used.ru_maxrss * 1024 > room:
        raise Wrong(f"its process took {used.ru_maxrss / 1000:.0f} MB")
    return subprocess.CompletedProcess(command, os.waitstatus_to_exitcode(ended), "", said)


def give(case: Case) -> None:
    """Convert it; what was written can be read, what was refused is not there, and nothing has run."""
    out = case.file.with_name(OUT)
    new = out / "model.safetensors"
    written: list[Path] = []
    try:
        with nullcontext() if case.whole else mock.patch("subprocess.run", forked):
            convert.convert(case.file, out)
        written = [new]
    finally:
        if case.file.with_name(RAN).exists():
            raise Wrong("what it holds has run")
        if (left := sorted(out.iterdir())) != written:
            raise Wrong(f"in the folder lies {[file.name for file in left]}")
    read_tensors(out)


KIND = Kind(2, ground, make, give)
