"""Examples: the bundled ones, and those of a user's file, upload, Hub data set or pasted lines. No torch here.

`read` takes CSV, TSV, JSONL, JSON, Parquet, Excel workbooks, CoNLL and plain lines, also packed with gzip; whatever does not fit is one
`InputError` sentence.
"""

from dynviz.data.build import examples_of
from dynviz.data.columns import with_header
from dynviz.data.doubts import rivals
from dynviz.data.examples import Examples, bundled, label_rows, lesson_texts, offered
from dynviz.data.given import Labelled, examples_from, one_text, several_texts
from dynviz.data.halves import Text
from dynviz.data.hub import hub_table
from dynviz.data.label_columns import book_of, counted, find_label, guess
from dynviz.data.labels import Codebook
from dynviz.data.source import lines_table, open_table, read
from dynviz.data.tables import MAX_BYTES, MAX_CELL, MAX_ROWS, Skip, Table

__all__ = [
    "MAX_BYTES", "MAX_CELL", "MAX_ROWS", "Codebook", "Examples", "Labelled", "Skip", "Table", "Text", "book_of", "bundled", "counted",
    "examples_from", "examples_of", "find_label", "guess", "hub_table", "label_rows", "lesson_texts", "lines_table", "offered",
    "one_text", "open_table", "read", "rivals", "several_texts", "with_header",
]  # fmt: skip
