"""What is known of a method, in tables: its knobs and readings, what was measured, what others report, how its checkpoints were made."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.errors import InputError
from dynviz.figures.wording import number, percent1, points
from dynviz.records.card import Card, Published
from dynviz.records.deviations import MEAN_POOLING
from dynviz.records.operating import score_in
from dynviz.ui.methods import text
from dynviz.ui.parts import heading, naming
from dynviz.ui.parts.panels import Rows
from dynviz.ui.parts.show import as_csv, open_table
from dynviz.ui.shell.shown import plain

SIDE_BY_SIDE = 3  # checkpoints told of side by side
LEAST = 450  # px
FIXED = "\N{NO-BREAK SPACE}"


def told(rows: Rows, heads: Mapping[str, str], least: int = 0) -> None:
    """A table to be read: its cells are text as typed. heads: of the columns."""
    written([{head: plain(str(row.get(key, ""))) for key, head in heads.items()} for row in rows], least)


def written(rows: Rows, least: int = 0) -> None:
    """A table whose cells are Markdown. least: px below which it is scrolled and not squeezed."""
    with st.grid(1, wrap=False, min_column_width=least) if least else st.container():
        st.table(list(rows), hide_index=True)


def knobs(card: Card, said: Sequence[str], families: Mapping[str, Sequence[float]]) -> None:
    """Draw the tables of knobs and of training parameters. said: what the docstring says of it."""
    heading.section(text.KNOBS)
    bullets(said)
    for parameter, values in families.items():
        st.markdown(text.FAMILY.format(parameter=plain(parameter), values=", ".join(map(number, sorted(values)))))
    if not card.knobs:
        return
    rows = [
        {
            "knob": f"{k.label[:1].upper()}{k.label[1:]} ({k.name})", "label": k.help,
            "range": f"{k.low:g} to {k.high:g}, {text.LOG if k.scale == 'log' else f'step {k.step:g}'}",
            "default": number(k.default), "off": number(k.off), "stops": text.DIRECTIONS[k.stops],
        }
        for k in card.knobs
    ]  # fmt: skip
    told(rows, text.KNOB_COLUMNS, LEAST)


def readings(card: Card) -> None:
    """Draw the table of readings."""
    if not card.readings:
        return
    heading.section(text.READINGS)
    rows = [{"reading": r.name, "unit": text.UNITS[r.unit], "label": r.label, "compared": "✓" if r.compared else ""} for r in card.readings]
    told(rows, text.READING_COLUMNS)


def bullets(points: Sequence[str]) -> None:
    """Paragraphs, already Markdown, one under the other; below, what the mark means where one of them bears it."""
    if points:
        st.markdown("\n".join(f"- {point}" for point in points))
    if any(text.INFERRED_BADGE in point for point in points):
        st.caption(text.INFERRED_NOTE)


def measured(checkpoints: Sequence[Checkpoint]) -> None:
    """What was measured here, a row for each split of each checkpoint."""
    heading.section(text.METRICS)
    rows = [row for c in checkpoints for row in metrics(c)]
    if not rows:
        st.markdown(text.NO_METRICS)
        return
    cells = [{k: plain(str(v)) for k, v in row.items()} | shown(row) for row in rows]
    heads = {key: head for key, head in text.METRIC_COLUMNS.items() if any(cell.get(key) for cell in cells)}
    written([{head: cell.get(key, "") for key, head in heads.items()} for cell in cells], LEAST)
    st.caption(text.METRIC_NOTE)
    as_csv("measured", rows)


def shown(row: Mapping[str, Any]) -> dict[str, str]:
    """The numbers of a row of `metrics` as Markdown: each on one line with its unit, an interval on a line of its own."""
    said = {"full": "  \n".join([percent1(row["full"]), *([row["metric"]] if "metric" in row else [])])}
    if "score" in row:
        change = f"  \n({points(row['difference'])} [{points(row['low'])}, {points(row['high'])}])" if row["knobs"] else ""
        said |= {"at": percent1(row["score"]) + change, "share": percent1(row["share"])}
    if "plain" in row and row["plain"] is None:
        said["beside"] = text.NO_PLAIN
    elif "plain" in row:
        said["beside"] = f"{points(row['plain'])}  \n[{points(row['plain_low'])}, {points(row['plain_high'])}]"
    return {key: words.replace(" %", f"{FIXED}%").replace(", ", f",{FIXED}") for key, words in said.items()}


def metrics(checkpoint: Checkpoint) -> list[dict[str, Any]]:
    """The metrics of a checkpoint's config, a row for each split, with n; shares."""
    found = checkpoint.config.trained.get("metrics", {})
    rows = []
    for purpose, words in text.PURPOSES.items():
        numbers = found.get(purpose)
        if not numbers:
            continue
        n = f"{numbers['sentences']:,}" + (f" ({numbers['answers']:,} words)" if numbers.get("answers") != numbers["sentences"] else "")
        split = words.format(split=checkpoint.task.splits[purpose])
        row = {"name": checkpoint.name, "purpose": purpose, "split": split, "n": n, "full": score_in(numbers)}
        if "metric" in numbers:
            row["metric"] = numbers["metric"]
        at: Mapping[str, Any] = numbers.get("at_knobs") or {}
        if at:
            row["knobs"] = naming.setting(checkpoint.name, found.get("knobs", {}))
            by, why = found.get("knobs_by", ""), found.get("knobs_why", "")
            row["set"] = text.SET_BY.get("asked" if by == "calibration" and why else by, "").format(why=why)
            row |= {k: at[k] for k in ("share", "difference", "low", "high")} | {"score": score_in(at)}
        if checkpoint.config.method != "plain":
            row |= dict(zip(("plain", "plain_low", "plain_high"), numbers.get("to_plain") or (None,) * 3, strict=True))
        rows.append(row)
    return rows


