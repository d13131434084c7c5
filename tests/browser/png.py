"""Words inside a PNG file: what the page said when the picture was taken, so that a test can tell when it has gone stale."""

import zlib
from collections.abc import Iterator
from struct import pack, unpack

KEYWORD = b"Description"


def annotate(png: bytes, words: str) -> bytes:
    """The file with one more chunk, before its last: an international text (iTXt, PNG 1.2, 4.2.3.3)."""
    body = b"iTXt" + KEYWORD + b"\0" * 5 + words.encode()  # not compressed, in no language
    end = png.rindex(b"IEND") - 4
    return png[:end] + pack(">I", len(body) - 4) + body + pack(">I", zlib.crc32(body)) + png[end:]


def annotation(png: bytes) -> str:
    """The words of `annotate`; "" where there are none."""
    return next((body.removeprefix(KEYWORD + b"\0" * 5).decode() for name, body in _chunks(png) if name == b"iTXt"), "")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12
