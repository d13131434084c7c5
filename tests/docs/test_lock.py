"""The locks hold what is pinned and all that needs, which is what the tests run with; licences are known."""

from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.licences import licence, licences
from tests.docs.lock import LOCKS, ROOT, head, required


def pins(lock: str) -> dict[str, str]:
    found = required(ROOT / lock)
    assert len({one.name for one in found}) == len(found)
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in found}


def asked(file: Path) -> Iterator[Requirement]:
    """What a file of requirements asks for, and the files that it names."""
    yield from required(file)
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from asked(file.parent / line.removeprefix("-r "))


def below(one: Requirement) -> Iterator[Requirement]:
    """What an installed package needs here, with the extras that it is asked with."""
    for line in distribution(one.name).requires or ():
        found = Requirement(line)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
            yield found


def installed(file: Path) -> dict[str, str]:
    """All packages that a file of requirements leads to, with the versions that are here."""
    todo, seen, out = list(asked(file)), set(), {}
    while todo:
        one = todo.pop()
        if (key := (canonicalize_name(one.name), *sorted(one.extras))) not in seen:
            seen.add(key)
            out[key[0]] = distribution(one.name).version.partition("+")[0]
            todo += below(one)
    return out


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_what_is_installed(lock: str) -> None:
    assert pins(lock) == installed(ROOT / LOCKS[lock]), "pip install -r tests/requirements.lock; after a change, python -m tests.docs.lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_what_is_pinned_and_names_no_index(lock: str) -> None:
    for one in asked(ROOT / LOCKS[lock]):
        assert f"=={pins(lock)[canonicalize_name(one.name)]}" == str(one.specifier)
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
    assert pins("requirements.lock").items() <= pins("tests/requirements.lock").items()


def test_a_lock_says_what_it_does_not_hold() -> None:
    for lock in LOCKS:
        assert (ROOT / lock).read_text(encoding="utf-8").startswith(head())
    assert not [name for name in pins("requirements.lock") if name.startswith("nvidia") or name == "triton"]
    assert "nvidia" in head()
    assert "not pinned" in (ROOT / "docs/deploying.md").read_text(encoding="utf-8")


def test_ci_and_image_install_the_locks() -> None:
    assert "-r tests/requirements.lock" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "-r requirements.lock" in (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")


def test_every_package_says_its_licence() -> None:
    said = {line.split(" | ")[0].removeprefix("| "): line for line in licences().splitlines() if line.startswith("| ")}
    assert {canonicalize_name(name) for name in said.keys() - {"package", "---"}} == pins("requirements.lock").keys()
    assert not [line for line in said.values() if "not said" in line]
    assert licence(distribution("jinja2").metadata) == "BSD License"
