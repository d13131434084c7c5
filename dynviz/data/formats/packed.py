"""Files that hold another file: gzip is unpacked, as far as the bound; other containers are refused by name."""

import io
import zlib

from dynviz.errors import InputError

MAX_UNPACKED = 50_000_000  # bytes
MAX_MEMBERS = 2_000
GZIP = b"\x1f\x8b"
_PART = 1 << 18
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old or an encrypted Excel workbook"), (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"), (b"GIF8", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"\x80\x02", "a pickle"), (b"\x80\x03", "a pickle"), (b"\x80\x04", "a pickle"), (b"\x80\x05", "a pickle"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"), (b"BZh91AY", "packed with bzip2"), (b"\xfd7zXZ", "packed with xz"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"), (b"ARROW1\0", "an Arrow or Feather file"),
    (b"\x93NUMPY", "a NumPy array"), (b"SQLite format 3", "a SQLite database"), (b"\x89HDF", "an HDF5 file"), (b"Obj\x01", "an Avro file"),
)  # fmt: skip
_SUFFIXES = {
    ".xls": "an old Excel workbook", ".xlsb": "a binary Excel workbook", ".ods": "an OpenDocument sheet", ".zip": "a ZIP archive",
    ".pkl": "a pickle", ".pickle": "a pickle", ".pt": "a pickle", ".arrow": "an Arrow file", ".feather": "a Feather file",
    ".tar": "a tar archive", ".tgz": "a tar archive", ".docx": "a Word document", ".pdf": "a PDF",
}  # fmt: skip


def refuse(data: bytes, name: str, suffix: str) -> None:
    """An InputError that names the format, for a file that is known by its first bytes or its name's ending and not read."""
    what = next((what for magic, what in _OTHERS if data.startswith(magic)), _SUFFIXES.get(suffix, ""))
    if data[257:262] == b"ustar":
        what = "a tar archive"
    if what:
        raise InputError(f"{name} is no text file", f"it is {what}", "Save the table as CSV and give that")


def unpacked(data: bytes, name: str) -> bytes:
    """What a gzip file holds, all of its members; an InputError where that is too much or broken."""
    out, members = io.BytesIO(), 0
    source, rest, member = io.BytesIO(data), b"", zlib.decompressobj(wbits=31)
    try:
        while part := rest or source.read(_PART):
            out.write(member.decompress(part, MAX_UNPACKED + 1 - out.tell()))
            rest = member.unused_data.lstrip(b"\0")
            if member.eof:
                members, member = members + 1, zlib.decompressobj(wbits=31)
            if out.tell() > MAX_UNPACKED or members > MAX_MEMBERS:
                what = f"{name} is larger than {MAX_UNPACKED // 1_000_000} MB when unpacked"
                raise InputError(what, "it would not be read in reasonable time", "Take a part of it")
    except zlib.error as error:
        raise InputError(f"{name} cannot be unpacked", str(error), "Pack it again, or give it as it is") from None
    if not members:
        raise InputError(f"{name} cannot be unpacked", "it ends too early", "Pack it again, or give it as it is")
    return out.getvalue()
