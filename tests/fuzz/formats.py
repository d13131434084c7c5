"""Tables as files of every format, in the many ways in which programs write them."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz import raw, values
from tests.fuzz.arrays import column, texts

Columns = dict[str, list[Any]]
Writer = Callable[[Random, Columns], bytes]
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1")
ENDS = ("\n", "\n", "\r\n", "\r")


def encoded(rng: Random, text: str) -> bytes:
    code = rng.choice(ENCODINGS)
    return text.encode(code, "surrogatepass" if code.startswith("utf") else "replace")


def records(columns: Columns) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def separated(rng: Random, columns: Columns) -> bytes:
    out = io.StringIO()
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
    writer = csv.writer(out, delimiter=rng.choice(",,,;\t|"), quoting=quoting, lineterminator=rng.choice(ENDS))
    if rng.random() < 0.8:
        writer.writerow(list(columns))
    writer.writerows(zip(*columns.values(), strict=True))
    return encoded(rng, rng.choice(("", "", "", "sep=;\n", "\n", "# a note\n")) + out.getvalue())


def tabbed(rng: Random, columns: Columns) -> bytes:
    lines = ["\t".join(map(str, line)) for line in ([*columns], *zip(*columns.values(), strict=True))]
    return encoded(rng, rng.choice(ENDS).join(lines))


def json_lines(rng: Random, columns: Columns) -> bytes:
    items = [values.mutated(rng, json.dumps(r)) if rng.random() < 0.1 else r for r in records(columns)]
    return rng.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(values.written(rng, item) for item in items)


def json_whole(rng: Random, columns: Columns) -> bytes:
    rows = records(columns)
    split = {"columns": [*columns], "index": [*range(len(rows))], "data": [[*r.values()] for r in rows]}
    shapes: tuple[Any, ...] = (
        rows, rows, columns, {n: {str(i): v for i, v in enumerate(c)} for n, c in columns.items()}, {str(i): r for i, r in enumerate(rows)},
        split, {"schema": {}, "data": rows}, {"version": 1, "data": rows}, split["data"], {"rows": [{"row": r} for r in rows]},
    )  # fmt: skip
    shape = rng.choice(shapes)
    return values.written(rng, values.mutated(rng, json.dumps(shape)) if rng.random() < 0.4 else shape)


def lines(rng: Random, columns: Columns) -> bytes:
    first, *others = columns.values()
    marked = others and rng.random() < 0.5
    found = [f"{a}\t{b}" for a, b in zip(first, others[0], strict=True)] if marked else [str(a) for a in first]
    return encoded(rng, rng.choice(ENDS).join(found))


def treebank(rng: Random, columns: Columns) -> bytes:
    mark, out = rng.choice((" ", "\t")), []
    for row in zip(*columns.values(), strict=True):
        for i, word in enumerate(str(row[0]).split(), start=1):
            cells = [str(i), word, word, "NOUN", "NN", "_", "0", "root", "_", "_"] if rng.random() < 0.5 else [word, "NN", "B-NP", "O"]
            out.append(mark.join(cells))
        out.append(rng.choice(("", "", "# text = a", "-DOCSTART- -X- O O", "1-2\ta\t_", " ")))
    return encoded(rng, rng.choice(ENDS).join(out))


def parquet(rng: Random, columns: Columns) -> bytes:
    columns = {str(texts([name])[0]): cells for name, cells in columns.items()}
    table = pa.table({name: column(rng, cells) for name, cells in columns.items()})
    if rng.random() < 0.3:
        names = {"_type": "ClassLabel", "names": ["negative", "positive"]}
        about = json.dumps({"info": {"features": dict.fromkeys(columns, names)}})
        text = values.written(rng, values.mutated(rng, about)) if rng.random() < 0.7 else about.encode()
        table = table.replace_schema_metadata({b"huggingface": text})
    try:
        return stored(rng, table)
    except pa.ArrowException:  # not every type can be stored
        return stored(rng, pa.table({name: texts(cells) for name, cells in columns.items()}))


def stored(rng: Random, table: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression=rng.choice(("none", "snappy", "zstd", "gzip")), row_group_size=rng.choice((1, 1000)))
    return out.getvalue()


OPEN = "http://schemas.openxmlformats.org"
MAIN, KIND = f"{OPEN}/spreadsheetml/2006/main", "application/vnd.openxmlformats"
BOOK = {
    "[Content_Types].xml": f'<Types xmlns="{OPEN}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{KIND}-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}-officedocument.spreadsheetml.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OPEN}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OPEN}/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OPEN}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OPEN}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def packed(rows: str, change: Callable[[bytes], bytes] = lambda part: part) -> bytes:
    """A workbook of one sheet with these rows; each of its parts is changed before it is packed."""
    out, sheet = io.BytesIO(), f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**BOOK, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, change(text.encode("utf-8", "replace")))
    return out.getvalue()


def workbook(rng: Random, columns: Columns) -> bytes:
    """A workbook, now and then with a part that is none."""
    rows = ""
    for i, row in enumerate(([*columns], *zip(*columns.values(), strict=True)), start=1):
        rows += f'<row r="{i}">{"".join(cell(rng, value) for value in row)}</row>'
    return packed(rows, lambda part: raw.mutated(rng, part, 2) if rng.random() < 0.1 else part)


CELLS = ("", ' t="d"', ' t="b"', ' t="s"', ' s="9"')  # of a cell: date, truth value, shared text, with a style


def cell(rng: Random, value: Any) -> str:
    if isinstance(value, int | float) and rng.random() < 0.8:
        return f"<c{rng.choice(CELLS)}><v>{value}</v></c>"
    if rng.random() < 0.03:
        place = rng.choice(("XFD1048576", "A1", "ZZZZ99999999", ""))
        return f'<c r="{place}"><f>{escape(str(value))}</f><v>1</v></c>'
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


WRITERS: tuple[tuple[str, Writer], ...] = (
    (".csv", separated), (".csv", separated), (".tsv", tabbed), (".tsv", separated), (".jsonl", json_lines), (".json", json_whole),
    (".txt", lines), (".parquet", parquet), (".parquet", parquet), (".conll", treebank), (".txt", treebank), (".conllu", treebank),
    (".xlsx", workbook),
)  # fmt: skip
