r"""What a method's file says of itself: the docstring at its top, in parts for the method's card. Pure; knows no method.

The grammar:

- The first line is the caption: a sentence of 20 to 140 characters that ends with a full stop, without a formula. A blank line follows.
- Then come four sections, in this order, each once. A section is a paragraph that begins with its name and a colon, and all paragraphs
  up to the next section. Blank lines part paragraphs; on the card each is a point of its own.

      Source:    authors, title, venue and year; where the authors' code is. "A baseline; no paper." where there is none.
      Rule:      what is read, what stops, and when: the formula.
      Knob:      what it means, which way it stops more, where it is off; a second one in a paragraph of its own. "None: ..." and why.
      Training:  the loss, its stages, what ours starts from; measurements that decided something.

- A formula stands between dollars, `$u_i < \delta$`, in LaTeX as KaTeX draws it, on one line or broken across two. Everything that is to be
  drawn as a symbol stands between dollars, a letter too. Names of several letters are `\text{CE}`. A dollar that is meant is typed `\$`.
- `(inferred)` before a sentence, or `(inferred, why)`, marks what the paper leaves open and we decided.
- All else is prose and shown as it is typed: no other markup is read.

Where a backslash stands in it the docstring begins with `r`. tests/ui/methods/grammar.py holds every file against this.
"""

import re
from dataclasses import dataclass

from dynviz.ui.methods import text
from dynviz.ui.shell.shown import marked

SECTIONS = ("Source", "Rule", "Knob", "Training")
HEAD = re.compile(rf"({'|'.join(SECTIONS)}): ")
INFERRED = re.compile(r"\(inferred(?:, ([^()]*))?\) ?")


@dataclass(frozen=True)
class Words:
    """The sections, each paragraph as Markdown."""

    source: tuple[str, ...]
    rule: tuple[str, ...]
    knob: tuple[str, ...]
    training: tuple[str, ...]


def of(about: str) -> Words:
    """A docstring in sections; its caption is left out, and what stands before any section is taken for the rule."""
    found: dict[str, list[str]] = {name: [] for name in SECTIONS}
    section = "Rule"
    for paragraph in paragraphs(about)[1:]:
        head = HEAD.match(paragraph)
        section = head[1] if head else section
        found[section].append(_badged(paragraph[head.end() :] if head else paragraph))
    return Words(*(tuple(found[name]) for name in SECTIONS))


def paragraphs(about: str) -> list[str]:
    """Each on one line; the first is the caption."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", about.strip())]


def _badged(paragraph: str) -> str:
    """As Markdown, with what was inferred marked so."""
    parts = INFERRED.split(paragraph)  # words, why or nothing, words, ...
    said = [marked(parts[0])]
    for why, words in zip(parts[1::2], parts[2::2], strict=True):
        said += [text.INFERRED_BADGE + (f" ({marked(why)})" if why else ""), marked(words)]
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", " ".join(filter(None, said)))
