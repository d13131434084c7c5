"""A data set of the Hugging Face Hub as a table: owner/name, owner/name/subset, each with :split or a part of one."""

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from typing import Any

from dynviz.data.names import LABEL, TAGS
from dynviz.data.scales import NO_ANSWER
from dynviz.data.tables import MAX_BYTES, MAX_ROWS, Table
from dynviz.errors import InputError

_NAME = re.compile(r"(?P<set>[\w.-]+(?:/[\w.-]+)?)(?:/(?P<subset>[\w.-]+))?(?::(?P<split>[\w.-]+)(?:\[(?P<part>[\d:%]*)\])?)?")
_ORDER = ("test", "validation", "dev", "train")  # of splits, where none is named
_LOOK = 200  # rows that show whether a split has labels


@dataclass(frozen=True)
class _Split:
    """A split being read: its rows one after the other, and the class names of its columns."""

    rows: Iterator[Mapping[str, Any]]
    classes: Mapping[str, Sequence[str]]


def hub_table(source: str) -> Table:
    """A data set of the Hub: "owner/name/subset:split", the subset where there are several; by default the first split with labels of
    "test", "validation", "dev" and "train". A part of it: "owner/name:train[:1000]"."""
    if find_spec("datasets") is None:
        raise InputError(
            f"{source!r} cannot be read",
            "there is no such file, and data sets of the Hub need the package 'datasets', which is not installed here",
            "Check the path, give a file, or pip install datasets",
        )
    named = _NAME.fullmatch(source)
    if named is None:
        raise InputError(
            f"{source!r} names no data set", "it is not written as one", "Write owner/name/subset:split or owner/name:train[:1000]"
        )
    datasets: Any = importlib.import_module("datasets")
    try:
        return _read(datasets, source, named)
    except InputError:
        raise
    except Exception as error:  # the package raises its own kinds, and those of the network
        why = str(error).strip().split("\n")[0][:300] or type(error).__name__
        raise InputError(f"The data set {source!r} cannot be read", why, "Check its name and split, or give a file") from None


def _read(datasets: Any, source: str, named: re.Match[str]) -> Table:
    subset = _subset(datasets.get_dataset_config_names(named["set"]), named)
    splits = datasets.get_dataset_split_names(named["set"], subset)
    if named["split"] and named["split"] not in splits:
        raise InputError(f"{source} has no split {named['split']!r}", f"its splits are: {_some(splits)}", "Name one of them")

    def opened(name: str) -> _Split:
        rows = datasets.load_dataset(named["set"], subset, split=name, streaming=True)
        return _Split(iter(rows), classes_of(rows.features or {}))

    chosen = named["split"] or _labelled(splits, opened)
    start, end = _part(named, lambda: (datasets.load_dataset_builder(named["set"], subset).info.splits or {}).get(chosen))
    split = opened(chosen)
    rows = list(_bounded(islice(split.rows, start, end), source, f"{source.split(':')[0]}:{chosen}[:{MAX_ROWS}]"))
    if not rows:
        raise InputError(f"{source} holds no rows", f"the split {chosen!r} has none there", "Name another split, or a greater part")
    columns = {name: [_cell(row.get(name)) for row in rows] for name in rows[0]}
    about = f"Subset {subset!r}, split {chosen!r}." if named["subset"] else f"Split {chosen!r}."
    return Table(source, columns, list(range(start + 1, start + len(rows) + 1)), [about], classes=split.classes)


def _subset(subsets: Sequence[str], named: re.Match[str]) -> str:
    """The subset that is named, or the only one, or the one called "default"."""
    wanted = named["subset"]
    if wanted in subsets or (wanted is None and (len(subsets) == 1 or "default" in subsets)):
        return wanted or ("default" if "default" in subsets else subsets[0])
    what = f"{named['set']} has no subset {wanted!r}" if wanted else f"{named['set']} has several subsets"
    raise InputError(what, f"they are: {_some(subsets)}", f"Name one of them, e.g. {named['set']}/{subsets[0]}")


def _some(names: Sequence[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _labelled(splits: Sequence[str], opened: Any) -> str:
    """The first split whose first rows have labels; the first of all where none has."""
    ordered = sorted(splits, key=lambda s: next((i for i, name in enumerate(_ORDER) if s.startswith(name)), len(_ORDER)))
    for name in ordered:
        split = opened(name)
        rows = list(islice(split.rows, _LOOK))
        labels = {c for row in rows for c in row if c.lower() in (*LABEL, *TAGS) or c in split.classes}
        if rows and (not labels or any(_answers(row.get(c)) for row in rows for c in labels)):
            return name
    return ordered[0]


def _answers(label: Any) -> bool:
    return label not in (None, "") and not (isinstance(label, int | float) and label in NO_ANSWER)


def classes_of(features: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of class numbers: of a column of labels, or of lists of them."""
    inner = {name: (f[0] if isinstance(f, list) and f else getattr(f, "feature", f)) for name, f in features.items()}
    return {name: list(f.names) for name, f in inner.items() if getattr(f, "names", None)}


def _part(named: re.Match[str], size: Any) -> tuple[int, int | None]:
    """The first row and the one after the last, of "[10:20]" or "[:10%]". size: of the split, asked where percent are given."""
    if named["part"] is None:
        return 0, None
    ends = named["part"].split(":")
    found = [re.fullmatch(r"(\d{0,9})(%?)", end) for end in ends]
    if len(ends) != 2 or not all(found) or any(m and m[2] and not m[1] for m in found):
        raise InputError(f"The part [{named['part']}] cannot be read", "it is not written as [from:to]", "Write [:1000] or [:10%]")
    total = getattr(size(), "num_examples", None) if "%" in named["part"] else 0
    if total is None:
        raise InputError(f"The part [{named['part']}] cannot be read", "the data set does not say how many rows it has", "Write [:1000]")
    start, end = ((int(m[1]) * total // 100 if m[2] else int(m[1])) if m and m[1] else None for m in found)
    return start or 0, end


def _bounded(rows: Iterable[Mapping[str, Any]], source: str, less: str) -> Iterator[Mapping[str, Any]]:
    """The rows, as long as there are not too many."""
    size = 0
    for count, row in enumerate(rows):
        size += sum(len(v if isinstance(v, str | bytes) else str(v)) for v in row.values())
        if count == MAX_ROWS:
            raise InputError(f"{source} has more than {MAX_ROWS:,} rows", "that many would take hours", f"Take a part: {less}")
        if size > MAX_BYTES:
            raise InputError(
                f"{source} is larger than {MAX_BYTES // 1_000_000} MB", "that much would take hours", "Take a part: ...[:1000]"
            )
        yield row


def _cell(value: Any) -> Any:
    """None and NaN as an empty cell."""
    return "" if value is None or value != value else value
