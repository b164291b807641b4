"""Inputs made to hang or crash a reader: each is done in bounded time, and what is lost is said."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from mathcoder.extraction import (
    Document,
    asciimath_to_latex,
    cnxml_to_text,
    html_to_text,
    latex_to_text,
    mathml_to_latex,
    pretext_to_text,
)

N = 100_000
SECONDS = 6.0  # each takes less than one on an idle machine

GROWING = "".join(
    rf"\def\a{a}{{\a{b}\a{b}}}"
    for a, b in zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz", strict=True)
)
ENTITIES = "".join(f'<!ENTITY {chr(c + 1)} "{f"&{chr(c)};" * 10}">' for c in range(97, 110))

TEX = {
    "nested braces": "$" + "{" * N + "}" * N + "$",
    "a long formula": "a $" + "x+" * 5 * N + "$ b",
    "a long display": r"\begin{align}" + "x+" * 5 * N + r"\end{align} b",
    "no end of a formula": "a $" + "x+" * 5 * N,
    "growing macros": GROWING + r"$\aa$ \aa",
    "endless macros": r"\def\a{\b x}\def\b{\a y}$\a$ \a",
    "doubling arguments": r"\newcommand{\a}[1]{\b{#1#1}}\newcommand{\b}[1]{\a{#1#1}}$\a{x}$ \a{x}",
    "dollars": "$ " * N,
    "dollars and braces": "${" * N,
    "open lists": r"\begin{itemize}" * N,
    "open formulas": r"\begin{equation}" * N,
    "open figures": r"\begin{figure}" * N,
    "footnotes in footnotes": r"\footnote{" * N + "}" * N,
    "sections in sections": r"\section{" * N + "}" * N,
    "conditions": r"\iffalse " * N,
    "options": r"\x[" * N,
    "verbatim": r"\begin{verbatim}%" * N,
    "definitions": r"\def\a{" * N,
    "comments": "%" * 10 * N,
    "blanks": "$" + " " * 10 * N + "a",
}


def _bounded(run: Callable[[], object]) -> object:
    start = time.process_time()
    done = run()
    assert time.process_time() - start < SECONDS
    return done


@pytest.mark.parametrize("name", TEX)
def test_latex(name: str) -> None:
    document = _bounded(lambda: latex_to_text(TEX[name]))
    assert isinstance(document, Document)
    assert len(document.text) <= 3 * len(TEX[name]) + 70_000


@pytest.mark.parametrize(
    "name", ["nested braces", "a long formula", "a long display", "growing macros", "endless macros"]
)
def test_what_latex_lost_is_said_in_one_line(name: str) -> None:
    dropped = latex_to_text(TEX[name]).dropped
    assert dropped
    assert all("\n" not in reason and len(reason) < 300 for reason in dropped)


MATHML = {
    "deep": "<mrow>" * N + "</mrow>" * N,
    "many": "<mi>x</mi>" * N,
}


@pytest.mark.parametrize("name", MATHML)
def test_mathml_out_of_bounds(name: str) -> None:
    with pytest.raises(ValueError, match=r"^a formula in MathML (is nested|has) more than"):
        _bounded(lambda: mathml_to_latex(f"<math>{MATHML[name]}</math>"))


@pytest.mark.parametrize(
    "inner",
    [
        "<mo>(</mo>" * 19_000,
        "<mo>|</mo>" * 19_000,
        "<mtext>ab</mtext>" * 19_000,
        "<mfrac><mrow>" * 45 + "</mrow></mfrac>" * 45,
        "<msup>" * 90 + "<mi>x</mi>" + "<mn>2</mn></msup>" * 90,
        "<mtable><mtr><mtd><mo>(</mo>" + "<mo>=</mo><mi>x</mi>" * 9_000 + "<mo>)</mo></mtd></mtr></mtable>",
    ],
)
def test_mathml_within_bounds(inner: str) -> None:
    assert isinstance(_bounded(lambda: mathml_to_latex(f"<math>{inner}</math>")), str)


def test_xml() -> None:
    deep = b"<document>" + b"<para>" * N + b"</para>" * N + b"</document>"
    for read in (cnxml_to_text, pretext_to_text):
        with pytest.raises(ValueError, match="nested more than 200 deep"):
            _bounded(lambda read=read: read(deep))
    bomb = f'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]><document>&n;</document>'.encode()
    with pytest.raises(ValueError, match="not well-formed XML"):
        _bounded(lambda: cnxml_to_text(bomb))


def test_a_pretext_file_that_includes_itself() -> None:
    twice = b'<p xmlns:xi="x"><xi:include href="a"/><xi:include href="a"/></p>'
    document = _bounded(lambda: pretext_to_text(twice, lambda _: twice))
    assert isinstance(document, Document)
    assert document.dropped


PAGES = {
    "divs": "<div>" * N,
    "lists": "<ul><li>" * N,
    "tables": "<table><tr><td>" * 3_000,
    "formula classes": '<div class="math">' * 3_000,
    "menus in menus": '<div class="nav">' * 5_000 + "x",
    "dollars": "<p>" + "$x " * N,
    "brackets": "<p>" + r"\(" * N,
    "open tags": "<p " * N,
    "open quotes": '<p a="' * N,
    "open formulas": "<p>" + "<math>" * N,
    "annotations": "<p><math>" + '<annotation encoding="tex">' * 20_000,
    "a long formula": "<p>$$" + "x+" * 5 * N + "$$",
    "raised": "a<sup>" * N,
    "breaks": "<p>a" + "<br>" * N,
    "backticks": "AsciiMath " + "`" * N,
}


@pytest.mark.parametrize("name", PAGES)
def test_html(name: str) -> None:
    assert isinstance(_bounded(lambda: html_to_text(PAGES[name])), Document)


@pytest.mark.parametrize(
    "source", ["(" * 5_000, "sqrt " * 1_000, "a_" * 2_000, "a/" * 2_000, '"' * 5_000, "[[a]," * 1_000]
)
def test_asciimath(source: str) -> None:
    assert isinstance(_bounded(lambda: asciimath_to_latex(source)), str)
