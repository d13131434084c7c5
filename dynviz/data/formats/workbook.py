"""Excel workbooks: one sheet, its values only, read by openpyxl where that is installed."""

import importlib
import io
import re
import warnings
import zipfile
import zlib
from importlib.util import find_spec
from typing import Any

from dynviz.data.formats.parts import too_much
from dynviz.data.formats.sheet import sheet
from dynviz.data.formats.worksheet import CSV, check_formulas, chosen
from dynviz.data.tables import Gathered, Table, written
from dynviz.errors import InputError

ZIP = b"PK\x03\x04"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def workbook(data: bytes, name: str, lenient: bool) -> Table:
    """The table of the sheet that holds one."""
    _bounded(data, name)
    if find_spec("openpyxl") is None:
        why = "reading one needs the package 'openpyxl', which is not installed here"
        raise InputError(f"{name} is an Excel workbook", why, f"{CSV}, or pip install openpyxl")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(data, Gathered(name, lenient))
    except InputError:
        raise
    except Exception as error:  # the package raises its own kinds, and those of zip and XML
        why = written(error).rstrip(".") or type(error).__name__
        raise InputError(f"{name} is an Excel workbook that cannot be read", why, CSV) from None


def _bounded(data: bytes, name: str) -> None:
    """An InputError unless it is a workbook whose parts, once unpacked, are within the bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise InputError(f"{name} is no text file", "it is a ZIP archive and no Excel workbook", "Unpack it and give a file of it")
            why = too_much(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, EOFError) as error:
        raise InputError(f"{name} is a ZIP archive or an Excel workbook that cannot be opened", written(error), CSV) from None
    if why:
        raise InputError(f"{name} is too large when unpacked", f"it holds {why}", "Save the sheet as CSV, which is read faster")


def _read(data: bytes, into: Gathered) -> Table:
    book = _opened(data, values=True)
    try:
        found = chosen(book.worksheets, into.name)
        if _has_formulas(data):
            at = book.worksheets.index(found.sheet)
            check_formulas(found.sheet, lambda: _opened(data, values=False).worksheets[at], into.name)
        return sheet(found.rows, into, found.notes)
    finally:
        book.close()


def _opened(data: bytes, values: bool) -> Any:
    """values: what formulas come to, as it is stored, instead of the formulas."""
    excel: Any = importlib.import_module("openpyxl.reader.excel")
    reader = excel.ExcelReader(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    reader.read_chartsheet = lambda *_: None  # a sheet that is a chart has no cells, and the package fails at some
    reader.read()
    return reader.wb


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(_FORMULA.search(archive.read(name)) for name in sheets)
