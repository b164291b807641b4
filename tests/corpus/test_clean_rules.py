"""What is dropped for which reason, and what is not: texts that stand for their kind."""

from __future__ import annotations

import re
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.corpus.clean import CLASSES, CleanRules, clean
from mathcoder.corpus.sources import Kind

PROOF = """**Theorem.** There are infinitely many primes.

Suppose $p_1, \\ldots, p_k$ are all of them, and let $n = p_1 \\cdots p_k + 1$. No $p_i$ divides $n$, since it
leaves the remainder $1$; but some prime divides $n$, which is a contradiction.
"""
EQUATIONS = "\n\n".join(f"$$\\int_0^1 x^{{{n}}}\\,dx = \\frac{{1}}{{{n + 1}}}$$" for n in range(40))
PASCAL = "\n".join(" ".join(str(comb(n, k)) for k in range(n + 1)) for n in range(20))
TIMES = "\n".join(f"{a} × {b} = {a * b}" for a, b in product(range(1, 13), repeat=2))
TIMES_TABLE = "| × | 1 | 2 | 3 |\n| --- | --- | --- | --- |\n" + "\n".join(
    f"| {a} | {a} | {2 * a} | {3 * a} |" for a in range(1, 60)
)
MATRIX = (
    "The identity:\n\n$$\\begin{pmatrix}\n"
    + "\\\\\n".join(" & ".join("1" if i == j else "0" for j in range(12)) for i in range(12))
    + "\n\\end{pmatrix}$$"
)
ZEROS = "A sparse matrix is printed as\n\n```\n" + "[0 0 0 0 0 0 0 0 0 0 0 0]\n" * 40 + "```\n\n" + PROOF
CHAIN = "\n".join(f"= 2^{n} \\cdot {3**n} + {n}" for n in range(40))
OUTPUT = "\n".join(f"step {n}: x = {2 / (n + 1):.6f}, error {1 / (n + 1) ** 2:.3e}" for n in range(60))
EXERCISES = "\n".join(f"{n}. Find the derivative of $f(x) = x^{n} + {n * n}x$." for n in range(1, 60))
PROGRAM = "def f(x):\n    return {x: [x]}\n\n" + "\n".join(f"    print(f({n}))" for n in range(40))
FEW_WORDS = "Hence, by Pythagoras, $$a^2 + b^2 = c^2$$ and $$c = \\sqrt{a^2 + b^2}.$$ ∎"
COOKIES_IN_A_PROBLEM = (
    "We use cookies and milk in this problem. Lee has 12 cookies and accepts 7 more.\n\nHow many has he? He has "
    "$12 + 7 = 19$.\n\nCookie jar 2 holds 5."
)
LINKS = "\n".join(f"- Link to page {word}" for word in ["one", "two", "three", "four", "five", "six"] * 5)

KEPT = {
    "proof": PROOF,
    "equations": EQUATIONS,
    "Pascal's triangle": PASCAL,
    "multiplication": TIMES,
    "multiplication in a table": TIMES_TABLE,
    "matrix": MATRIX,
    "zeros in code": ZEROS,
    "chain of equations": CHAIN,
    "output": OUTPUT,
    "exercises": EXERCISES,
    "program": PROGRAM,
    "fenced program": f"```python\n{PROGRAM}\n```",
    "few words": FEW_WORDS,
    "cookies": COOKIES_IN_A_PROBLEM,
    "Greek letters": "α + β = γ, and therefore γ − β = α; π ≈ 3.14159, e ≈ 2.71828, φ ≈ 1.61803.",
}


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("kind", ["web", "textbook", "text", "code"])
def test_mathematics_is_kept(name: str, kind: Kind) -> None:
    cleaned = clean(KEPT[name], None, kind)
    assert cleaned.reason is None
    assert cleaned.text == KEPT[name]
    assert cleaned.removed == ()


