"""The locks: every package, at the version that was tested. `python -m tests.docs.lock [--upgrade]` makes them, by pip-tools.

requirements.lock holds what requirements.txt brings, tests/requirements.lock what tests/requirements.txt brings. pip-tools is needed for
making them alone: `pip install pip-tools`. No hashes stand in them: which build of torch is taken (the small CPU one or one for a GPU) is
the index's matter, so its suffix is left out, and pip wants the hashes of all packages or of none. A build for a GPU needs packages of its
own besides, which only where it is installed could be tested, so they are not held.
"""

import argparse
import platform
import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": "requirements.txt", "tests/requirements.lock": "tests/requirements.txt"}
OPTIONS = "--quiet --strip-extras --allow-unsafe --no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-emit-options"


def required(file: Path) -> list[Requirement]:
    """What a file of requirements, or a lock, asks for by itself."""
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def head() -> str:
    """The first lines of a lock."""
    made = f"Python {'.'.join(platform.python_version_tuple()[:2])}, {platform.system()} {platform.machine()}"
    return (
        f"# Every package of the tested installation, which has torch's CPU build: {made}.\n"
        "# A build for a GPU brings more (nvidia-*, triton), at the versions that torch asks for; they are not held here.\n"
        "# Made by `python -m tests.docs.lock`.\n"
    )


def write(lock: str, upgrade: bool) -> None:
    """Let pip-tools choose: what the lock holds already stays as it is, unless newer ones are wanted."""
    more = ["--upgrade"] if upgrade else []
    subprocess.run([sys.executable, "-m", "piptools", "compile", *OPTIONS.split(), *more, "-o", lock, LOCKS[lock]], cwd=ROOT, check=True)
    pins = sorted(f"{one.name}{re.sub('[+].*', '', str(one.specifier))}\n" for one in required(ROOT / lock))
    (ROOT / lock).write_text(head() + "".join(pins), encoding="utf-8")


def main() -> None:
    """Write both."""
    parser = argparse.ArgumentParser("python -m tests.docs.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that requirements.txt allows")
    given = parser.parse_args()
    for lock in LOCKS:
        write(lock, given.upgrade)


if __name__ == "__main__":
    main()
