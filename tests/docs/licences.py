"""docs/licences.md: what every package of the lock says of its licence. `python -m tests.docs.licences` prints it."""

from importlib.metadata import PackageMetadata, metadata

from tests.docs.lock import ROOT, required
from tests.docs.table import table

WORDS = """# Licences

DynViz is under the Apache License 2.0 ([LICENSE](../LICENSE), [NOTICE](../NOTICE)). It runs with the packages below, which it neither holds
nor changes: what each says of its own licence, at the version of [requirements.lock](../requirements.lock). Made by
`python -m tests.docs --write`.

"""


def licence(about: PackageMetadata) -> str:
    """The expression where there is one, else the classifiers, else the first line of the free field."""
    classes = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    free = (about.get("License") or "").strip().partition("\n")[0]
    return about.get("License-Expression") or ", ".join(classes) or free or "not said"


def licences() -> str:
    """The file."""
    rows = [[one.name, str(one.specifier).removeprefix("=="), licence(metadata(one.name))] for one in required(ROOT / "requirements.lock")]
    return WORDS + table(["package", "version", "licence"], rows) + "\n"


if __name__ == "__main__":
    print(licences(), end="")
