"""Files under the upload limit that are built to stop or to fill a reader; every one is read or refused within the bounds.

`python -m tests.data.hostile FOLDER` writes them and reads each in a process of its own, printing its processor time and memory.
"""

import gzip
import importlib
import io
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

UPLOAD = 20 * 2**20  # bytes


def filled(line: bytes, size: int = 20_000_000) -> bytes:
    """As often as the upload limit permits."""
    return line * (size // len(line))


def parquet(table: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def book(sheet: bytes, shared: bytes = b"<sst/>", strings: str = "xl/sharedStrings.xml", more: Mapping[str, bytes] = {}) -> bytes:
    """A workbook with this as its first sheet. strings: the part that holds the shared ones; more: parts by name, or what replaces one."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/{strings}" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **more}.items():
            archive.writestr(name, content)
        begin, end = f'<worksheet xmlns="{main}"><sheetData>'.encode(), b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", begin + sheet + end)
        archive.writestr(strings, shared.replace(b"<sst", f'<sst xmlns="{main}"'.encode()))
    return out.getvalue()


def _same_text() -> pa.Table:
    return pa.table({"text": pa.DictionaryArray.from_arrays(pa.array([0] * 6000, pa.int32()), ["word " * 200_000])})


def _differences() -> bytes:
    table = pa.table({"text": ["word " * 20_000 + str(i) for i in range(1000)]})
    return parquet(table, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"})


def _workbook(sheets: bytes, names: bytes = b"") -> bytes:
    """The main part of a workbook."""
    begin = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
    sheets = b'officeDocument/2006/relationships"><sheets>' + sheets + b"</sheets>"
    return begin + sheets + b"<definedNames>" + names + b"</definedNames></workbook>"


def _names(count: int) -> bytes:
    """The main part of a workbook, with so many names defined in it."""
    names = b"".join(b'<definedName name="n%d">1</definedName>' % i for i in range(count))
    return _workbook(b'<sheet name="a" sheetId="1" r:id="r1"/>', names)


def _styles(inner: bytes) -> bytes:
    return b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + inner + b"</styleSheet>"


def _wide(columns: int, rows: int, **how: object) -> bytes:
    """Many columns of one value, and a column of texts."""
    same = {f"c{i}": ["a"] * rows for i in range(1, columns)}
    return parquet(pa.table({"c0": [f"some text {i} x" for i in range(rows)], **same}), **how)


def _one_differs(columns: int, rows: int) -> bytes:
    how = {"use_dictionary": [f"c{i}" for i in range(1, columns)], "column_encoding": {"c0": "DELTA_BYTE_ARRAY"}}
    return _wide(columns, rows, **how)


def _lists(row: bytes, member: bytes, count: int, rows: int) -> bytes:
    """Lines of JSON, each an object with a list of so many members."""
    return (row % b",".join([member] * count)) * rows


KINDS: dict[str, Callable[[], bytes]] = {
    # separated cells
    "header.csv": lambda: b"word " * 26_000 + b",b\nx,y\n",
    "commas.csv": lambda: filled(b","),
    "columns.csv": lambda: b",".join(b"c%d" % i for i in range(100_000)) + b"\n" + b",".join([b"x"] * 100_000) + b"\n",
    "tabs.tsv": lambda: filled(b"\t" * 999 + b"\n"),
    "short.tsv": lambda: b"text\tlabel\n" + filled(b"a word\t123\n"),
    "wide.tsv": lambda: b"\t".join(b"c%d" % i for i in range(900)) + b"\n" + filled(b"\t".join([b"ab"] * 900) + b"\n", 19_990_000),
    "wide_emoji.tsv": lambda: b"\t".join(b"c%d" % i for i in range(90)) + b"\n" + filled("\t".join(["\U0001f600"] * 90).encode() + b"\n"),
    "one_line.txt": lambda: filled("word \U0001f600 ".encode()),
    "emoji_lines.txt": lambda: filled("\U0001f600".encode() + b"a" * 396 + b"\n"),
    "blank.csv": lambda: b"text\n" + b"         \n" * 1_490_000,
    "latin.csv": lambda: filled(b"\xe9\n"),
    "quotes.csv": lambda: b"text,label\n" + filled(b'"word word,1\n'),
    "quoted_lines.csv": lambda: b"text,label\n" + filled(b'"word word\n","word word\n",'),
    "ragged.csv": lambda: b"text,label\n" + filled(b"a,b,c\n", 300_000),
    "controls.csv": lambda: filled(b"ab\0"),
    "left_out.tsv.gz": lambda: gzip.compress(b"text\tlabel\n" + b"a\t1\n" * 2500 + (b'"' + b"\t" * 20_000 + b"\n") * 2480),
    "blank.csv.gz": lambda: gzip.compress(b"text,label\na,1\n" + (b"," * 1_900_000 + b"\n") * 26),
    "broken.csv.gz": lambda: gzip.compress(b"text,label\na,1\n" + (b"," * 1_900_000 + b'"a"b\n') * 26),
    "utf16.csv": lambda: ("text,label\n" + "\u4e2d," * 4_900_000).encode("utf-16"),
    "utf32.txt": lambda: ("\U0001f600 a\n" * 1_200_000).encode("utf-32"),
    # words with tags
    "words.conll": lambda: b"ab NN\n\n" + filled(b"ab NN\n", 11_000_000),
    "sentences.conll": lambda: filled(b"ab NN\ncd NN\n\n", 8_000_000),
    # JSON
    "keys.jsonl": lambda: b"".join(b'{"k%d": 1}\n' % i for i in range(50_000)),
    "nothing.json": lambda: b"[" + filled(b"[],") + b"[]]",
    "objects.json": lambda: b"[" + filled(b'{"a":1},') + b"{}]",
    "one_object.json": lambda: b'{"a": [' + filled(b"{},", 19_999_900) + b"{}]}",
    "numbers.json": lambda: b'[{"a": [' + filled(b"1,", 19_999_900) + b"1]}]",
    "lists.jsonl": lambda: filled(b'{"tokens": [' + b'"ab",' * 1000 + b'"ab"]}\n'),
    "ints.jsonl": lambda: filled(b'{"a": [' + b"1," * 1000 + b"1]}\n", 9_000_000),
    "deep.json": lambda: b"[" * 20_000_000,
    "deep.jsonl": lambda: b'{"text": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}\n",
    "digits.jsonl": lambda: filled(b'{"text": ' + b"9" * 4_299 + b"}\n"),
    "long_digits.json": lambda: b'[{"text": ' + b"9" * 5_000 + b"}]",
    "broken.jsonl": lambda: filled(b'{"a": "word\n'),
    "pretty.json": lambda: filled(b'{\n"text": "a word or two, no more"\n}\n'),
    "left_out.jsonl": lambda: b"{%s}\n" % b",".join(b'"k%d":1' % i for i in range(998)) + b'{"z":"\\ud800"}\n' * 49_000,
    "left_out_lists.jsonl.gz": lambda: gzip.compress(_lists(b'{"t":[%s],"z":"\\ud800"}\n', b"null", 390_000, 25)),
    "nested.jsonl": lambda: _lists(b'{"text":[%s]}\n', b"[]", 600_000, 10),
    "nested.jsonl.gz": lambda: gzip.compress(_lists(b'{"text":[%s]}\n', b"[]", 600_000, 27)),
    "nested_rows.jsonl.gz": lambda: gzip.compress(_lists(b'{"text":[%s]}\n', b"[]", 300, 49_000)),
    "nested_object.jsonl.gz": lambda: gzip.compress(_lists(b'{"text":{"a":[%s]}}\n', b"[[]]", 380_000, 26)),
    "no_rows.jsonl.gz": lambda: gzip.compress(b'{"a":1}\n' + _lists(b"[%s]\n", b"[]", 600_000, 27)),
    # Parquet
    "same_text.parquet": lambda: parquet(_same_text()),
    "plain_text.parquet": lambda: parquet(pa.table({"text": ["word " * 100_000] * 200}), use_dictionary=False, compression="zstd"),
    "differences.parquet": _differences,
    "list_of_nulls.parquet": lambda: parquet(pa.table({"t": pa.ListArray.from_arrays([0, 5_000_000], pa.nulls(5_000_000, pa.int8()))})),
    "list_of_text.parquet": lambda: parquet(
        pa.table({"t": pa.ListArray.from_arrays([0, 2_000_000], pa.DictionaryArray.from_arrays(pa.array([0] * 2_000_000), ["ab" * 5000]))})
    ),
    "columns.parquet": lambda: parquet(pa.table({f"c{i}": ["a"] for i in range(3_000)})),
    "numbers.parquet": lambda: parquet(pa.table({f"c{i}": range(50_000) for i in range(40)})),
    "one_differs.parquet": lambda: _one_differs(999, 3000),
    "wide.parquet": lambda: _wide(999, 3000),
    "times.parquet": lambda: parquet(pa.table({f"c{i}": pa.array(range(3000)).cast(pa.timestamp("ns")) for i in range(990)})),
    "decimals.parquet": lambda: parquet(pa.table({f"c{i}": pa.array(range(3000)).cast(pa.decimal256(76, 0)) for i in range(990)})),
    "fewer_times.parquet": lambda: parquet(pa.table({f"c{i}": pa.array(range(1500)).cast(pa.timestamp("s")) for i in range(990)})),
    "groups.parquet": lambda: _wide(100, 140, row_group_size=1),
    # packed
    "bomb.csv.gz": lambda: gzip.compress(b"text,label\n" + b"a,1\n" * 15_000_000, 1),
    "members.csv.gz": lambda: filled(gzip.compress(b"")),
    "bomb.xlsx": lambda: book(b"<row>" + b"<c><v>1</v></c>" * 2_000_000 + b"</row>"),
    "cells.xlsx": lambda: book((b"<row>" + b"<c><v>1</v></c>" * 20 + b"</row>") * 36_000),
    "strings.xlsx": lambda: book(
        b"".join(b'<row><c t="s"><v>%d</v></c><c t="s"><v>0</v></c></row>' % i for i in range(49_990)),
        b"<sst>" + (b"<si><t>" + b"a word and many more, " * 5 + b"</t></si>") * 49_990 + b"</sst>",
    ),
    "far.xlsx": lambda: book(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' * 9),
    "entities.xlsx": lambda: book(
        b"<row/>", b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 50_000 + b'">]><sst>' + b"<si><t>&a;</t></si>" * 100_000 + b"</sst>"
    ),
    "rows.xlsx": lambda: book(b"<row/>" * 1_490_000),
    "gap.xlsx": lambda: book(b'<row r="1"><c><v>1</v></c></row><row r="1499000"><c><v>1</v></c></row>'),
    "merged.xlsx": lambda: book(b'</sheetData><mergeCells>' + b'<mergeCell ref="A1:B2"/>' * 400_000 + b'</mergeCells><sheetData>'),
    "sheets.xlsx": lambda: book(
        b"<row/>", more={"xl/workbook.xml": _workbook(b'<sheet name="a" sheetId="1" r:id="r1"/>' * 20_000)}
    ),
    "ranges.xlsx": lambda: book(
        b'</sheetData><dataValidations><dataValidation sqref="' + b"A1 " * 300_000 + b'"/></dataValidations><sheetData>'
    ),
    "row_of_styles.xlsx": lambda: book(
        b"<row/>" * 350_000, more={"xl/styles.xml": _styles(b"<cellXfs>" + b"<xf/>" * 24_000 + b"</cellXfs>")}
    ),
    "formats.xlsx": lambda: book(b"", more={"xl/styles.xml": _styles(b"<cellXfs>" + b"<xf/>" * 1_500_000 + b"</cellXfs>")}),
    "fonts.xlsx": lambda: book(b"", more={"xl/styles.xml": _styles(b"<fonts>" + b"<font/>" * 1_200_000 + b"</fonts>")}),
    "names.xlsx": lambda: book(b"", more={"xl/workbook.xml": _names(220_000)}),
    "types.xlsx": lambda: book(
        b"", more={"[Content_Types].xml": b"<Types>" + b'<Default Extension="q" ContentType="z"/>' * 240_000 + b"</Types>"}
    ),
    "other_name.xlsx": lambda: book(b"<row/>", b"<sst>" + b"<si><t>abc</t></si>" * 4_000_000 + b"</sst>", "xl/s.png"),
    "expanded.xlsx": lambda: book(
        b"<row/>", b'<!DOCTYPE l [<!ENTITY a "' + b"<si/>" * 10_000 + b'">]><sst>' + b"&a;" * 150 + b"</sst>"
    ),
}  # fmt: skip


def measure(path: Path) -> tuple[str, float, int]:
    """What reading a file says and takes, in a process that is forked from this one: seconds of processor, and the most memory."""
    from dynviz.data import open_table
    from dynviz.errors import InputError

    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            said = f"{len(open_table(path, lenient=True))} rows"
        except InputError as error:
            said = str(error)
        except BaseException as error:
            said = f"!!! {error!r}"
        os.write(into, said.encode("utf-8", "replace")[:2000])
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        said = pipe.read().decode()
    _, status, used = os.wait4(child, 0)
    return said if not status else f"!!! ended with {status}", used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main(folder: Path) -> None:
    """Read what lies there, each in a process of its own; a line of JSON for each, with the memory above that of a file of one row."""
    for name in ("dynviz.data", "pyarrow.parquet", "pyarrow.compute", "openpyxl"):
        importlib.import_module(name)
    with tempfile.NamedTemporaryFile(suffix=".csv") as small:
        small.write(b"text\na word\n")
        small.flush()
        _, _, idle = measure(Path(small.name))
    for path in sorted(folder.iterdir()):
        said, seconds, most = measure(path)
        print(json.dumps({"name": path.name, "said": said, "seconds": seconds, "bytes": most - idle}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
