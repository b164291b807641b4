"""Presentation MathML, construct by construct, as LaTeX that a person would write."""

from __future__ import annotations

from xml.etree import ElementTree

import hypothesis.strategies as st
import pytest
from hypothesis import given

from mathcoder.extraction import mathml_to_latex


def latex(inner: str) -> str:
    return mathml_to_latex(f"<math>{inner}</math>")


CASES = [
    ("<mi>x</mi><mo>&#x2062;</mo><mi>y</mi>", "x y"),
    ("<mn>2</mn><mi>x</mi><mo>+</mo><mn>1</mn>", "2x + 1"),
    ("<mo>-</mo><mn>3</mn><mo>−</mo><mo>−</mo><mn>2</mn>", "-3 - -2"),
    ("<mn>−4</mn>", "-4"),
    ("<mn>10,000</mn>", "10,000"),
    ("<mn>1</mn><mo>,</mo><mn>000</mn>", "1,000"),
    ("<mo>(</mo><mn>1</mn><mo>,</mo><mn>200</mn><mo>)</mo>", "(1, 200)"),
    ("<mfrac><mi>a</mi><mi>b</mi></mfrac>", r"\frac{a}{b}"),
    ("<mfrac><mi>d</mi><mi>dx</mi></mfrac>", r"\frac{d}{d x}"),
    ("<msup><mi>x</mi><mn>2</mn></msup>", "x^{2}"),
    ("<msub><mi>a</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msub>", "a_{n + 1}"),
    ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_{i}^{2}"),
    ("<msup><mi>f</mi><mo>′</mo></msup><mo>(</mo><mi>x</mi><mo>)</mo>", "f'(x)"),
    ("<mi>f</mi><mo>″</mo><mo>(</mo><mi>x</mi><mo>)</mo>", "f''(x)"),
    ("<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>", "(a + b)^{2}"),
    (
        "<msup><mrow><mo>(</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>)</mo></mrow><mn>2</mn></msup>",
        r"\left(\frac{a}{b}\right)^{2}",
    ),
    ("<msup><msup><mi>x</mi><mn>2</mn></msup><mn>3</mn></msup>", "{x^{2}}^{3}"),
    ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", r"\sqrt{x + 1}"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt[3]{x}"),
    ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", r"\sin x"),
    ("<msup><mtext>sin</mtext><mn>2</mn></msup><mi>θ</mi>", r"\sin^{2} \theta"),
    ("<mtext>−sin</mtext><mspace width='0.1em'/><mi>x</mi>", r"-\sin x"),
    ("<mi>log</mi><mo>(</mo><mi>x</mi><mo>)</mo>", r"\log(x)"),
    (
        "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
        r"\sum_{i = 1}^{n} i",
    ),
    ("<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup><mi>x</mi><mi>d</mi><mi>x</mi>", r"\int_{0}^{1} x d x"),
    (
        "<munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder><mi>x</mi>",
        r"\lim_{x \to 0} x",
    ),
    ("<munder><mtext>max</mtext><mi>x</mi></munder><mi>f</mi>", r"\max_{x} f"),
    ("<mover><mi>x</mi><mo>¯</mo></mover>", r"\bar{x}"),
    ("<mover><mrow><mi>A</mi><mi>B</mi></mrow><mo>→</mo></mover>", r"\overrightarrow{A B}"),
    ("<mover><mo>=</mo><mtext>def</mtext></mover>", r"\overset{\text{def}}{=}"),
    ("<mfenced open='[' close='['><mi>a</mi><mi>b</mi></mfenced>", "[a, b["),
    ("<mo>|</mo><mi>x</mi><mo>|</mo><mo>+</mo><mo>|</mo><mi>y</mi><mo>|</mo>", "|x| + |y|"),
    ("<mo>{</mo><mi>x</mi><mo>|</mo><mi>x</mi><mo>&gt;</mo><mn>0</mn><mo>}</mo>", r"\{x | x > 0\}"),
    ("<mo>〈</mo><mi>a</mi><mo>,</mo><mi>b</mi><mo>〉</mo>", r"\langle a, b\rangle"),
    ("<mo>(</mo><mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac><mo>)</mo>", r"\binom{n}{k}"),
    ("<mn>90</mn><mtext>°</mtext>", r"90^{\circ}"),
    ("<mn>95</mn><mtext>%</mtext>", r"95\%"),
    ("<mtext>$</mtext><mn>5</mn>", r"\$ 5"),
    ("<mi>x</mi><mo>!</mo><mo>=</mo><mn>6</mn>", "x! = 6"),
    ("<mn>5</mn><mspace width='0.2em'/><mtext>cm</mtext>", r"5\text{ cm}"),
    ("<mi>a</mi><mspace width='2em'/><mi>b</mi>", r"a \quad b"),
    ("<mi>ℝ</mi><mo>∖</mo><mi>𝐱</mi><mi>𝑥</mi>", r"\mathbb{R} \setminus \mathbf{x} x"),
    ("<mstyle mathvariant='bold'><mtext>F</mtext></mstyle>", r"\mathbf{F}"),
    ("<menclose notation='box'><mi>x</mi></menclose>", r"\boxed{x}"),
    ("<menclose notation='updiagonalstrike'><mi>x</mi></menclose>", r"\cancel{x}"),
    ("<mphantom><mi>x</mi></mphantom><mi>y</mi>", "y"),
    ("<mmultiscripts><mi>C</mi><mi>k</mi><none/><mprescripts/><mi>n</mi><none/></mmultiscripts>", "{}_{n} C_{k}"),
    (
        "<mo>|</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable><mo>|</mo>",
        r"\begin{vmatrix} a & b \end{vmatrix}",
    ),
    (
        "<mo>{</mo><mtable><mtr><mtd><mi>x</mi></mtd><mtd><mtext>if&#160;</mtext><mi>x</mi><mo>&gt;</mo><mn>0</mn>"
        "</mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>",
        r"\begin{cases} x & \text{if }x > 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mo>=</mo></mtd><mtd><mi>b</mi></mtd></mtr>"
        "<mtr><mtd/><mtd><mo>=</mo></mtd><mtd><mi>c</mi></mtd></mtr></mtable>",
        r"\begin{aligned} a & = b \\ & = c \end{aligned}",
    ),
    (
        "<mtable><mtr><mtd><mi>a</mi><mo>=</mo><mi>b</mi></mtd></mtr><mtr><mtd><mo>=</mo><mi>c</mi></mtd></mtr></mtable>",
        r"\begin{aligned} a & = b \\ & = c \end{aligned}",
    ),
    (
        "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mo>=</mo></mtd><mtd><mi>b</mi></mtd><mtd><mtext>Why.</mtext></mtd></mtr>"
        "<mtr><mtd/><mtd><mo>=</mo></mtd><mtd><mi>c</mi></mtd></mtr></mtable>",
        r"\begin{aligned} a & = b & & \text{Why.} \\ & = c \end{aligned}",
    ),
    ("<mi>x</mi><mo>|</mo><msubsup><mrow/><mn>0</mn><mn>1</mn></msubsup>", "x |_{0}^{1}"),
]


