"""Excel workbooks: the first sheet, its values only, read by openpyxl where that is installed."""

import importlib
import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Any

from dynviz.data.formats.sheet import Row, sheet
from dynviz.data.tables import MAX_COLUMNS, MAX_LINES, Gathered, Table, written
from dynviz.errors import InputError

ZIP = b"PK\x03\x04"
MAX_XML = 10_000_000  # bytes of the files in a workbook, unpacked
MAX_FILES = 1_000
MAX_CELLS = 100_000
CSV = "Save the sheet as CSV and give that"


def workbook(data: bytes, name: str, lenient: bool) -> Table:
    """The table of the first sheet."""
    _bounded(data, name)
    if find_spec("openpyxl") is None:
        why = "reading one needs the package 'openpyxl', which is not installed here"
        raise InputError(f"{name} is an Excel workbook", why, f"{CSV}, or pip install openpyxl")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _first_sheet(data, Gathered(name, lenient))
    except InputError:
        raise
    except Exception as error:  # the package raises its own kinds, and those of zip and XML
        why = written(error).rstrip(".") or type(error).__name__
        raise InputError(f"{name} is an Excel workbook that cannot be read", why, CSV) from None


def _bounded(data: bytes, name: str) -> None:
    """An InputError unless it is a workbook whose files, once unpacked, are within the bounds: no more than they claim is ever unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise InputError(f"{name} is a ZIP archive or an Excel workbook that cannot be opened", written(error), CSV) from None
    if "xl/workbook.xml" not in {file.filename for file in files}:
        raise InputError(f"{name} is no text file", "it is a ZIP archive and no Excel workbook", "Unpack it and give a file of it")
    read = [file for file in files if file.filename.endswith((".xml", ".rels"))]
    if len(files) > MAX_FILES or sum(file.file_size for file in read) > MAX_XML:
        why = f"more than {MAX_XML // 1_000_000} MB of XML"
        raise InputError(f"{name} is too large when unpacked", why, "Save the sheet as CSV, which is read faster")


def _first_sheet(data: bytes, into: Gathered) -> Table:
    openpyxl: Any = importlib.import_module("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        first = book.worksheets[0]
        first.reset_dimensions()
        notes = [f"The first of {len(book.sheetnames)} sheets was read."] if len(book.sheetnames) > 1 else []
        return sheet(_rows(first, into.name), into, notes)
    finally:
        book.close()


def _rows(first: Any, name: str) -> Iterator[Row]:
    """Rows as wide as the first that holds something; what hangs over on the right is left in place only where it is filled."""
    seen, width = 0, 0
    for place, row in enumerate(first.iter_rows(values_only=True), start=1):
        seen += len(row)
        if len(row) > MAX_COLUMNS or seen > MAX_CELLS or place > MAX_LINES:
            why = f"more than {MAX_CELLS:,} cells, or {MAX_COLUMNS:,} in a row"
            raise InputError(f"{name} is too large for a workbook", why, "Save the sheet as CSV, which is read faster")
        cells = [_cell(value) for value in row]
        while cells and cells[-1] == "" and len(cells) > width:
            cells.pop()
        width = width or len(cells)
        yield place, cells + [""] * (width - len(cells))


def _cell(value: Any) -> Any:
    """A number or a text; dates and times as they are written."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) or not isinstance(value, str | int | float) else value
