"""Formulas in a docstring, typed in plain characters (`p_n = h_n p_{n-1}`), as Markdown's maths. Pure; knows no method."""

import re
from itertools import pairwise

from dynviz.ui.shell.shown import plain

FUNCTIONS = ("sigmoid", "tanh", "softmax", "gelu", "argmax", "sqrt", "cos", "max", "min", "log", "ln", "exp", "mean", "KL", "CE")
GREEK = ("alpha", "beta", "gamma", "delta", "eps", "lambda", "mu", "pi", "sigma", "tau")
BIG = ("sum", "prod")
RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge"}
OPERATORS = {"+": "+", "-": "-", "*": r"\cdot", "/": "/", ".": r"\cdot", "...": r"\dots", "||": r"\,\|\,", "^": "^", **RELATIONS}
OPEN, CLOSE = "([", ")]"
CONDITION = r"(\w+ (?:<=|<|>=|>) \w+)"
TOKEN = re.compile(
    r"(?P<code>`[^`]*`)|(?P<index>[A-Za-z]+\d*_(?:\{[^}\s]*\}|\w+))|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z]+\d*(?:'[a-z]+)?)|(?P<space>\s+)"
    r"|(?P<operator>\.\.\.|<=|>=|\|\||[-+*/=<>^]|(?<= )\.(?= )|(?<=\()\.(?=\)))|(?P<bracket>[()\[\]])|(?P<other>.)"
)
Token = tuple[str, str]  # kind, text


def marked(words: str) -> str:
    """Text as Markdown: formulas as maths, `code` as it is, all else as typed."""
    words = re.sub(r"\b(max|mean|sum) over (\w) of ", r"\1_{\2} ", words)
    words = re.sub(rf"\bsum over {CONDITION} of ", lambda m: f"sum_{{{m[1].replace(' ', '')}}} ", words)
    words = re.sub(rf"\bsum of (\w+_\w+) over {CONDITION}", lambda m: f"sum_{{{m[2].replace(' ', '')}}} {m[1]}", words)
    tokens = [(str(m.lastgroup), m[0]) for m in TOKEN.finditer(words)]
    out, at = "", 0
    while at < len(tokens):
        end = _end(tokens, at)
        if end > at:
            out += f"${_latex(tokens[at:end])}$"
            at = end
            continue
        kind, text = tokens[at]
        out += f"${_latex([tokens[at]])}$" if kind == "index" else text if kind in ("code", "space") else plain(text)
        at += 1
    return out


def _end(tokens: list[Token], start: int) -> int:
    """Where the formula that begins here ends; `start` where none does."""
    if tokens[start][0] == "space" or tokens[start][1] in CLOSE or (tokens[start][0] == "operator" and not _sign(tokens, start)):
        return start
    end, depth = start, 0
    while end < len(tokens) and _part(tokens, end, depth):
        depth += (tokens[end][1] in OPEN) - (tokens[end][1] in CLOSE)
        end += 1
        if depth < 0:
            return start
    while end > start and not _whole(tokens[start:end]):
        end -= 1
    return end if _telling(tokens[start:end]) else start


def _part(tokens: list[Token], at: int, depth: int) -> bool:
    """Whether a token may belong to a formula."""
    kind, text = tokens[at]
    if kind == "word":
        follows = at + 1 < len(tokens) and tokens[at + 1][1] == "("
        return text in GREEK or (len(text.rstrip("0123456789")) == 1 and _symbol(tokens, at)) or _named(text, follows)
    if kind == "bracket":
        return depth > 0 or text in OPEN
    return kind in ("index", "number", "space", "operator") or (depth > 0 and text == ",")


def _named(text: str, follows: bool) -> bool:
    """A function, or a quantity in capitals."""
    return (text in FUNCTIONS and (follows or text in ("max", "argmax", "ln"))) or (text.isupper() and 1 < len(text) < 4)


def _symbol(tokens: list[Token], at: int) -> bool:
    """A letter that is no word: "a" and "I" are symbols only beside an operator."""
    if tokens[at][1] not in ("a", "A", "I"):
        return True
    beside = [t for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < len(tokens) and (t := tokens[i])[0] == "operator"]
    return bool(beside)


def _sign(tokens: list[Token], at: int) -> bool:
    """A minus that stands before a symbol, as in "is -x"."""
    return tokens[at][1] == "-" and at + 1 < len(tokens) and tokens[at + 1][0] == "index" and (at == 0 or tokens[at - 1][0] == "space")


def _whole(part: list[Token]) -> bool:
    """Whether it neither ends in the middle nor leaves a bracket open."""
    depth = sum((t in OPEN) - (t in CLOSE) for _, t in part)
    kind, text = part[-1]
    return depth == 0 and kind not in ("space", "operator") and not (kind == "word" and text in FUNCTIONS)


def _telling(part: list[Token]) -> bool:
    """Whether it says something: a relation between symbols, or an indexed symbol; and is well formed."""
    said = [(k, t) for k, t in part if k != "space"]
    related = [t for _, t in said if t in RELATIONS]
    if {"<", ">"} <= {t[0] for t in related} or (said and said[0][1] in RELATIONS):  # no chain turns round: brackets of another kind
        return False
    if any(a in OPERATORS and b in OPERATORS and "..." not in (a, b) and b not in "-." for (_, a), (_, b) in pairwise(said)):
        return False
    kinds = {k for k, _ in said}
    return "index" in kinds or (bool(related) and "word" in kinds) or any(t in FUNCTIONS for _, t in said)


def _latex(part: list[Token]) -> str:
    out = "".join(_one(kind, text) for kind, text in part)
    out = re.sub(r"\^\(([^()]*)\)", r"^{\1}", out.replace("^ ", "^"))
    return re.sub(r"\\operatorname\{sqrt\}\(([^()]*)\)", r"\\sqrt{\1}", " ".join(out.split()))


def _one(kind: str, text: str) -> str:
    if kind == "operator":
        return f" {OPERATORS[text]} "
    if kind == "index":
        base, _, index = text.partition("_")
        return f"{_name(base)}_{{{_below(index.strip('{}'))}}}"
    return _name(text) if kind == "word" else text


def _below(index: str) -> str:
    """An index: letters are symbols, words are words."""
    if index.isalpha() and len(index) > 2:
        return rf"\mathrm{{{index}}}"
    return index.replace("<=", r" \le ").replace("<", " < ")


def _name(text: str) -> str:
    letters, digits = text.rstrip("0123456789"), text[len(text.rstrip("0123456789")) :]
    if letters == "eps":
        letters = r"\varepsilon "
    elif letters in GREEK or letters in BIG or letters in ("max", "min", "log", "ln", "exp", "cos", "tanh"):
        letters = rf"\{letters} "
    elif letters in FUNCTIONS:
        letters = rf"\operatorname{{{letters}}}"
    elif len(letters) > 1:
        letters = rf"\mathrm{{{letters}}}"
    return letters + (f"_{{{digits}}}" if digits else "")