@pytest.mark.parametrize(("inner", "expected"), CASES)
def test_constructs(inner: str, expected: str) -> None:
    assert latex(inner) == expected


def test_tex_that_the_formula_carries_is_taken_as_it_is() -> None:
    annotated = '<semantics><mi>x</mi><annotation encoding="application/x-tex">x\\cdot 1</annotation></semantics>'
    assert latex(annotated) == r"x\cdot 1"
    assert mathml_to_latex(r'<math alttext="{\displaystyle a^{2}}"><mi>b</mi></math>') == "a^{2}"
    assert mathml_to_latex('<math alttext="b squared"><msup><mi>b</mi><mn>2</mn></msup></math>') == "b^{2}"
    assert mathml_to_latex(r'<math alttext="f^{\prime\prime}(x)"><mi>b</mi></math>') == "f''(x)"


def test_prefixes_and_namespaces() -> None:
    assert mathml_to_latex("<m:math><m:mi>x</m:mi></m:math>") == "x"
    element = ElementTree.fromstring(
        '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>π</m:mi></m:math>'
    )
    assert mathml_to_latex(element) == r"\pi"


@pytest.mark.parametrize("broken", ["", "<math>", "x", "<math><mi></math>"])
def test_what_is_not_xml_is_refused_in_one_line(broken: str) -> None:
    with pytest.raises(ValueError, match=r"^MathML that is not XML: [^\n]+$"):
        mathml_to_latex(broken)


_LEAVES = st.sampled_from(
    ["<mi>x</mi>", "<mn>2</mn>", "<mo>+</mo>", "<mo>(</mo>", "<mo>)</mo>", "<mo>|</mo>", "<mtext>if</mtext>"]
)
_LAYOUT = st.sampled_from(
    ["mrow", "mfrac", "msup", "msub", "msubsup", "mover", "munderover", "msqrt", "mtable", "mtr", "mtd"]
)


@given(
    st.recursive(
        _LEAVES,
        lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", _LAYOUT, st.lists(inner)),
    )
)
def test_any_tree_gives_balanced_braces(tree: str) -> None:
    written = latex(tree)
    depth = 0
    for sign in written.replace(r"\{", "").replace(r"\}", ""):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert written.count(r"\left") == written.count(r"\right")
    assert written.count(r"\begin{") == written.count(r"\end{")
