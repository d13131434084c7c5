"""A method that is told of and not run here: what it is, what of it is public, why it is not run, and what comes nearest. Plain data."""

from dataclasses import dataclass

from dynviz.records.card import Published


@dataclass(frozen=True)
class Public:
    """What is public. found: what there is, or that none was found; source: where it stands or was looked for."""

    found: str
    source: str


@dataclass(frozen=True)
class Nearest:
    """A method that is run here and comes near. method: its name (that of its file); how: what both share, and what not."""

    method: str
    how: str


@dataclass(frozen=True)
class Elsewhere:
    """A method told of and not run. name: in the address; caption: the idea in a sentence; idea, why: a point each; published: figures
    that its authors report."""

    name: str
    title: str
    venue: str
    caption: str
    idea: tuple[str, ...]
    paper: Public
    code: Public
    weights: Public
    why: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    published: tuple[Published, ...] = ()
