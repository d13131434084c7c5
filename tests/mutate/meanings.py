"""Wrong changes to what labels in a file are taken to mean: wrong answers without a word."""

from tests.mutate.run import changes

LABELS, COLUMNS = "tests/data/test_labels.py", "tests/data/test_columns.py"

MEANINGS = (
    *changes(
        "dynviz/data/label_names.py",
        LABELS,
        ("labels: numbers by the task, not by the data's names", "table.classes.get(column):\n", "table.classes.get(\"\"):\n"),
    ),
    *changes(
        "dynviz/data/scales.py",
        LABELS,
        ("labels: every task's numbers are its own", "    if task.name in _PUBLISHED:\n", "    if task.name:\n"),
        ("labels: counted from 1 is read as it stands", "task.labels[n - 1]", "task.labels[n - 2]"),
        ("labels: stars are a number of the task", "own <= set(ids) and not (published and rated)", "own <= set(ids)"),
        ("labels: -1 beside 1 is never negative", "min(counts.values()) > 1", "min(counts.values()) > 9"),
        ("labels: tags by number are proposed", 'if task.unit == "sentence" else ("", {})', "if task.unit else ({}, {})"),
    ),
    *changes(
        "dynviz/data/label_columns.py",
        COLUMNS,
        ("labels: a column of row numbers holds labels", "or _rows_counted(values) or", "or"),
        ("labels: the first column of tags is taken", "return share, name.startswith", "return 0.0, name.startswith"),
    ),
    *changes(
        "dynviz/data/doubts.py",
        LABELS,
        ("labels: what is likely is read", "    if not book.proposed and not bare:\n", "    if not bare:\n"),
    ),
)
