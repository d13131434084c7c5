"""A report of a run: one HTML file that loads nothing, reads without scripts and prints well."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import numpy as np

from dynviz import __version__, figures
from dynviz.figures import static
from dynviz.figures.wording import count, headed, percent1, points, shorten
from dynviz.records.operating import point_of
from dynviz.records.slices import Slice
from dynviz.records.tasks import Metric
from dynviz.ui.data import cache, difficulty, kinds, rows, text, trust
from dynviz.ui.data.view import DataView
from dynviz.ui.parts import operating
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.text import UNKNOWN

LISTED = 40
_NUMBER = re.compile(r"[-+]?[\d,.]+( %)?( \[.*\])?|")
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body{{font:15px/1.5 sans-serif;max-width:740px;margin:32px auto;padding:0 16px;color:#1f2430;background:#fff}}
h1{{font-size:24px;margin:0 0 4px}} h2{{font-size:18px;margin:28px 0 6px;break-after:avoid}} p{{margin:6px 0}}
small{{color:#656c7a;font-size:13px}} svg{{max-width:100%;height:auto;display:block;margin:8px 0}}
.whole{{break-inside:avoid}} table{{border-collapse:collapse;width:100%;margin:8px 0;font-size:13px}}
th,td{{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid #dde0e6;vertical-align:top}}
th{{vertical-align:bottom}} th[scope]{{white-space:nowrap}}
td{{white-space:nowrap}} .long{{white-space:normal;overflow-wrap:anywhere;width:99%;min-width:110px}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}
tr{{break-inside:avoid}} thead{{display:table-header-group}}
@page{{margin:18mm}} @media print{{body{{margin:0;padding:0;max-width:none}}}}
</style></head><body>{body}</body></html>"""


def html(view: DataView) -> str:
    """The whole file."""
    title = text.REPORT_TITLE.format(title=view.about.title)
    body = [f"<h1>{escape(title)}</h1>", f"<p><small>{escape(caption(view))}</small></p>", *_summary(view), *_exits(view)]
    for by in ("length", "rarity"):
        body += _groups(view, by)
    body += [*_kinds(view), *_trust(view), *_rows(view), *_left(view), f"<p><small>{escape(text.REPORT_FOOT)}</small></p>"]
    return _PAGE.format(title=escape(title), body="".join(body))


def caption(view: DataView) -> str:
    """What was run, so that it can be run again."""
    return text.REPORT_CAPTION.format(
        n=view.said(), model=view.about.checkpoint, method=view.about.method, digest=view.about.digest,
        setting=setting(view.about.checkpoint, view.knobs) or "no knob", version=__version__, date=date.today().isoformat(),
    )  # fmt: skip


def _section(name: str, finding: str, drawing: str = "") -> list[str]:
    """Heading, finding and picture, on one page."""
    return [f'<section class="whole"><h2>{escape(text.REPORT_SECTIONS[name])}</h2><p>{escape(finding)}</p>{drawing}</section>']


def _summary(view: DataView) -> list[str]:
    found = point_of(view.sweep, 1, labelled=view.labelled)
    told = operating.numbers(found, view.labelled)
    mean, low, high = map(points, found.difference)
    more = ["", f"; {percent1(found.full)} at full depth ({mean} points [{low}, {high}])", f" {told[2][2]}", ""]
    rows = [(name, value + add) for (name, value, _), add in zip(told, more, strict=True) if value != UNKNOWN]
    lines = (f'<tr><th scope="row">{escape(name)}</th><td class="long">{escape(said)}</td></tr>' for name, said in rows)
    return [f"<table>{''.join(lines)}</table>"]


def _exits(view: DataView) -> list[str]:
    last = view.sweep.exits[1]
    if (last == view.sweep.layers).all():
        said = operating.no_exits(view.sweep, 1)
        return _section("exits", said)
    counts = [(word, _counts(view, last[which])) for word, which in zip(view.words, (view.good, ~view.good), strict=True)]
    finding = figures.exit_finding(last, view.good, view.layers, view.words, text.NOUN)
    return _section("exits", finding, static.bars(view.layers, counts, finding))


def _counts(view: DataView, last: Any) -> list[float]:
    return [float(n) for n in np.bincount(last, minlength=len(view.layers) + 1)[1:]]


def _groups(view: DataView, by: str) -> list[str]:
    parts, overall = difficulty.found(view, by, "layers")
    drawn = difficulty.drawn(parts)
    finding = figures.difficulty_finding(drawn, overall, text.BY_AXIS[by], text.MEASURE_AXIS["layers"], False, True)
    return _section(by, finding, static.dots(drawn, overall, False, finding))


