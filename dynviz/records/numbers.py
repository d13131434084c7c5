"""A JSON file of numbers that a command writes and pages show: one record under a schema's name, checked when it is read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter

from dynviz.errors import InputError
from dynviz.records.files import exists, of_schema, read_json, why_not

Record = TypeVar("Record")


@dataclass(frozen=True)
class NumbersFile(Generic[Record]):
    """How one such file is laid out.

    schema: name and version, in the file too; key: under which the record lies; kind: its type, of frozen records; command: that of
    `python -m dynviz` which writes it; sound: raises ValueError where a record of this type says what cannot be.
    """

    schema: str
    key: str
    kind: Any
    command: str
    sound: Callable[[Record], None] = lambda _: None

    def write(self, found: Record, file: Path) -> None:
        """Store it."""
        held = {"schema": self.schema, self.key: self._adapter.dump_python({"": found}, mode="json")[""]}
        file.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def read(self, file: Path) -> Record | None:
        """As stored; None where there is no file, an InputError where it does not fit."""
        if not exists(file):
            return None
        raw = read_json(file)
        try:
            of_schema(raw, self.schema)
            found = self._adapter.validate_python({"": raw.get(self.key)})[""]
            self.sound(found)
            return found
        except ValueError as error:
            do = f"Write it again: python -m dynviz {self.command} --write"
            raise InputError(f"{file} cannot be read", why_not(error), do) from None

    @cached_property
    def _adapter(self) -> TypeAdapter[dict[str, Record]]:
        """Of a dict, since a record's own config would not take this one's."""
        return TypeAdapter(dict[str, self.kind], config=ConfigDict(extra="forbid", allow_inf_nan=False))  # type: ignore[name-defined]
