r"""A method's docstring: its sections, its formulas drawn and all else as typed, and what to write where the grammar is not kept."""

import pytest

from dynviz import api
from dynviz.ui.methods import docstring
from dynviz.ui.parts import panels
from dynviz.ui.parts.panels import Panel
from dynviz.ui.shell.shown import FORMULA, marked
from tests.ui.methods.grammar import complaints

ABOUT = r"""The sentence leaves once it is sure.

Source: Somebody et al., A Title, ACL 2020.

Rule: It exits after the first layer
with $u_i < \delta$. (inferred) So it does.

The last layer always answers.

Knob: The limit $\delta$. Larger stops earlier.

Training: The loss is $\sum_i \text{CE}_i$. (inferred, no code being at hand) Nothing else.
"""
EVERY = {**api.registered(), **{name: card.about for name, card in api.policies().items()}}


@pytest.mark.parametrize("name", EVERY)
def test_every_method_says_what_a_card_shows(name: str) -> None:
    assert not complaints(EVERY[name]), "\n".join(complaints(EVERY[name]))


def test_a_docstring_falls_into_its_sections_paragraph_by_paragraph() -> None:
    found = docstring.of(ABOUT)
    assert [p.replace(r"\.", ".").replace(r"\,", ",") for p in found.source] == ["Somebody et al., A Title, ACL 2020."]
    assert found.rule == (
        r"It exits after the first layer with $u_i < \delta$\. :orange-badge[inferred] So it does\.",
        r"The last layer always answers\.",
    )
    assert found.knob == (r"The limit $\delta$\. Larger stops earlier\.",)
    assert found.training == (r"The loss is $\sum_i \text{CE}_i$\. :orange-badge[inferred] (no code being at hand) Nothing else\.",)


def test_what_stands_before_any_section_is_shown_as_the_rule() -> None:
    found = docstring.of("Caption.\n\nOnce upon a time.\n\nKnob: None.")
    assert (found.source, found.rule, found.knob) == ((), (r"Once upon a time\.",), (r"None\.",))


def test_a_per_cent_sign_stays_on_the_line_of_its_number() -> None:
    assert docstring.of("Caption.\n\nRule: At 57 % of it.").rule == ("At 57\N{NO-BREAK SPACE}% of it\\.",)


