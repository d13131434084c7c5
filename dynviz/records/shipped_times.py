"""Times that ship with the checkpoints, as JSON: one machine, and for each checkpoint, told by its digest, the measured runs and the line.

Written by `python -m dynviz times --write`; they hold for the machine named in them and no other.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter

from dynviz.errors import InputError
from dynviz.records.files import exists, of_schema, printable, read_json, why_not
from dynviz.records.times import Measured, Times

SCHEMA = "dynviz.times/1"
FILE = "times.json"
DIGITS = 4  # of a duration: the next differ from round to round


@dataclass(frozen=True)
class Line:
    """A checkpoint's times as they are stored: those of `Times`, without the machine."""

    model: str
    call: float
    sentence: float
    flop: float
    start: float
    each: float
    runs: tuple[Measured, ...]


def write(found: Mapping[str, Times], file: Path) -> None:
    """Store times by digest, all of one machine."""
    machine = dict(next(iter(found.values())).machine) if found else {}
    ordered = sorted(found.items(), key=lambda pair: pair[1].model)
    rows = ",\n  ".join(f"{json.dumps(digest)}: {json.dumps(asdict(_line(times)), ensure_ascii=False)}" for digest, times in ordered)
    about = json.dumps({"schema": SCHEMA, "machine": machine}, ensure_ascii=False)[:-1]
    file.write_text(f'{about}, "models": {{\n  {rows}\n}}}}\n', encoding="utf-8")


def _line(times: Times) -> Line:
    runs = tuple(
        Measured(r.setting, r.batch, r.sentences, _short(r.seconds), _short(r.fitted), tuple(_short(v) for v in r.rounds))
        for r in times.runs
    )
    call, sentence, flop, start, each = (_short(v) for v in (times.call, times.sentence, times.flop, times.start, times.each))
    return Line(times.model, call, sentence, flop, start, each, runs)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def read(file: Path) -> dict[str, Times]:
    """The stored times by digest; none where there is no file, an InputError where it does not fit."""
    if not exists(file):
        return {}
    raw = read_json(file)
    try:
        of_schema(raw, SCHEMA)
        machine, lines = _machine().validate_python(raw.get("machine")), _lines().validate_python(raw.get("models"))
        _sound(machine, lines)
    except ValueError as error:
        raise InputError(f"{file} cannot be read", why_not(error), "Write it again: python -m dynviz times --write") from None
    return {digest: _times(line, machine) for digest, line in lines.items()}


def _times(line: Line, machine: Mapping[str, str]) -> Times:
    return Times(line.model, line.call, line.sentence, line.flop, line.start, line.each, line.runs, machine)


@cache
def _machine() -> TypeAdapter[dict[str, str]]:
    return TypeAdapter(dict[str, str])


@cache
def _lines() -> TypeAdapter[dict[str, Line]]:
    return TypeAdapter(dict[str, Line], config=ConfigDict(extra="forbid", allow_inf_nan=False))


def _sound(machine: Mapping[str, str], lines: Mapping[str, Line]) -> None:
    """ValueError where the machine is not told or a number is none of a duration."""
    for key in ("processor", "date"):
        if not machine.get(key):
            raise ValueError(f"it does not tell the {key} it was measured on")
    for line in lines.values():
        name = printable(line.model, 80)
        if not line.runs:
            raise ValueError(f"it holds no run of {name}")
        durations = [line.call, line.sentence, line.flop, line.start, line.each]
        if min(*durations, *(v for run in line.runs for v in (run.fitted, *run.rounds))) < 0:
            raise ValueError(f"a time of {name} is negative")
        if min(v for run in line.runs for v in (run.seconds, run.batch, run.sentences)) <= 0:
            raise ValueError(f"a run of {name} takes no time, or is one of no sentence")
