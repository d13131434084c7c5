"""`python -m tests.docs` names the documents that are stale; with `--write` it makes them anew."""

import argparse

from tests.docs.made import ROOT, made, stale


def main() -> int:
    """Name, or write, what is stale; 1 where something is and was not written."""
    parser = argparse.ArgumentParser("python -m tests.docs", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make them anew")
    given, found = parser.parse_args(), stale()
    for name in found:
        print(name)
        if given.write:
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(made()[name], encoding="utf-8")
    return int(bool(found) and not given.write)


if __name__ == "__main__":
    raise SystemExit(main())
