"""Mutations of bytes, whatever they mean."""

from collections.abc import Callable
from random import Random

ODD = (
    b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\n", b"\r", b"\r\n", b"\t",
    b'"', b"'", b",", b";", b"|", b"{", b"}", b"[", b"]", b"\\", b"\\u0000", b"\\ud800", b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"\x1a",
    b"%s", b"\xe2\x80\xa8", b"\xc2\x85", b"NaN", b"-1", b"1e999", b"9" * 5000, b"<", b"&", b"\x7f\xff\xff\xff\xff\xff\xff\xff",
)  # fmt: skip
Change = Callable[[Random, bytearray], None]


def span(rng: Random, data: bytearray) -> slice:
    """Somewhere, short as a rule."""
    begin = rng.randrange(len(data) + 1)
    return slice(begin, begin + int(rng.paretovariate(0.7)))


def flipped(rng: Random, data: bytearray) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def any_byte(rng: Random, data: bytearray) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.randrange(256)


def removed(rng: Random, data: bytearray) -> None:
    del data[span(rng, data)]


def inserted(rng: Random, data: bytearray) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.choice(ODD)


def overwritten(rng: Random, data: bytearray) -> None:
    at, odd = rng.randrange(len(data) + 1), rng.choice(ODD)
    data[at : at + len(odd)] = odd


def repeated(rng: Random, data: bytearray) -> None:
    part = span(rng, data)
    data[part] = data[part][:4096] * rng.choice((2, 3, 10, 200))


def moved(rng: Random, data: bytearray) -> None:
    part, at = bytes(data[span(rng, data)]), rng.randrange(len(data) + 1)
    data[at:at] = part


def cut(rng: Random, data: bytearray) -> None:
    del data[rng.randrange(len(data) + 1) :]


CHANGES: tuple[Change, ...] = (flipped, any_byte, removed, inserted, overwritten, repeated, moved, cut)
WEIGHTS = (3, 3, 2, 4, 3, 1, 1, 1)


def mutated(rng: Random, data: bytes, most: int = 4) -> bytes:
    """The bytes with one to `most` changes."""
    out = bytearray(data)
    for change in rng.choices(CHANGES, WEIGHTS, k=rng.randint(1, most)):
        change(rng, out)
    return bytes(out)
