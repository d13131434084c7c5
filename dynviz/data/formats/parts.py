"""The parts of a workbook, which is a ZIP archive of XML: they are counted before openpyxl makes an object of each element."""

import re
import zipfile

MAX_PARTS = 1_000
MAX_XML = 10_000_000  # bytes, unpacked
MAX_CELLS = 360_000  # elements: rows, cells, texts and what is in them
MAX_OTHERS = 25_000  # other elements: styles, names, links ..., which take several times as long
MAX_SHEETS = 100  # openpyxl looks into each
MAX_RANGES = 100_000  # bytes that name ranges of cells, each of which becomes an object too
_MOST = {
    "bytes of XML": MAX_XML, "rows, cells and texts": MAX_CELLS, "styles and names": MAX_OTHERS, "sheets": MAX_SHEETS,
    "bytes of ranges": MAX_RANGES,
}  # fmt: skip
_CELL = re.compile(rb"<(?:\w+:)?(?:row|c|v|f|is|si|t)[\s/>]")
_SHEET = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_RANGES = re.compile(rb"sqref\s*=\s*[\"'][^\"']*")
_BLANK = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"  # and the marks of UTF-8 and UTF-16
_HEAD = 4096  # bytes


def too_much(archive: zipfile.ZipFile) -> str:
    """Of what it holds too much, or "". What begins as XML counts, whatever it is called: a name says nothing of what it is read as."""
    if len(archive.infolist()) > MAX_PARTS:
        return f"more than {MAX_PARTS:,} parts"
    found = dict.fromkeys(_MOST, 0)
    for part in archive.infolist():
        xml = _xml(archive, part)
        if b"<!DOCTYPE" in xml.replace(b"\0", b""):
            return "XML that defines some of its own, which may grow by any factor"
        for what, count in zip(_MOST, (len(xml), *_counts(xml)), strict=True):
            found[what] += count
            if found[what] > _MOST[what]:
                return f"more than {_MOST[what]:,} {what}"
    return ""


def _xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """What a part holds, as far as the bound; nothing where it cannot be XML (a picture)."""
    with archive.open(part) as source:
        head = source.read(_HEAD)
        return head + source.read(MAX_XML) if head.strip(_BLANK)[:1] in (b"<", b"") else b""


def _counts(xml: bytes) -> tuple[int, int, int, int]:
    """Elements of cells, other elements, sheets, and bytes of ranges."""
    plain = xml.replace(b"\0", b"")  # UTF-16
    cells = len(_CELL.findall(plain))
    others = plain.count(b"<") - plain.count(b"</") - cells
    return cells, others, len(_SHEET.findall(plain)), sum(map(len, _RANGES.findall(plain)))
