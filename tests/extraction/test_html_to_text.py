"""Web pages as text: every way in which formulas are published, prices that are none, and boilerplate."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from mathcoder.extraction import html_to_text

CONFIG = "<script>MathJax = {tex: {inlineMath: [['$', '$'], ['\\\\(', '\\\\)']]}};</script>"
FORMULAS = [
    (r"<p>a \(x^2\) b</p>", "a $x^2$ b"),
    (r"<p>a \[x<br>+ y\] b</p>", "a\n$$\nx\n+ y\n$$\nb"),
    ("<p>a $$x < y$$ b</p>", "a\n$$x < y$$\nb"),
    ("<p>a $x^2$ b</p>", "a $x^2$ b"),
    ("<p>\\begin{align}a&amp;=b\\end{align}</p>", "$$\n\\begin{align}\na&=b\n\\end{align}\n$$"),
    ('<p>a <script type="math/tex">x<1</script> b</p>', "a $x<1$ b"),
    ('<p>a</p><script type="math/tex; mode=display">x</script>', "a\n\n$$x$$"),
    ("<p>a <math><msup><mi>x</mi><mn>2</mn></msup></math> b</p>", "a $x^{2}$ b"),
    ('<p>a <math display="block"><mi>x</mi></math></p>', "a\n$$x$$"),
    (r'<p><math alttext="\frac{1}{2}"><mi>x</mi></math></p>', r"$\frac{1}{2}$"),
    (
        '<span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi><annotation encoding='
        '"application/x-tex">x_1</annotation></semantics></math></span>'
        '<span class="katex-html" aria-hidden="true">x1</span></span>',
        "$x_1$",
    ),
    (
        '<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;">'
        r'<math alttext="{\displaystyle a}"><mi>a</mi></math></span>'
        r'<img class="mwe-math-fallback-image-inline" alt="{\displaystyle a}"></span>',
        "$a$",
    ),
    (r'<p><img class="mwe-math-fallback-image-inline" alt="{\displaystyle a^{2}}"></p>', "$a^{2}$"),
    ('<p><img src="https://s0.wp.com/latex.php?latex=x%5E2&bg=fff" alt="x^2" class="latex"></p>', "$x^2$"),
    ('<p><img src="https://latex.codecogs.com/gif.latex?\\frac{a}{b}"></p>', r"$\frac{a}{b}$"),
    ('<p><img src="cat.jpg" alt="A cat_dog"> x</p>', "x"),
    (r'<p><span class="ztext-math" data-tex="\alpha">a</span></p>', r"$\alpha$"),
    (r'<p><span class="math inline">\(y\)</span></p>', "$y$"),
    (r"<p><d-math>\epsilon</d-math></p>", r"$\epsilon$"),
    ("<p><i>x</i><sub>1</sub> + 10<sup>3</sup> and the 4<sup>th</sup></p>", "$x_{1}$ + $10^{3}$ and the 4th"),
    ('<script src="ASCIIMathML.js"></script><p>a `x/2` b</p>', r"a $\frac{x}{2}$ b"),
    ("<p>a `x/2` b</p>", "a `x/2` b"),
    (r"<pre><code class='language-py'>a = $x$ \(b\)</code></pre>", "```py\na = $x$ \\(b\\)\n```"),
    (r"<p>run <code>\(x\)</code></p>", r"run `\(x\)`"),
]


@pytest.mark.parametrize(("page", "expected"), FORMULAS)
def test_formulas(page: str, expected: str) -> None:
    assert html_to_text(page).text == expected


PRICES = [
    ("It costs $5 and $6.", r"It costs \$5 and \$6."),
    ("From $5,000 to $6,000 a year, US$3 and $4.50.", r"From \$5,000 to \$6,000 a year, US\$3 and \$4.50."),
    ("$20-$30", r"\$20-\$30"),
    ("between $1 million and $2 million", r"between \$1 million and \$2 million"),
]


@pytest.mark.parametrize("config", ["", CONFIG])
@pytest.mark.parametrize(("text", "expected"), PRICES)
def test_prices_are_no_formulas(text: str, expected: str, config: str) -> None:
    assert html_to_text(f"{config}<p>{text}</p>").text == expected


def test_configured_dollars_take_plain_formulas() -> None:
    assert (
        html_to_text(f"{CONFIG}<p>let $n$ be, $ a + b $, costs $5.</p>").text == r"let $n$ be, $a + b$, costs \$5."
    )


PARTS = [
    ("<h1>A \\(x\\)</h1><p>b</p>", "# A $x$\n\nb"),
    ("<ul><li>a<li>b <ol><li>c</ol></ul>", "- a\n- b\n  - 1. c"),
    ("<table><tr><th>a<th>b<tr><td>1<td>\\(x|y\\)</table>", "| a | b |\n| --- | --- |\n| 1 | $x\\vert y$ |"),
    ("<nav>no</nav><header class='site-header'>no</header><footer>no</footer><p>yes</p>", "yes"),
    ("<div role='navigation'>no</div><div class='cookie-banner'>no</div><style>no</style><p>yes</p>", "yes"),
    ("<form><input value=no><button>no</button></form><p>yes</p><aside>no</aside>", "yes"),
    ("<ul><li><a href=a>one page</a><li><a href=b>two page</a><li><a href=c>three</a></ul><p>yes</p>", "yes"),
    ("<body class='has-sidebar'><div class='sidebar-page'><h1>T</h1><p>yes</p></div>", "# T\n\nyes"),
    ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\n\nc"),
    ("<p>a&nbsp;b &amp; c &lt; d</p>", "a b & c < d"),
    ("", ""),
]


@pytest.mark.parametrize(("page", "expected"), PARTS)
def test_parts_of_a_page(page: str, expected: str) -> None:
    assert html_to_text(page).text == expected


def test_bytes_title_and_encoding() -> None:
    page = "<html><head><meta charset='iso-8859-1'><title> A \n b </title></head><body><p>é</p></body></html>"
    document = html_to_text(page.encode("latin-1"))
    assert (document.title, document.text) == ("A b", "é")
    assert html_to_text("<p>ü</p>".encode()).text == "ü"


def test_xhtml_with_an_empty_title_keeps_its_text() -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>yes</p></body></html>'
    assert html_to_text(page).text == "yes"


def test_a_formula_that_cannot_be_read_is_named() -> None:
    document = html_to_text(
        '<p>a <mjx-container class="MathJax"><mjx-math><mjx-c>x</mjx-c></mjx-math></mjx-container> b'
    )
    assert document.text == "a b"
    assert document.dropped == ("a formula that is only drawn: 'x'",)


@given(st.text(alphabet="<>/pdivaulmathscript $\\()[]{}x1=\"'&;`", max_size=200))
def test_no_page_raises(page: str) -> None:
    html_to_text(page)