def _kinds(view: DataView) -> list[str]:
    if not view.labelled:
        parts, overall = difficulty.found(view, "kind", "same")
        finding = figures.difficulty_finding(difficulty.drawn(parts), overall, text.BY_AXIS["kind"], text.MEASURE_AXIS["same"], True)
        return _section("kinds", finding, static.dots(difficulty.drawn(parts), overall, True, finding))
    found = list(cache.slices(*view.key, "kind", view.sweep))
    table = _table([_slice(s, view.sweep.metric) for s in found], text.REPORT_SLICES["tag"])
    note = text.KINDS_NOTE.format(where=text.REPORT_WHERE)
    return [*_section("kinds", kinds.worst(found, view.sweep.metric).replace("\\", "")), table, f"<p><small>{escape(note)}</small></p>"]


def _slice(s: Slice, metric: Metric) -> dict[str, str]:
    values = {
        "tag": s.tag, "n": f"{s.sentences:,}", "words": f"{s.answers:,}", "here": percent1(s.accuracy),
        "full": percent1(s.full), "difference": f"{points(s.difference)} [{points(s.low)}, {points(s.high)}]",
        "share": percent1(s.share), "depth": f"{s.depth:.2f}",
    }  # fmt: skip
    if s.answers == s.sentences:
        del values["words"]
    return {text.REPORT_SLICES[k].format(metric=headed(metric)): v for k, v in values.items()}


def _trust(view: DataView) -> list[str]:
    accuracy, error, foresight, answers = trust.by_layer(view)
    listed = figures.foresight_table(view.layers, answers, accuracy, error, foresight)
    if not listed:
        return []
    said = figures.foresight_finding(view.layers, accuracy, error, foresight)
    said = said if view.labelled else f"{text.TRUST_BLIND} {said}"
    made = {"accuracy": percent1, "ece": percent1, "auroc": "{:.2f}".format, "answers": "{:,}".format}
    return [*_section("trust", said), _table([{text.REPORT_TRUST[k]: made.get(k, str)(v) for k, v in row.items()} for row in listed])]


def _rows(view: DataView) -> list[str]:
    which = view.worse if view.labelled else view.differs
    places = rows.sort(view, np.flatnonzero(which), "surest")[:LISTED]
    if not len(places):
        return _section("rows", text.INBOX_NONE)
    what = text.OUTCOMES["worse" if view.labelled else "differs"]
    listed = [_row(view, int(i), words) for i, words in zip(places, view.job.store.texts(places.tolist()), strict=True)]
    head = text.REPORT_ROWS.format(n=count(len(listed), "text"), what=what)
    return [*_section("rows", head), _table(listed, text.ROW_COLUMNS["text"])]


def _row(view: DataView, i: int, words: str) -> dict[str, str]:
    """A row of the page's table, less what is the same in all of these, or can be seen on the page only."""
    found = rows.row(view, i, shorten(words, 300))
    names = ("row", "text", "right", "here", *([] if view.labelled else ["full"]), *rows.TAGGED, "sure", "exit", "kept", "share")
    return {text.ROW_COLUMNS[n]: _cell(n, found[text.ROW_COLUMNS[n]]) for n in names if text.ROW_COLUMNS[n] in found}


def _cell(name: str, value: Any) -> str:
    if name in ("sure", "share", "kept"):
        return "" if value is None else percent1(value / 100)
    return str(value) if name == "text" else shorten(str(value), 24)


def _left(view: DataView) -> list[str]:
    if not view.about.skipped:
        return []
    table = _table([{text.SKIPPED_LINE: str(p), text.SKIPPED_WHY: why} for p, why in view.about.skipped[:100]], text.SKIPPED_WHY)
    return [*_section("left", text.LEFT_OUT.format(n=count(view.about.left_out, "row"))), table]


def _table(listed: Sequence[Mapping[str, str]], long: str = "") -> str:
    """Rows as a table. long: the column that may be broken over lines; no other is, so that no word is cut."""
    names = list(listed[0])
    classes = {n: "long" if n == long else "n" if all(_NUMBER.fullmatch(row[n]) for row in listed) else "" for n in names}
    head = "".join(f'<th class="{classes[n]}">{escape(n)}</th>' for n in names)
    body = "".join("<tr>" + "".join(f'<td class="{classes[n]}">{escape(row[n])}</td>' for n in names) + "</tr>" for row in listed)
    return f"<table><thead><tr>{head}</tr></thead>{body}</table>"
