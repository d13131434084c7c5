"""What every file owes: text ends in one newline, and nothing is over 45 MB. `python .ci/tidy.py FILE ...` names those that do not fit."""

import sys
from collections.abc import Sequence
from pathlib import Path

MOST = 45_000_000  # bytes


def complaint(file: Path) -> str:
    """What is wrong with a file; "" where nothing is."""
    if file.stat().st_size > MOST:
        return f"{file}: over {MOST // 1_000_000} MB"
    data = file.read_bytes()
    if not data or b"\0" in data[:8192]:
        return ""
    if not data.endswith(b"\n"):
        return f"{file}: no newline at its end"
    return f"{file}: empty lines at its end" if data.endswith((b"\n\n", b"\r\n\r\n")) else ""


def main(names: Sequence[str]) -> int:
    """Name the files that do not fit; 1 where there are some."""
    found = [said for said in map(complaint, map(Path, names)) if said]
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
