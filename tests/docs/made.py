"""Which files are made whole, and which parts of others."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.docs.benchmarks import benchmarks, scaling
from tests.docs.lessons import lessons
from tests.docs.licences import licences
from tests.docs.methods import about_methods, deviations
from tests.docs.parts import box, released, rooms
from tests.docs.results import results

ROOT = Path(__file__).parents[2]
FILES: dict[str, Callable[[], str]] = {
    "docs/results.md": results, "docs/methods.md": about_methods, "docs/deviations.md": deviations, "docs/benchmarks.md": benchmarks,
    "docs/licences.md": licences,
}  # fmt: skip
PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"box": box}, "docs/CONTRIBUTING.md": {"rooms": rooms}, "docs/scaling.md": {"scaling": scaling},
    "docs/teaching.md": {"lessons": lessons}, "docs/released.md": {"released": released},
}  # fmt: skip


@cache
def made() -> dict[str, str]:
    """Every file, by its path, as it should be now."""
    whole = {name: make() for name, make in FILES.items()}
    return whole | {name: _filled(name, (ROOT / name).read_text(encoding="utf-8")) for name in PARTS}


def _filled(name: str, text: str) -> str:
    """A written file with its generated parts made anew."""
    for part, make in PARTS[name].items():
        pattern = re.compile(rf"(<!-- {part} -->\n).*?(<!-- /{part} -->)", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{name} has no place for {part}: add the lines <!-- {part} --> and <!-- /{part} -->")
        text = pattern.sub(lambda m, make=make: m[1] + make() + "\n" + m[2], text)
    return text


def stale() -> list[str]:
    """The files that are not as they should be."""
    return [name for name, text in made().items() if not _same(ROOT / name, text)]


def _same(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text
