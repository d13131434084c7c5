"""A method's docstring in parts, for a card: whose it is, the idea sentence by sentence, its knobs, its training. Pure."""

import re
from dataclasses import dataclass

from dynviz.ui.methods import text
from dynviz.ui.methods.maths import marked

SENTENCE = re.compile(r"(?<=[.!?])(?<!\bal\.)(?<! \.) (?=[A-Z0-9\[(“\"`]|inferred)")
KNOB = re.compile(r"(\(inferred[^)]*\) )?(Knobs?:|No knob|The (second )?knob )")
TRAINING = re.compile(r"(Training|Trained)\b")
SOURCE = re.compile(r"\b(19|20)\d\d\b[^.]{0,100}\.$")  # the sentence that names a paper ends soon after its year
INFERRED = re.compile(r"\(inferred(?:,([^()]*))?\) ?")
FORMULA = "    "  # an indented line
REPEATED = f"{text.ONE_RUN}."  # said beside it


@dataclass(frozen=True)
class Words:
    """Markdown throughout. source: the paper; idea, knobs, training: sentences."""

    source: str
    idea: tuple[str, ...]
    knobs: tuple[str, ...]
    training: tuple[str, ...]


def of(about: str) -> Words:
    """A docstring, the first line of which, its caption, is left out."""
    found: dict[str, list[str]] = {"source": [], "idea": [], "knobs": [], "training": []}
    trained = False
    for paragraph in _paragraphs(about):
        trained = trained or bool(TRAINING.match(paragraph))
        part = "training" if trained else "idea"
        for sentence in filter(lambda s: s != REPEATED, SENTENCE.split(paragraph)):
            if part == "idea":
                first = not any(found.values())
                part = "source" if first and SOURCE.search(sentence) else "knobs" if KNOB.match(sentence) else part
            found[part].append(_badged(sentence))
            part = "idea" if part == "source" else part
    return Words(" ".join(found["source"]), tuple(found["idea"]), tuple(found["knobs"]), tuple(found["training"]))


def _paragraphs(about: str) -> list[str]:
    """On one line each; a formula that stands on lines of its own belongs to the sentence around it."""
    out: list[str] = []
    joins = False
    for block in about.partition("\n")[2].strip("\n").split("\n\n"):
        formula = block.startswith(FORMULA)
        parts = [part.rstrip(",") for line in block.splitlines() for part in re.split(r" {3,}", line.strip())]
        words = ", ".join(parts) if formula else " ".join(block.split())
        if out and (formula or joins):
            out[-1] += " " + words
        elif words:
            out.append(words)
        joins = formula
    return out


def _badged(sentence: str) -> str:
    """Its formulas as maths, and what was inferred marked so."""
    parts = INFERRED.split(sentence)  # words, why or nothing, words, ...
    said = [marked(parts[0]).strip()]
    for why, words in zip(parts[1::2], parts[2::2], strict=True):
        said += [text.INFERRED_BADGE + (f" ({marked(why.strip())})" if why else ""), marked(words).strip()]
    return " ".join(filter(None, said))
