"""LaTeX sources as text: macros, environments, characters, what goes and what stays."""

from __future__ import annotations

import pytest

from mathcoder.extraction import latex_to_text

CASES = [
    ("Let $x^2$ be % a comment\nsmall.", "Let $x^2$ be small."),
    ("a $x=1.$ b", "a $x=1$. b"),
    (r"It costs \$5 and \$6.", r"It costs \$5 and \$6."),
    (r"Let \(x\) and \[ y \] end", "Let $x$ and\n$$y$$\nend"),
    ("$$ a\n= b $$", "$$\na\n= b\n$$"),
    (r"\begin{equation}\label{e} a=b \end{equation}", "$$a=b$$"),
    ("\\begin{align*}\na&=b\\\\\nc&=d\n\\end{align*}", "$$\n\\begin{align*}\na&=b\\\\\nc&=d\n\\end{align*}\n$$"),
    (r"$\text{if $x>0$ only}$", r"$\text{if }x>0\text{ only}$"),
    (r"\section{One \emph{two} $x$} Text", "## One two $x$\n\nText"),
    (r"\begin{itemize}\item a \item b $x$\end{itemize}", "- a\n- b $x$"),
    (r"\begin{enumerate}\item a\item b\end{enumerate}", "- 1. a\n- 2. b"),
    (
        r"\begin{thm}[Gauss] Yes.\end{thm}\begin{proof}Clear.\end{proof}",
        "**Theorem: Gauss.**\n\nYes.\n\n**Proof.**\n\nClear.",
    ),
    (r"\begin{tabular}{cc}$a$ & b \\ \hline 1 & 2\end{tabular}", "| $a$ | b |\n| --- | --- |\n| 1 | 2 |"),
    ("\\begin{verbatim}\nx % y\n\\end{verbatim}", "```\nx % y\n```"),
    (r"\begin{figure}\caption{no}\end{figure}yes", "yes"),
    (r"see Theorem~\ref{t}. And (\ref{e}) too~\cite{k}.", "see Theorem. And too."),
    (r"Erd\H{o}s, G\"odel, \'Etale, na\"{\i}ve, \v{r} \ss", "Erdős, Gödel, Étale, naïve, ř ß"),
    ("``quoted'' --- a--b~c", "“quoted” — a–b c"),
    (r"\textbf{Bold} and {\it slanted} \texttt{code}", "Bold and slanted code"),
    (r"\verb|a_b| and \url{http://x}", "`a_b` and http://x"),
    (r"word\footnote{A $y$.} more", "word (A $y$.) more"),
    (r"\iffalse no \else yes \fi end", "yes end"),
    ("one\n\n\ntwo \\par three", "one\n\ntwo\n\nthree"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_sources(source: str, expected: str) -> None:
    assert latex_to_text(source).text == expected


MACROS = [
    (r"\newcommand{\R}{{\mathbb{R}}}", r"$\R^n$ and $x^\R$", r"$\mathbb{R}^n$ and $x^{\mathbb{R}}$"),
    (r"\newcommand{\abs}[1]{\left|#1\right|}", r"$\abs{x+\abs{y}}$", r"$\left|x+\left|y\right|\right|$"),
    (r"\newcommand{\p}[2][2]{#2^{#1}}", r"$\p{x}+\p[3]{y}$", "$x^{2}+y^{3}$"),
    (r"\def\half#1{\frac{#1}{2}}", r"$\half{a}\half b$", r"$\frac{a}{2}\frac{b}{2}$"),
    (r"\def\pair(#1,#2){\langle #1,#2\rangle}", r"$\pair(a,b)$", r"$\langle a,b\rangle$"),
    (r"\DeclareMathOperator{\Hom}{Hom}", r"$\Hom(A,B)$", r"$\operatorname{Hom}(A,B)$"),
    (r"\DeclareMathOperator*{\argmin}{arg\,min}", r"$\argmin_x f$", r"$\operatorname*{arg\,min}_x f$"),
    (r"\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}", r"$\norm*{x}$", r"$\lVert x\rVert$"),
    (r"\let\eps\varepsilon", r"$\eps x$", r"$\varepsilon x$"),
    (r"\let\oldphi\phi\renewcommand{\phi}{\varphi}", r"$\oldphi\phi x$", r"$\phi\varphi x$"),
    (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}", r"\be a=b \ee", "$$a=b$$"),
    (r"\newcommand{\term}[1]{\emph{#1}\index{#1}}", r"a \term{ring} $R$", "a ring $R$"),
    (r"\NewDocumentCommand{\set}{m}{\{#1\}}", r"$\set{1,2}$", r"$\{1,2\}$"),
    (r"\newtheorem{sz}{Satz}", r"\begin{sz}Ja.\end{sz}", "**Satz.**\n\nJa."),
    (r"\newenvironment{myfig}{\begin{figure}}{\end{figure}}", r"a \begin{myfig}no\end{myfig} b", "a b"),
    (r"\newcommand{\a}{\b}\newcommand{\b}{\beta}", r"$\a$", r"$\beta$"),
]


@pytest.mark.parametrize(("definition", "source", "expected"), MACROS)
def test_macros_are_written_out(definition: str, source: str, expected: str) -> None:
    document = f"\\documentclass{{article}}{definition}\\begin{{document}}\n{source}\n\\end{{document}} after"
    assert latex_to_text(document).text == expected


def test_title_and_preamble() -> None:
    source = r"\documentclass{article}\title{On $x$}\author{A}\begin{document}\maketitle Text.\end{document}"
    document = latex_to_text(source)
    assert document.title == "On $x$"
    assert document.text == "# On $x$\n\nText."


def test_included_files_are_asked_for_and_missing_ones_named() -> None:
    files = {"one": r"first \input{two}", "two.tex": "never", "two": "second $x$"}
    document = latex_to_text(r"\input{one} \include{three} end", files.get)
    assert document.text == "first second $x$ end"
    assert document.dropped == ("the file three that is included is not there",)


def test_what_is_lost_is_said() -> None:
    document = latex_to_text(r"\def\a{\b}\def\b{\a} Before $x\a$ after.")
    assert document.text == "Before after."
    assert len(document.dropped) == 1
    assert "never end" in document.dropped[0]
