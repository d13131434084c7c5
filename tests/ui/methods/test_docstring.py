"""A docstring in parts: whose, the idea, the knobs, the training; formulas as maths, all else as typed."""

import re

import pytest

from dynviz import api
from dynviz.ui.methods import docstring
from dynviz.ui.methods.maths import marked

ABOUT = """Caption.

Somebody et al.: A Title, ACL 2020. It stops early. (inferred) So it does.
Knob: the limit; larger stops later. 0 is off. One run serves every setting.

Training: the loss is the sum of CE_i over i < L. Nothing else.

It took long.
"""
EVERY = {**api.registered(), **{name: card.about for name, card in api.policies().items()}}


def test_a_docstring_falls_into_source_idea_knobs_and_training() -> None:
    found = docstring.of(ABOUT)
    assert found.source.replace("\\", "") == "Somebody et al.: A Title, ACL 2020."
    assert [s.replace("\\", "") for s in found.idea] == ["It stops early.", ":orange-badge[inferred] So it does."]
    assert [s.replace("\\", "") for s in found.knobs] == ["Knob: the limit; larger stops later.", "0 is off."]
    assert len(found.training) == 3
    assert r"$\sum _{i < L} \operatorname{CE}_{i}$" in found.training[0]


def test_a_formula_on_lines_of_its_own_belongs_to_its_sentence() -> None:
    found = docstring.of("Caption.\n\nIt exits with\n\n    u_i < delta,    v = 2\n\nand answers. Then it ends.")
    assert [s.replace("\\.", ".") for s in found.idea] == [r"It exits with $u_{i} < \delta$, $v = 2$ and answers.", "Then it ends."]


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("p_n = h_n p_{n-1} is", r"$p_{n} = h_{n} p_{n-1}$ is"),
        ("h_n = sigmoid(w . s_n + b).", r"$h_{n} = \operatorname{sigmoid}(w \cdot s_{n} + b)$."),
        ("c_exit at layer i", r"$c_{\mathrm{exit}}$ at layer i"),
        ("the layer's u_L", "the layer's $u_{L}$"),
        ("sqrt(ln t / N_k)", r"$\sqrt{\ln t / N_{k}}$"),
        ("(u_i - t_i)^2", r"$(u_{i} - t_{i}) ^2$"),
        ("see `a_b`, a price of $5", "see `a_b`, a price of $5"),
        ("where <g_a, g_b> < 0", "where <$g_{a}$, $g_{b}$> < 0"),
        ("a half - a third", "a half - a third"),
    ],
)
def test_formulas_are_maths_and_words_are_words(typed: str, drawn: str) -> None:
    assert re.sub(r"\\(?=[^\w\s])(?![|,])", "", marked(typed)) == drawn


@pytest.mark.parametrize("name", EVERY)
def test_every_formula_is_well_formed_and_no_symbol_is_left_in_plain_text(name: str) -> None:
    found = docstring.of(EVERY[name])
    for sentence in (*found.idea, *found.knobs, *found.training):
        parts = re.split(r"(?<!\\)\$", sentence)
        assert len(parts) % 2 == 1, sentence
        for formula in parts[1::2]:
            assert formula == formula.strip()
            for opening, closing in ("()", "[]", "{}"):
                assert formula.count(opening) == formula.count(closing), formula
        for text in parts[::2]:
            assert not re.search(r"[A-Za-z]\w*\\?_", re.sub("`[^`]*`", "", text)), text


def test_text_of_a_docstring_is_shown_as_typed() -> None:
    shown = docstring.of("Caption.\n\nA <b>b</b> & *c* of $5$ and [x](y).").idea[0]
    assert shown.replace("\\", "") == "A <b>b</b> & *c* of $5$ and [x](y)."
    for sign in "<*$[":
        assert shown.count(sign) == shown.count(f"\\{sign}")