DROPPED: list[tuple[str, Kind, str]] = [
    ("404", "web", "too short: 3 characters"),
    ("", "code", "too short: 0 characters"),
    (PROOF * 50, "textbook", "repetition: "),
    (" ".join(PROOF.split()) * 50, "web", "repetition: "),
    (EQUATIONS * 50, "web", "repetition: "),
    (PROGRAM * 50, "code", "repetition: "),
    (TIMES_TABLE * 50, "text", "repetition: "),
    (LINKS, "web", "navigation: "),
    (
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.\n\n" * 3 + "A heading of this page.",
        "web",
        "boilerplate: ",
    ),
    (PROOF.replace("i", "\ufffd"), "text", "garbled: "),
    (PROOF.replace("e", "\x07"), "code", "garbled: "),
    (f"{PROOF}\n(cid:12)(cid:7)(cid:31)", "textbook", "garbled: "),
]


@pytest.mark.parametrize(("text", "kind", "reason"), DROPPED)
def test_dropped(text: str, kind: Kind, reason: str) -> None:
    found = clean(text, None, kind).reason
    assert found is not None
    assert found.startswith(reason)
    assert "\n" not in found


SENTENCES = {
    "en": "The sum of the angles of a triangle is two right angles, as is shown with a line through one of its "
    "corners that is parallel to the side across from it; the angles beside the corner are equal to the others.",
    "de": "Die Summe der Winkel eines Dreiecks beträgt zwei rechte Winkel; man zeichnet dazu durch eine der Ecken "
    "die Gerade, die parallel zur gegenüberliegenden Seite verläuft, und vergleicht die Winkel an beiden Geraden.",
    "fr": "La somme des angles d'un triangle est égale à deux angles droits ; pour le voir, on trace par un "
    "sommet la droite parallèle au côté opposé et l'on compare les angles que forment les deux droites.",
    "ru": "Сумма углов треугольника равна двум прямым углам; чтобы убедиться в этом, проведём через одну из "
    "вершин прямую, параллельную противоположной стороне, и сравним углы при этих двух прямых.",
    "zh": "三角形的内角和等于两个直角。为了证明这一点，我们过三角形的一个顶点作一条平行于对边的直线，"
    "然后比较这两条直线上的角。"
    "因此三个角的和等于一个平角，这就是我们所要证明的结论。",
}


@pytest.mark.parametrize(("language", "wanted"), [*product(SENTENCES, repeat=2)])
def test_language(language: str, wanted: str) -> None:
    """Formulas, commands and code do not hide the language; what the page says is not believed against it."""
    text = f"$\\alpha$ \\emph{{{SENTENCES[language]}}}\n\n$$\\text{{if }} x = \\sin y$$\n\n```\nprint(x)\n```"
    reason = clean(text, wanted, rules=CleanRules(languages=(wanted,))).reason
    if language == wanted:
        assert reason is None
    else:
        assert reason is not None
        assert re.fullmatch(rf"language: {language} \((0\.99|1\.00)\)", reason)
    assert clean(text, wanted, rules=CleanRules(languages=())).reason is None


def test_declared_language_decides_where_words_are_few() -> None:
    few = f"Die Summe der Winkel eines Dreiecks beträgt zwei rechte Winkel, also 180 Grad. {EQUATIONS}"
    assert clean(few, None).reason is None
    assert clean(few, "en-GB").reason is None
    assert clean(few, "fr").reason is None
    assert (clean(few, "de_DE").reason or "").startswith("language: de")
    assert clean("Let $x$ be a number, then so is $x + 1$, and there is none that is last.", "de").reason is None


def test_programs_have_no_language() -> None:
    program = "".join(f"# {SENTENCES['de']}\nsumme_{n} = winkel({n})\n" for n in range(3))
    assert clean(program, "python", "code").reason is None


def test_lines_of_the_site_are_taken_out() -> None:
    page = (
        "Skip to content\n\n# Primes\n\nThis site uses cookies to improve your experience. Learn more\n\n"
        f"{PROOF}\n```\nSkip to content\n```\n\nPlease log in to reply\n\n"
        "- Share on Twitter\n- Share this page\n\nBack to top"
    )
    cleaned = clean(page)
    assert cleaned.reason is None
    assert cleaned.text == f"# Primes\n\n{PROOF}\n```\nSkip to content\n```\n"
    assert cleaned.removed == (
        "Skip to content",
        "This site uses cookies to improve your experience. Learn more",
        "Please log in to reply",
        "- Share on Twitter",
        "- Share this page",
        "Back to top",
    )
    assert clean(page, rules=CleanRules(tidy=False)).text == page
    assert clean(page, kind="textbook").text == page


