"""The generated parts of the README: the table of methods, from the registry and the shipped readings.

`python -m tests.readme` prints them; `--write` puts them between the markers in README.md. A test holds the file against this.
"""

import argparse
import csv
import re
from pathlib import Path

from dynviz import api
from dynviz.methods import caption, card, methods
from dynviz.records import Sweep
from dynviz.records.card import KINDS

README = Path(__file__).parent.parent / "README.md"
LONG = 12  # entries beyond which a list is folded
HEADS = {
    "exit": "Early exit", "depth": "Depth per token", "tokens": "Fewer tokens", "layers": "Skipped layers", "cascade": "Cascade",
    "baseline": "Baselines", "policy": "Policies",
}  # fmt: skip
RESULTS = Path(__file__).parent / "benchmarks" / "results.csv"


def method_table() -> str:
    """One row per method: what it does, where from, and what its checkpoints reach on the reporting split."""
    lines = [
        "| method | what stops | from | checkpoint | full depth | at the chosen knob | of the compute |",
        "|---|---|---|---|---|---|---|",
    ]
    found = [c for c in api.checkpoints() if c.runnable]
    for name, kind in methods().items():
        own = [c for c in found if c.config.method == name] or [None]
        for i, checkpoint in enumerate(own):
            head = f"| **{kind.title}** (`{name}.py`) | {kind.stops} | {kind.venue or 'baseline'} |" if i == 0 else "| | | |"
            lines.append(head + (_figures(checkpoint) if checkpoint else " - | | | |"))
    return "\n".join(lines)


def _figures(checkpoint: api.Checkpoint) -> str:
    sweep = api.stored_sweep(checkpoint, "report")
    if sweep is None:
        return f" `{checkpoint.name}` | | | |"
    point = chosen_point(checkpoint, sweep)
    mean, low, high = (100 * x for x in sweep.difference(point))
    gain = f"{100 * sweep.accuracy[point]:.1f} ({mean:+.1f} [{low:+.1f}, {high:+.1f}])"
    return f" `{checkpoint.name}` | {100 * sweep.accuracy[0]:.1f} | {gain} | {100 * sweep.share[point]:.0f} % |"


def chosen_point(checkpoint: api.Checkpoint, sweep: Sweep) -> int:
    """The point nearest the checkpoint's own knob, which was chosen on the calibration split."""
    kind = api.method_of(checkpoint)
    if not kind.knobs:
        return 0
    first, wanted = kind.knobs[0].name, {**kind.defaults(), **checkpoint.config.knobs}
    points = range(1, len(sweep.knobs)) if len(sweep.knobs) > 1 else range(1)
    return min(points, key=lambda i: abs(sweep.knobs[i][first] - wanted[first]))


def captions() -> str:
    """One line per method, from its docstring, by kind; folded where there are many. Then the policies."""
    kinds: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, method in sorted(methods().items(), key=lambda item: item[1].title.lower()):
        kinds[card(name).kind].append(f"- **{method.title}**: {caption(method)}")
    parts = [f"**{HEADS[kind]}**\n\n" + "\n".join(lines) for kind, lines in kinds.items() if lines]
    parts.append(f"**{HEADS['policy']}**\n\n" + "\n".join(f"- **{c.title}**: {c.caption}" for c in api.policies().values()))
    return folded("\n\n".join(parts), f"{len(methods())} methods and {len(api.policies())} policy, a line each", len(methods()))


def deviations() -> str:
    """Where ours differs from a paper or its authors' code, a row each."""
    about = [*(card(name) for name in methods()), *api.policies().values()]
    rows = [
        f"| {c.title if i == 0 else ''} | {cell(d.theirs)} | {cell(d.ours)} | {cell(d.why)} |"
        for c in sorted(about, key=lambda c: c.title.lower())
        for i, d in enumerate(c.deviations)
    ]
    head = "| method | theirs | ours | why |\n|---|---|---|---|\n"
    return folded(head + "\n".join(rows), f"{len(rows)} deviations of {sum(bool(c.deviations) for c in about)} methods", len(rows))


def cell(words: str) -> str:
    """Text in a table of Markdown as it was written."""
    return re.sub(r"([|\\*_`<>$])", r"\\\1", " ".join(words.split()))


def folded(text: str, what: str, length: int) -> str:
    """Long lists are opened by a click."""
    return f"<details><summary>{what}</summary>\n\n{text}\n\n</details>" if length > LONG else text


def speed() -> str:
    """The benchmark results, with the machine they were measured on."""
    rows = list(csv.DictReader(RESULTS.read_text(encoding="utf-8").splitlines()))
    lines = ["| what | setting | batch | measure | value |", "|---|---|---|---|---|"]
    shown = [r for r in rows if r["what"] != "model" or (r["measure"] == "time over plain" and r["setting"] != "plain transformers")]
    lines += [f"| {r['model'] or r['what']} | {r['setting']} | {r['batch']} | {r['measure']} | {r['value']} |" for r in shown]
    first = rows[0]
    about = f"{first['processor']}, {first['cores']} cores, {first['threads']} thread, torch {first['torch']}, {first['date']}"
    return folded("\n".join(lines), f"{len(shown)} figures, for one visitor and for twenty", len(shown)) + f"\n\nMeasured on: {about}."


PARTS = {"methods": method_table, "captions": captions, "deviations": deviations, "speed": speed}


def filled(text: str) -> str:
    """The README with every generated part made anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda m, make=make: m[1] + make() + "\n" + m[2], text)
    return text


def main() -> None:
    """Print or write the generated parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(make() for make in PARTS.values()))


if __name__ == "__main__":
    main()