def published(card: Card) -> None:
    """What others report, with its source, in a block of its own: never mixed with ours."""
    if card.kind == "baseline":
        return
    reported(card.published)


def reported(found: Sequence[Published]) -> None:
    """Draw the block of what others report."""
    heading.section(text.PUBLISHED)
    if not found:
        st.markdown(text.NO_PUBLISHED)
        return
    told([vars(one) for one in found], text.PUBLISHED_COLUMNS, LEAST)
    st.caption(text.PUBLISHED_NOTE)


def deviations(card: Card, of: Sequence[Checkpoint] = ()) -> None:
    """Where ours differs, and why; nothing where it does not. of: its checkpoints, which may pool as none of the papers do."""
    common = (MEAN_POOLING,) if any(c.config.options.get("pooling") == "mean" for c in of) else ()
    if not (common + card.deviations):
        return
    heading.section(text.DEVIATIONS)
    told([vars(one) for one in (*common, *card.deviations)], text.DEVIATION_COLUMNS)
    st.caption(text.DEVIATIONS_NOTE)


def checkpoints(of: Sequence[Checkpoint], said: Sequence[str]) -> None:
    """Draw the table of how checkpoints were trained. said: what the docstring says of the training."""
    heading.section(text.TRAINED)
    bullets(said)
    rows = [made(c) for c in of]
    if len(rows) > SIDE_BY_SIDE:
        open_table("checkpoints", [{text.TRAINED_COLUMNS[k]: v for k, v in row.items()} for row in rows])
    else:
        facts = [name for name in rows[0] if name != "name" and any(row[name] not in ("", None) for row in rows)]
        lines = [{"fact": text.TRAINED_COLUMNS[k], **{row["name"]: row[k] for row in rows}} for k in facts]
        told(lines, {"fact": text.FACT, **{row["name"]: plain(row["name"]) for row in rows}})
    st.caption(text.VERSION_NOTE)


def made(checkpoint: Checkpoint) -> dict[str, Any]:
    """How a checkpoint was made, as its config says."""
    trained = checkpoint.config.trained
    stages: Mapping[str, Any] = trained.get("stages", {})
    seconds = sum(float(s.get("seconds", 0)) for s in stages.values())
    size = sum(f.stat().st_size for f in checkpoint.folder.glob("*") if f.is_file())
    versions = ", ".join(f"{name} {v}" for name, v in trained.get("versions", {}).items())
    steps = [f"{n} ({s['steps']} steps)" if "steps" in s else n for n, s in stages.items()]
    start = [f"from {trained['start']}"] if trained.get("start") else []
    return {
        "name": checkpoint.name, "task": checkpoint.task.title, "version": checkpoint.digest,
        "size": f"{size / 1e6:.1f} MB" + ("" if checkpoint.runnable else f", {text.READINGS_ONLY}"), "encoder": encoder(checkpoint),
        "data": " ".join(filter(None, [str(trained.get("data", "")), f"({trained['data_digest']})" if "data_digest" in trained else ""])),
        "rows": trained.get("rows"), "stages": ", ".join([*steps, *start]), "time": f"{seconds / 60:.1f} min" if seconds else "",
        "seed": trained.get("seed"), "versions": versions, "when": trained.get("when", ""),
    }  # fmt: skip


def encoder(checkpoint: Checkpoint) -> str:
    """Whose encoder it runs on, stage by stage."""
    said = []
    for stage in checkpoint.config.stages:
        one = text.OWN if stage.encoder == "own" else _shared(checkpoint, stage.encoder)
        one = text.LORA.format(shared=one, rank=stage.lora.rank) if stage.lora else one
        said.append(f"{stage.name}: {one}" if len(checkpoint.config.stages) > 1 else one)
    return "; ".join(said)


def _shared(checkpoint: Checkpoint, name: str) -> str:
    """Another checkpoint's encoder; or, with where it was published, that of the base whose layers all models on it share."""
    base = checkpoint.base
    if base is not None and base.name == name:
        with suppress(InputError):  # it is said elsewhere what is wrong with a base
            return text.BASE.format(model=api.base_model(base), name=name)
    return text.SHARED.format(name=name)
