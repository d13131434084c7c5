r"""What to write where a method's docstring does not keep to the grammar (dynviz/ui/methods/docstring.py), a sentence for each fault.

It looks for what is cheap to see. Whether KaTeX draws a formula is seen in a browser (tests/browser/test_methods.py).
"""

import re
from collections.abc import Iterator

from dynviz.ui.methods.docstring import HEAD, INFERRED, SECTIONS, paragraphs
from dynviz.ui.shell.shown import FORMULA

SHORT, LONG = 20, 140
HOLDS = {
    "Source": 'authors, title, venue and year, or "A baseline; no paper."', "Rule": "what is read, what stops and when",
    "Knob": 'what it means, which way it stops more, where it is off, or "None: ..." and why', "Training": "the loss and its stages",
}  # fmt: skip
IN_USE = (
    "alpha beta gamma delta varepsilon eta theta lambda mu pi sigma tau phi sum prod max min argmax argmin log ln exp tanh cos frac sqrt "
    "hat bar lceil rceil lfloor rfloor le ge ne in cdot dots infty top left right text operatorname mathbf"
)
MACROS = frozenset(IN_USE.split())
NAMED = re.compile(r"\\(?:text|operatorname|mathbf)\{[^{}]*\}")


def complaints(about: str) -> list[str]:
    """A sentence for each fault, which says what to write; none where the docstring keeps to the grammar."""
    said = paragraphs(about)
    return [*_raw(about), *_caption(about), *_sections(said[1:]), *(fault for part in said for fault in (*_prose(part), *_formulas(part)))]


def _raw(about: str) -> Iterator[str]:
    if any(ord(c) < 32 and c != "\n" for c in about):
        yield 'A macro was read as a control character: begin the docstring with r""".'


def _caption(about: str) -> Iterator[str]:
    caption, *rest = about.strip().split("\n")
    if not SHORT <= len(caption) <= LONG or not caption.endswith("."):
        yield f"The first line is the caption: a sentence of {SHORT} to {LONG} characters that ends with a full stop, not {caption!r}."
    if "$" in caption:
        yield "The caption holds no formula: it also stands in tables and in the README. Say it in words."
    if rest and rest[0].strip():
        yield "Leave a line blank after the caption."


def _sections(rest: list[str]) -> Iterator[str]:
    heads = [found[1] for part in rest if (found := HEAD.match(part))]
    for name, what in HOLDS.items():
        if heads.count(name) != 1:
            yield f'Write one paragraph that begins "{name}: " ({what}); there are {heads.count(name)}.'
    if len(heads) == len(set(heads)) and heads != sorted(heads, key=SECTIONS.index):
        yield f"The sections stand in this order: {', '.join(SECTIONS)}; not {', '.join(heads)}."
    if heads and not HEAD.match(rest[0]):
        yield f'What follows the caption belongs to no section: begin it "{SECTIONS[0]}: ".'
    for part in rest:
        if (found := re.match(r"([A-Z][a-z]+): ", part)) and found[1] not in SECTIONS:
            yield f'"{found[1]}:" is no section: use one of {", ".join(SECTIONS)}.'
        if part.startswith("Source: ") and not re.search(r"\b(19|20)\d\d\b|no paper", part):
            yield 'Name the year of the paper in "Source: ", or say "no paper".'


def _prose(part: str) -> Iterator[str]:
    prose = FORMULA.split(part)[::2]
    if "" in prose[1:-1]:
        yield f"Two formulas touch: part them by a word in {part!r}."
    for words in prose:
        if re.search(r"(?<!\\)\$", words):
            yield f"A $ stands alone after {words.split('$')[0][-30:]!r}: a formula stands between two, a dollar that is meant is \\$."
        if "(inferred" in INFERRED.sub("", words):
            yield f'Write "(inferred) " or "(inferred, why) ", without brackets in it, in {words!r}.'
        for found in re.findall(r"\\[A-Za-z]+|\b[A-Za-z]\w*_\w*|<=|>=", re.sub(r'"\w+"', "", words)):
            yield f'{found} reads as a formula: put all of it between $ and $ (the name of an option between " and ").'


def _formulas(part: str) -> Iterator[str]:
    for formula in FORMULA.split(part)[1::2]:
        bare = re.sub(r"\\[{}]", "", formula)
        for macro in re.findall(r"\\([A-Za-z]+)", formula):
            if macro not in MACROS:
                yield f"\\{macro} in {formula} is not among the macros in use: write it otherwise, or add it to MACROS in {__name__}."
        if bare.count("{") != bare.count("}") or formula.count(r"\left") != formula.count(r"\right"):
            yield f"A brace is left open in {formula}: each {{ needs a }}, each \\left a \\right."
        rest = re.sub(r"\\[A-Za-z]+|_\{[a-z]{2}\}", " ", NAMED.sub(" ", formula))
        for word in re.findall(r"[A-Za-z]{2,}", rest):
            yield f'"{word}" in {formula} is drawn as a product of letters: write \\text{{{word}}}. If a macro was meant, begin with r""".'
