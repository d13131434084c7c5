"""safetensors files: their header (names, types, shapes, places), their length, and numbers that are none; of our checkpoints, of the
embeddings these share, and of the models of others."""

import json
import struct
from pathlib import Path
from random import Random
from typing import Any

from dynviz import api
from tests.fuzz import raw, values
from tests.fuzz.kind import Kind
from tests.fuzz.models import Place, answers

TYPES = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "I64", "I32", "I16", "I8", "U8", "U64", "BOOL", "C64", "X")
NUMBERS = tuple(bytes.fromhex(x) for x in ("007e", "007c", "00fc", "ffff", "ff7b", "0100", "0000c07f", "0000807f", "ffff7f7f", "cdcccc7e"))
FILE = "model.safetensors"


def make(place: Place, rng: Random) -> Path:
    """A model of which one file of tensors is broken."""
    folder, base = place.model(rng)
    file = (base if base and rng.random() < 0.3 else folder) / FILE
    file.write_bytes(mutated(rng, file.read_bytes()))
    return folder


def mutated(rng: Random, data: bytes) -> bytes:
    """The file with its header, its numbers or its bytes changed."""
    (size,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    what = rng.random()
    if what < 0.3:
        return packed(header, not_numbers(rng, header, body))
    if what < 0.55:
        return packed(of_another_type(rng, header), body)
    if what < 0.85:
        return packed(values.mutated(rng, json.dumps(header)), body, rng)
    if what < 0.9:
        return struct.pack("<Q", rng.choice((0, 1, size - 1, size + 1, 2**31, 2**63, 2**64 - 1))) + data[8:]
    return raw.mutated(rng, data)


def packed(header: Any, body: bytes, rng: Random | None = None) -> bytes:
    text = values.written(rng, header) if rng else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def not_numbers(rng: Random, header: dict[str, Any], body: bytes) -> bytes:
    """Some numbers of a tensor become infinite, too large, or none."""
    out = bytearray(body)
    for name in rng.choices([n for n in header if n != "__metadata__"], k=rng.choice((1, 1, 5))):
        begin, end = header[name]["data_offsets"]
        number = rng.choice(NUMBERS)
        at = begin + rng.randrange(max((end - begin) // 4, 1)) * 4
        count = rng.choice((1, 1, (end - at) // len(number)))
        out[at : at + len(number) * count] = number * count
    return bytes(out[: len(body)])


def of_another_type(rng: Random, header: dict[str, Any]) -> dict[str, Any]:
    """The same bytes read as another type, its shape made to fit, or not."""
    out = json.loads(json.dumps(header))
    for name in rng.choices([n for n in header if n != "__metadata__"], k=rng.choice((1, 1, 5))):
        bits = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "F16": 16, "BF16": 16, "I16": 16, "F4": 4}
        before = bits.get(out[name]["dtype"], 8)
        out[name]["dtype"] = rng.choice(TYPES)
        if rng.random() < 0.7 and out[name]["shape"]:
            out[name]["shape"][-1] = out[name]["shape"][-1] * before // bits.get(out[name]["dtype"], 8)
    return out  # type: ignore[no-any-return]


def give(folder: Path) -> None:
    """Load it, and ask it."""
    api.checkpoint_at(folder)
    answers(api.load(folder))


KIND = Kind(8, Place, make, give)
