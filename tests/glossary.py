"""docs/glossary.md, made from `dynviz.ui.shell.glossary`.

`python -m tests.glossary` prints it; `--write` writes it. A test holds the file against this.
"""

import argparse
from pathlib import Path

from dynviz.ui.shell.glossary import as_markdown

FILE = Path(__file__).parent.parent / "docs" / "glossary.md"


def page() -> str:
    """The whole file."""
    head = "Made by `python -m tests.glossary --write` from `dynviz/ui/shell/glossary.py`: do not edit."
    return f"# Glossary\n\n{head}\n\n{as_markdown()}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=page.__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
