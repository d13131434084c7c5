"""Bytes -> text, and what had to be assumed on the way, in words."""

import codecs

from dynviz.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"), (b"\xd0\xcf\x11\xe0", "an old Excel workbook"), (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"\x1f\x8b", "a gzip archive"), (b"\x80\x04\x95", "a pickle"),
)  # fmt: skip
ODD = 0.01  # share of control characters above which bytes are no text


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text, and notes on what was assumed. InputError where the bytes are no text.

    UTF-8 or UTF-16/32 by their mark, else UTF-8; lines that are not UTF-8 are read as Windows-1252, each for itself, so
    that a file pasted together from two encodings keeps its right lines right. NUL characters are taken out.
    """
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise InputError(f"{name} is no text file", f"it is {what}", "Save the table as CSV and give that")
    text, notes = _unicode(data, name)
    odd = sum(text.count(chr(c)) for c in range(1, 32) if chr(c) not in "\t\n\r\f\v") + text.count("\ufffd")
    nul = text.count("\0")
    if odd + nul > max(ODD * len(text), 3):
        raise InputError(f"{name} is no text file", "it is full of control characters", "Give CSV, TSV, JSONL or Parquet")
    if nul:
        notes.append(f"{nul} NUL {'character was' if nul == 1 else 'characters were'} taken out.")
    return text.replace("\0", ""), notes


def _unicode(data: bytes, name: str) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), []
            except UnicodeDecodeError as error:
                why = f"it begins as {encoding.removesuffix('-sig').upper()} but is not ({error.reason})"
                raise InputError(f"{name} cannot be decoded", why, "Save it again as UTF-8") from None
    wide = _unmarked_utf16(data)
    if wide:
        return data.decode(wide, errors="replace"), ["The file was read as UTF-16."]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _line_by_line(data)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    head = data[:4096]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if len(head) >= 8 and max(low, high) > 0.3 * len(head) and min(low, high) < 0.05 * len(head):
        return "utf-16-be" if low > high else "utf-16-le"
    return ""


def _line_by_line(data: bytes) -> tuple[str, list[str]]:
    out, other = [], 0
    for line in data.split(b"\n"):
        try:
            out.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            out.append(line.decode("cp1252", errors="replace"))
            other += 1
    return "\n".join(out), [f"{other} {'line was' if other == 1 else 'lines were'} not UTF-8 and read as Windows-1252."]