def test_the_maths_below_a_picture_draws_the_formulas_too(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(panels.st, "markdown", drawn.append)
    panels.about(Panel("depth", None, "", list, "", "", "It exits when $u_i < \\delta$.\n\nOr *not*."))
    assert drawn == ["**The maths**", "It exits when $u_i < \\delta$\\.\n\nOr \\*not\\*\\."]


FORMULAS = (
    r"$\frac{r_1 - r_2}{\max(r_1, r_2)}$",
    r"$\sum_{i < L} w_i\,\text{CE}_i$",
    r"$p_n = h_n\,p_{n-1}$",
    r"$\lambda_p (1 - \lambda_p)^{i-1}$",
    r"$\argmax p_i = \argmax p_L$",
    r"$|x| \le 1$",
    r"$h = \sigma(w \cdot h + b)$",
    r"$\prod_{j \le i} (1 - \lambda_j)$",
    r"$\mathbf{1}[u_i < \delta, v_i * 2 > 0]$",
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_comes_out_as_written(formula: str) -> None:
    assert marked(f"a_b {formula} * {formula}") == rf"a\_b {formula} \* {formula}"
    assert not complaints(ABOUT.replace(r"$u_i < \delta$", formula))


def test_a_formula_broken_across_two_lines_is_one() -> None:
    assert marked("so $u_i\n< 1$ here") == "so $u_i < 1$ here"


@pytest.mark.parametrize(
    ("typed", "markdown"),
    [
        ("*a* _b_ **c**", r"\*a\* \_b\_ \*\*c\*\*"),
        ("<b>x</b> {}", r"\<b\>x\</b\> \{\}"),
        ("`code` [x](y)", r"\`code\` \[x\]\(y\)"),
        (r"\$5 and \$6", r"\$5 and \$6"),
        ("$5 alone", r"\$5 alone"),
        ("$$ empty", r"\$\$ empty"),
        (":smile: # 1. - a", r"\:smile\: \# 1\. \- a"),
    ],
)
def test_prose_comes_out_as_typed(typed: str, markdown: str) -> None:
    assert marked(typed) == markdown


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("The sentence leaves once it is sure.", "It leaves.", "of 20 to 140 characters that ends with a full stop, not 'It leaves.'"),
        ("it is sure.", "it is sure", "ends with a full stop"),
        ("it is sure.", "it is $u$ sure.", "The caption holds no formula"),
        ("sure.\n\n", "sure.\n", "Leave a line blank after the caption."),
        ("Source: Somebody et al., A Title, ACL 2020.\n\n", "", 'Write one paragraph that begins "Source: " (authors, title'),
        ("Rule: ", "Knob: None.\n\nRule: ", 'Write one paragraph that begins "Knob: "'),
        ("Knob: ", "Knobs: ", '"Knobs:" is no section: use one of Source, Rule, Knob, Training.'),
        ("Training: ", "", 'Write one paragraph that begins "Training: " (the loss and its stages); there are 0.'),
        ("ACL 2020.\n\nRule:", "ACL 2020.\n\nTraining: None.\n\nRule:", "there are 2"),
        ("Source: ", "Whose is it?\n\nSource: ", 'What follows the caption belongs to no section: begin it "Source: ".'),
        ("ACL 2020", "ACL", 'Name the year of the paper in "Source: "'),
        (r"\delta$. (", r"\delta. (", "A $ stands alone after"),
        (r"$u_i < \delta$", "$$", "A $ stands alone after"),
        (r"$u_i < \delta$", "$u$$v$", "Two formulas touch"),
        (r"$u_i < \delta$", "u_i", "u_i reads as a formula: put all of it between $ and $"),
        (r"$u_i < \delta$", "a <= 2", "<= reads as a formula"),
        (r"$u_i < \delta$", r"\delta", r"\delta reads as a formula"),
        (r"$u_i < \delta$", r"$\detla$", r"\detla in $\detla$ is not among the macros in use"),
        (r"$u_i < \delta$", r"$\frac{1}{2$", r"A brace is left open in $\frac{1}{2$"),
        (r"$u_i < \delta$", r"$\left(1$", r"each \left a \right"),
        (r"$u_i < \delta$", "$CE_i$", r'"CE" in $CE_i$ is drawn as a product of letters: write \text{CE}'),
        (r"$u_i < \delta$", "$ au$", 'begin with r"""'),  # a tab and "au", the docstring not being raw
        (r"$u_i < \delta$", "$\beta$", 'control character: begin the docstring with r"""'),
        ("(inferred) ", "(inferred (so)) ", 'Write "(inferred) " or "(inferred, why) "'),
    ],
)
def test_a_fault_is_named_in_words_that_say_what_to_write(was: str, becomes: str, says: str) -> None:
    assert not complaints(ABOUT)
    assert ABOUT.count(was) == 1
    assert any(says in fault for fault in complaints(ABOUT.replace(was, becomes))), complaints(ABOUT.replace(was, becomes))


def test_sections_in_another_order_are_named() -> None:
    parts = ABOUT.strip().split("\n\n")
    swapped = "\n\n".join([*parts[:2], parts[4], *parts[2:4], parts[5]])
    assert complaints(swapped) == ["The sections stand in this order: Source, Rule, Knob, Training; not Source, Knob, Rule, Training."]


def test_an_option_in_quotes_is_no_formula() -> None:
    assert not complaints(ABOUT.replace("The limit", 'The option "of_layers", the limit'))


@pytest.mark.parametrize("name", EVERY)
def test_no_formula_is_left_unmarked_or_lost(name: str) -> None:
    said = docstring.of(EVERY[name])
    drawn = " ".join((*said.source, *said.rule, *said.knob, *said.training))
    assert FORMULA.findall(drawn) == FORMULA.findall(" ".join(EVERY[name].split()))
