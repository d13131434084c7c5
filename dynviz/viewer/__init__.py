"""The viewer without Python: one HTML file that opens any trace or sweep in JSON, on any machine, without a network.

It carries the tables of the schemas (`records.shapes`) and says the same sentences about a file as `dynviz validate`. Its content policy
forbids it to ask anybody, and lets no script run but its own; words of a file reach the page as text, never as markup.
"""

import base64
import hashlib
import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from dynviz.figures.style import DARK, LIGHT, Style, alpha, depth_colours, on
from dynviz.records import rules, shapes
from dynviz.version import __version__
from dynviz.viewer.words import PAGE

HERE = Path(__file__).parent
SCRIPTS = ("check.js", "record.js", "trace.js", "sweep.js", "open.js")
STEPS = 10  # colours of depth, however many layers there are


def page() -> str:
    """The file."""
    style = _file("viewer.css") + _themes()
    script = "\n".join(_file(name).replace('"use strict";\n', "", 1 if i else 0) for i, name in enumerate(SCRIPTS))
    parts = {
        "generator": f"dynviz {__version__}", "style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script),
        "table": _data(_table()), "words": _data({**PAGE, "steps": STEPS}),
    }  # fmt: skip
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _file("viewer.html"))


def _table() -> dict[str, Any]:
    """What the validator goes by."""
    return {
        "schemas": {name: [asdict(part) for part in parts] for name, parts in shapes.SCHEMAS.items()},
        "sizes": {name: asdict(size) for name, size in shapes.SIZES.items()},
        "count": shapes.COUNT, "rounding": shapes.ROUNDING, "name": shapes.NAME, "same": rules.SAME,
    }  # fmt: skip


def _data(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _themes() -> str:
    """The colours of both themes, as CSS variables."""
    return f":root{{{_variables(LIGHT)}}}@media (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"


def _variables(style: Style) -> str:
    fills = {f"d{i}": colour for i, colour in enumerate(depth_colours(STEPS)[1:])}
    names = ("paper", "ink", "muted", "grid", "edge", "dropped")
    plain = {**{name: getattr(style, name) for name in names}, "accent": style.series[0], "hatch": alpha(style.hatch, 0.4)}
    return ";".join(f"--{k}:{v}" for k, v in {**plain, **fills, **{f"on-{k}": on(v) for k, v in fills.items()}}.items())
