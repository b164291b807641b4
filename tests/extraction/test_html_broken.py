"""Markup that is broken, strange or hostile, as it is on the web: formulas and text survive."""

from __future__ import annotations

import pytest

from mathcoder.extraction import html_to_text

PAGES = [
    # unclosed elements, attributes in other quotes, signs inside attributes
    ("<ul><li>a \\(x\\)<li><b>b<p>c", "- a $x$\n- b\n  c"),
    ("<p title='a > b' class=x>yes</p>", "yes"),
    ("<p title=\"<div class='nav'>\">yes</p>", "yes"),
    ('<p><span data-tex="a<b">drawn</span> c</p>', "$a<b$ c"),
    ("<P>A <MATH><MI>x</MI></MATH></P>", "A $x$"),
    ("<p <b>yes</p>", "yes"),
    # what is taken whole has one of its kind inside
    ("<nav>no<nav>no</nav>no</nav><p>yes</p>", "yes"),
    ("<p>a <code>b <code>c</code> d</code> e</p>", "a `b c d` e"),
    ("<aside>no<aside>no</aside>no</aside>yes", "yes"),
    ('<script type="text/html"><script src="x"><p>no</p></script><p>yes</p>', "yes"),
    ("<script>if (a<b) x = '<nav>';</script><p>yes</p>", "yes"),
    ("<!-- <nav> --><p>yes</p><!-- </p> -->", "yes"),
    ("<style>a > b {}</style><noframes><p>no</noframes><xmp>a <b> c</xmp>", "```\na <b> c\n```"),
    # classes
    ('<p>Skip <a class="visually-hidden">no</a><span class="overflow-hidden x">yes</span></p>', "Skip yes"),
    ('<div class="page header">yes</div><div class="page-header">no</div><div id="main_nav">no</div>', "yes"),
    ('<p><a href="https://example.org/math/x.html">7</a> math</p>', "7 math"),
    ('<p><span class="math inline">\\(y\\), </span>a &amp;lt; b</p>', "$y$, a &lt; b"),
    ("<p>a <m:math><m:mi>x</m:mi></m:math> b</p>", "a $x$ b"),
    ("<p>\\(x\\)<math><mi>y</mi></math></p>", "$x$ $y$"),
    ("<p>let <i>x</i><sub>1</sub> be</p>", "let $x_{1}$ be"),
]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_strange_markup(page: str, expected: str) -> None:
    assert html_to_text(page).text == expected


N = 1_000_000
HOSTILE = {
    "angle brackets": "<" * 5 * N,
    "tiny tags": "<b></b>" * N,
    "comments": "<!--x-->" * N + "<!--" * N,
    "raw text": "<plaintext>" + "<a <!-- " * N,
    "raw text with an end": "<xmp>" + '<a "' * N + "</xmp>",
    "scripts in a script": "<script>" * N,
    "names in turn": "<nav><footer><svg><math>" * 20_000,
    "tables of equations": '<table class="equation"><tr><td>' * 3_000,
    "formulas": '<span class="math">x</span>' * 100_000,
    "menus": '<div class="nav">x</div>' * 100_000,
    "classes": "".join(f'<p class="a{i}">x</p>' for i in range(100_000)),
    "a long class": '<p class="' + "nav-x " * 100_000 + '">' * 2,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read_in_bounded_time(name: str) -> None:
    """A quadratic reader takes hours here."""
    assert len(html_to_text(HOSTILE[name]).text) <= len(HOSTILE[name])
