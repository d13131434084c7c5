"""requirements.lock: every package that requirements.txt brings, at the version installed here. `python -m tests.docs.lock [--write]`.

Run it in an environment made by `pip install -r requirements.txt` whose tests have passed. A build's own suffix (torch's "+cpu") is left
out: which build is taken is the index's matter.
"""

import argparse
import platform
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"


def required(file: Path) -> list[Requirement]:
    """What a file of requirements, or a lock, asks for."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def below(asked: Requirement) -> Iterator[Requirement]:
    """What an installed package asks for, here, with the extras that it is asked with."""
    for line in distribution(asked.name).requires or ():
        found = Requirement(line)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in ("", *asked.extras)):
            yield found


def installed() -> dict[str, str]:
    """All packages that requirements.txt leads to, with their versions, by name."""
    todo, seen, out = required(ROOT / "requirements.txt"), set(), {}
    while todo:
        one = todo.pop()
        key = str(canonicalize_name(one.name)), *sorted(one.extras)
        if key not in seen:
            seen.add(key)
            out[key[0]] = distribution(one.name).version.partition("+")[0]
            todo += below(one)
    return dict(sorted(out.items()))


def lock() -> str:
    """The file."""
    head = f"# Every package of one tested installation: Python {platform.python_version()}, {platform.system()} {platform.machine()}.\n"
    return head + "# Made by `python -m tests.docs.lock --write`.\n" + "".join(f"{name}=={v}\n" for name, v in installed().items())


def main() -> None:
    """Print or write it."""
    parser = argparse.ArgumentParser("python -m tests.docs.lock", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write requirements.lock")
    if parser.parse_args().write:
        LOCK.write_text(lock(), encoding="utf-8")
    else:
        print(lock(), end="")


if __name__ == "__main__":
    main()