def test_sentences_that_begin_like_banners() -> None:
    text = (
        "By using the first three terms of the series we agree with the table to $10^{-3}$.\n\n"
        "This site uses 40 kW on average.\n\nWe use cookies as counters.\n\nShare this cake among 7 people."
    )
    cleaned = clean(text)
    assert cleaned.removed == ()
    assert cleaned.reason is None


def test_page_of_banners() -> None:
    banner = "We use cookies to give you the best experience on our site.\n\n"
    reason = clean(f"{banner * 9}{FEW_WORDS}").reason
    assert (reason or "").startswith("boilerplate: 88% in 9 lines such as")


def test_line_that_was_decoded_wrongly() -> None:
    """One lost line is taken out; a text that is garbled throughout is dropped."""
    lost = "Основы анализа".encode().decode("latin-1")
    cleaned = clean(f"{PROOF}\n{lost}\n\nThe end.")
    assert cleaned.reason is None
    assert cleaned.removed == (lost,)
    assert lost not in cleaned.text
    german = SENTENCES["de"].encode().decode("cp1252")
    assert (clean(german * 3, rules=CleanRules(max_garbled=0.005)).reason or "").startswith("garbled: ")
    assert clean(SENTENCES["de"] * 3, rules=CleanRules(languages=("de",))).reason is None


@pytest.mark.parametrize(
    ("rules", "what"),
    [
        ({"languages": "en"}, "list of codes"),
        ({"languages": ("english",)}, "'english' is no code"),
        ({"max_copies": 1.5}, "max_copies must be between 0 and 1"),
        ({"min_certainty": float("nan")}, "min_certainty must be between 0 and 1"),
        ({"min_characters": -1}, "min_characters must be 0 or more"),
    ],
)
def test_rules_out_of_range(rules: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        CleanRules(**rules)  # type: ignore[arg-type]


def test_what_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="'xx' cannot be told; known are"):
        clean(PROOF, rules=CleanRules(languages=("en", "xx")))
    with pytest.raises(ValueError, match="'book' is none of web, textbook, code, text"):
        clean(PROOF, kind="book")  # type: ignore[arg-type]


PIECES = st.sampled_from(
    ["$", "$$", "\\[", "\\]", "\\(", "\\)", "```\n", "````", "\n", "\n\n", "| a | b |\n", "\\begin{align}", "`",
     "\\", "\\end{align}", "\\begin{tabular}", "x^2", "We use cookies", "Back to top\n", "é", "Ã©", "\x00", "数学",
     "a b c "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(["web", "textbook", "code", "text"]))
def test_any_text(text: str, kind: Kind) -> None:
    """Every text is judged; what is taken out and what is left is the text."""
    cleaned = clean(text, "en", kind)
    assert cleaned.reason is None or cleaned.reason.partition(":")[0] in CLASSES
    assert "\n" not in (cleaned.reason or "")
    left = re.sub(r"\s", "", cleaned.text)
    gone = sum(len(re.sub(r"\s", "", line)) for line in cleaned.removed)
    assert len(left) + gone == len(re.sub(r"\s", "", text))


@pytest.mark.parametrize(
    "piece",
    ["$", "$$ ", "\\[", "\\(", "\\begin{align}", "\\begin{align}\\begin{gather}", "```\n", "| a\n", "`", "\\",
     "- ", "We use ", "share ", "cookies ", ".", ". ", "'", "\n ", "\n- \n", "Ã©", "(cid:", "lorem ", "click to "]
)  # fmt: skip
def test_hostile_repetition_ends(piece: str) -> None:
    """Work grows with the length of a text alone: with its square, these would take hours."""
    for text in (piece * 100_000, f"x = {piece * 100_000} y"):
        assert len(clean(text).text) <= len(text)
    assert clean("\n".join([piece * 100] * 1_000)).reason is not None
