"""Downloads: the results as a table, and a report of the run."""

import io
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import streamlit as st

from dynviz.data.spreadsheet import cell
from dynviz.ui.data import report, text
from dynviz.ui.data.rows import outcome
from dynviz.ui.data.view import DataView


def section(view: DataView) -> None:
    """The buttons; each file is made when it is asked for."""
    icon, name = ":material/download:", "dynviz-results"
    with st.container(horizontal=True, vertical_alignment="center"):
        made = (
            (text.SAVE_CSV, partial(csv, view), f"{name}.csv", "text/csv", "data.csv"),
            (text.SAVE_PARQUET, partial(parquet, view), f"{name}.parquet", "application/vnd.apache.parquet", "data.parquet"),
            (text.SAVE_REPORT, partial(report.html, view), "dynviz-report.html", "text/html", "data.report"),
        )
        for label, data, file, kind, key in made:
            note = text.SAVE_CSV_HELP if label == text.SAVE_CSV else None
            st.download_button(label, data, file, kind, key=key, on_click="ignore", icon=icon, help=note)


def table(view: DataView) -> Any:
    """Every row with its answers, costs, and what each layer would have said."""
    sweep, rows, labels = view.sweep, view.sweep.rows, np.array([*view.about.labels, ""], object)
    texts = view.job.store.texts(range(view.n))
    columns: dict[str, Any] = {"row": list(rows.ids), "text": texts}
    answers = {"answer": sweep.predicted[1], "full_depth": sweep.predicted[0]} | ({"right": rows.labels} if view.labelled else {})
    for name, values in answers.items():
        columns[name] = _joined(labels[values], rows.owner, view.n) if view.tags else labels[values].tolist()
    if not view.tags:
        columns["outcome"] = [text.ROW_OUTCOMES[outcome(view, i)] for i in range(view.n)]
    columns |= {
        "sure": view.sure, "exit_layer": sweep.exits[1], "layers": sweep.depth[1], "layers_full_depth": sweep.depth[0],
        "flops": sweep.flops[1],
        "flops_full_depth": sweep.flops[0], "flops_plain": sweep.plain_flops, "pieces": rows.lengths, "words": view.gathered.words,
        "words_not_read": view.gathered.lost, "mean_vocabulary_rank": view.gathered.rank, "kinds": [";".join(t) for t in rows.tags],
    }  # fmt: skip
    if not view.tags:
        for i, name in enumerate(view.layers):
            if (view.gathered.layer_answer[i] >= 0).any():
                columns[f"answer_{name.replace(' ', '_')}"] = labels[view.gathered.layer_answer[i]].tolist()
                columns[f"sure_{name.replace(' ', '_')}"] = view.gathered.layer_sure[i]
    about = {
        "model": view.about.checkpoint, "method": view.about.method, "checkpoint": view.about.digest, "setting": str(dict(view.knobs)),
        "rows": str(view.n), "source": view.about.title,
    }  # fmt: skip
    return pa.table(columns).replace_schema_metadata(about)


def _joined(values: Any, owner: Any, n: int) -> list[str]:
    """The answers of each sentence's words, between blanks."""
    ends = np.cumsum(np.bincount(owner, minlength=n))
    return [" ".join(map(str, part)) for part in np.split(values, ends[:-1])]


def parquet(view: DataView) -> bytes:
    """The table as Parquet."""
    out = io.BytesIO()
    pq.write_table(table(view), out, compression="zstd")
    return out.getvalue()


def csv(view: DataView) -> bytes:
    """The table as CSV, safe to open in a spreadsheet."""
    found = table(view)
    columns = [pa.array(map(cell, c.to_pylist())) if pa.types.is_string(c.type) else c for c in found.columns]
    out = io.BytesIO()
    pyarrow.csv.write_csv(pa.table(columns, [cell(name) for name in found.column_names]), out)
    return out.getvalue()
