"""The names of class numbers that a Parquet file's own schema holds, where the `datasets` package wrote it."""

import json
from collections.abc import Mapping
from typing import Any

_KEY = b"huggingface"
MOST = 10_000  # classes of a column, and characters of a name


def class_names(metadata: Mapping[bytes, bytes] | None) -> dict[str, tuple[str, ...]]:
    """For a column of class numbers, or of lists of them, the name of each number; nothing of what is not as the package writes it."""
    try:
        features = json.loads((metadata or {}).get(_KEY, b"{}"))["info"]["features"]
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return {}
    if not isinstance(features, dict):
        return {}
    return {name: names for name, feature in features.items() if (names := _names(feature))}


def _names(feature: Any) -> tuple[str, ...]:
    """Of a class label; of a sequence of them, written {"feature": ...} or [...]; () of anything else."""
    for _ in range(2):
        if isinstance(feature, list) and len(feature) == 1:
            feature = feature[0]
        elif isinstance(feature, dict) and isinstance(feature.get("feature"), dict):
            feature = feature["feature"]
    names = _listed(feature.get("names")) if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" else None
    if not isinstance(names, list) or not 0 < len(names) <= MOST:
        return ()
    fit = all(isinstance(name, str) and len(name) <= MOST for name in names)
    return tuple(name.encode("utf-8", "replace").decode("utf-8") for name in names) if fit else ()


def _listed(names: Any) -> Any:
    """Names by their numbers, {"0": ..., "1": ...} as data cards write them, in a list."""
    if not isinstance(names, dict):
        return names
    numbered = {str(number): name for number, name in names.items()}
    return [numbered.get(str(i)) for i in range(len(numbered))]
