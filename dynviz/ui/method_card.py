"""One method on the Methods page: its words, knobs, readings, picture, and how its checkpoints were made and measured."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dynviz import api
from dynviz.api import Checkpoint
from dynviz.card import Card
from dynviz.figures.text import number
from dynviz.ui import cache, method_pictures, state
from dynviz.ui import text_methods as text
from dynviz.ui.shell import PAGES
from dynviz.ui.show import PERCENT, POINTS, open_table
from dynviz.ui.words import plain

INDEXED = re.compile(r"(`[^`]+`|(?<![\w`])\w+_(?:\{[^}\s]*\}|\w+)(?:\[\w+\])?)")  # `code`, a_n, p_{n-1}, a_n[c]
MARK = "(inferred"
INFERRED = re.compile(r"\\\(inferred(?:,([^()]*?))?\\\)")  # as `plain` leaves it
SIDE_BY_SIDE = 3  # checkpoints told of side by side


@dataclass(frozen=True)
class Group:
    """A method and its checkpoints."""

    name: str
    card: Card
    checkpoints: tuple[Checkpoint, ...]


def groups(checkpoints: Sequence[Checkpoint]) -> dict[str, Group]:
    """The methods that have checkpoints, by name; plain models last."""
    found: dict[str, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        found.setdefault(checkpoint.config.method, []).append(checkpoint)
    ordered = sorted(found, key=lambda name: (name == "plain", not any(c.runnable for c in found[name])))
    return {name: Group(name, cache.card(found[name][0].name), tuple(found[name])) for name in ordered}


def missing(there: Mapping[str, Group]) -> dict[str, str]:
    """Methods that are registered but have no checkpoint: name and caption."""
    return {name: about.split("\n", 1)[0] for name, about in api.registered().items() if name not in there}


def listed(missing: Mapping[str, str]) -> None:
    """The methods without a checkpoint."""
    if missing:
        st.markdown(f"**{text.WITHOUT}**")
        st.markdown("\n".join(f"- `{name}`: {plain(about)}" for name, about in missing.items()))


def overview(there: Mapping[str, Group]) -> None:
    """All methods as a table."""
    rows = [
        {
            "method": g.card.title, "does": g.card.caption, "stops": g.card.stops, "venue": g.card.venue,
            "knobs": ", ".join(k.name for k in g.card.knobs), "models": ", ".join(c.name for c in g.checkpoints),
        }
        for g in there.values()
    ]  # fmt: skip
    open_table("methods", [{text.COLUMNS[k]: v for k, v in row.items()} for row in rows])


def show(group: Group) -> None:
    """The card."""
    card = group.card
    with st.container(border=True, key="method-card"):
        words(card, (card.venue, text.STOPS.format(what=card.stops)), card.replayable)
        _knobs(group)
    method_pictures.show(group.checkpoints)
    _links(group)
    _checkpoints(group)
    published(card)
    deviations(card)


def words(card: Card, badges: Sequence[str], one: bool | None = None) -> None:
    """Title, caption, badges and the paragraphs of the docstring. one: whether one run serves every setting, where that is said."""
    st.markdown(f"## {plain(card.title)}")
    st.markdown(f"**{plain(card.caption)}**")
    with st.container(horizontal=True, gap="small"):
        for said in filter(None, badges):
            st.badge(plain(said), color="gray")
        if one is not None:
            st.badge(text.ONE_RUN if one else text.EACH_RUN, color="blue", help=text.ONE_RUN_HELP if one else text.EACH_RUN_HELP)
    for paragraph in paragraphs(card.about):
        st.markdown(paragraph)
    if MARK in card.about:
        st.caption(text.INFERRED_NOTE)


def published(card: Card) -> None:
    """What others report, with its source, in a block of its own: never beside ours."""
    if card.kind == "baseline":
        return
    st.subheader(text.PUBLISHED, anchor="published")
    if not card.published:
        st.markdown(text.NO_PUBLISHED)
        return
    rows = [{text.PUBLISHED_COLUMNS[k]: plain(getattr(one, k)) for k in text.PUBLISHED_COLUMNS} for one in card.published]
    st.table(rows, hide_index=True)
    st.caption(text.PUBLISHED_NOTE)


def deviations(card: Card) -> None:
    """Where ours differs, and why; nothing where it does not."""
    if not card.deviations:
        return
    st.subheader(text.DEVIATIONS, anchor="deviations")
    rows = [{text.DEVIATION_COLUMNS[k]: plain(getattr(one, k)) for k in text.DEVIATION_COLUMNS} for one in card.deviations]
    st.table(rows, hide_index=True)
    st.caption(text.DEVIATIONS_NOTE)


def _links(group: Group) -> None:
    """To the other pages, with the first of its checkpoints that can run."""
    able = next((c for c in group.checkpoints if c.runnable), None)
    if able is None:
        return
    with st.container(horizontal=True):
        for page, label, icon in (
            ("sentence", text.OPEN_SENTENCE, ":material/segment:"),
            ("tradeoff", text.OPEN_TRADEOFF, ":material/show_chart:"),
        ):
            settings = state.defaults(able, group.card)
            if st.button(label, key=f"open-{page}", icon=icon, type="tertiary", on_click=state.choose, args=(able.name, settings)):
                st.switch_page(PAGES / f"{page}.py")


def paragraphs(about: str) -> list[str]:
    """A docstring after its caption, as Markdown: shown as written, indexed symbols in code, (inferred) marked."""
    body = about.split("\n", 1)[1] if "\n" in about else ""
    return [_marked(" ".join(part.split())) for part in body.strip().split("\n\n") if part.strip()]


def _marked(words: str) -> str:
    parts = INDEXED.split(words)  # text and symbols in turn
    said = "".join(f"`{part.replace('`', '')}`" if i % 2 else _spaced(part) for i, part in enumerate(parts))
    return INFERRED.sub(lambda found: f":orange-badge[{text.INFERRED}]" + (f" ({found[1].strip()})" if found[1] else ""), said)


def _spaced(part: str) -> str:
    """Escaped, with the spaces at its ends kept: a symbol stands beside it."""
    return " " * part.startswith(" ") + plain(part) + " " * (part.endswith(" ") and bool(part.strip()))


def _knobs(group: Group) -> None:
    st.markdown(f"**{text.KNOBS}**")
    families: dict[str, list[float]] = {}
    for family in (c.config.family for c in group.checkpoints if c.config.family):
        families.setdefault(family.parameter, []).append(family.value)
    for parameter, values in families.items():
        st.markdown(text.FAMILY.format(parameter=plain(parameter), values=", ".join(map(number, sorted(values)))))
    if not group.card.knobs:
        st.markdown(text.NO_KNOBS)
    else:
        rows = [
            {
                "knob": k.name, "label": k.label, "range": f"{k.low:g} to {k.high:g}, step {k.step:g}", "default": number(k.default),
                "off": number(k.off), "stops": text.DIRECTIONS[k.stops], "help": k.help,
            }
            for k in group.card.knobs
        ]  # fmt: skip
        st.table([{text.KNOB_COLUMNS[k]: plain(str(v)) for k, v in row.items()} for row in rows], hide_index=True)
    if group.card.readings:
        st.markdown(f"**{text.READINGS}**")
        listed = [
            {"reading": r.name, "unit": text.UNITS[r.unit], "label": r.label, "compared": "✓" if r.compared else ""}
            for r in group.card.readings
        ]
        st.table([{text.READING_COLUMNS[k]: plain(v) for k, v in row.items()} for row in listed], hide_index=True)


def _checkpoints(group: Group) -> None:
    st.subheader(text.TRAINED, anchor="checkpoints")
    _facts([made(c) for c in group.checkpoints])
    st.caption(text.VERSION_NOTE)
    st.subheader(text.METRICS, anchor="measured")
    rows = [row for c in group.checkpoints for row in measured(c)]
    if not rows:
        st.markdown(text.NO_METRICS)
        return
    shares = {text.METRIC_COLUMNS[k]: PERCENT for k in ("full", "share", "accuracy")}
    signed = {text.METRIC_COLUMNS[k]: POINTS for k in ("difference", "low", "high")}
    open_table("measured", [{text.METRIC_COLUMNS[k]: v for k, v in row.items()} for row in rows], {**shares, **signed})
    st.caption(text.METRIC_NOTE)


def _facts(made_of: list[dict[str, Any]]) -> None:
    """A row for each fact and a column for each checkpoint; where there are many, a row for each checkpoint."""
    if len(made_of) > SIDE_BY_SIDE:
        open_table("checkpoints", [{text.TRAINED_COLUMNS[k]: v for k, v in row.items()} for row in made_of])
        return
    facts = [name for name in made_of[0] if name != "name" and any(row[name] not in ("", None) for row in made_of)]
    st.table(
        [{text.FACT: text.TRAINED_COLUMNS[k], **{plain(row["name"]): plain(str(row[k])) for row in made_of}} for k in facts],
        hide_index=True,
    )


def made(checkpoint: Checkpoint) -> dict[str, Any]:
    """How a checkpoint was made, as its config says."""
    trained = checkpoint.config.trained
    stages: Mapping[str, Any] = trained.get("stages", {})
    seconds = sum(float(s.get("seconds", 0)) for s in stages.values())
    size = sum(f.stat().st_size for f in checkpoint.folder.glob("*") if f.is_file())
    versions = ", ".join(f"{name} {v}" for name, v in trained.get("versions", {}).items())
    start = trained.get("start", "")
    return {
        "name": checkpoint.name, "task": checkpoint.task.title, "version": checkpoint.digest,
        "size": f"{size / 1e6:.1f} MB" + ("" if checkpoint.runnable else f", {text.READINGS_ONLY}"), "encoder": encoder(checkpoint),
        "data": " ".join(filter(None, [str(trained.get("data", "")), f"({trained['data_digest']})" if "data_digest" in trained else ""])),
        "rows": trained.get("rows"), "stages": ", ".join(f"{n} ({s['steps']} steps)" if "steps" in s else n for n, s in stages.items())
        + (f", from {start}" if start else ""), "time": f"{seconds / 60:.1f} min" if seconds else "", "seed": trained.get("seed"),
        "versions": versions, "when": trained.get("when", ""),
    }  # fmt: skip


def encoder(checkpoint: Checkpoint) -> str:
    """Whose encoder it runs on, stage by stage."""
    said = []
    for stage in checkpoint.config.stages:
        words = text.OWN if stage.encoder == "own" else text.LORA if stage.lora else text.SHARED
        one = words.format(name=stage.encoder, rank=stage.lora.rank if stage.lora else 0)
        said.append(f"{stage.name}: {one}" if len(checkpoint.config.stages) > 1 else one)
    return "; ".join(said)


def measured(checkpoint: Checkpoint) -> list[dict[str, Any]]:
    """The metrics of a checkpoint's config, a row for each split, with n."""
    metrics = checkpoint.config.trained.get("metrics", {})
    rows = []
    for purpose, words in text.PURPOSES.items():
        numbers = metrics.get(purpose)
        if not numbers:
            continue
        n = f"{numbers['sentences']:,}" + (f" ({numbers['answers']:,} words)" if numbers.get("answers") != numbers["sentences"] else "")
        at: Mapping[str, Any] = numbers.get("at_knobs") or {}
        row = {
            "name": checkpoint.name,
            "split": words.format(split=checkpoint.task.splits[purpose]),
            "n": n,
            "full": numbers["accuracy"] * 100,
        }
        if at:
            row["knobs"] = ", ".join(f"{k} {number(v)}" for k, v in metrics.get("knobs", {}).items())
            row |= {k: at[k] * 100 for k in ("share", "accuracy", "difference", "low", "high")}
        rows.append(row)
    return rows
