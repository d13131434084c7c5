"""Bytes -> text, and what had to be assumed on the way, in words."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from dynviz.data.tables import MAX_LINES
from dynviz.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_CONTROL = bytes(c for c in range(1, 32) if chr(c) not in "\t\n\r\f\v")
ODD = 0.01  # share of control characters above which bytes are no text
MOST_REPAIRED = 200_000  # lines in another encoding, each decoded for itself


@dataclass(frozen=True)
class Text:
    """The text of a file as UTF-8, and notes on what was assumed."""

    name: str
    data: bytes
    notes: list[str]

    def lines(self) -> Iterator[str]:
        """Line by line with their ends, however they end (but not at Unicode's rarer separators, which may stand in a text)."""
        return io.TextIOWrapper(io.BytesIO(self.data), "utf-8", newline="")


def decode(data: bytes, name: str) -> Text:
    """The text. InputError where the bytes are none.

    UTF-8 or UTF-16/32 by their mark, else UTF-8; lines that are not UTF-8 are read as Windows-1252, each for itself, so
    that a file pasted together from two encodings keeps its right lines right. NUL characters are taken out.
    """
    data, notes = _utf8(data, name)
    nul = data.count(b"\0")
    odd = len(data) - len(data.translate(None, _CONTROL)) + data.count("\ufffd".encode())
    if odd + nul > max(ODD * len(data), 3):
        raise InputError(f"{name} is no text file", "it is full of control characters", "Give CSV, TSV, JSONL or Parquet")
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > MAX_LINES:
        raise InputError(f"{name} has more than {MAX_LINES:,} lines", "that many would take hours", "Take a part of it")
    if nul:
        notes.append(f"{nul} NUL {'character was' if nul == 1 else 'characters were'} taken out.")
    return Text(name, data.replace(b"\0", b""), notes)


def _utf8(data: bytes, name: str) -> tuple[bytes, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).encode(), []
            except UnicodeError as error:
                why = f"it begins as {encoding.removesuffix('-sig').upper()} but is not ({getattr(error, 'reason', 'odd length')})"
                raise InputError(f"{name} cannot be decoded", why, "Save it again as UTF-8") from None
    wide = _unmarked_utf16(data)
    if wide:
        return data.decode(wide, errors="replace").encode(), ["The file was read as UTF-16."]
    return (data, []) if _is_utf8(data) else _line_by_line(data, name)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    head = data[:4096]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if len(head) >= 8 and max(low, high) > 0.3 * len(head) and min(low, high) < 0.05 * len(head):
        return "utf-16-be" if low > high else "utf-16-le"
    return ""


def _is_utf8(data: bytes) -> bool:
    """Piece by piece: a whole text may take four times its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 1 << 16):
            decoder.decode(data[start : start + (1 << 16)])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _line_by_line(data: bytes, name: str) -> tuple[bytes, list[str]]:
    out, other = io.BytesIO(), 0
    for line in io.BytesIO(data):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            other += 1
            if other > MOST_REPAIRED:
                what = f"{name} cannot be decoded"
                raise InputError(what, f"more than {MOST_REPAIRED:,} of its lines are not UTF-8", "Save it again as UTF-8") from None
            line = line.decode("cp1252", errors="replace").encode()
        out.write(line)
    return out.getvalue(), [f"{other} {'line was' if other == 1 else 'lines were'} not UTF-8 and read as Windows-1252."]
