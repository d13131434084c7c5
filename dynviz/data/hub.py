"""A data set of the Hugging Face Hub as a table."""

import importlib
from importlib.util import find_spec
from typing import Any

from dynviz.data.tables import MAX_ROWS, Table
from dynviz.errors import InputError


def hub_table(source: str) -> Table:
    """A data set of the Hugging Face Hub; "owner/name:split", by default the split "test", "validation" or "train"."""
    if find_spec("datasets") is None:
        raise InputError(
            f"{source!r} cannot be read",
            "there is no such file, and data sets of the Hub need the package 'datasets', which is not installed here",
            "Check the path, give a file, or pip install datasets",
        )
    datasets: Any = importlib.import_module("datasets")
    name, _, split = source.partition(":")
    try:
        names = datasets.get_dataset_split_names(name)
        chosen = split or next((s for s in ("test", "validation", "dev") if s in names), names[0])
        rows: Any = datasets.load_dataset(name, split=chosen)
    except Exception as error:  # the package raises its own kinds, and those of the network
        why = str(error).split("\n")[0] or type(error).__name__
        raise InputError(f"The data set {source!r} cannot be read", why, "Check its name and split, or give a file") from None
    if len(rows) > MAX_ROWS:
        raise InputError(
            f"{source} has more than {MAX_ROWS:,} rows", "that many would take hours", f"Take a part: {name}:{chosen}[:{MAX_ROWS}]"
        )
    columns = {n: list(rows[n]) for n in rows.column_names}
    return Table(source, columns, list(range(1, len(rows) + 1)), [f"Split {chosen!r}."])
