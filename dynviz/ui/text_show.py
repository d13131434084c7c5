"""Strings that go with every figure."""

TABLE = "Numbers as a table"
CSV = "Download CSV"
