"""Arrow columns -> cells: texts, numbers, and lists of them; counted before they become Python objects."""

from typing import Any

from dynviz.data.tables import MAX_CELL, Gathered

_OBJECT = 57  # bytes of a small Python object and of the place that holds it


def readable(schema: Any) -> dict[int, int]:
    """Of the columns that can be read, the place of each in the schema, and of its values among those of all columns."""
    out, leaf = {}, 0
    for i, kind in enumerate(one.type for one in schema):
        if _flat(kind) or (_is_list(kind) and _flat(kind.value_type) and not _is_float(kind.value_type)):
            out[i] = leaf
        leaf += _leaves(kind)
    return out


def _flat(kind: Any) -> bool:
    import pyarrow.types as t

    if isinstance(kind, _extension()):
        kind = kind.storage_type
    return (t.is_dictionary(kind) and _flat(kind.value_type)) or not t.is_nested(kind)


def _extension() -> Any:
    import pyarrow as pa

    return pa.BaseExtensionType


def _is_list(kind: Any) -> bool:
    import pyarrow.types as t

    return bool(t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind))


def _is_float(kind: Any) -> bool:
    import pyarrow.types as t

    return bool(t.is_floating(kind))  # vectors, which are neither words nor tags


def _leaves(kind: Any) -> int:
    import pyarrow.types as t

    if isinstance(kind, _extension()):
        kind = kind.storage_type
    inner = [kind.field(i).type for i in range(kind.num_fields)] if t.is_nested(kind) and not t.is_dictionary(kind) else []
    return sum(map(_leaves, inner)) if inner else 1


def cells(column: Any, into: Gathered) -> list[Any] | None:
    """The cells of a column; None where they are bytes that are no text, or nothing that can be written as one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if not _is_list(column.type):
            return _values(column)
        lengths = pc.list_value_length(column).to_pylist()
        flat = column.flatten()
        into.check(_OBJECT * len(flat), len(flat))
        members = iter(_values(flat))
        return ["" if n is None else [next(members) for _ in range(n)] for n in lengths]
    except (UnicodeDecodeError, pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return None


def _values(column: Any) -> list[Any]:
    """The values of a column without lists; none and NaN as ""."""
    import pyarrow as pa
    import pyarrow.types as t

    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        return _values(column.storage)
    if t.is_null(kind):
        return [""] * len(column)
    if t.is_dictionary(kind):
        return _looked_up(column)
    if t.is_boolean(kind) or t.is_integer(kind):
        return _numbers(column)
    if t.is_floating(kind):
        return ["" if v != v else v for v in _numbers(column.cast(pa.float64()))]
    if not _is_bytes(kind):  # dates, times, decimals
        column = column.cast(pa.string())
    return _texts(column)


def _is_bytes(kind: Any) -> bool:
    import pyarrow.types as t

    tests = (t.is_string, t.is_large_string, t.is_string_view, t.is_binary, t.is_large_binary, t.is_binary_view, t.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _numbers(column: Any) -> list[Any]:
    import pyarrow.types as t

    values: list[Any] = column.fill_null(False if t.is_boolean(column.type) else 0).to_numpy(zero_copy_only=False).tolist()
    if column.null_count:
        values = [v if there else "" for v, there in zip(values, column.is_valid().to_numpy(zero_copy_only=False).tolist(), strict=True)]
    return values


def _looked_up(column: Any) -> list[Any]:
    """Values that are numbers of others: only those that occur are made, each once."""
    used = column.indices.drop_null().unique()
    made = dict(zip(used.to_pylist(), _values(column.dictionary.take(used)), strict=True))
    return [made.get(i, "") for i in column.indices.to_pylist()]


def _texts(column: Any) -> list[Any]:
    """Texts; one that is too long for a cell is cut to what shows that."""
    import pyarrow.compute as pc

    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if longest > 4 * MAX_CELL:
        short = pc.less_equal(pc.binary_length(column), 4 * MAX_CELL).fill_null(True).to_pylist()
        return [_text(column[i].as_py() if fits else "x" * (MAX_CELL + 1)) for i, fits in enumerate(short)]
    return [_text(value) for value in column.to_pylist()]


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
